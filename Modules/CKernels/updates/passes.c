#include "../dispatch.h"
#include "updates.h"

#define CK_DEFINE_PASSES(suffix, type)                                                                        \
    CK_CLONES void ck_running_mean_##suffix(type *restrict mean, const type *restrict x, size_t n,            \
                                            type weight) {                                                    \
        for (size_t i = 0; i < n; i++) mean[i] += weight * (x[i] - mean[i]);                                  \
    }                                                                                                         \
    CK_CLONES void ck_rescale_##suffix(type *restrict x, size_t n, type factor) {                             \
        for (size_t i = 0; i < n; i++) x[i] *= factor;                                                        \
    }                                                                                                         \
    CK_CLONES void ck_add_scaled_##suffix(type *restrict x, const type *restrict y, size_t n, type factor) {  \
        for (size_t i = 0; i < n; i++) x[i] += factor * y[i];                                                 \
    }                                                                                                         \
    CK_CLONES void ck_offset_##suffix(type *restrict out, const type *restrict x, const type *restrict y,     \
                                      size_t n, type factor) {                                                \
        for (size_t i = 0; i < n; i++) out[i] = x[i] + factor * y[i];                                         \
    }                                                                                                         \
    CK_CLONES double ck_squared_distance_##suffix(const type *restrict x, const type *restrict y, size_t n) { \
        CK_REASSOCIATE                                                                                        \
        double total = 0;                                                                                     \
        for (size_t i = 0; i < n; i++) {                                                                      \
            double difference = (double)x[i] - (double)y[i];                                                  \
            total += difference * difference;                                                                 \
        }                                                                                                     \
        return total;                                                                                         \
    }

CK_DEFINE_PASSES(f32, float)
CK_DEFINE_PASSES(f64, double)
