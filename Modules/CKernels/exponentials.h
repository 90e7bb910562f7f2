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

#endif
