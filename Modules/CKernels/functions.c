#include "functions.h"

#include "dispatch.h"
#include "exponentials.h"
#include "vectors.h"

CK_INLINE float absolute(float x) { return ck_float_of(ck_bits_of(x) & 0x7fffffffu); }

// What tanh is applied to in Gelu's approximation.
CK_INLINE float inner(float x) { return 0.797884561f * (x + 0.044715f * x * x * x); }

CK_INLINE float value(ck_function f, ck_settings s, float x) {
    switch (f) {
        case CK_ABSOLUTE: return absolute(x);
        case CK_EXPONENTIAL: return s.a * ck_exp(s.b * x);
        case CK_SQUARE_ROOT: return __builtin_elementwise_sqrt(x);
        case CK_RECIPROCAL: return 1.0f / x;
        case CK_ERROR_FUNCTION: return ck_erf(x);
        case CK_EXPONENTIAL_UNIT: return s.c * (x > 0 ? x : s.a * ck_exp_minus_one(s.b * x));
        case CK_HARD_SIGMOID: {
            float line = s.a * x + s.b;
            line = line < 0 ? 0 : line;
            return line > 1 ? 1 : line;
        }
        case CK_HARD_SWISH: {
            float inside = x * (x + 3.0f) * (1.0f / 6);
            inside = x >= 3 ? x : inside;
            return x <= -3 ? 0 : inside;
        }
        case CK_SILU: return x * ck_sigmoid(x);
        case CK_GELU: return x * ck_normal(x, ck_exp(-0.5f * x * x));
        case CK_GELU_TANH: return 0.5f * x * (1.0f + ck_tanh(inner(x)));
        case CK_MISH: {
            // With n = e^x, tanh(ln(1 + n)) = n (n + 2) / (n (n + 2) + 2).
            float n = ck_exp(x > 20 ? 20 : x), w = n * (n + 2.0f);
            return x * (w / (w + 2.0f));
        }
        case CK_SOFTPLUS: {
            float above = x > 0 ? x : 0;
            return above + ck_log_one_plus(ck_exp(-absolute(x)));
        }
        case CK_SOFTSIGN: return x / (1.0f + absolute(x));
    }
    return x;
}

CK_INLINE float derivative(ck_function f, ck_settings s, float x) {
    switch (f) {
        case CK_ABSOLUTE: return x > 0 ? 1 : x < 0 ? -1 : 0;
        case CK_EXPONENTIAL: return s.a * s.b * ck_exp(s.b * x);
        case CK_SQUARE_ROOT: return 0.5f / __builtin_elementwise_sqrt(x);
        case CK_RECIPROCAL: return -1.0f / (x * x);
        case CK_ERROR_FUNCTION: return 1.1283791671f * ck_exp(-x * x);
        case CK_EXPONENTIAL_UNIT: return s.c * (x > 0 ? 1 : s.a * s.b * ck_exp(s.b * x));
        case CK_HARD_SIGMOID: {
            float line = s.a * x + s.b;
            return line > 0 && line < 1 ? s.a : 0;
        }
        case CK_HARD_SWISH: {
            float inside = (2.0f * x + 3.0f) * (1.0f / 6);
            inside = x >= 3 ? 1 : inside;
            return x <= -3 ? 0 : inside;
        }
        case CK_SILU: {
            float sigmoid = ck_sigmoid(x);
            return sigmoid * (1.0f + x * (1.0f - sigmoid));
        }
        case CK_GELU: {
            float exponential = ck_exp(-0.5f * x * x);
            return ck_normal(x, exponential) + x * exponential * 0.398942280f;
        }
        case CK_GELU_TANH: {
            float t = ck_tanh(inner(x));
            return 0.5f * (1.0f + t) + 0.398942280f * x * (1.0f - t * t) * (1.0f + 0.134145f * x * x);
        }
        case CK_MISH: {
            float n = ck_exp(x > 20 ? 20 : x), w = n * (n + 2.0f), scale = 1.0f / (w + 2.0f);
            return scale * (w + x * (4.0f * n * (n + 1.0f) * scale));
        }
        case CK_SOFTPLUS: return ck_sigmoid(x);
        case CK_SOFTSIGN: {
            float whole = 1.0f + absolute(x);
            return 1.0f / (whole * whole);
        }
    }
    return 1;
}

// Called with a constant `f`: each call becomes a loop without a branch.
CK_INLINE void values(ck_function f, ck_settings s, const float *x, float *y, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) y[i] = value(f, s, x[i]);
}

CK_INLINE void gradients(ck_function f, ck_settings s, const float *dy, const float *x, float *dx, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) dx[i] = dy[i] * derivative(f, s, x[i]);
}

#define FOR_EACH_FUNCTION(CASE)                                                                                       \
    CASE(CK_ABSOLUTE) CASE(CK_EXPONENTIAL) CASE(CK_SQUARE_ROOT) CASE(CK_RECIPROCAL) CASE(CK_ERROR_FUNCTION)           \
    CASE(CK_EXPONENTIAL_UNIT) CASE(CK_HARD_SIGMOID) CASE(CK_HARD_SWISH) CASE(CK_SILU) CASE(CK_GELU)                   \
    CASE(CK_GELU_TANH) CASE(CK_MISH) CASE(CK_SOFTPLUS) CASE(CK_SOFTSIGN)

CK_CLONES void ck_function_f32(ck_function f, ck_settings s, const float *x, float *y, size_t n) {
#define VALUES(f) case f: values(f, s, x, y, n); break;
    switch (f) { FOR_EACH_FUNCTION(VALUES) }
}

CK_CLONES void ck_function_gradient_f32(
    ck_function f, ck_settings s, const float *dy, const float *x, float *dx, size_t n) {
#define GRADIENTS(f) case f: gradients(f, s, dy, x, dx, n); break;
    switch (f) { FOR_EACH_FUNCTION(GRADIENTS) }
}
