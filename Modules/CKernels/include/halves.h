#ifndef SLIPSTREAM_HALVES_H
#define SLIPSTREAM_HALVES_H

#include <stddef.h>
#include <stdint.h>

// Sixteen-bit numbers as their bits. Memory must not overlap.

/// y = x, exactly; x is IEEE's binary16.
void ck_widen_f16(const uint16_t *x, float *y, size_t n);

/// y = the nearest binary16, ties to even; what is too large becomes infinite.
void ck_narrow_f16(const float *x, uint16_t *y, size_t n);

/// y = x, exactly; x is the upper half of a float.
void ck_widen_bf16(const uint16_t *x, float *y, size_t n);

/// y = the upper half of the nearest float that has one, ties to even; what is too large becomes infinite.
void ck_narrow_bf16(const float *x, uint16_t *y, size_t n);

#endif
