#ifndef SLIPSTREAM_COMBINATIONS_H
#define SLIPSTREAM_COMBINATIONS_H

#include <stddef.h>
#include <stdint.h>

/// A row of a Gram matrix: out[j] += Σ r_j[i] r_last[i] over start <= i < start + n, for j in 0..<rows, where
/// r_j = later[j] − earlier[j].
///
/// Differences and products are taken in double, so a difference of two floats is exact. A null earlier[j] stands for
/// zeros. The last row is the new one; each vector is read from memory once.
void ck_gram_row_f32(const float *const *later, const float *const *earlier, size_t rows, size_t start, size_t n,
                     double *out);
void ck_gram_row_f64(const double *const *later, const double *const *earlier, size_t rows, size_t start, size_t n,
                     double *out);

/// out[i] = Σ_j weights[j] vectors[j][start + i] for 0 <= i < n, accumulated in double.
///
/// `out` may be one of the vectors, from `start` on.
void ck_weighted_sum_f32(const float *const *vectors, const double *weights, size_t count, size_t start, size_t n,
                         float *out);
void ck_weighted_sum_f64(const double *const *vectors, const double *weights, size_t count, size_t start, size_t n,
                         double *out);

#endif
