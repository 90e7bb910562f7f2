#include "normalization.h"

#include "dispatch.h"
#include "strips.h"

// Rows of a block: so few that a strip of sixty-four channels stays in the first-level cache between passes.
enum { BLOCK_ROWS = 64 };

// Moments of a block of a strip relative to its first row: differences of neighbours keep the digits that the elements
// themselves spend on a common offset.
CK_INLINE void block_moments(
    const float *x, intptr_t rows, intptr_t stride, float *restrict mean, float *restrict squares, intptr_t width) {
    float first[CK_STRIP];
    for (intptr_t c = 0; c < width; c++) {
        first[c] = x[c];
        mean[c] = squares[c] = 0;
    }
    for (intptr_t r = 1; r < rows; r++)
        for (intptr_t c = 0; c < width; c++) mean[c] += x[r * stride + c] - first[c];
    float share = 1.0f / (float)rows;
    for (intptr_t c = 0; c < width; c++) mean[c] *= share;
    for (intptr_t r = 0; r < rows; r++)
        for (intptr_t c = 0; c < width; c++) {
            float d = (x[r * stride + c] - first[c]) - mean[c];
            squares[c] += d * d;
        }
}

CK_CLONES void ck_moments_f32(const float *x, intptr_t rows, intptr_t channels, double *mean, double *squares) {
    float block_mean[CK_STRIP], block_squares[CK_STRIP];
    for (intptr_t c = 0; c < channels; c++) mean[c] = squares[c] = 0;
    for (intptr_t first = 0; first < rows; first += BLOCK_ROWS) {
        intptr_t count = ck_least(BLOCK_ROWS, rows - first);
        double share = (double)count / (double)(first + count);
        for (intptr_t strip = 0, width; strip < channels; strip += width) {
            width = ck_strip_width(channels - strip);
            const float *source = x + first * channels + strip;
            CK_WITH_WIDTH(width, block_moments, source, count, channels, block_mean, block_squares)
            double *restrict m = mean + strip, *restrict s = squares + strip;
            for (intptr_t c = 0; c < width; c++) {
                double delta = (double)source[c] + (double)block_mean[c] - m[c];
                m[c] += delta * share;
                s[c] += (double)block_squares[c] + delta * delta * share * (double)first;
            }
        }
    }
}

CK_CLONES void ck_merge_moments(
    double *mean, double *squares, intptr_t rows, const double *other_mean, const double *other_squares,
    intptr_t other_rows, intptr_t channels) {
    if (other_rows == 0) return;
    double share = (double)other_rows / (double)(rows + other_rows);
    for (intptr_t c = 0; c < channels; c++) {
        double delta = other_mean[c] - mean[c];
        mean[c] += delta * share;
        squares[c] += other_squares[c] + delta * delta * share * (double)rows;
    }
}

CK_INLINE void normalize(
    const float *x, intptr_t rows, intptr_t channels, const float *restrict mean, const float *restrict factor,
    const float *restrict offset, int relu, float *y) {
    for (intptr_t r = 0; r < rows; r++, x += channels, y += channels) {
        CK_ELEMENTWISE
        for (intptr_t c = 0; c < channels; c++) {
            float value = (x[c] - mean[c]) * factor[c] + offset[c];
            y[c] = relu && value < 0 ? 0 : value;
        }
    }
}

CK_CLONES void ck_normalize_f32(
    const float *x, intptr_t rows, intptr_t channels, const float *mean, const float *factor, const float *offset,
    int relu, float *y) {
    if (relu) {
        normalize(x, rows, channels, mean, factor, offset, 1, y);
    } else {
        normalize(x, rows, channels, mean, factor, offset, 0, y);
    }
}

// How a gradient is masked.
enum { NOT_MASKED, BY_RESULT, BY_RECOMPUTED_RESULT };

CK_INLINE int mask_form(ck_mask mask) {
    return mask.y ? BY_RESULT : mask.gain ? BY_RECOMPUTED_RESULT : NOT_MASKED;
}

// The expression of the result is that of `normalize`, so that both round alike and agree on which elements are positive.
CK_INLINE float masked(int form, float dy, float x, float y, float mean, float gain, float shift) {
    if (form == BY_RESULT) return y > 0 ? dy : 0;
    if (form == BY_RECOMPUTED_RESULT) return (x - mean) * gain + shift > 0 ? dy : 0;
    return dy;
}

