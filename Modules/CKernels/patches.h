// Windows on images: which part of a window lies on the image.
#ifndef SLIPSTREAM_PATCHES_H
#define SLIPSTREAM_PATCHES_H

#include "pooling.h"
#include "strips.h"

// The part of a window at one place that lies on the image.
typedef struct {
    /// Its first pixel.
    intptr_t row, column;
    /// How many rows and columns it has.
    intptr_t rows, columns;
    /// The window's row and column that the first pixel belongs to.
    intptr_t first_row, first_column;
} ck_patch;

// The entries first..<first + count of a window's axis that fall on an image of `size`, and the pixel of the first.
CK_INLINE intptr_t ck_axis_patch(
    intptr_t place, intptr_t step, intptr_t dilation, intptr_t before, intptr_t kernel, intptr_t size, intptr_t *first,
    intptr_t *count) {
    intptr_t start = place * step - before;
    *first = start < 0 ? (-start + dilation - 1) / dilation : 0;
    intptr_t pixel = start + *first * dilation;
    intptr_t fitting = pixel < size ? (size - 1 - pixel) / dilation + 1 : 0;
    *count = ck_least(kernel - *first, fitting);
    if (*count < 0) *count = 0;
    return pixel;
}

CK_INLINE ck_patch ck_patch_at(const ck_window *w, intptr_t i, intptr_t j) {
    ck_patch p;
    p.row = ck_axis_patch(
        i, w->row_step, w->row_dilation, w->top, w->kernel_rows, w->height, &p.first_row, &p.rows);
    p.column = ck_axis_patch(
        j, w->column_step, w->column_dilation, w->left, w->kernel_columns, w->width, &p.first_column, &p.columns);
    return p;
}

CK_INLINE void ck_clear_images(float *x, const ck_window *w, intptr_t first, intptr_t count, intptr_t depth) {
    for (intptr_t pixel = first * w->height * w->width; pixel < (first + count) * w->height * w->width; pixel++)
        ck_clear_run(x + pixel * w->channels, depth);
}

#endif
