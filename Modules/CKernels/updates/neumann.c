#include "../dispatch.h"
#include "updates.h"

#define CK_DEFINE_NEUMANN(suffix, type)                                                                       \
    CK_CLONES void ck_neumann_##suffix(type *restrict w, const type *restrict g, type *restrict m,            \
                                       type *restrict v, size_t n, type pull, type keep, type mu, type rate,  \
                                       type inner, type gamma) {                                              \
        for (size_t i = 0; i < n; i++) {                                                                      \
            type d = g[i] + pull * (w[i] - v[i]);                                                             \
            type series = keep * m[i] - inner * d;                                                            \
            type next = w[i] + mu * series - rate * d;                                                        \
            m[i] = series;                                                                                    \
            w[i] = next;                                                                                      \
            v[i] = next + gamma * (v[i] - next);                                                              \
        }                                                                                                     \
    }                                                                                                         \
    CK_CLONES void ck_neumann_iterate_##suffix(const type *w, const type *restrict m, size_t n, type mu,  \
                                               type *out) {                                               \
        for (size_t i = 0; i < n; i++) out[i] = w[i] - mu * m[i];                                             \
    }

CK_DEFINE_NEUMANN(f32, float)
CK_DEFINE_NEUMANN(f64, double)
