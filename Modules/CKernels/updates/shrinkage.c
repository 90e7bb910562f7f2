#include "../dispatch.h"
#include "updates.h"

#define CK_DEFINE_SHRINKAGE(suffix, type)                                                                     \
    CK_CLONES void ck_dual_averaging_##suffix(type *restrict w, const type *restrict g, type *restrict mean,  \
                                              size_t n, type weight, type scale, type lambda, type centre) {  \
        for (size_t i = 0; i < n; i++) {                                                                      \
            type next = mean[i] + weight * (g[i] - mean[i]);                                                  \
            type excess = __builtin_elementwise_abs(next) - lambda;                                           \
            type shrunk = __builtin_elementwise_copysign(excess > 0 ? excess : 0, next);                      \
            mean[i] = next;                                                                                   \
            w[i] = centre - scale * shrunk;                                                                   \
        }                                                                                                     \
    }                                                                                                         \
    CK_CLONES void ck_dual_anchor_##suffix(const type *restrict w, type *restrict mean, size_t n, type scale, \
                                           type lambda, type centre) {                                        \
        for (size_t i = 0; i < n; i++) {                                                                      \
            type d = w[i] - centre;                                                                           \
            type moved = -__builtin_elementwise_copysign(__builtin_elementwise_abs(d) / scale + lambda, d);   \
            type kept = mean[i] > lambda ? lambda : mean[i] < -lambda ? -lambda : mean[i];                    \
            mean[i] = d != 0 ? moved : kept;                                                                  \
        }                                                                                                     \
    }                                                                                                         \
    CK_CLONES void ck_proximal_step_##suffix(type *restrict w, const type *restrict g, size_t n, type rate,   \
                                             type threshold) {                                                \
        for (size_t i = 0; i < n; i++) {                                                                      \
            type next = w[i] - rate * g[i];                                                                   \
            type excess = __builtin_elementwise_abs(next) - threshold;                                        \
            w[i] = excess > 0 ? __builtin_elementwise_copysign(excess, next) : 0;                             \
        }                                                                                                     \
    }                                                                                                         \
    CK_CLONES void ck_freeze_zeros_##suffix(type *restrict w, unsigned char *restrict kept, size_t n) {       \
        for (size_t i = 0; i < n; i++) {                                                                      \
            unsigned char keep = kept[i] && w[i] != 0;                                                        \
            kept[i] = keep;                                                                                   \
            w[i] = keep ? w[i] : 0;                                                                           \
        }                                                                                                     \
    }                                                                                                         \
    CK_CLONES void ck_mask_##suffix(type *restrict x, const unsigned char *restrict kept, size_t n) {         \
        for (size_t i = 0; i < n; i++) x[i] = kept[i] ? x[i] : 0;                                             \
    }                                                                                                         \
    CK_CLONES size_t ck_count_zeros_##suffix(const type *x, size_t n) {                                       \
        size_t zeros = 0;                                                                                     \
        for (size_t i = 0; i < n; i++) zeros += x[i] == 0;                                                    \
        return zeros;                                                                                         \
    }

CK_DEFINE_SHRINKAGE(f32, float)
CK_DEFINE_SHRINKAGE(f64, double)
