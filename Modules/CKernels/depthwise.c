#include "convolution.h"
#include "dispatch.h"
#include "patches.h"
#include "strips.h"

// Distances between neighbours of a window's rows and columns: on the image, and among the weights.
typedef struct {
    intptr_t row, column, weight_row, weight_column;
} steps;

CK_INLINE steps steps_of(const ck_window *w) {
    return (steps){
        w->row_dilation * w->width * w->channels, w->column_dilation * w->channels, w->kernel_columns * w->channels,
        w->channels};
}

CK_INLINE intptr_t first_weight(const ck_window *w, ck_patch p) {
    return (p.first_row * w->kernel_columns + p.first_column) * w->channels;
}

CK_INLINE intptr_t first_pixel(const ck_window *w, intptr_t image, ck_patch p) {
    return ((image * w->height + p.row) * w->width + p.column) * w->channels;
}

CK_INLINE void forward_strip(
    const float *x, const float *weights, const float *bias, int relu, ck_patch p, steps s, float *restrict y,
    intptr_t width) {
    float sum[CK_STRIP];
    // The choices stand outside the loops: inside, they keep clang from holding the strip in registers.
    if (bias) {
        for (intptr_t c = 0; c < width; c++) sum[c] = bias[c];
    } else {
        for (intptr_t c = 0; c < width; c++) sum[c] = 0;
    }
    for (intptr_t k = 0; k < p.rows; k++)
        for (intptr_t l = 0; l < p.columns; l++) {
            const float *pixel = x + k * s.row + l * s.column;
            const float *weight = weights + k * s.weight_row + l * s.weight_column;
            for (intptr_t c = 0; c < width; c++) sum[c] += pixel[c] * weight[c];
        }
    if (relu) {
        for (intptr_t c = 0; c < width; c++) y[c] = sum[c] < 0 ? 0 : sum[c];
    } else {
        for (intptr_t c = 0; c < width; c++) y[c] = sum[c];
    }
}

CK_CLONES void ck_depthwise_f32(
    const float *x, const ck_window *window, const float *weights, const float *bias, int relu, intptr_t first,
    intptr_t count, float *y) {
    const ck_window w = *window;
    const steps s = steps_of(&w);
    for (intptr_t line = first; line < first + count; line++)
        for (intptr_t j = 0; j < w.columns; j++) {
            ck_patch p = ck_patch_at(&w, line % w.rows, j);
            const float *pixels = x + first_pixel(&w, line / w.rows, p), *filter = weights + first_weight(&w, p);
            float *result = y + (line * w.columns + j) * w.channels;
            for (intptr_t c = 0, width; c < w.channels; c += width) {
                width = ck_strip_width(w.channels - c);
                const float *offset = bias ? bias + c : bias;
                CK_WITH_WIDTH(width, forward_strip, pixels + c, filter + c, offset, relu, p, s, result + c)
            }
        }
}

CK_INLINE void data_gradient_strip(
    const float *restrict dy, const float *weights, ck_patch p, steps s, float *dx, intptr_t width) {
    float gradient[CK_STRIP];
    for (intptr_t c = 0; c < width; c++) gradient[c] = dy[c];
    for (intptr_t k = 0; k < p.rows; k++)
        for (intptr_t l = 0; l < p.columns; l++) {
            float *restrict target = dx + k * s.row + l * s.column;
            const float *restrict weight = weights + k * s.weight_row + l * s.weight_column;
            for (intptr_t c = 0; c < width; c++) target[c] += gradient[c] * weight[c];
        }
}

CK_CLONES void ck_depthwise_data_gradient_f32(
    const float *dy, const ck_window *window, const float *weights, intptr_t first, intptr_t count, intptr_t channel,
    intptr_t depth, float *dx) {
    const ck_window w = *window;
    const steps s = steps_of(&w);
    for (intptr_t n = first; n < first + count; n++) {
        ck_clear_images(dx + channel, &w, n, 1, depth);
        for (intptr_t i = 0; i < w.rows; i++)
            for (intptr_t j = 0; j < w.columns; j++) {
                ck_patch p = ck_patch_at(&w, i, j);
                const float *place = dy + ((n * w.rows + i) * w.columns + j) * w.channels;
                const float *filter = weights + first_weight(&w, p);
                float *pixels = dx + first_pixel(&w, n, p);
                for (intptr_t c = channel, width; c < channel + depth; c += width) {
                    width = ck_strip_width(channel + depth - c);
                    CK_WITH_WIDTH(width, data_gradient_strip, place + c, filter + c, p, s, pixels + c)
                }
            }
    }
}

CK_INLINE void weight_gradient_strip(
    const float *restrict dy, const float *x, ck_patch p, steps s, float *sums, intptr_t width) {
    float gradient[CK_STRIP];
    for (intptr_t c = 0; c < width; c++) gradient[c] = dy[c];
    for (intptr_t k = 0; k < p.rows; k++)
        for (intptr_t l = 0; l < p.columns; l++) {
            const float *restrict pixel = x + k * s.row + l * s.column;
            float *restrict sum = sums + k * s.weight_row + l * s.weight_column;
            for (intptr_t c = 0; c < width; c++) sum[c] += gradient[c] * pixel[c];
        }
}

CK_CLONES void ck_depthwise_weight_gradient_f32(
    const float *dy, const float *x, const ck_window *window, intptr_t first, intptr_t count, float *sums) {
    const ck_window w = *window;
    const steps s = steps_of(&w);
    for (intptr_t line = first; line < first + count; line++)
        for (intptr_t j = 0; j < w.columns; j++) {
            ck_patch p = ck_patch_at(&w, line % w.rows, j);
            const float *place = dy + (line * w.columns + j) * w.channels;
            const float *pixels = x + first_pixel(&w, line / w.rows, p);
            float *target = sums + first_weight(&w, p);
            for (intptr_t c = 0, width; c < w.channels; c += width) {
                width = ck_strip_width(w.channels - c);
                CK_WITH_WIDTH(width, weight_gradient_strip, place + c, pixels + c, p, s, target + c)
            }
        }
}