CK_INLINE void block_sums(
    const float *dy, const float *x, const float *y, const float *gain, const float *shift, int form, intptr_t rows,
    intptr_t stride, const float *restrict mean, float *restrict sums, float *restrict products, intptr_t width) {
    for (intptr_t c = 0; c < width; c++) sums[c] = products[c] = 0;
    for (intptr_t r = 0; r < rows; r++)
        for (intptr_t c = 0; c < width; c++) {
            float g = masked(
                form, dy[r * stride + c], x[r * stride + c], form == BY_RESULT ? y[r * stride + c] : 0, mean[c],
                form == BY_RECOMPUTED_RESULT ? gain[c] : 0, form == BY_RECOMPUTED_RESULT ? shift[c] : 0);
            sums[c] += g;
            products[c] += g * (x[r * stride + c] - mean[c]);
        }
}

CK_CLONES void ck_normalize_sums_f32(
    const float *dy, const float *x, ck_mask mask, intptr_t rows, intptr_t channels, const float *mean, double *sums,
    double *products) {
    float block_sum[CK_STRIP], block_product[CK_STRIP];
    int form = mask_form(mask);
    for (intptr_t c = 0; c < channels; c++) sums[c] = products[c] = 0;
    for (intptr_t first = 0; first < rows; first += BLOCK_ROWS) {
        intptr_t count = ck_least(BLOCK_ROWS, rows - first);
        for (intptr_t strip = 0, width; strip < channels; strip += width) {
            width = ck_strip_width(channels - strip);
            intptr_t start = first * channels + strip;
            const float *g = dy + start, *source = x + start, *center = mean + strip;
            if (form == BY_RESULT) {
                const float *y = mask.y + start;
                CK_WITH_WIDTH(
                    width, block_sums, g, source, y, 0, 0, BY_RESULT, count, channels, center, block_sum, block_product)
            } else if (form == BY_RECOMPUTED_RESULT) {
                const float *gain = mask.gain + strip, *shift = mask.shift + strip;
                CK_WITH_WIDTH(
                    width, block_sums, g, source, 0, gain, shift, BY_RECOMPUTED_RESULT, count, channels, center,
                    block_sum, block_product)
            } else {
                CK_WITH_WIDTH(
                    width, block_sums, g, source, 0, 0, 0, NOT_MASKED, count, channels, center, block_sum,
                    block_product)
            }
            for (intptr_t c = 0; c < width; c++) {
                sums[strip + c] += (double)block_sum[c];
                products[strip + c] += (double)block_product[c];
            }
        }
    }
}

CK_INLINE void normalize_gradient(
    const float *dy, const float *x, ck_mask mask, int form, intptr_t rows, intptr_t channels,
    const float *restrict mean, const float *restrict factor, const float *restrict offset, const float *restrict slope,
    float *dx) {
    const float *y = mask.y, *restrict gain = mask.gain, *restrict shift = mask.shift;
    for (intptr_t r = 0; r < rows; r++, dy += channels, x += channels, dx += channels) {
        CK_ELEMENTWISE
        for (intptr_t c = 0; c < channels; c++) {
            float g = masked(
                form, dy[c], x[c], form == BY_RESULT ? y[c] : 0, mean[c], form == BY_RECOMPUTED_RESULT ? gain[c] : 0,
                form == BY_RECOMPUTED_RESULT ? shift[c] : 0);
            dx[c] = factor[c] * (g - offset[c] - (x[c] - mean[c]) * slope[c]);
        }
        if (form == BY_RESULT) y += channels;
    }
}

CK_CLONES void ck_normalize_gradient_f32(
    const float *dy, const float *x, ck_mask mask, intptr_t rows, intptr_t channels, const float *mean,
    const float *factor, const float *offset, const float *slope, float *dx) {
    switch (mask_form(mask)) {
        case BY_RESULT:
            normalize_gradient(dy, x, mask, BY_RESULT, rows, channels, mean, factor, offset, slope, dx);
            break;
        case BY_RECOMPUTED_RESULT:
            normalize_gradient(dy, x, mask, BY_RECOMPUTED_RESULT, rows, channels, mean, factor, offset, slope, dx);
            break;
        default: normalize_gradient(dy, x, mask, NOT_MASKED, rows, channels, mean, factor, offset, slope, dx);
    }
}
