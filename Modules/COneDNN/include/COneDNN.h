// Convolutions and matrix products of oneDNN behind a few plain functions, none of which names a type of oneDNN's.
//
// Without the package trait OneDNN nothing here is defined, and no header of oneDNN's is read.
#ifndef SLIPSTREAM_CONEDNN_H
#define SLIPSTREAM_CONEDNN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The sizes of a convolution of channels-last images.
typedef struct {
    int64_t images, groups;
    /// Channels of an image and of a result, of all groups together.
    int64_t channels, filters;
    /// The image's height and width, and the result's.
    int64_t height, width, rows, columns;
    /// The window: its size, its steps, the distances of its taps, and the padding before and behind the image.
    int64_t kernel_height, kernel_width, row_step, column_step, row_dilation, column_dilation;
    int64_t top, left, bottom, right;
} cd_shape;

typedef enum { CD_FORWARD, CD_FORWARD_WITH_BIAS, CD_DATA_GRADIENT, CD_WEIGHT_GRADIENT } cd_direction;

/// A kernel with the descriptions of its operands. One thread at a time may run it; it computes on that thread alone.
typedef struct cd_primitive cd_primitive;

/// The version of the library that runs, as 2.6.3.
void cd_version(int *major, int *minor, int *patch);

/// Whether the library can be kept to the calling thread.
bool cd_available(void);

/// A convolution, or NULL unless oneDNN has a compiled kernel of its own for it.
///
/// The weights are in an order that the kernel chooses; see cd_weights_order. oneDNN's favourite is a kernel that calls
/// small matrix products; `prefer_direct` asks for one that does not, if there is one.
cd_primitive *cd_convolution(cd_direction direction, const cd_shape *shape, bool prefer_direct);

/// Orders of weights of O filters for C channels.
typedef enum {
    /// O x C/groups x height x width, as ONNX has them.
    CD_FILTERS_FIRST,
    /// C x height x width x O, of one group.
    CD_CHANNELS_FIRST,
} cd_order;

/// What brings some filters from a plain order into a convolution's own or, for a gradient of weights, back. With several
/// groups these are all filters. NULL if they cannot be reordered apart.
cd_primitive *cd_weights_order(const cd_primitive *convolution, cd_order plain, int64_t first, int64_t count);

void cd_free(cd_primitive *primitive);

/// The name that oneDNN gives the kernel.
const char *cd_kernel_name(const cd_primitive *primitive);

/// The working memory of a run, in bytes.
size_t cd_scratch_bytes(const cd_primitive *primitive);

/// The size of a convolution's weights in its own order, in bytes.
size_t cd_weights_bytes(const cd_primitive *convolution);

/// Whether two convolutions want their weights in the same order.
bool cd_shares_weights(const cd_primitive *one, const cd_primitive *other);

/// Runs a convolution. `image` and `result` stand for their gradients where those are computed from or into.
bool cd_convolve(
    cd_primitive *convolution, float *image, float *weights, const float *bias, float *result, void *scratch);

/// Reorders filters; `plain` and `own` are the places of the first filter of all.
bool cd_reorder(cd_primitive *order, float *plain, float *own, void *scratch);

/// y = alpha op(a) op(b) + beta y of row-major matrices, on the calling thread. False if memory is short.
bool cd_multiply(
    bool transposes_a, bool transposes_b, int64_t rows, int64_t columns, int64_t depth, float alpha, const float *a,
    int64_t a_stride, const float *b, int64_t b_stride, float beta, float *y, int64_t y_stride);

#endif
