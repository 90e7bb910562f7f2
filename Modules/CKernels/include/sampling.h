#ifndef SLIPSTREAM_SAMPLING_H
#define SLIPSTREAM_SAMPLING_H

#include <stdint.h>

/// Where each element of a result's dimension comes from: element i is the sum over k in starts[i]..<starts[i + 1] of
/// weights[k] times element indices[k].
typedef struct {
    const int32_t *starts;
    const int32_t *indices;
    const float *weights;
    /// The number of elements.
    intptr_t size;
} ck_taps;

/// Resamples rows and columns of channels-last images, a rows' element and a columns' element each from its own taps. A
/// pixel without taps is `fill`. Lines of results are numbered through the batch: first..<first + count are computed.
void ck_resample_f32(
    const float *x, intptr_t height, intptr_t width, intptr_t channels, const ck_taps *rows, const ck_taps *columns,
    intptr_t first, intptr_t count, float fill, float *y);

#endif
