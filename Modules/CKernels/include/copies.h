#ifndef SLIPSTREAM_COPIES_H
#define SLIPSTREAM_COPIES_H

#include <stddef.h>
#include <stdint.h>

/// The most axes that ck_copy_axes_f32 walks.
enum { CK_MOST_AXES = 12 };

/// One dimension of a block of elements: how many there are, and how far apart two neighbours lie.
typedef struct {
    intptr_t size;
    intptr_t from;
    intptr_t to;
} ck_axis;

/// y[sum of i_a axes[a].to] = x[sum of i_a axes[a].from] for all indices i, the last axis walked first. `rank` is 2 to
/// CK_MOST_AXES. Of axis `part` only the indices first..<first + count are walked, so that threads can share a block.
/// Fast where neighbours of the last axis are neighbours in y, and neighbours of one of the last two are neighbours in x.
void ck_copy_axes_f32(
    const float *x, const ck_axis *axes, intptr_t rank, intptr_t part, intptr_t first, intptr_t count, float *y);

#endif
