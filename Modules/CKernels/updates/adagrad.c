#include "../dispatch.h"
#include "updates.h"

#define CK_DEFINE_ADAGRAD(suffix, type)                                                                       \
    CK_CLONES void ck_adagrad_##suffix(type *restrict theta, const type *restrict g, type *restrict s,        \
                                       size_t n, type rate, type initial, type epsilon, type decay) {         \
        for (size_t i = 0; i < n; i++) {                                                                      \
            type h = g[i] + decay * theta[i];                                                                 \
            type sum = s[i] + h * h;                                                                          \
            s[i] = sum;                                                                                       \
            theta[i] -= rate * (h / (__builtin_elementwise_sqrt(initial + sum) + epsilon));                   \
        }                                                                                                     \
    }

CK_DEFINE_ADAGRAD(f32, float)
CK_DEFINE_ADAGRAD(f64, double)
