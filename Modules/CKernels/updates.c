#include "updates.h"

#include "dispatch.h"

// Every element is computed on its own and in the same way in the vector body and in the tail, so a loop may be cut
// anywhere without changing a bit.

#define CK_DEFINE_UPDATES(suffix, type)                                                                       \
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
    }                                                                                                         \
    CK_CLONES void ck_adam_##suffix(type *restrict theta, const type *restrict g, type *restrict m,           \
                                    type *restrict v, size_t n, type rate, type a, type b, type c, type s,    \
                                    type epsilon, type decay) {                                               \
        for (size_t i = 0; i < n; i++) {                                                                      \
            type h = g[i] + decay * theta[i];                                                                 \
            type first = m[i] + a * (h - m[i]);                                                               \
            type second = b * v[i] + c * (h * h);                                                             \
            m[i] = first;                                                                                     \
            v[i] = second;                                                                                    \
            theta[i] -= rate * (first / (__builtin_elementwise_sqrt(second) / s + epsilon));                  \
        }                                                                                                     \
    }                                                                                                         \
    CK_CLONES void ck_running_mean_##suffix(type *restrict mean, const type *restrict x, size_t n,            \
                                            type weight) {                                                    \
        for (size_t i = 0; i < n; i++) mean[i] += weight * (x[i] - mean[i]);                                  \
    }

CK_DEFINE_UPDATES(f32, float)
CK_DEFINE_UPDATES(f64, double)
