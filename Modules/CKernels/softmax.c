#include "softmax.h"

#include <math.h>

#include "dispatch.h"
#include "exponentials.h"
#include "vectors.h"

enum { LANES = 16 };

// NaN may or may not win here; e^(x - largest) is NaN for it in either case.
CK_INLINE float largest_of(const float *x, size_t n) {
    float lanes[LANES];
    float largest = -INFINITY;
    size_t i = 0;
    if (n >= LANES) {
        for (size_t k = 0; k < LANES; k++) lanes[k] = x[k];
        for (i = LANES; i + LANES <= n; i += LANES)
            for (size_t k = 0; k < LANES; k++) lanes[k] = x[i + k] > lanes[k] ? x[i + k] : lanes[k];
        for (size_t k = 0; k < LANES; k++) largest = lanes[k] > largest ? lanes[k] : largest;
    }
    for (; i < n; i++) largest = x[i] > largest ? x[i] : largest;
    return largest;
}

// Sums in double, so that long rows do not lose digits.
CK_INLINE double sum_of(const float *x, size_t n) {
    CK_REASSOCIATE
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i];
    return sum;
}

CK_INLINE double exponentials(const float *x, float largest, size_t n, float *y) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) y[i] = ck_exp(x[i] - largest);
    return sum_of(y, n);
}

CK_INLINE void scale(float *y, float factor, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] *= factor;
}

CK_CLONES void ck_softmax_f32(const float *x, size_t rows, size_t n, float *y) {
    for (size_t r = 0; r < rows; r++, x += n, y += n)
        scale(y, (float)(1 / exponentials(x, largest_of(x, n), n, y)), n);
}

CK_CLONES void ck_softmax_gradient_f32(const float *dy, const float *y, size_t rows, size_t n, float *dx) {
    for (size_t r = 0; r < rows; r++, dy += n, y += n, dx += n) {
        CK_REASSOCIATE
        double product = 0;
        for (size_t i = 0; i < n; i++) product += (double)(dy[i] * y[i]);
        float center = (float)product;
        CK_ELEMENTWISE
        for (size_t i = 0; i < n; i++) dx[i] = y[i] * (dy[i] - center);
    }
}

CK_CLONES void ck_log_softmax_f32(const float *x, size_t rows, size_t n, float *y) {
    for (size_t r = 0; r < rows; r++, x += n, y += n) {
        CK_REASSOCIATE
        float largest = largest_of(x, n);
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += (double)ck_exp(x[i] - largest);
        float logarithm = (float)log(sum);
        CK_ELEMENTWISE
        for (size_t i = 0; i < n; i++) y[i] = (x[i] - largest) - logarithm;
    }
}

CK_CLONES void ck_log_softmax_gradient_f32(const float *dy, const float *y, size_t rows, size_t n, float *dx) {
    for (size_t r = 0; r < rows; r++, dy += n, y += n, dx += n) {
        float sum = (float)sum_of(dy, n);
        CK_ELEMENTWISE
        for (size_t i = 0; i < n; i++) dx[i] = dy[i] - ck_exp(y[i]) * sum;
    }
}

CK_CLONES void ck_cross_entropy_f32(
    const float *x, const int32_t *labels, size_t rows, size_t n, float *probabilities, double *losses) {
    for (size_t r = 0; r < rows; r++, x += n, probabilities += n) {
        float largest = largest_of(x, n);
        double sum = exponentials(x, largest, n, probabilities);
        int inside = labels[r] >= 0 && (size_t)labels[r] < n;
        losses[r] = inside ? log(sum) + ((double)largest - (double)x[labels[r]]) : INFINITY;
        scale(probabilities, (float)(1 / sum), n);
    }
}

CK_CLONES void ck_cross_entropy_gradient_f32(
    const float *p, const int32_t *labels, float factor, size_t rows, size_t n, float *dx) {
    for (size_t r = 0; r < rows; r++, p += n, dx += n) {
        int inside = labels[r] >= 0 && (size_t)labels[r] < n;
        float chosen = inside ? p[labels[r]] : 0;
        CK_ELEMENTWISE
        for (size_t i = 0; i < n; i++) dx[i] = factor * p[i];
        if (inside) dx[labels[r]] = factor * (chosen - 1);
    }
}
