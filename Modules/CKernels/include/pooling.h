#ifndef SLIPSTREAM_POOLING_H
#define SLIPSTREAM_POOLING_H

#include <stddef.h>
#include <stdint.h>

/// A window that slides over channels-last images. Place (i, j) has row k of the window on image row
/// i * row_step + k * row_dilation - top, and columns alike; what lies outside the image does not take part.
typedef struct {
    /// An image.
    intptr_t height, width, channels;
    /// The places: rows and columns of a result.
    intptr_t rows, columns;
    /// The window.
    intptr_t kernel_rows, kernel_columns, row_step, column_step, row_dilation, column_dilation, top, left;
} ck_window;

/// The largest pixel under each place, channel by channel; NaN if there is one. `first` and `count` number rows of places
/// through the batch.
void ck_max_pool_f32(const float *x, const ck_window *window, intptr_t first, intptr_t count, float *y);

/// dx = 0, then dy of each place is added to the first pixel, row by row, that equals y; with `relu`, only where y > 0. For
/// images first..<first + count and channels channel..<channel + depth.
void ck_max_pool_gradient_f32(
    const float *dy, const float *x, const float *y, const ck_window *window, intptr_t first, intptr_t count,
    intptr_t channel, intptr_t depth, int relu, float *dx);

/// The same for a window whose places do not overlap and leave no gaps, without padding. dx may be x.
void ck_disjoint_max_pool_gradient_f32(
    const float *dy, const float *x, const float *y, const ck_window *window, intptr_t first, intptr_t count,
    intptr_t channel, intptr_t depth, int relu, float *dx);

/// The sum of the pixels under each place times shares[i * columns + j]. `first` and `count` as for ck_max_pool_f32.
void ck_average_pool_f32(
    const float *x, const ck_window *window, const float *shares, intptr_t first, intptr_t count, float *y);

/// dx = 0, then dy * share of each place is added to all pixels under it. Images and channels as for
/// ck_max_pool_gradient_f32.
void ck_average_pool_gradient_f32(
    const float *dy, const ck_window *window, const float *shares, intptr_t first, intptr_t count, intptr_t channel,
    intptr_t depth, float *dx);

#endif
