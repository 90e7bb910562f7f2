// Steps of update rules. Every element is computed on its own and in the same way in the vector body and in the tail, so
// a loop may be cut anywhere without changing a bit; only sums over all elements depend on where they are cut.
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

/// h = g + δ θ; m ← m + a (h − m); v ← b v + (1 − b) h²; θ ← keep θ − η m / (√v / s + ε).
///
/// The caller gives a = 1 − β₁, b = β₂, c = 1 − β₂ (rounded once, from double), the rate η / (1 − β₁ᵗ),
/// s = √(1 − β₂ᵗ), and keep = 1 but for decoupled weight decay.
void ck_adam_f32(float *theta, const float *g, float *m, float *v, size_t n, float rate, float a, float b, float c,
                 float s, float epsilon, float decay, float keep);
void ck_adam_f64(double *theta, const double *g, double *m, double *v, size_t n, double rate, double a, double b,
                 double c, double s, double epsilon, double decay, double keep);

/// h = g + δ θ; s ← s + h²; θ ← θ − η h / (√(initial + s) + ε).
void ck_adagrad_f32(float *theta, const float *g, float *s, size_t n, float rate, float initial, float epsilon,
                    float decay);
void ck_adagrad_f64(double *theta, const double *g, double *s, size_t n, double rate, double initial, double epsilon,
                    double decay);

/// h = g + δ θ; v ← ρ v + rest h²; Δ = √(u + ε) / √(v + ε) · h; u ← ρ u + rest Δ²; θ ← θ − η Δ, with rest = 1 − ρ.
void ck_adadelta_f32(float *theta, const float *g, float *v, float *u, size_t n, float rate, float rho, float rest,
                     float epsilon, float decay);
void ck_adadelta_f64(double *theta, const double *g, double *v, double *u, size_t n, double rate, double rho,
                     double rest, double epsilon, double decay);

/// h = g + δ θ; v ← α v + rest h²; m ← m + rest (h − m); b ← μ b + h / (√(v − m²) + ε); θ ← θ − η b, with
/// rest = 1 − α. A null m stands for zeros that stay; a null b for μ = 0.
void ck_rmsprop_f32(float *theta, const float *g, float *v, float *m, float *b, size_t n, float rate, float alpha,
                    float rest, float momentum, float epsilon, float decay);
void ck_rmsprop_f64(double *theta, const double *g, double *v, double *m, double *b, size_t n, double rate,
                    double alpha, double rest, double momentum, double epsilon, double decay);

/// θ ← θ − α v: to where Nesterov's gradient is taken.
void ck_look_ahead_f32(float *theta, const float *v, size_t n, float momentum);
void ck_look_ahead_f64(double *theta, const double *v, size_t n, double momentum);

/// v ← α v + η g; θ ← θ − η g, which is (θ + α v) − v's next value: the step from before the look ahead.
void ck_step_ahead_f32(float *theta, const float *g, float *v, size_t n, float rate, float momentum);
void ck_step_ahead_f64(double *theta, const double *g, double *v, size_t n, double rate, double momentum);

/// d = g + pull (w − v); m ← keep m − inner d; w ← w + μ m − η d; v ← w + γ (v − w).
void ck_neumann_f32(float *w, const float *g, float *m, float *v, size_t n, float pull, float keep, float mu,
                    float rate, float inner, float gamma);
void ck_neumann_f64(double *w, const double *g, double *m, double *v, size_t n, double pull, double keep, double mu,
                    double rate, double inner, double gamma);

/// out = w − μ m; `out` may be `w`.
void ck_neumann_iterate_f32(const float *w, const float *m, size_t n, float mu, float *out);
void ck_neumann_iterate_f64(const double *w, const double *m, size_t n, double mu, double *out);

/// mean ← mean + weight (g − mean); w ← centre − scale sign(mean) max(|mean| − λ, 0).
void ck_dual_averaging_f32(float *w, const float *g, float *mean, size_t n, float weight, float scale, float lambda,
                           float centre);
void ck_dual_averaging_f64(double *w, const double *g, double *mean, size_t n, double weight, double scale,
                           double lambda, double centre);

/// mean ← what ck_dual_averaging takes to w: −sign(d) (|d|/scale + λ) with d = w − centre; where d = 0, mean is kept
/// within ±λ.
void ck_dual_anchor_f32(const float *w, float *mean, size_t n, float scale, float lambda, float centre);
void ck_dual_anchor_f64(const double *w, double *mean, size_t n, double scale, double lambda, double centre);

/// x = w − η g; w ← sign(x) max(|x| − threshold, 0).
void ck_proximal_step_f32(float *w, const float *g, size_t n, float rate, float threshold);
void ck_proximal_step_f64(double *w, const double *g, size_t n, double rate, double threshold);

/// kept ← kept and w ≠ 0; w ← 0 where not kept.
void ck_freeze_zeros_f32(float *w, unsigned char *kept, size_t n);
void ck_freeze_zeros_f64(double *w, unsigned char *kept, size_t n);

/// x ← 0 where not kept.
void ck_mask_f32(float *x, const unsigned char *kept, size_t n);
void ck_mask_f64(double *x, const unsigned char *kept, size_t n);

/// How many elements are zero.
size_t ck_count_zeros_f32(const float *x, size_t n);
size_t ck_count_zeros_f64(const double *x, size_t n);

/// mean ← mean + weight (x − mean).
void ck_running_mean_f32(float *mean, const float *x, size_t n, float weight);
void ck_running_mean_f64(double *mean, const double *x, size_t n, double weight);

/// x ← factor x.
void ck_rescale_f32(float *x, size_t n, float factor);
void ck_rescale_f64(double *x, size_t n, double factor);

/// x ← x + factor y.
void ck_add_scaled_f32(float *x, const float *y, size_t n, float factor);
void ck_add_scaled_f64(double *x, const double *y, size_t n, double factor);

/// out = x + factor y.
void ck_offset_f32(float *out, const float *x, const float *y, size_t n, float factor);
void ck_offset_f64(double *out, const double *x, const double *y, size_t n, double factor);

/// Σ (x_i − y_i)², taken and added in double.
double ck_squared_distance_f32(const float *x, const float *y, size_t n);
double ck_squared_distance_f64(const double *x, const double *y, size_t n);

#endif
