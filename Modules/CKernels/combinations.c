#include "combinations.h"

#include "dispatch.h"

// All vectors advance together, a cache line or two at a time: the processor's prefetcher follows every stream without
// a break. Long blocks of one vector after the other lose half the bandwidth.
#define CK_GROUP 32
#define CK_LANES 16
#define CK_TILE 32

#define CK_DEFINE_GRAM_ROW(suffix, type)                                                                             \
    CK_CLONES void ck_gram_row_##suffix(const type *const *later, const type *const *earlier, size_t rows,           \
                                        size_t start, size_t n, double *out) {                                       \
        CK_REASSOCIATE                                                                                               \
        for (size_t first = 0; first < rows; first += CK_TILE) {                                                     \
            size_t tile = rows - first < CK_TILE ? rows - first : CK_TILE, i = 0;                                    \
            const type *x = later[rows - 1] + start;                                                                 \
            const type *y = earlier[rows - 1] ? earlier[rows - 1] + start : 0;                                       \
            /* One sum a row and lane: they stay in the first-level cache. */                                        \
            double lanes[CK_TILE][CK_LANES];                                                                         \
            for (size_t j = 0; j < tile; j++)                                                                        \
                for (size_t k = 0; k < CK_LANES; k++) lanes[j][k] = 0;                                               \
            for (; i + CK_LANES <= n; i += CK_LANES) {                                                               \
                double newest[CK_LANES];                                                                             \
                if (y)                                                                                               \
                    for (size_t k = 0; k < CK_LANES; k++) newest[k] = (double)x[i + k] - (double)y[i + k];           \
                else                                                                                                 \
                    for (size_t k = 0; k < CK_LANES; k++) newest[k] = (double)x[i + k];                              \
                for (size_t j = 0; j < tile; j++) {                                                                  \
                    const type *a = later[first + j] + start + i, *b = earlier[first + j];                           \
                    double *restrict lane = lanes[j];                                                                \
                    if (b) {                                                                                         \
                        b += start + i;                                                                              \
                        for (size_t k = 0; k < CK_LANES; k++)                                                        \
                            lane[k] += newest[k] * ((double)a[k] - (double)b[k]);                                    \
                    } else {                                                                                         \
                        for (size_t k = 0; k < CK_LANES; k++) lane[k] += newest[k] * (double)a[k];                   \
                    }                                                                                                \
                }                                                                                                    \
            }                                                                                                        \
            for (size_t j = 0; j < tile; j++) {                                                                      \
                const type *a = later[first + j] + start;                                                            \
                const type *b = earlier[first + j] ? earlier[first + j] + start : 0;                                 \
                double total = 0;                                                                                    \
                for (size_t k = i; k < n; k++)                                                                       \
                    total += ((double)x[k] - (y ? (double)y[k] : 0)) * ((double)a[k] - (b ? (double)b[k] : 0));      \
                for (size_t k = 0; k < CK_LANES; k++) total += lanes[j][k];                                          \
                out[first + j] += total;                                                                             \
            }                                                                                                        \
        }                                                                                                            \
    }

// Differences of a block of elements are taken once, in the first-level cache; then every pair of them meets there.
#define CK_PAIR_BLOCK 256
#define CK_PAIR_ROWS 15
#define CK_PAIR_TILE 3

typedef double ck_pair_lanes __attribute__((vector_size(64)));

// Differences `first` to `first + rows` of `n` elements from `start` on, filled up with zeros to whole lanes and tiles.
static inline __attribute__((always_inline)) void ck_differences(
    const float *const *vectors, size_t first, size_t rows, size_t start, size_t n,
    double (*restrict out)[CK_PAIR_BLOCK]) {
    for (size_t j = 0; j < CK_PAIR_ROWS; j++) {
        size_t i = 0;
        if (j < rows) {
            const float *a = vectors[first + j + 1] + start, *b = vectors[first + j] + start;
            for (; i < n; i++) out[j][i] = (double)a[i] - (double)b[i];
        } else if (j >= (rows + CK_PAIR_TILE - 1) / CK_PAIR_TILE * CK_PAIR_TILE) {
            break;
        }
        for (; i < CK_PAIR_BLOCK; i++) out[j][i] = 0;
    }
}

