#include "elementwise.h"

#include "dispatch.h"
#include "vectors.h"

CK_CLONES void ck_scale_f32(const float *x, float factor, float *y, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) y[i] = factor * x[i];
}

CK_INLINE float combine(ck_operator op, float a, float b) {
    switch (op) {
        case CK_ADD: return a + b;
        case CK_SUBTRACT: return a - b;
        case CK_MULTIPLY: return a * b;
        case CK_DIVIDE: return a / b;
        case CK_SLOPE: return a > 0 ? a : b * a;
        case CK_LARGER: return a > b || a != a ? a : b;
        case CK_SMALLER: return a < b || a != a ? a : b;
        case CK_EQUAL: return a == b ? 1 : 0;
        case CK_LESS: return a < b ? 1 : 0;
        case CK_LESS_OR_EQUAL: return a <= b ? 1 : 0;
        case CK_GREATER: return a > b ? 1 : 0;
        case CK_GREATER_OR_EQUAL: return a >= b ? 1 : 0;
    }
    return a;
}

// Called with constant `op`, `relu`, `a_step` and `b_step`: each call becomes a loop without a branch.
CK_INLINE void combine_rows(
    ck_operator op, int relu, size_t rows, size_t n, const float *a, size_t a_row, size_t a_step, const float *b,
    size_t b_row, size_t b_step, float *y) {
    for (size_t r = 0; r < rows; r++, a += a_row, b += b_row, y += n) {
        const float first_a = n ? a[0] : 0, first_b = n ? b[0] : 0;
        CK_ELEMENTWISE
        for (size_t i = 0; i < n; i++) {
            float result = combine(op, a_step ? a[i] : first_a, b_step ? b[i] : first_b);
            y[i] = relu && result < 0 ? 0 : result;
        }
    }
}

#define COMBINE_STEPS(op, relu)                                                                        \
    (a_step && b_step ? combine_rows(op, relu, rows, n, a, a_row, 1, b, b_row, 1, y)                   \
     : a_step         ? combine_rows(op, relu, rows, n, a, a_row, 1, b, b_row, 0, y)                   \
                      : combine_rows(op, relu, rows, n, a, a_row, 0, b, b_row, b_step ? 1 : 0, y))

#define COMBINE(op) (relu ? COMBINE_STEPS(op, 1) : COMBINE_STEPS(op, 0))

CK_CLONES void ck_combine_f32(
    ck_operator op, int relu, size_t rows, size_t n, const float *a, size_t a_row, size_t a_step, const float *b,
    size_t b_row, size_t b_step, float *y) {
    switch (op) {
        case CK_ADD: COMBINE(CK_ADD); break;
        case CK_SUBTRACT: COMBINE(CK_SUBTRACT); break;
        case CK_MULTIPLY: COMBINE(CK_MULTIPLY); break;
        case CK_DIVIDE: COMBINE(CK_DIVIDE); break;
        case CK_SLOPE: COMBINE_STEPS(CK_SLOPE, 0); break;
        case CK_LARGER: COMBINE_STEPS(CK_LARGER, 0); break;
        case CK_SMALLER: COMBINE_STEPS(CK_SMALLER, 0); break;
        case CK_EQUAL: COMBINE_STEPS(CK_EQUAL, 0); break;
        case CK_LESS: COMBINE_STEPS(CK_LESS, 0); break;
        case CK_LESS_OR_EQUAL: COMBINE_STEPS(CK_LESS_OR_EQUAL, 0); break;
        case CK_GREATER: COMBINE_STEPS(CK_GREATER, 0); break;
        case CK_GREATER_OR_EQUAL: COMBINE_STEPS(CK_GREATER_OR_EQUAL, 0); break;
    }
}

CK_INLINE void choose(
    const float *condition, const float *a, size_t a_step, const float *b, size_t b_step, float *y, size_t n) {
    const float first_a = n ? a[0] : 0, first_b = n ? b[0] : 0;
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) {
        float left = a_step ? a[i] : first_a, right = b_step ? b[i] : first_b;
        y[i] = condition[i] != 0 ? left : right;
    }
}

CK_CLONES void ck_choose_f32(
    const float *condition, const float *a, size_t a_step, const float *b, size_t b_step, float *y, size_t n) {
    if (a_step && b_step) {
        choose(condition, a, 1, b, 1, y, n);
    } else if (a_step) {
        choose(condition, a, 1, b, 0, y, n);
    } else {
        choose(condition, a, 0, b, b_step ? 1 : 0, y, n);
    }
}

CK_INLINE void finish_rows(
    float *y, intptr_t rows, intptr_t columns, intptr_t stride, const float *restrict bias, int with_bias, int relu) {
    for (intptr_t r = 0; r < rows; r++) {
        float *restrict line = y + r * stride;
        for (intptr_t c = 0; c < columns; c++) {
            float value = with_bias ? line[c] + bias[c] : line[c];
            line[c] = relu && value < 0 ? 0 : value;
        }
    }
}

CK_CLONES void ck_finish_rows_f32(
    float *y, intptr_t rows, intptr_t columns, intptr_t stride, const float *bias, int relu) {
    if (bias && relu) {
        finish_rows(y, rows, columns, stride, bias, 1, 1);
    } else if (bias) {
        finish_rows(y, rows, columns, stride, bias, 1, 0);
    } else if (relu) {
        finish_rows(y, rows, columns, stride, bias, 0, 1);
    }
}

CK_CLONES void ck_fill_rows_f32(
    float *y, intptr_t rows, intptr_t columns, intptr_t stride, const float *x, intptr_t row_step, intptr_t column_step,
    float factor) {
    for (intptr_t r = 0; r < rows; r++) {
        float *restrict line = y + r * stride;
        const float *restrict source = x + r * row_step;
        if (column_step == 0) {
            for (intptr_t c = 0; c < columns; c++) line[c] = factor * source[0];
        } else {
            for (intptr_t c = 0; c < columns; c++) line[c] = factor * source[c * column_step];
        }
    }
}
