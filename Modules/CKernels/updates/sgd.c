#include "../dispatch.h"
#include "updates.h"

#define CK_DEFINE_SGD(suffix, type)                                                                           \
    CK_CLONES void ck_sgd_##suffix(type *restrict theta, const type *restrict g, size_t n, type rate,         \
                                   type decay) {                                                              \
        for (size_t i = 0; i < n; i++) theta[i] -= rate * (g[i] + decay * theta[i]);                          \
    }                                                                                                         \
    CK_CLONES void ck_sgd_momentum_##suffix(type *restrict theta, const type *restrict g, type *restrict v,   \
                                            size_t n, type rate, type momentum, type decay) {                 \
        for (size_t i = 0; i < n; i++) {                                                                      \
            type h = g[i] + decay * theta[i];                                                                 \
            type next = momentum * v[i] + h;                                                                  \
            v[i] = next;                                                                                      \
            theta[i] -= rate * next;                                                                          \
        }                                                                                                     \
    }                                                                                                         \
    CK_CLONES void ck_sgd_nesterov_##suffix(type *restrict theta, const type *restrict g, type *restrict v,   \
                                            size_t n, type rate, type momentum, type decay) {                 \
        for (size_t i = 0; i < n; i++) {                                                                      \
            type h = g[i] + decay * theta[i];                                                                 \
            type next = momentum * v[i] + h;                                                                  \
            v[i] = next;                                                                                      \
            theta[i] -= rate * (h + momentum * next);                                                         \
        }                                                                                                     \
    }

CK_DEFINE_SGD(f32, float)
CK_DEFINE_SGD(f64, double)
