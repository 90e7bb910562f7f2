#ifndef SLIPSTREAM_LAYOUTS_H
#define SLIPSTREAM_LAYOUTS_H

#include <stddef.h>
#include <stdint.h>

/// y[c * y_stride + r] = x[r * x_stride + c]: a matrix of rows x columns transposed. Between the orders of an image, rows
/// are channels and columns pixels, or the other way round.
void ck_transpose_f32(
    const float *x, intptr_t rows, intptr_t columns, intptr_t x_stride, float *y, intptr_t y_stride);

#endif
