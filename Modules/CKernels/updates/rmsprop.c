#include "../dispatch.h"
#include "updates.h"

// `centre` and `move` are where the variants differ: the squared mean that is taken off, and the step.
#define CK_RMSPROP_LOOP(type, centre, move)                                                                   \
    for (size_t i = 0; i < n; i++) {                                                                          \
        type h = g[i] + decay * theta[i];                                                                     \
        type square = alpha * v[i] + rest * (h * h);                                                          \
        v[i] = square;                                                                                        \
        type step = h / (__builtin_elementwise_sqrt(__builtin_elementwise_max(square - centre(type), (type)0)) + epsilon);                        \
        move(type)                                                                                            \
    }
#define CK_NO_CENTRE(type) 0
#define CK_CENTRE(type)                                                                                       \
    ({                                                                                                        \
        type mean = m[i] + rest * (h - m[i]);                                                                 \
        m[i] = mean;                                                                                          \
        mean *mean;                                                                                           \
    })
#define CK_PLAIN_MOVE(type) theta[i] -= rate * step;
#define CK_MOMENTUM_MOVE(type)                                                                                \
    type next = momentum * b[i] + step;                                                                       \
    b[i] = next;                                                                                              \
    theta[i] -= rate * next;

#define CK_DEFINE_RMSPROP(suffix, type)                                                                       \
    CK_CLONES void ck_rmsprop_##suffix(type *restrict theta, const type *restrict g, type *restrict v,        \
                                       type *restrict m, type *restrict b, size_t n, type rate, type alpha,   \
                                       type rest, type momentum, type epsilon, type decay) {                  \
        if (m && b) {                                                                                         \
            CK_RMSPROP_LOOP(type, CK_CENTRE, CK_MOMENTUM_MOVE)                                                \
        } else if (m) {                                                                                       \
            CK_RMSPROP_LOOP(type, CK_CENTRE, CK_PLAIN_MOVE)                                                   \
        } else if (b) {                                                                                       \
            CK_RMSPROP_LOOP(type, CK_NO_CENTRE, CK_MOMENTUM_MOVE)                                             \
        } else {                                                                                              \
            CK_RMSPROP_LOOP(type, CK_NO_CENTRE, CK_PLAIN_MOVE)                                                \
        }                                                                                                     \
    }

CK_DEFINE_RMSPROP(f32, float)
CK_DEFINE_RMSPROP(f64, double)
