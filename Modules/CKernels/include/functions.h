#ifndef SLIPSTREAM_FUNCTIONS_H
#define SLIPSTREAM_FUNCTIONS_H

#include <stddef.h>

/// Functions of one number, with up to three settings. Values and derivatives err by less than 1e-6 of 1 + their size;
/// NaN stays NaN.
typedef enum {
    /// |x|.
    CK_ABSOLUTE,
    /// a e^(b x).
    CK_EXPONENTIAL,
    /// The square root.
    CK_SQUARE_ROOT,
    /// 1 / x.
    CK_RECIPROCAL,
    /// The error function.
    CK_ERROR_FUNCTION,
    /// c x where x > 0, else c a (e^(b x) - 1): Elu, Celu and Selu.
    CK_EXPONENTIAL_UNIT,
    /// a x + b limited to 0...1.
    CK_HARD_SIGMOID,
    /// x times (x + 3) / 6 limited to 0...1.
    CK_HARD_SWISH,
    /// x / (1 + e^-x).
    CK_SILU,
    /// x times the normal distribution's function.
    CK_GELU,
    /// Its approximation with tanh.
    CK_GELU_TANH,
    /// x tanh(ln(1 + e^x)).
    CK_MISH,
    /// ln(1 + e^x).
    CK_SOFTPLUS,
    /// x / (1 + |x|).
    CK_SOFTSIGN,
} ck_function;

/// A function's settings; those that it does not have are not read.
typedef struct {
    float a, b, c;
} ck_settings;

// Results may overwrite operands in place (the same pointer); otherwise memory must not overlap.

/// y = f(x).
void ck_function_f32(ck_function f, ck_settings s, const float *x, float *y, size_t n);

/// dx = dy f'(x).
void ck_function_gradient_f32(
    ck_function f, ck_settings s, const float *dy, const float *x, float *dx, size_t n);

#endif
