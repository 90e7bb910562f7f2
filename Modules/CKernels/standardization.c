#include "standardization.h"

#include "dispatch.h"
#include "vectors.h"

// So many numbers are summed in float, what they give in double.
enum { BLOCK = 2048 };

// Four vectors of partial sums hide the latency of the additions.
enum { LANES = 64 };

CK_INLINE intptr_t end_of_block(intptr_t start, intptr_t n) { return start + BLOCK < n ? start + BLOCK : n; }

// Adds up `term` for i in start..<end, in float. Its own names end in an underscore: the term must not meet them.
#define SUM_OVER(i, start, end, total, term)                                                    \
    {                                                                                           \
        CK_REASSOCIATE                                                                          \
        float lanes_[LANES] = {0}, tail_ = 0;                                                   \
        intptr_t next_ = start;                                                                 \
        for (; next_ + LANES <= end; next_ += LANES)                                            \
            for (intptr_t k_ = 0; k_ < LANES; k_++) {                                           \
                const intptr_t i = next_ + k_;                                                  \
                lanes_[k_] += term;                                                             \
            }                                                                                   \
        for (intptr_t i = next_; i < end; i++) tail_ += term;                                   \
        for (intptr_t k_ = 0; k_ < LANES; k_++) tail_ += lanes_[k_];                            \
        total += (double)tail_;                                                                 \
    }

// The mean is mean + rest: in float alone, it would be too coarse for numbers far from 0.
typedef struct {
    float mean, rest, scale;
} moments;

CK_INLINE moments moments_of(const float *x, intptr_t n, double epsilon) {
    double sum = 0, squares = 0;
    for (intptr_t s = 0; s < n; s += BLOCK) {
        const intptr_t e = end_of_block(s, n);
        SUM_OVER(i, s, e, sum, x[i])
    }
    const double centre = sum / (double)n;
    const float mean = (float)centre, rest = (float)(centre - (double)mean);
    for (intptr_t s = 0; s < n; s += BLOCK) {
        const intptr_t e = end_of_block(s, n);
        SUM_OVER(i, s, e, squares, (x[i] - mean - rest) * (x[i] - mean - rest))
    }
    return (moments){mean, rest, (float)(1 / __builtin_elementwise_sqrt(squares / (double)n + epsilon))};
}

CK_CLONES void ck_standardize_f32(const float *x, intptr_t rows, intptr_t n, double epsilon, float *y) {
    for (intptr_t r = 0; r < rows; r++, x += n, y += n) {
        const moments m = moments_of(x, n, epsilon);
        CK_ELEMENTWISE
        for (intptr_t i = 0; i < n; i++) y[i] = (x[i] - m.mean - m.rest) * m.scale;
    }
}

CK_CLONES void ck_standardize_gradient_f32(
    const float *dy, const float *x, intptr_t rows, intptr_t n, double epsilon, float *dx) {
    for (intptr_t r = 0; r < rows; r++, x += n, dy += n, dx += n) {
        const moments m = moments_of(x, n, epsilon);
        double sum = 0, product = 0;
        for (intptr_t s = 0; s < n; s += BLOCK) {
            const intptr_t e = end_of_block(s, n);
            SUM_OVER(i, s, e, sum, dy[i])
            SUM_OVER(i, s, e, product, dy[i] * (x[i] - m.mean - m.rest))
        }
        const float offset = (float)(sum / (double)n);
        const float slope = (float)(product / (double)n) * m.scale * m.scale;
        CK_ELEMENTWISE
        for (intptr_t i = 0; i < n; i++) dx[i] = (dy[i] - offset - (x[i] - m.mean - m.rest) * slope) * m.scale;
    }
}
