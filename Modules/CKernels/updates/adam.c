#include "../dispatch.h"
#include "updates.h"

#define CK_DEFINE_ADAM(suffix, type)                                                                          \
    CK_CLONES void ck_adam_##suffix(type *restrict theta, const type *restrict g, type *restrict m,           \
                                    type *restrict v, size_t n, type rate, type a, type b, type c, type s,    \
                                    type epsilon, type decay, type keep) {                                    \
        for (size_t i = 0; i < n; i++) {                                                                      \
            type h = g[i] + decay * theta[i];                                                                 \
            type first = m[i] + a * (h - m[i]);                                                               \
            type second = b * v[i] + c * (h * h);                                                             \
            m[i] = first;                                                                                     \
            v[i] = second;                                                                                    \
            theta[i] = keep * theta[i] - rate * (first / (__builtin_elementwise_sqrt(second) / s + epsilon)); \
        }                                                                                                     \
    }

CK_DEFINE_ADAM(f32, float)
CK_DEFINE_ADAM(f64, double)
