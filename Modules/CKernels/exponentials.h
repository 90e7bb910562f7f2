// e^x and its relatives without branches, so that loops over them vectorise.
#ifndef SLIPSTREAM_EXPONENTIALS_H
#define SLIPSTREAM_EXPONENTIALS_H

#include <stdint.h>

#include "vectors.h"

CK_INLINE float ck_float_of(uint32_t bits) {
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

CK_INLINE uint32_t ck_bits_of(float x) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

// e^x = 2^n e^r with |r| <= ln 2 / 2. The Taylor polynomial of degree 7 errs by less than 6e-9 there; ln 2 comes in two
// parts so that r keeps all its bits. 2^n is applied in two factors: either alone stays in range where e^x does, gradual
// underflow and overflow to infinity included. NaN passes through every step.
CK_INLINE float ck_exp(float x) {
    x = x < -104.0f ? -104.0f : x;
    x = x > 89.0f ? 89.0f : x;
    // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
    const float shift = 12582912.0f;
    float shifted = x * 1.44269504f + shift;
    float n = shifted - shift;
    float r = x - n * 0.693145752f;
    r = r - n * 1.42860677e-6f;
    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    int32_t whole = (int32_t)(ck_bits_of(shifted) - ck_bits_of(shift));
    int32_t half = whole >> 1;
    float first = ck_float_of((uint32_t)(half + 127) << 23);
    float second = ck_float_of((uint32_t)(whole - half + 127) << 23);
    return p * first * second;
}

CK_INLINE float ck_sigmoid(float x) { return 1.0f / (1.0f + ck_exp(-x)); }

// Near 0 the Taylor polynomial of degree 13, elsewhere 1 - 2 / (e^2|x| + 1) with x's sign: there the difference loses at
// most about one bit.
CK_INLINE float ck_tanh(float x) {
    float square = x * x;
    float p = 21844.0f / 6081075;
    p = p * square - 1382.0f / 155925;
    p = p * square + 62.0f / 2835;
    p = p * square - 17.0f / 315;
    p = p * square + 2.0f / 15;
    p = p * square - 1.0f / 3;
    float near = x + x * square * p;
    float size = ck_float_of(ck_bits_of(x) & 0x7fffffffu);
    float far = 1.0f - 2.0f / (ck_exp(2.0f * size) + 1.0f);
    far = ck_float_of(ck_bits_of(far) | (ck_bits_of(x) & 0x80000000u));
    return size < 0.4f ? near : far;
}

// e^x - 1: near 0 the Taylor polynomial of degree 7, which errs by less than 2e-8 there.
CK_INLINE float ck_exp_minus_one(float x) {
    float p = 1.0f / 5040;
    p = p * x + 1.0f / 720;
    p = p * x + 1.0f / 120;
    p = p * x + 1.0f / 24;
    p = p * x + 1.0f / 6;
    p = p * x + 0.5f;
    p = p * x * x + x;
    return x > -0.35f && x < 0.35f ? p : ck_exp(x) - 1.0f;
}

// ln(1 + x) for x in 0...1: 2 artanh(x / (2 + x)) as a series up to the 15th power, which errs by less than 2e-9.
CK_INLINE float ck_log_one_plus(float x) {
    float s = x / (2.0f + x), square = s * s;
    float p = 2.0f / 15;
    p = p * square + 2.0f / 13;
    p = p * square + 2.0f / 11;
    p = p * square + 2.0f / 9;
    p = p * square + 2.0f / 7;
    p = p * square + 2.0f / 5;
    p = p * square + 2.0f / 3;
    return s * (2.0f + square * p);
}

// 1 - erf(z) for z >= 0, given e^(-z^2): e^(z^2) (1 - erf(z)) is u P(u) with u = 1 / (1 + z / 2). P is fitted at Chebyshev's
// points for z in 0...10.2 and errs by less than 1.5e-8; beyond, the exponential is 0.
CK_INLINE float ck_complement(float z, float exponential) {
    float u = 1.0f / (1.0f + 0.5f * z);
    float p = 0.0182356397f;
    p = p * u - 0.1539205651f;
    p = p * u + 0.4967987151f;
    p = p * u - 0.7544149927f;
    p = p * u + 0.4860020160f;
    p = p * u - 0.1299493671f;
    p = p * u + 0.2353525904f;
    p = p * u + 0.2367892309f;
    p = p * u + 0.2830507147f;
    p = p * u + 0.2820560117f;
    return u * p * exponential;
}

// Near 0 a polynomial fitted to erf(x) / x, which errs by less than 4e-10.
CK_INLINE float ck_erf(float x) {
    float square = x * x;
    float p = 8.529401e-5f;
    p = p * square - 8.179632e-4f;
    p = p * square + 5.2042267e-3f;
    p = p * square - 2.68606648e-2f;
    p = p * square + 1.128371805e-1f;
    p = p * square - 3.761263520e-1f;
    p = p * square + 1.1283791668f;
    float size = ck_float_of(ck_bits_of(x) & 0x7fffffffu);
    float far = 1.0f - ck_complement(size, ck_exp(-square));
    far = ck_float_of(ck_bits_of(far) | (ck_bits_of(x) & 0x80000000u));
    return size < 0.9f ? x * p : far;
}

// The normal distribution's function, given e^(-x^2 / 2): both tails keep their relative precision.
CK_INLINE float ck_normal(float x, float exponential) {
    float size = ck_float_of(ck_bits_of(x) & 0x7fffffffu);
    float tail = 0.5f * ck_complement(0.707106781f * size, exponential);
    return x < 0 ? tail : 1.0f - tail;
}

#endif
