#ifndef SLIPSTREAM_ELEMENTWISE_H
#define SLIPSTREAM_ELEMENTWISE_H

#include <stddef.h>
#include <stdint.h>

/// y[r][c] = activation(y[r][c] + bias[c]) over rows `stride` elements apart; without a bias where that is NULL.
/// The activation is max(., 0) if `relu` is not 0.
void ck_finish_rows_f32(
    float *y, intptr_t rows, intptr_t columns, intptr_t stride, const float *bias, int relu);

/// y[r][c] = factor * x[r * row_step + c * column_step] over rows of y `stride` elements apart: a matrix stretched from
/// a row, a column or a number where a step is 0.
void ck_fill_rows_f32(
    float *y, intptr_t rows, intptr_t columns, intptr_t stride, const float *x, intptr_t row_step, intptr_t column_step,
    float factor);

#endif
