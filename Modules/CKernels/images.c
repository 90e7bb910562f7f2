#include "images.h"

#include "dispatch.h"
#include "vectors.h"

CK_CLONES void ck_scale_bytes_f32(const uint8_t *x, double scale, double offset, float *y, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) y[i] = (float)(x[i] * scale + offset);
}

CK_INLINE void fill(float *y, intptr_t count, float value) {
    for (intptr_t k = 0; k < count; k++) y[k] = value;
}

// The columns of an image that are seen, and where they begin in the result.
typedef struct {
    intptr_t first, count, margin;
} columns_seen;

CK_INLINE columns_seen seen(intptr_t width, intptr_t left, int mirrored) {
    intptr_t first = left > 0 ? left : 0, end = left < 0 ? left + width : width;
    if (end <= first) return (columns_seen){0, 0, 0};
    return (columns_seen){first, end - first, mirrored ? (left > 0 ? left : 0) : first - left};
}

CK_CLONES void ck_move_f32(
    const float *x, intptr_t height, intptr_t width, intptr_t top, intptr_t left, int mirrored, float outside,
    float *y) {
    columns_seen part = seen(width, left, mirrored);
    for (intptr_t r = 0; r < height; r++, y += width) {
        intptr_t row = top + r;
        intptr_t count = row < 0 || row >= height ? 0 : part.count;
        float *to = y + part.margin;
        const float *from = x + (count > 0 ? row * width + part.first : 0);
        fill(y, part.margin, outside);
        if (mirrored) {
            CK_ELEMENTWISE
            for (intptr_t k = 0; k < count; k++) to[k] = from[count - 1 - k];
        } else {
            ck_copy_run(to, from, count);
        }
        fill(to + count, width - part.margin - count, outside);
    }
}

CK_CLONES void ck_move_bytes_f32(
    const uint8_t *x, intptr_t height, intptr_t width, intptr_t top, intptr_t left, int mirrored, double scale,
    double offset, float outside, float *y) {
    columns_seen part = seen(width, left, mirrored);
    for (intptr_t r = 0; r < height; r++, y += width) {
        intptr_t row = top + r;
        intptr_t count = row < 0 || row >= height ? 0 : part.count;
        float *to = y + part.margin;
        const uint8_t *from = x + (count > 0 ? row * width + part.first : 0);
        fill(y, part.margin, outside);
        if (mirrored) {
            CK_ELEMENTWISE
            for (intptr_t k = 0; k < count; k++) to[k] = (float)(from[count - 1 - k] * scale + offset);
        } else {
            CK_ELEMENTWISE
            for (intptr_t k = 0; k < count; k++) to[k] = (float)(from[k] * scale + offset);
        }
        fill(to + count, width - part.margin - count, outside);
    }
}

CK_CLONES void ck_sample_f32(
    const float *x, intptr_t stride, const int32_t *rows, const float *row_weights, intptr_t height,
    const int32_t *columns, const float *column_weights, intptr_t width, float *y) {
    for (intptr_t r = 0; r < height; r++, y += width) {
        const float *upper = x + rows[r] * stride, *lower = upper + stride;
        float down = row_weights[r];
        CK_ELEMENTWISE
        for (intptr_t c = 0; c < width; c++) {
            intptr_t k = columns[c];
            float a = upper[k] + down * (lower[k] - upper[k]);
            float b = upper[k + 1] + down * (lower[k + 1] - upper[k + 1]);
            y[c] = a + column_weights[c] * (b - a);
        }
    }
}
