#include "halves.h"

#include "dispatch.h"

// The bits' own arithmetic rather than the compiler's type: that calls a library function a number on processors without
// the instruction, and not every C library has it.

static inline __attribute__((always_inline)) float ck_float_of(uint32_t bits) {
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static inline __attribute__((always_inline)) uint32_t ck_bits_of(float value) {
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

CK_CLONES void ck_widen_f16(const uint16_t *restrict x, float *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint32_t sign = (uint32_t)(x[i] & 0x8000u) << 16, magnitude = x[i] & 0x7fffu;
        // A normal number's exponent moves by 112; a subnormal one's significand is a whole number of 2^-24.
        uint32_t normal = (magnitude << 13) + (112u << 23);
        uint32_t small = ck_bits_of((float)(int32_t)magnitude * 0x1p-24f);
        uint32_t special = (magnitude << 13) | 0x7f800000u;
        uint32_t bits = magnitude >= 0x7c00u ? special : magnitude < 0x0400u ? small : normal;
        y[i] = ck_float_of(sign | bits);
    }
}

CK_CLONES void ck_narrow_f16(const float *restrict x, uint16_t *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = ck_bits_of(x[i]), sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
        // Thirteen bits go; a significand that overflows carries into the exponent, and from there to infinity.
        uint32_t normal = (magnitude - (112u << 23) + 0xfffu + (magnitude >> 13 & 1u)) >> 13;
        // Below 2^-14: adding 1/2 leaves whole numbers of 2^-24 in the last bits, rounded by the addition.
        uint32_t small = ck_bits_of(ck_float_of(magnitude) + 0.5f) - 0x3f000000u;
        uint32_t special = magnitude > 0x7f800000u ? 0x7e00u : 0x7c00u;
        uint32_t half = magnitude >= 0x477ff000u ? special : magnitude < 0x38800000u ? small : normal;
        y[i] = (uint16_t)(sign | half);
    }
}

CK_CLONES void ck_widen_bf16(const uint16_t *restrict x, float *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = ck_float_of((uint32_t)x[i] << 16);
}

CK_CLONES void ck_narrow_bf16(const float *restrict x, uint16_t *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = ck_bits_of(x[i]);
        uint32_t rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
        y[i] = (uint16_t)((bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc0u : rounded);
    }
}
