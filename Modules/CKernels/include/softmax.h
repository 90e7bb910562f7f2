#ifndef SLIPSTREAM_SOFTMAX_H
#define SLIPSTREAM_SOFTMAX_H

#include <stddef.h>
#include <stdint.h>

// Rows of n numbers without gaps. y may be x, dx may be dy or y.

/// y = e^x / sum of e^x, row by row.
void ck_softmax_f32(const float *x, size_t rows, size_t n, float *y);

/// dx = y (dy - sum of dy y), row by row.
void ck_softmax_gradient_f32(const float *dy, const float *y, size_t rows, size_t n, float *dx);

/// y = x - log sum of e^x, row by row.
void ck_log_softmax_f32(const float *x, size_t rows, size_t n, float *y);

/// dx = dy - e^y sum of dy, row by row.
void ck_log_softmax_gradient_f32(const float *dy, const float *y, size_t rows, size_t n, float *dx);

/// The softmax of each row, and -log of its element at the row's label; infinite for a label outside 0..<n.
void ck_cross_entropy_f32(
    const float *x, const int32_t *labels, size_t rows, size_t n, float *probabilities, double *losses);

/// dx = factor (p - 1) at the row's label, factor p elsewhere. dx may be p.
void ck_cross_entropy_gradient_f32(
    const float *p, const int32_t *labels, float factor, size_t rows, size_t n, float *dx);

#endif
