#ifndef SLIPSTREAM_REDUCTIONS_H
#define SLIPSTREAM_REDUCTIONS_H

#include <stddef.h>
#include <stdint.h>

/// Σ x_i y_i, accumulated in double.
double ck_dot_f32(const float *x, const float *y, size_t n);
double ck_dot_f64(const double *x, const double *y, size_t n);

/// Σ x_i, accumulated in double.
double ck_sum_f32(const float *x, size_t n);
double ck_sum_f64(const double *x, size_t n);

/// 1 when every value is finite, else 0.
int ck_all_finite_f32(const float *x, size_t n);
int ck_all_finite_f64(const double *x, size_t n);

/// sums[c] = sum over rows of x[r][c], a matrix of rows x channels without gaps. Blocks of rows are summed in float,
/// blocks in double.
void ck_channel_sums_f32(const float *x, size_t rows, size_t channels, double *sums);

/// The same of x[r][c] y[r][c].
void ck_channel_products_f32(const float *x, const float *y, size_t rows, size_t channels, double *sums);

#endif
