#ifndef SLIPSTREAM_ELEMENTWISE_H
#define SLIPSTREAM_ELEMENTWISE_H

#include <stddef.h>
#include <stdint.h>

// Results may overwrite operands in place (the same pointer); otherwise memory must not overlap.

/// y = x < 0 ? 0 : x, so that NaN stays NaN.
void ck_relu_f32(const float *x, float *y, size_t n);

/// dx = y > 0 ? dy : 0.
void ck_relu_gradient_f32(const float *dy, const float *y, float *dx, size_t n);

/// y = x > 0 ? x : alpha x.
void ck_leaky_relu_f32(const float *x, float alpha, float *y, size_t n);

/// dx = sign > 0 ? dy : alpha dy.
void ck_leaky_relu_gradient_f32(const float *dy, const float *sign, float alpha, float *dx, size_t n);

/// y = x raised to `lower`, then lowered to `upper`; NaN stays NaN.
void ck_clip_f32(const float *x, float lower, float upper, float *y, size_t n);

/// dx = dy where lower <= x <= upper, else 0.
void ck_clip_gradient_f32(const float *dy, const float *x, float lower, float upper, float *dx, size_t n);

/// y = 1 / (1 + e^-x), to 3 units in the last place; below -88.7 it is 0.
void ck_sigmoid_f32(const float *x, float *y, size_t n);

/// dx = dy y (1 - y).
void ck_sigmoid_gradient_f32(const float *dy, const float *y, float *dx, size_t n);

/// y = tanh x, to 3 units in the last place.
void ck_tanh_f32(const float *x, float *y, size_t n);

/// dx = dy (1 - y^2).
void ck_tanh_gradient_f32(const float *dy, const float *y, float *dx, size_t n);

/// y = e^x, to 1 unit in the last place.
void ck_exp_f32(const float *x, float *y, size_t n);

/// y = factor x.
void ck_scale_f32(const float *x, float factor, float *y, size_t n);

/// The operator of ck_combine_f32.
typedef enum {
    CK_ADD,
    CK_SUBTRACT,
    CK_MULTIPLY,
    CK_DIVIDE,
    /// a where a > 0, else b a.
    CK_SLOPE,
    /// The larger of both, and the smaller of both; NaN where one is.
    CK_LARGER,
    CK_SMALLER,
    /// 1 where the relation holds, else 0.
    CK_EQUAL,
    CK_LESS,
    CK_LESS_OR_EQUAL,
    CK_GREATER,
    CK_GREATER_OR_EQUAL,
} ck_operator;

/// y[r][c] = a[r * a_row + c * a_step] op b[r * b_row + c * b_step] over `rows` rows of n contiguous results; steps are 0
/// or 1. Of the first four, a result below 0 becomes 0 if `relu` is not 0.
void ck_combine_f32(
    ck_operator op, int relu, size_t rows, size_t n, const float *a, size_t a_row, size_t a_step, const float *b,
    size_t b_row, size_t b_step, float *y);

/// y[i] = a[i * a_step] where condition[i] is not 0, else b[i * b_step]; steps are 0 or 1.
void ck_choose_f32(
    const float *condition, const float *a, size_t a_step, const float *b, size_t b_step, float *y, size_t n);

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
