#ifndef SLIPSTREAM_CONVOLUTION_H
#define SLIPSTREAM_CONVOLUTION_H

#include <stddef.h>
#include <stdint.h>

#include "pooling.h"

/// The places of a window on a batch of channels-last images, numbered row by row, image by image.
typedef struct {
    /// The images: rows, columns, and the distance between two pixels in elements.
    intptr_t height, width, channels;
    /// The places: rows and columns of an image.
    intptr_t rows, columns;
    /// How many pixels apart two neighbouring places lie.
    intptr_t row_step, column_step;
} ck_places;

/// Copies the pixels under a window into the rows of a matrix, one row a place: for each place in first..<first + count
/// and each tap t, `depth` channels of the pixel (row * row_step + taps[2t], column * column_step + taps[2t + 1]) to
/// matrix[place - first][t * depth ...]; pixels outside the image count as 0. Rows lie `stride` elements apart.
void ck_gather_f32(
    const float *image, const ck_places *places, intptr_t first, intptr_t count, const int32_t *taps, intptr_t tap_count,
    intptr_t depth, float *matrix, intptr_t stride);

/// The rows of a matrix to pixels: row k goes to the pixel (row * row_step + row_start, column * column_step +
/// column_start) of place first + k.
void ck_scatter_f32(
    const float *matrix, const ck_places *places, intptr_t first, intptr_t count, intptr_t row_start,
    intptr_t column_start, intptr_t depth, float *image, intptr_t stride);

/// target[t * tap_stride + c] = filter[c * area + order[t]]: one filter, C x area, to taps x C.
void ck_order_filter_f32(
    const float *filter, intptr_t channels, intptr_t area, const int32_t *order, intptr_t tap_count, float *target,
    intptr_t tap_stride);

/// filter[c * area + t] = sum over parts p of parts[p * part_stride + t * channels + c]: taps x C to one filter.
void ck_sum_filters_f32(
    const float *parts, intptr_t part_count, intptr_t part_stride, intptr_t channels, intptr_t area, float *filter);

// Depthwise convolutions: one filter a channel. Weights are taps x channels. Rows of places are numbered through the
// batch, images and channels by ranges, as in pooling.h.

/// y = activation(bias + sum over the taps of x * w), the activation max(., 0) if `relu` is not 0; `bias` may be NULL.
void ck_depthwise_f32(
    const float *x, const ck_window *window, const float *weights, const float *bias, int relu, intptr_t first,
    intptr_t count, float *y);

/// dx = 0, then dy * w of each place is added to the pixels under it.
void ck_depthwise_data_gradient_f32(
    const float *dy, const ck_window *window, const float *weights, intptr_t first, intptr_t count, intptr_t channel,
    intptr_t depth, float *dx);

/// sums[t][c] += the sum over the places of some rows of dy * x.
void ck_depthwise_weight_gradient_f32(
    const float *dy, const float *x, const ck_window *window, intptr_t first, intptr_t count, float *sums);

#endif
