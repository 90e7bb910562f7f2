#ifndef SLIPSTREAM_DROPOUT_H
#define SLIPSTREAM_DROPOUT_H

#include <stddef.h>
#include <stdint.h>

/// mask[i] = factor if word (first + i) of a Philox4x32-10 sequence is at least `threshold`, else 0. Word k is word k % 4
/// of block k / 4; `first` must be a multiple of 4.
///
/// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
void ck_dropout_mask_f32(
    uint64_t seed, uint64_t stream, uint64_t first, uint64_t threshold, float factor, float *mask, size_t n);

#endif
