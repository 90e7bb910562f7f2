#include "sampling.h"

#include "dispatch.h"
#include "strips.h"

// The taps of one pixel.
typedef struct {
    const int32_t *rows, *columns;
    const float *row_weights, *column_weights;
    intptr_t row_count, column_count;
    // How far apart rows and pixels of the image lie.
    intptr_t row, column;
} pixel_taps;

CK_INLINE void sample_strip(const float *x, pixel_taps t, float *restrict y, intptr_t width) {
    float sum[CK_STRIP];
    for (intptr_t c = 0; c < width; c++) sum[c] = 0;
    for (intptr_t k = 0; k < t.row_count; k++)
        for (intptr_t l = 0; l < t.column_count; l++) {
            const float weight = t.row_weights[k] * t.column_weights[l];
            const float *pixel = x + t.rows[k] * t.row + t.columns[l] * t.column;
            for (intptr_t c = 0; c < width; c++) sum[c] += weight * pixel[c];
        }
    for (intptr_t c = 0; c < width; c++) y[c] = sum[c];
}

CK_INLINE void copy_strip(const float *x, float *restrict y, intptr_t width) {
    for (intptr_t c = 0; c < width; c++) y[c] = x[c];
}

CK_INLINE void fill_run(float *y, float value, intptr_t count) {
    for (intptr_t c = 0; c < count; c++) y[c] = value;
}

// One number a pixel: rows of images in row-major order.
CK_INLINE void sample_numbers(const float *x, pixel_taps t, const ck_taps *columns, float fill, float *y) {
    for (intptr_t j = 0; j < columns->size; j++) {
        const intptr_t first = columns->starts[j], count = columns->starts[j + 1] - first;
        float sum = 0;
        for (intptr_t k = 0; k < t.row_count; k++) {
            const float *line = x + t.rows[k] * t.row;
            float part = 0;
            for (intptr_t l = 0; l < count; l++)
                part += columns->weights[first + l] * line[columns->indices[first + l]];
            sum += t.row_weights[k] * part;
        }
        y[j] = count ? sum : fill;
    }
}

CK_CLONES void ck_resample_f32(
    const float *x, intptr_t height, intptr_t width, intptr_t channels, const ck_taps *rows, const ck_taps *columns,
    intptr_t first, intptr_t count, float fill, float *y) {
    for (intptr_t line = first; line < first + count; line++) {
        const intptr_t row = line % rows->size, start = rows->starts[row];
        const float *image = x + line / rows->size * height * width * channels;
        float *result = y + line * columns->size * channels;
        pixel_taps t = {
            rows->indices + start, columns->indices, rows->weights + start, columns->weights,
            rows->starts[row + 1] - start, 0, width * channels, channels};
        if (t.row_count == 0) {
            fill_run(result, fill, columns->size * channels);
            continue;
        }
        if (channels == 1) {
            sample_numbers(image, t, columns, fill, result);
            continue;
        }
        for (intptr_t j = 0; j < columns->size; j++, result += channels) {
            const intptr_t tap = columns->starts[j];
            t.columns = columns->indices + tap;
            t.column_weights = columns->weights + tap;
            t.column_count = columns->starts[j + 1] - tap;
            if (t.column_count == 0) {
                fill_run(result, fill, channels);
                continue;
            }
            const int is_copy =
                t.row_count * t.column_count == 1 && t.row_weights[0] == 1 && t.column_weights[0] == 1;
            const float *pixel = image + t.rows[0] * t.row + t.columns[0] * t.column;
            for (intptr_t c = 0, strip; c < channels; c += strip) {
                strip = ck_strip_width(channels - c);
                if (is_copy) {
                    CK_WITH_WIDTH(strip, copy_strip, pixel + c, result + c)
                } else {
                    CK_WITH_WIDTH(strip, sample_strip, image + c, t, result + c)
                }
            }
        }
    }
}
