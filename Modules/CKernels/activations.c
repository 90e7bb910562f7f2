#include "dispatch.h"
#include "elementwise.h"
#include "exponentials.h"
#include "vectors.h"

CK_CLONES void ck_relu_f32(const float *x, float *y, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) y[i] = x[i] < 0 ? 0 : x[i];
}

CK_CLONES void ck_relu_gradient_f32(const float *dy, const float *y, float *dx, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
}

CK_CLONES void ck_leaky_relu_f32(const float *x, float alpha, float *y, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : alpha * x[i];
}

CK_CLONES void ck_leaky_relu_gradient_f32(const float *dy, const float *sign, float alpha, float *dx, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) dx[i] = sign[i] > 0 ? dy[i] : alpha * dy[i];
}

CK_CLONES void ck_clip_f32(const float *x, float lower, float upper, float *y, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) {
        float raised = x[i] < lower ? lower : x[i];
        y[i] = raised > upper ? upper : raised;
    }
}

CK_CLONES void ck_clip_gradient_f32(
    const float *dy, const float *x, float lower, float upper, float *dx, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) dx[i] = x[i] >= lower && x[i] <= upper ? dy[i] : 0;
}

CK_CLONES void ck_sigmoid_f32(const float *x, float *y, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) y[i] = ck_sigmoid(x[i]);
}

CK_CLONES void ck_sigmoid_gradient_f32(const float *dy, const float *y, float *dx, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) dx[i] = dy[i] * y[i] * (1 - y[i]);
}

CK_CLONES void ck_tanh_f32(const float *x, float *y, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) y[i] = ck_tanh(x[i]);
}

CK_CLONES void ck_tanh_gradient_f32(const float *dy, const float *y, float *dx, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) dx[i] = dy[i] * (1 - y[i] * y[i]);
}

CK_CLONES void ck_exp_f32(const float *x, float *y, size_t n) {
    CK_ELEMENTWISE
    for (size_t i = 0; i < n; i++) y[i] = ck_exp(x[i]);
}
