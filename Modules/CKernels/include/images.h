#ifndef SLIPSTREAM_IMAGES_H
#define SLIPSTREAM_IMAGES_H

#include <stddef.h>
#include <stdint.h>

/// y[i] = scale x[i] + offset, computed in double and rounded once.
void ck_scale_bytes_f32(const uint8_t *x, double scale, double offset, float *y, size_t n);

/// One channel of an image moved by whole pixels, and mirrored if `mirrored` is not 0:
/// y[r][c] = x[top + r][left + c'] with c' = c, or width - 1 - c where mirrored; `outside` where x has no such pixel.
void ck_move_f32(
    const float *x, intptr_t height, intptr_t width, intptr_t top, intptr_t left, int mirrored, float outside,
    float *y);

/// The same of bytes, of which those that are seen become scale x + offset as by ck_scale_bytes_f32.
void ck_move_bytes_f32(
    const uint8_t *x, intptr_t height, intptr_t width, intptr_t top, intptr_t left, int mirrored, double scale,
    double offset, float outside, float *y);

/// Bilinear sampling of one channel: y[r][c] lies between rows[r] and rows[r] + 1, columns[c] and columns[c] + 1 of x, the
/// weights of the later ones are row_weights[r] and column_weights[c]. All four must be pixels of x, whose rows are
/// `stride` elements apart.
void ck_sample_f32(
    const float *x, intptr_t stride, const int32_t *rows, const float *row_weights, intptr_t height,
    const int32_t *columns, const float *column_weights, intptr_t width, float *y);

#endif
