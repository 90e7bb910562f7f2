#ifndef SLIPSTREAM_NORMALIZATION_H
#define SLIPSTREAM_NORMALIZATION_H

#include <stddef.h>
#include <stdint.h>

// Matrices of rows x channels, row-major and without gaps: the pixels of a batch of channels-last images.

/// mean[c] and squares[c] = sum over rows of (x[r][c] - mean[c])^2.
///
/// Blocks of rows are summed in two passes in float and merged in double after T. F. Chan, G. H. Golub, R. J. LeVeque,
/// *Updating formulae and a pairwise algorithm for computing sample variances*, 1979: no cancellation, one pass over
/// memory.
void ck_moments_f32(const float *x, intptr_t rows, intptr_t channels, double *mean, double *squares);

/// Merges the moments of `other_rows` further rows into those of `rows` rows.
void ck_merge_moments(
    double *mean, double *squares, intptr_t rows, const double *other_mean, const double *other_squares,
    intptr_t other_rows, intptr_t channels);

/// y = activation((x - mean[c]) * factor[c] + offset[c]), max(., 0) if `relu` is not 0. y may be x.
void ck_normalize_f32(
    const float *x, intptr_t rows, intptr_t channels, const float *mean, const float *factor, const float *offset,
    int relu, float *y);

/// Where an activation behind the normalisation lets the gradient through: where its result y is positive if y is not
/// NULL; else where (x - mean[c]) * gain[c] + shift[c], which is that result again, is positive if gain is not NULL; else
/// everywhere. To compute it again costs less than to read it.
typedef struct {
    const float *y;
    const float *gain;
    const float *shift;
} ck_mask;

/// sums[c] = sum over rows of g[r][c], products[c] = sum of g[r][c] * (x[r][c] - mean[c]), where g = dy where the mask lets
/// it through and else 0. Blocks of rows are summed in float, blocks in double.
void ck_normalize_sums_f32(
    const float *dy, const float *x, ck_mask mask, intptr_t rows, intptr_t channels, const float *mean, double *sums,
    double *products);

/// dx = factor[c] * (g - offset[c] - (x - mean[c]) * slope[c]), g as above. dx may be dy.
void ck_normalize_gradient_f32(
    const float *dy, const float *x, ck_mask mask, intptr_t rows, intptr_t channels, const float *mean,
    const float *factor, const float *offset, const float *slope, float *dx);

#endif
