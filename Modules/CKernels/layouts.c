#include "layouts.h"

#include "dispatch.h"
#include "vectors.h"

enum { BLOCK = 16 };

// A block goes through a small array: memory is read and written in whole runs, the strided accesses stay in the
// first-level cache.
CK_INLINE void transpose_block(
    const float *restrict x, intptr_t x_stride, float *restrict y, intptr_t y_stride) {
    float block[BLOCK][BLOCK];
    for (int r = 0; r < BLOCK; r++)
        for (int c = 0; c < BLOCK; c++) block[c][r] = x[r * x_stride + c];
    for (int c = 0; c < BLOCK; c++)
        for (int r = 0; r < BLOCK; r++) y[c * y_stride + r] = block[c][r];
}

CK_CLONES void ck_transpose_f32(
    const float *x, intptr_t rows, intptr_t columns, intptr_t x_stride, float *y, intptr_t y_stride) {
    intptr_t whole_rows = rows / BLOCK * BLOCK, whole_columns = columns / BLOCK * BLOCK;
    for (intptr_t r = 0; r < whole_rows; r += BLOCK)
        for (intptr_t c = 0; c < whole_columns; c += BLOCK)
            transpose_block(x + r * x_stride + c, x_stride, y + c * y_stride + r, y_stride);
    for (intptr_t c = whole_columns; c < columns; c++)
        for (intptr_t r = 0; r < whole_rows; r++) y[c * y_stride + r] = x[r * x_stride + c];
    for (intptr_t r = whole_rows; r < rows; r++)
        for (intptr_t c = 0; c < columns; c++) y[c * y_stride + r] = x[r * x_stride + c];
}
