#include "../dispatch.h"
#include "updates.h"

#define CK_DEFINE_ADADELTA(suffix, type)                                                                      \
    CK_CLONES void ck_adadelta_##suffix(type *restrict theta, const type *restrict g, type *restrict v,       \
                                        type *restrict u, size_t n, type rate, type rho, type rest,           \
                                        type epsilon, type decay) {                                           \
        for (size_t i = 0; i < n; i++) {                                                                      \
            type h = g[i] + decay * theta[i];                                                                 \
            type square = rho * v[i] + rest * (h * h);                                                        \
            type step = __builtin_elementwise_sqrt(u[i] + epsilon) /                                          \
                        __builtin_elementwise_sqrt(square + epsilon) * h;                                     \
            v[i] = square;                                                                                    \
            u[i] = rho * u[i] + rest * (step * step);                                                         \
            theta[i] -= rate * step;                                                                          \
        }                                                                                                     \
    }

CK_DEFINE_ADADELTA(f32, float)
CK_DEFINE_ADADELTA(f64, double)
