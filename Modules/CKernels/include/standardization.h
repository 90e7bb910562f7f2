#ifndef SLIPSTREAM_STANDARDIZATION_H
#define SLIPSTREAM_STANDARDIZATION_H

#include <stdint.h>

/// y = (x - mean) / sqrt(variance + epsilon) in each of `rows` rows of n numbers, mean and variance being the row's own.
/// y may be x.
void ck_standardize_f32(const float *x, intptr_t rows, intptr_t n, double epsilon, float *y);

/// dx = (dy - mean(dy) - z mean(dy z)) / sqrt(variance + epsilon) in each row, z being the standardised x. dx may be x or
/// dy.
void ck_standardize_gradient_f32(
    const float *dy, const float *x, intptr_t rows, intptr_t n, double epsilon, float *dx);

#endif
