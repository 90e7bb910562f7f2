#include "dispatch.h"
#include "elementwise.h"
#include "vectors.h"

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
