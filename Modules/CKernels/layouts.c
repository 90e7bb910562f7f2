#include "layouts.h"

#include "dispatch.h"
#include "vectors.h"

enum { BLOCK = 16 };

#define LOWER(a, b) \
    __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define UPPER(a, b) \
    __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

// Memory is read and written in whole runs. To interleave rows r and r + 8, for all r, rotates the bits of (row, column):
// four times, it exchanges rows and columns.
CK_INLINE void transpose_block(const float *x, intptr_t x_stride, float *y, intptr_t y_stride) {
    ck_v16 a[BLOCK], b[BLOCK];
    for (int r = 0; r < BLOCK; r++) a[r] = *(const ck_v16 *)(x + r * x_stride);
    for (int r = 0; r < BLOCK / 2; r++) b[2 * r] = LOWER(a[r], a[r + 8]), b[2 * r + 1] = UPPER(a[r], a[r + 8]);
    for (int r = 0; r < BLOCK / 2; r++) a[2 * r] = LOWER(b[r], b[r + 8]), a[2 * r + 1] = UPPER(b[r], b[r + 8]);
    for (int r = 0; r < BLOCK / 2; r++) b[2 * r] = LOWER(a[r], a[r + 8]), b[2 * r + 1] = UPPER(a[r], a[r + 8]);
    for (int r = 0; r < BLOCK / 2; r++) a[2 * r] = LOWER(b[r], b[r + 8]), a[2 * r + 1] = UPPER(b[r], b[r + 8]);
    for (int c = 0; c < BLOCK; c++) CK_AT16(y + c * y_stride) = a[c];
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
