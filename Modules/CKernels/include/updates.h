#ifndef SLIPSTREAM_UPDATES_H
#define SLIPSTREAM_UPDATES_H

#include <stddef.h>
#include <stdint.h>

/// θ ← θ − η (g + δ θ): a gradient step with weight decay δ (0: none).
void ck_sgd_f32(float *theta, const float *g, size_t n, float rate, float decay);
void ck_sgd_f64(double *theta, const double *g, size_t n, double rate, double decay);

/// h = g + δ θ; v ← μ v + h; θ ← θ − η v.
void ck_sgd_momentum_f32(float *theta, const float *g, float *v, size_t n, float rate, float momentum, float decay);
void ck_sgd_momentum_f64(double *theta, const double *g, double *v, size_t n, double rate, double momentum,
                         double decay);

/// h = g + δ θ; v ← μ v + h; θ ← θ − η (h + μ v).
void ck_sgd_nesterov_f32(float *theta, const float *g, float *v, size_t n, float rate, float momentum, float decay);
void ck_sgd_nesterov_f64(double *theta, const double *g, double *v, size_t n, double rate, double momentum,
                         double decay);

/// h = g + δ θ; m ← m + a (h − m); v ← b v + (1 − b) h²; θ ← θ − η m / (√v / s + ε).
///
/// The caller gives a = 1 − β₁, b = β₂, c = 1 − β₂ (rounded once, from double), the rate η / (1 − β₁ᵗ) and
/// s = √(1 − β₂ᵗ).
void ck_adam_f32(float *theta, const float *g, float *m, float *v, size_t n, float rate, float a, float b, float c,
                 float s, float epsilon, float decay);
void ck_adam_f64(double *theta, const double *g, double *m, double *v, size_t n, double rate, double a, double b,
                 double c, double s, double epsilon, double decay);

/// mean ← mean + weight (x − mean).
void ck_running_mean_f32(float *mean, const float *x, size_t n, float weight);
void ck_running_mean_f64(double *mean, const double *x, size_t n, double weight);

#endif