// The products of every row of `x` with every one of `y`; on the diagonal, where both are the same, of half of the pairs.
static inline __attribute__((always_inline)) void ck_pair_products(
    const double (*x)[CK_PAIR_BLOCK], const double (*y)[CK_PAIR_BLOCK], int diagonal,
    double out[CK_PAIR_TILE][CK_PAIR_TILE]) {
    CK_REASSOCIATE
    const size_t lanes = sizeof(ck_pair_lanes) / sizeof(double);
    ck_pair_lanes sums[CK_PAIR_TILE][CK_PAIR_TILE] = {{{0}}};
    for (size_t i = 0; i < CK_PAIR_BLOCK; i += lanes)
        for (size_t p = 0; p < CK_PAIR_TILE; p++)
            for (size_t q = 0; q < (diagonal ? p + 1 : CK_PAIR_TILE); q++)
                sums[p][q] += *(const ck_pair_lanes *)(x[p] + i) * *(const ck_pair_lanes *)(y[q] + i);
    for (size_t p = 0; p < CK_PAIR_TILE; p++)
        for (size_t q = 0; q < CK_PAIR_TILE; q++) {
            out[p][q] = 0;
            for (size_t lane = 0; lane < lanes; lane++) out[p][q] += sums[p][q][lane];
        }
}

CK_CLONES void ck_gram_differences_f32(const float *const *vectors, size_t count, size_t n, double *out) {
    size_t rows = count > 0 ? count - 1 : 0;
    double x[CK_PAIR_ROWS][CK_PAIR_BLOCK] __attribute__((aligned(64)));
    double y[CK_PAIR_ROWS][CK_PAIR_BLOCK] __attribute__((aligned(64)));
    for (size_t start = 0; start < n; start += CK_PAIR_BLOCK) {
        size_t length = n - start < CK_PAIR_BLOCK ? n - start : CK_PAIR_BLOCK;
        for (size_t a = 0; a < rows; a += CK_PAIR_ROWS) {
            size_t height = rows - a < CK_PAIR_ROWS ? rows - a : CK_PAIR_ROWS;
            ck_differences(vectors, a, height, start, length, x);
            for (size_t b = 0; b <= a; b += CK_PAIR_ROWS) {
                size_t width = rows - b < CK_PAIR_ROWS ? rows - b : CK_PAIR_ROWS;
                if (b < a) ck_differences(vectors, b, width, start, length, y);
                double (*other)[CK_PAIR_BLOCK] = b < a ? y : x;
                for (size_t j = 0; j < height; j += CK_PAIR_TILE)
                    for (size_t k = 0; k < width && b + k <= a + j; k += CK_PAIR_TILE) {
                        double products[CK_PAIR_TILE][CK_PAIR_TILE];
                        if (a + j == b + k)
                            ck_pair_products(x + j, x + j, 1, products);
                        else
                            ck_pair_products(x + j, other + k, 0, products);
                        for (size_t p = 0; p < CK_PAIR_TILE && j + p < height; p++)
                            for (size_t q = 0; q < CK_PAIR_TILE && k + q < width; q++) {
                                size_t row = a + j + p, column = b + k + q;
                                if (column <= row) out[row * (row + 1) / 2 + column] += products[p][q];
                            }
                    }
            }
        }
    }
}

#define CK_DEFINE_WEIGHTED_SUM(suffix, type)                                                                         \
    CK_CLONES void ck_weighted_sum_##suffix(const type *const *vectors, const double *weights, size_t count,         \
                                            size_t start, size_t n, type *out) {                                     \
        size_t i = 0;                                                                                                \
        for (; i + CK_GROUP <= n; i += CK_GROUP) {                                                                   \
            double total[CK_GROUP] = {0};                                                                            \
            for (size_t j = 0; j < count; j++) {                                                                     \
                const type *x = vectors[j] + start + i;                                                              \
                double weight = weights[j];                                                                          \
                for (size_t k = 0; k < CK_GROUP; k++) total[k] += weight * (double)x[k];                             \
            }                                                                                                        \
            for (size_t k = 0; k < CK_GROUP; k++) out[i + k] = (type)total[k];                                       \
        }                                                                                                            \
        for (; i < n; i++) {                                                                                         \
            double total = 0;                                                                                        \
            for (size_t j = 0; j < count; j++) total += weights[j] * (double)vectors[j][start + i];                  \
            out[i] = (type)total;                                                                                    \
        }                                                                                                            \
    }

