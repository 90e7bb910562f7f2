#include "convolution.h"

#include "dispatch.h"
#include "vectors.h"

CK_INLINE intptr_t clamp(intptr_t x, intptr_t low, intptr_t high) { return x < low ? low : x > high ? high : x; }

// ceil(a / b) for b > 0.
CK_INLINE intptr_t ceil_divide(intptr_t a, intptr_t b) { return a > 0 ? (a + b - 1) / b : -(-a / b); }

CK_INLINE void clear_rows(float *to, intptr_t rows, intptr_t stride, intptr_t depth) {
    for (intptr_t r = 0; r < rows; r++) ck_clear_run(to + r * stride, depth);
}

CK_INLINE void copy_rows(
    float *restrict to, intptr_t stride, const float *restrict from, intptr_t step, intptr_t rows, intptr_t depth) {
    if (depth == 1) {
        for (intptr_t r = 0; r < rows; r++) to[r * stride] = from[r * step];
    } else {
        for (intptr_t r = 0; r < rows; r++) ck_copy_run(to + r * stride, from + r * step, depth);
    }
}

CK_CLONES void ck_gather_f32(
    const float *image, const ck_places *places, intptr_t first, intptr_t count, const int32_t *taps, intptr_t tap_count,
    intptr_t depth, float *matrix, intptr_t stride) {
    const ck_places p = *places;
    intptr_t place = first, end = first + count;
    while (place < end) {
        intptr_t line = place / p.columns, column = place % p.columns;
        intptr_t n = line / p.rows, row = line % p.rows;
        intptr_t length = p.columns - column < end - place ? p.columns - column : end - place;
        float *target = matrix + (place - first) * stride;
        for (intptr_t t = 0; t < tap_count; t++, target += depth) {
            intptr_t y = row * p.row_step + taps[2 * t], dx = taps[2 * t + 1];
            if (y < 0 || y >= p.height) {
                clear_rows(target, length, stride, depth);
                continue;
            }
            // The places low..<high of this line see a column inside the image.
            intptr_t low = clamp(ceil_divide(-dx, p.column_step) - column, 0, length);
            intptr_t high = clamp(ceil_divide(p.width - dx, p.column_step) - column, low, length);
            const float *source =
                image + ((n * p.height + y) * p.width + (column + low) * p.column_step + dx) * p.channels;
            clear_rows(target, low, stride, depth);
            copy_rows(target + low * stride, stride, source, p.column_step * p.channels, high - low, depth);
            clear_rows(target + high * stride, length - high, stride, depth);
        }
        place += length;
    }
}

CK_CLONES void ck_scatter_f32(
    const float *matrix, const ck_places *places, intptr_t first, intptr_t count, intptr_t row_start,
    intptr_t column_start, intptr_t depth, float *image, intptr_t stride) {
    const ck_places p = *places;
    intptr_t place = first, end = first + count;
    while (place < end) {
        intptr_t line = place / p.columns, column = place % p.columns;
        intptr_t n = line / p.rows, row = line % p.rows;
        intptr_t length = p.columns - column < end - place ? p.columns - column : end - place;
        intptr_t y = row * p.row_step + row_start, x = column * p.column_step + column_start;
        copy_rows(
            image + ((n * p.height + y) * p.width + x) * p.channels, p.column_step * p.channels,
            matrix + (place - first) * stride, stride, length, depth);
        place += length;
    }
}

CK_CLONES void ck_order_filter_f32(
    const float *filter, intptr_t channels, intptr_t area, const int32_t *order, intptr_t tap_count, float *target,
    intptr_t tap_stride) {
    for (intptr_t t = 0; t < tap_count; t++) {
        const float *restrict source = filter + order[t];
        float *restrict to = target + t * tap_stride;
        for (intptr_t c = 0; c < channels; c++) to[c] = source[c * area];
    }
}

CK_CLONES void ck_sum_filters_f32(
    const float *parts, intptr_t part_count, intptr_t part_stride, intptr_t channels, intptr_t area, float *filter) {
    for (intptr_t t = 0; t < area; t++) {
        const float *restrict source = parts + t * channels;
        float *restrict to = filter + t;
        for (intptr_t c = 0; c < channels; c++) {
            float sum = source[c];
            for (intptr_t p = 1; p < part_count; p++) sum += source[p * part_stride + c];
            to[c * area] = sum;
        }
    }
}
