#include "../dispatch.h"
#include "updates.h"

#define CK_DEFINE_NESTEROV(suffix, type)                                                                      \
    CK_CLONES void ck_look_ahead_##suffix(type *restrict theta, const type *restrict v, size_t n,             \
                                          type momentum) {                                                    \
        for (size_t i = 0; i < n; i++) theta[i] -= momentum * v[i];                                           \
    }                                                                                                         \
    CK_CLONES void ck_step_ahead_##suffix(type *restrict theta, const type *restrict g, type *restrict v,     \
                                          size_t n, type rate, type momentum) {                               \
        for (size_t i = 0; i < n; i++) {                                                                      \
            type step = rate * g[i];                                                                          \
            v[i] = momentum * v[i] + step;                                                                    \
            theta[i] -= step;                                                                                 \
        }                                                                                                     \
    }

CK_DEFINE_NESTEROV(f32, float)
CK_DEFINE_NESTEROV(f64, double)