CK_DEFINE_GRAM_ROW(f32, float)

// The error-free sum and product of T. J. Dekker and D. E. Knuth; what rounding drops goes to `rest`. No reassociation.
#define CK_ADD_EXACTLY(sum, rest, term)                                                                              \
    do {                                                                                                             \
        double ck_new = (sum) + (term), ck_part = ck_new - (sum);                                                    \
        (rest) += ((sum) - (ck_new - ck_part)) + ((term) - ck_part);                                                 \
        (sum) = ck_new;                                                                                              \
    } while (0)
#define CK_ADD_PRODUCT_EXACTLY(sum, rest, a, b)                                                                      \
    do {                                                                                                             \
        double ck_product = (a) * (b);                                                                               \
        (rest) += __builtin_fma((a), (b), -ck_product);                                                              \
        CK_ADD_EXACTLY(sum, rest, ck_product);                                                                       \
    } while (0)
// Rounding errors of rounding errors grow with the number of terms in one sum: short sums, added up exactly.
#define CK_EXACT_BLOCK 1024

CK_CLONES void ck_gram_row_f64(const double *const *later, const double *const *earlier, size_t rows, size_t start,
                               size_t n, double *out, double *out_rest) {
    const double *x = later[rows - 1] + start, *y = earlier[rows - 1] ? earlier[rows - 1] + start : 0;
    for (size_t block = 0; block < n; block += CK_EXACT_BLOCK) {
        size_t end = n - block < CK_EXACT_BLOCK ? n : block + CK_EXACT_BLOCK;
        for (size_t j = 0; j < rows; j++) {
            const double *a = later[j] + start, *b = earlier[j] ? earlier[j] + start : 0;
            double sum[CK_LANES] = {0}, rest[CK_LANES] = {0};
            size_t i = block;
            for (; i + CK_LANES <= end; i += CK_LANES)
                for (size_t k = 0; k < CK_LANES; k++) {
                    double newest = y ? x[i + k] - y[i + k] : x[i + k], other = b ? a[i + k] - b[i + k] : a[i + k];
                    CK_ADD_PRODUCT_EXACTLY(sum[k], rest[k], newest, other);
                }
            for (size_t k = 0; i < end; i++, k++) {
                double newest = y ? x[i] - y[i] : x[i], other = b ? a[i] - b[i] : a[i];
                CK_ADD_PRODUCT_EXACTLY(sum[k], rest[k], newest, other);
            }
            for (size_t k = 0; k < CK_LANES; k++) {
                CK_ADD_EXACTLY(out[j], out_rest[j], sum[k]);
                out_rest[j] += rest[k];
            }
        }
    }
}
CK_DEFINE_WEIGHTED_SUM(f32, float)

CK_CLONES void ck_weighted_sum_f64(const double *const *vectors, const double *weights, const double *weight_rests,
                                   size_t count, size_t start, size_t n, double *out) {
    size_t i = 0;
    for (; i + CK_LANES <= n; i += CK_LANES) {
        double sum[CK_LANES] = {0}, rest[CK_LANES] = {0};
        for (size_t j = 0; j < count; j++) {
            const double *x = vectors[j] + start + i;
            double weight = weights[j], weight_rest = weight_rests[j];
            for (size_t k = 0; k < CK_LANES; k++) {
                rest[k] += weight_rest * x[k];
                CK_ADD_PRODUCT_EXACTLY(sum[k], rest[k], weight, x[k]);
            }
        }
        for (size_t k = 0; k < CK_LANES; k++) out[i + k] = sum[k] + rest[k];
    }
    for (; i < n; i++) {
        double sum = 0, rest = 0;
        for (size_t j = 0; j < count; j++) {
            double x = vectors[j][start + i];
            rest += weight_rests[j] * x;
            CK_ADD_PRODUCT_EXACTLY(sum, rest, weights[j], x);
        }
        out[i] = sum + rest;
    }
}
