#include "reductions.h"

#include "dispatch.h"
#include "strips.h"

// Sixteen independent accumulators keep two 512-bit double vectors busy and hide the latency of the additions.
#define CK_LANES 16

#define CK_DEFINE_DOT(name, type)                                                       \
    CK_CLONES double name(const type *restrict x, const type *restrict y, size_t n) {   \
        CK_REASSOCIATE                                                                  \
        double lanes[CK_LANES] = {0};                                                   \
        size_t i = 0;                                                                   \
        for (; i + CK_LANES <= n; i += CK_LANES)                                        \
            for (size_t k = 0; k < CK_LANES; k++)                                       \
                lanes[k] += (double)x[i + k] * (double)y[i + k];                        \
        double total = 0;                                                               \
        for (; i < n; i++) total += (double)x[i] * (double)y[i];                        \
        for (size_t k = 0; k < CK_LANES; k++) total += lanes[k];                        \
        return total;                                                                   \
    }

#define CK_DEFINE_SUM(name, type)                                                       \
    CK_CLONES double name(const type *restrict x, size_t n) {                           \
        CK_REASSOCIATE                                                                  \
        double lanes[CK_LANES] = {0};                                                   \
        size_t i = 0;                                                                   \
        for (; i + CK_LANES <= n; i += CK_LANES)                                        \
            for (size_t k = 0; k < CK_LANES; k++) lanes[k] += (double)x[i + k];         \
        double total = 0;                                                               \
        for (; i < n; i++) total += (double)x[i];                                       \
        for (size_t k = 0; k < CK_LANES; k++) total += lanes[k];                        \
        return total;                                                                   \
    }

CK_DEFINE_DOT(ck_dot_f32, float)
CK_DEFINE_DOT(ck_dot_f64, double)
CK_DEFINE_SUM(ck_sum_f32, float)
CK_DEFINE_SUM(ck_sum_f64, double)

CK_CLONES int ck_all_finite_f32(const float *restrict x, size_t n) {
    // The exponent bits are all ones exactly for infinities and NaN; integers vectorise and never signal.
    uint32_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        __builtin_memcpy(&bits, x + i, sizeof bits);
        bad |= (uint32_t)((bits & 0x7f800000u) == 0x7f800000u);
    }
    return bad == 0;
}

CK_CLONES int ck_all_finite_f64(const double *restrict x, size_t n) {
    uint64_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        __builtin_memcpy(&bits, x + i, sizeof bits);
        bad |= (uint64_t)((bits & 0x7ff0000000000000u) == 0x7ff0000000000000u);
    }
    return bad == 0;
}

// Without `y`, the sums of x.
CK_INLINE void block_channel_sums(
    const float *x, const float *y, intptr_t rows, intptr_t stride, double *restrict sums, int is_product,
    intptr_t width) {
    float block[CK_STRIP];
    for (intptr_t c = 0; c < width; c++) block[c] = 0;
    for (intptr_t r = 0; r < rows; r++)
        for (intptr_t c = 0; c < width; c++)
            block[c] += is_product ? x[r * stride + c] * y[r * stride + c] : x[r * stride + c];
    for (intptr_t c = 0; c < width; c++) sums[c] += (double)block[c];
}

CK_INLINE void channel_sums(
    const float *x, const float *y, size_t rows, size_t channels, double *sums, int is_product) {
    enum { BLOCK_ROWS = 64 };
    for (size_t c = 0; c < channels; c++) sums[c] = 0;
    for (size_t first = 0; first < rows; first += BLOCK_ROWS) {
        intptr_t count = ck_least(BLOCK_ROWS, (intptr_t)(rows - first)), width, stride = (intptr_t)channels;
        for (intptr_t strip = 0; strip < stride; strip += width) {
            width = ck_strip_width(stride - strip);
            const float *source = x + (intptr_t)first * stride + strip;
            const float *other = is_product ? y + (intptr_t)first * stride + strip : y;
            CK_WITH_WIDTH(
                width, block_channel_sums, source, other, count, stride, sums + strip, is_product)
        }
    }
}

CK_CLONES void ck_channel_sums_f32(const float *x, size_t rows, size_t channels, double *sums) {
    channel_sums(x, x, rows, channels, sums, 0);
}

CK_CLONES void ck_channel_products_f32(
    const float *x, const float *y, size_t rows, size_t channels, double *sums) {
    channel_sums(x, y, rows, channels, sums, 1);
}
