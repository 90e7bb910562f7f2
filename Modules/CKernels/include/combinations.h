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

/// The same for doubles, in about twice their precision: out[j] + out_rest[j] is the sum of the products of the
/// differences, which are rounded to double themselves.
///
/// T. Ogita, S. M. Rump, S. Oishi, *Accurate sum and dot product*, SIAM J. Sci. Comput. 26, 2005.
void ck_gram_row_f64(const double *const *later, const double *const *earlier, size_t rows, size_t start, size_t n,
                     double *out, double *out_rest);

/// The Gram matrix of the differences between successive vectors: out[j (j + 1) / 2 + k] += Σ_i r_j[i] r_k[i] over
/// 0 <= i < n, for k <= j in 0..<count - 1, where r_j = vectors[j + 1] - vectors[j].
///
/// Differences and products are taken in double, so a difference of two floats is exact. Each vector is read once, or
/// once for every fifteen others.
void ck_gram_differences_f32(const float *const *vectors, size_t count, size_t n, double *out);

/// out[i] = Σ_j weights[j] vectors[j][start + i] for 0 <= i < n, accumulated in double.
///
/// `out` may be one of the vectors, from `start` on.
void ck_weighted_sum_f32(const float *const *vectors, const double *weights, size_t count, size_t start, size_t n,
                         float *out);

/// The same for doubles, with weights[j] + weight_rests[j] as weights, rounded once at the end.
void ck_weighted_sum_f64(const double *const *vectors, const double *weights, const double *weight_rests, size_t count,
                         size_t start, size_t n, double *out);

#endif
