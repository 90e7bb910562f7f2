// What loops share: vectors of sixteen floats for runs too short for the compiler's own vectorisation to pay, and a
// promise to it about the longer ones.
#ifndef SLIPSTREAM_VECTORS_H
#define SLIPSTREAM_VECTORS_H

#include <stdint.h>

#define CK_INLINE static inline __attribute__((always_inline))

// Elements depend on no other index: results may overwrite operands in place, and the loop is vectorised without
// checking whether they do.
#define CK_ELEMENTWISE _Pragma("clang loop vectorize(assume_safety) interleave(enable)")

typedef float ck_v16 __attribute__((vector_size(64), aligned(4), may_alias));

// The sixteen floats at `x`; a macro, because passing vectors to functions depends on the instruction set.
#define CK_AT16(x) (*(ck_v16 *)(x))

CK_INLINE void ck_copy_run(float *restrict to, const float *restrict from, intptr_t count) {
    intptr_t k = 0;
    for (; k + 16 <= count; k += 16) CK_AT16(to + k) = *(const ck_v16 *)(from + k);
    for (; k < count; k++) to[k] = from[k];
}

CK_INLINE void ck_clear_run(float *to, intptr_t count) {
    intptr_t k = 0;
    for (; k + 16 <= count; k += 16) CK_AT16(to + k) = (ck_v16){0};
    for (; k < count; k++) to[k] = 0;
}

#endif
