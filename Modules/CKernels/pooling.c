#include "pooling.h"

#include "dispatch.h"
#include "patches.h"
#include "strips.h"

CK_INLINE void max_strip(
    const float *x, ck_patch p, intptr_t row_stride, intptr_t column_stride, float *restrict y, intptr_t width) {
    float largest[CK_STRIP];
    for (intptr_t c = 0; c < width; c++) largest[c] = -__builtin_inff();
    for (intptr_t k = 0; k < p.rows; k++)
        for (intptr_t l = 0; l < p.columns; l++) {
            const float *pixel = x + k * row_stride + l * column_stride;
            for (intptr_t c = 0; c < width; c++)
                largest[c] = pixel[c] > largest[c] || pixel[c] != pixel[c] ? pixel[c] : largest[c];
        }
    for (intptr_t c = 0; c < width; c++) y[c] = largest[c];
}

CK_CLONES void ck_max_pool_f32(const float *x, const ck_window *window, intptr_t first, intptr_t count, float *y) {
    const ck_window w = *window;
    intptr_t row_stride = w.row_dilation * w.width * w.channels, column_stride = w.column_dilation * w.channels;
    for (intptr_t line = first; line < first + count; line++)
        for (intptr_t j = 0; j < w.columns; j++) {
            ck_patch p = ck_patch_at(&w, line % w.rows, j);
            const float *pixels = x + ((line / w.rows * w.height + p.row) * w.width + p.column) * w.channels;
            float *result = y + (line * w.columns + j) * w.channels;
            for (intptr_t c = 0, width; c < w.channels; c += width) {
                width = ck_strip_width(w.channels - c);
                CK_WITH_WIDTH(width, max_strip, pixels + c, p, row_stride, column_stride, result + c)
            }
        }
}

CK_INLINE void max_gradient_strip(
    const float *restrict dy, const float *restrict y, const float *x, float *dx, ck_patch p, intptr_t row_stride,
    intptr_t column_stride, uint32_t closed, intptr_t width) {
    // What is left to hand out, as a mask of all ones or zeros.
    uint32_t open[CK_STRIP];
    for (intptr_t c = 0; c < width; c++) open[c] = y[c] > 0 ? ~0u : ~closed;
    for (intptr_t k = 0; k < p.rows; k++)
        for (intptr_t l = 0; l < p.columns; l++) {
            const float *restrict pixel = x + k * row_stride + l * column_stride;
            float *restrict target = dx + k * row_stride + l * column_stride;
            for (intptr_t c = 0; c < width; c++) {
                int equal = (pixel[c] == y[c]) | ((pixel[c] != pixel[c]) & (y[c] != y[c]));
                uint32_t hit = (equal ? ~0u : 0u) & open[c];
                target[c] += hit ? dy[c] : 0;
                open[c] &= ~hit;
            }
        }
}

CK_CLONES void ck_max_pool_gradient_f32(
    const float *dy, const float *x, const float *y, const ck_window *window, intptr_t first, intptr_t count,
    intptr_t channel, intptr_t depth, int relu, float *dx) {
    const ck_window w = *window;
    intptr_t row_stride = w.row_dilation * w.width * w.channels, column_stride = w.column_dilation * w.channels;
    uint32_t closed = relu ? ~0u : 0;
    for (intptr_t n = first; n < first + count; n++) {
        ck_clear_images(dx + channel, &w, n, 1, depth);
        for (intptr_t i = 0; i < w.rows; i++)
            for (intptr_t j = 0; j < w.columns; j++) {
                ck_patch p = ck_patch_at(&w, i, j);
                intptr_t pixel = ((n * w.height + p.row) * w.width + p.column) * w.channels;
                intptr_t place = ((n * w.rows + i) * w.columns + j) * w.channels;
                for (intptr_t c = channel, width; c < channel + depth; c += width) {
                    width = ck_strip_width(channel + depth - c);
                    CK_WITH_WIDTH(
                        width, max_gradient_strip, dy + place + c, y + place + c, x + pixel + c, dx + pixel + c, p,
                        row_stride, column_stride, closed)
                }
            }
    }
}

// As max_gradient_strip, but every pixel under the place is written, and may be written where it was read.
CK_INLINE void disjoint_max_gradient_strip(
    const float *restrict dy, const float *restrict y, const float *x, float *dx, ck_patch p, intptr_t row_stride,
    intptr_t column_stride, uint32_t closed, intptr_t width) {
    uint32_t open[CK_STRIP];
    for (intptr_t c = 0; c < width; c++) open[c] = y[c] > 0 ? ~0u : ~closed;
    for (intptr_t k = 0; k < p.rows; k++)
        for (intptr_t l = 0; l < p.columns; l++) {
            float pixel[CK_STRIP];
            for (intptr_t c = 0; c < width; c++) pixel[c] = x[k * row_stride + l * column_stride + c];
            float *restrict target = dx + k * row_stride + l * column_stride;
            for (intptr_t c = 0; c < width; c++) {
                int equal = (pixel[c] == y[c]) | ((pixel[c] != pixel[c]) & (y[c] != y[c]));
                uint32_t hit = (equal ? ~0u : 0u) & open[c];
                target[c] = hit ? dy[c] : 0;
                open[c] &= ~hit;
            }
        }
}

CK_CLONES void ck_disjoint_max_pool_gradient_f32(
    const float *dy, const float *x, const float *y, const ck_window *window, intptr_t first, intptr_t count,
    intptr_t channel, intptr_t depth, int relu, float *dx) {
    const ck_window w = *window;
    intptr_t row_stride = w.width * w.channels, column_stride = w.channels;
    intptr_t rows = ck_least(w.height, w.rows * w.kernel_rows);
    intptr_t columns = ck_least(w.width, w.columns * w.kernel_columns);
    uint32_t closed = relu ? ~0u : 0;
    for (intptr_t n = first; n < first + count; n++) {
        for (intptr_t i = 0; i < w.rows; i++)
            for (intptr_t j = 0; j < w.columns; j++) {
                ck_patch p = ck_patch_at(&w, i, j);
                intptr_t pixel = ((n * w.height + p.row) * w.width + p.column) * w.channels;
                intptr_t place = ((n * w.rows + i) * w.columns + j) * w.channels;
                for (intptr_t c = channel, width; c < channel + depth; c += width) {
                    width = ck_strip_width(channel + depth - c);
                    CK_WITH_WIDTH(
                        width, disjoint_max_gradient_strip, dy + place + c, y + place + c, x + pixel + c,
                        dx + pixel + c, p, row_stride, column_stride, closed)
                }
            }
        // No place covers what is left at the ends of rows and columns.
        for (intptr_t row = 0; row < w.height; row++)
            for (intptr_t column = row < rows ? columns : 0; column < w.width; column++)
                ck_clear_run(dx + ((n * w.height + row) * w.width + column) * w.channels + channel, depth);
    }
}

CK_INLINE void average_strip(
    const float *x, ck_patch p, intptr_t row_stride, intptr_t column_stride, float share, float *restrict y,
    intptr_t width) {
    float sum[CK_STRIP];
    for (intptr_t c = 0; c < width; c++) sum[c] = 0;
    for (intptr_t k = 0; k < p.rows; k++)
        for (intptr_t l = 0; l < p.columns; l++) {
            const float *pixel = x + k * row_stride + l * column_stride;
            for (intptr_t c = 0; c < width; c++) sum[c] += pixel[c];
        }
    for (intptr_t c = 0; c < width; c++) y[c] = sum[c] * share;
}

CK_CLONES void ck_average_pool_f32(
    const float *x, const ck_window *window, const float *shares, intptr_t first, intptr_t count, float *y) {
    const ck_window w = *window;
    intptr_t row_stride = w.row_dilation * w.width * w.channels, column_stride = w.column_dilation * w.channels;
    for (intptr_t line = first; line < first + count; line++)
        for (intptr_t j = 0; j < w.columns; j++) {
            ck_patch p = ck_patch_at(&w, line % w.rows, j);
            float share = shares[line % w.rows * w.columns + j];
            const float *pixels = x + ((line / w.rows * w.height + p.row) * w.width + p.column) * w.channels;
            float *result = y + (line * w.columns + j) * w.channels;
            for (intptr_t c = 0, width; c < w.channels; c += width) {
                width = ck_strip_width(w.channels - c);
                CK_WITH_WIDTH(width, average_strip, pixels + c, p, row_stride, column_stride, share, result + c)
            }
        }
}

CK_INLINE void average_gradient_strip(
    const float *restrict dy, float share, float *dx, ck_patch p, intptr_t row_stride, intptr_t column_stride,
    intptr_t width) {
    float gradient[CK_STRIP];
    for (intptr_t c = 0; c < width; c++) gradient[c] = dy[c] * share;
    for (intptr_t k = 0; k < p.rows; k++)
        for (intptr_t l = 0; l < p.columns; l++) {
            float *target = dx + k * row_stride + l * column_stride;
            for (intptr_t c = 0; c < width; c++) target[c] += gradient[c];
        }
}

CK_CLONES void ck_average_pool_gradient_f32(
    const float *dy, const ck_window *window, const float *shares, intptr_t first, intptr_t count, intptr_t channel,
    intptr_t depth, float *dx) {
    const ck_window w = *window;
    intptr_t row_stride = w.row_dilation * w.width * w.channels, column_stride = w.column_dilation * w.channels;
    for (intptr_t n = first; n < first + count; n++) {
        ck_clear_images(dx + channel, &w, n, 1, depth);
        for (intptr_t i = 0; i < w.rows; i++)
            for (intptr_t j = 0; j < w.columns; j++) {
                ck_patch p = ck_patch_at(&w, i, j);
                intptr_t pixel = ((n * w.height + p.row) * w.width + p.column) * w.channels;
                const float *place = dy + ((n * w.rows + i) * w.columns + j) * w.channels;
                for (intptr_t c = channel, width; c < channel + depth; c += width) {
                    width = ck_strip_width(channel + depth - c);
                    CK_WITH_WIDTH(
                        width, average_gradient_strip, place + c, shares[i * w.columns + j], dx + pixel + c, p,
                        row_stride, column_stride)
                }
            }
    }
}
