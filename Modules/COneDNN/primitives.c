#ifdef SLIPSTREAM_ONEDNN

#define _GNU_SOURCE
#include "COneDNN.h"

#include "signals.h"
#include "versions.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OPERANDS = 5 };

struct cd_primitive {
    dnnl_primitive_desc_t description;
    dnnl_primitive_t primitive;
    dnnl_stream_t stream;
    /// Operands in the order of the function that runs it; the scratch memory is the last.
    dnnl_exec_arg_t operands[MOST_OPERANDS];
    int count;
    size_t scratch_bytes;
    cd_direction direction;
    cd_shape shape;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static dnnl_engine_t engine;
static bool single_threaded;
// The functions of the OpenMP that oneDNN was linked with, whichever it is; NULL where it uses no threads.
static int (*get_threads)(void);
static void (*set_threads)(int);

static void start(void) {
    if (dnnl_engine_create(&engine, dnnl_cpu, 0) != dnnl_success) return;
#if DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_OMP
    *(void **)&get_threads = dlsym(RTLD_DEFAULT, "omp_get_max_threads");
    *(void **)&set_threads = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    single_threaded = get_threads != NULL && set_threads != NULL;
#elif DNNL_CPU_THREADING_RUNTIME == DNNL_RUNTIME_SEQ
    single_threaded = true;
#endif
}

bool cd_available(void) {
    pthread_once(&once, start);
    return single_threaded;
}

void cd_version(int *major, int *minor, int *patch) {
    const dnnl_version_t *version = dnnl_version();
    *major = version->major;
    *minor = version->minor;
    *patch = version->patch;
}

// OpenMP keeps the number of threads for every thread apart. oneDNN takes it when a primitive is made, for its plan, and
// again when it runs. A caller who uses OpenMP gets back what was set.
static int enter(void) {
    if (set_threads == NULL) return 1;
    int before = get_threads();
    if (before != 1) set_threads(1);
    return before;
}

static void leave(int before) {
    if (before != 1) set_threads(before);
}

static layout_reference layout_of(const cd_primitive *it, dnnl_query_t query) {
    return dnnl_primitive_desc_query_md(it->description, query, 0);
}

static bool add_operand(cd_primitive *it, int argument, layout_reference layout) {
    dnnl_memory_t memory;
    if (dnnl_memory_create(&memory, layout, engine, DNNL_MEMORY_NONE) != dnnl_success) return false;
    it->operands[it->count].arg = argument;
    it->operands[it->count].memory = memory;
    it->count++;
    return true;
}

// Makes the primitive of a description. Operands are added by the caller, then the scratch memory.
static bool finish(cd_primitive *it) {
    layout_reference scratch = layout_of(it, dnnl_query_scratchpad_md);
    it->scratch_bytes = dnnl_memory_desc_get_size(scratch);
    return add_operand(it, DNNL_ARG_SCRATCHPAD, scratch)
        && dnnl_primitive_create(&it->primitive, it->description) == dnnl_success
        && dnnl_stream_create(&it->stream, engine, dnnl_stream_default_flags) == dnnl_success;
}

void cd_free(cd_primitive *it) {
    if (it == NULL) return;
    for (int k = 0; k < it->count; k++) dnnl_memory_destroy((dnnl_memory_t)it->operands[k].memory);
    if (it->stream != NULL) dnnl_stream_destroy(it->stream);
    if (it->primitive != NULL) dnnl_primitive_destroy(it->primitive);
    if (it->description != NULL) dnnl_primitive_desc_destroy(it->description);
    free(it);
}

static dnnl_primitive_attr_t attributes_with_own_scratch(void) {
    dnnl_primitive_attr_t attributes = NULL;
    if (dnnl_primitive_attr_create(&attributes) != dnnl_success) return NULL;
    dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
    return attributes;
}

// Sizes of weights: with groups these are a dimension of their own.
static int weight_sizes(const cd_shape *shape, dnnl_dims_t sizes) {
    int rank = 0;
    if (shape->groups > 1) sizes[rank++] = shape->groups;
    sizes[rank++] = shape->filters / shape->groups;
    sizes[rank++] = shape->channels / shape->groups;
    sizes[rank++] = shape->kernel_height;
    sizes[rank++] = shape->kernel_width;
    return rank;
}

// Kernels that are compiled for the shape and use all of the processor; `ref` and `gemm` lower to plain loops.
static bool is_compiled(const char *name) {
    return (strncmp(name, "jit", 3) == 0 || strncmp(name, "brg", 3) == 0 || strncmp(name, "brdgmm", 6) == 0)
        && strstr(name, "sse") == NULL;
}

// Kernels that hold a whole filter's sums in registers, where others call a small matrix product.
static bool is_direct(const char *name) { return strncmp(name, "jit:", 4) == 0 && is_compiled(name); }

// Kernels made for one filter a channel; others compute sixteen for each that is wanted.
static bool is_depthwise(const char *name) { return strstr(name, "dw") != NULL && is_compiled(name); }

static bool is_winograd(const char *name) { return strncmp(name, "jit_wino", 8) == 0; }

static bool describe(
    cd_primitive *it, dnnl_primitive_attr_t attributes, dnnl_alg_kind_t algorithm, dnnl_format_tag_t images,
    accepts_name accepts) {
    const cd_shape *shape = &it->shape;
    dnnl_dims_t image = {shape->images, shape->channels, shape->height, shape->width};
    dnnl_dims_t result = {shape->images, shape->filters, shape->rows, shape->columns};
    dnnl_dims_t bias = {shape->filters};
    dnnl_dims_t weights;
    int rank = weight_sizes(shape, weights);
    dnnl_dims_t steps = {shape->row_step, shape->column_step};
    dnnl_dims_t dilations = {shape->row_dilation - 1, shape->column_dilation - 1};
    dnnl_dims_t before = {shape->top, shape->left}, behind = {shape->bottom, shape->right};
    dnnl_memory_desc_t layouts[4];
    int made = 0;
    bool done = make_layout(&layouts[0], 4, image, images) && ++made
        && make_layout(&layouts[1], rank, weights, dnnl_format_tag_any) && ++made
        && make_layout(&layouts[2], 4, result, images) && ++made
        && make_layout(&layouts[3], 1, bias, dnnl_x) && ++made
        && describe_convolution(
            &it->description, engine, it->direction, REFERENCE(layouts[0]), REFERENCE(layouts[1]),
            it->direction == CD_FORWARD_WITH_BIAS ? REFERENCE(layouts[3]) : NULL, REFERENCE(layouts[2]), algorithm,
            steps, dilations, before, behind, attributes, accepts);
    for (int k = 0; k < made; k++) drop_layout(&layouts[k]);
    return done;
}

static bool add_convolution_operands(cd_primitive *it) {
    switch (it->direction) {
    case CD_FORWARD:
    case CD_FORWARD_WITH_BIAS:
        return add_operand(it, DNNL_ARG_SRC, layout_of(it, dnnl_query_src_md))
            && add_operand(it, DNNL_ARG_WEIGHTS, layout_of(it, dnnl_query_weights_md))
            && add_operand(it, DNNL_ARG_DST, layout_of(it, dnnl_query_dst_md))
            && (it->direction == CD_FORWARD
                || add_operand(
                    it, DNNL_ARG_BIAS, dnnl_primitive_desc_query_md(it->description, dnnl_query_weights_md, 1)));
    case CD_DATA_GRADIENT:
        return add_operand(it, DNNL_ARG_DIFF_SRC, layout_of(it, dnnl_query_diff_src_md))
            && add_operand(it, DNNL_ARG_WEIGHTS, layout_of(it, dnnl_query_weights_md))
            && add_operand(it, DNNL_ARG_DIFF_DST, layout_of(it, dnnl_query_diff_dst_md));
    case CD_WEIGHT_GRADIENT:
        return add_operand(it, DNNL_ARG_SRC, layout_of(it, dnnl_query_src_md))
            && add_operand(it, DNNL_ARG_DIFF_WEIGHTS, layout_of(it, dnnl_query_diff_weights_md))
            && add_operand(it, DNNL_ARG_DIFF_DST, layout_of(it, dnnl_query_diff_dst_md));
    }
    return false;
}

cd_primitive *cd_convolution(cd_direction direction, const cd_shape *shape, bool prefer_direct) {
    if (!cd_available()) return NULL;
    cd_primitive *it = calloc(1, sizeof *it);
    if (it == NULL) return NULL;
    it->direction = direction;
    it->shape = *shape;
    bool one_each = shape->groups > 1 && shape->groups == shape->channels && shape->groups == shape->filters;
    dnnl_primitive_attr_t attributes = attributes_with_own_scratch();
    int before = enter();
    bool made = attributes != NULL
        && ((prefer_direct && !one_each && describe(it, attributes, dnnl_convolution_direct, dnnl_nhwc, is_direct))
            || describe(
                it, attributes, dnnl_convolution_direct, dnnl_nhwc, one_each ? is_depthwise : is_compiled))
        && add_convolution_operands(it) && finish(it);
    leave(before);
    if (attributes != NULL) dnnl_primitive_attr_destroy(attributes);
    if (made) return it;
    cd_free(it);
    return NULL;
}

cd_primitive *cd_winograd(cd_direction direction, const cd_shape *shape) {
    if (!cd_available() || shape->groups != 1) return NULL;
    cd_primitive *it = calloc(1, sizeof *it);
    if (it == NULL) return NULL;
    it->direction = direction;
    it->shape = *shape;
    dnnl_primitive_attr_t attributes = attributes_with_own_scratch();
    int before = enter();
    bool made = attributes != NULL
        && describe(it, attributes, dnnl_convolution_winograd, dnnl_nChw16c, is_winograd)
        && add_convolution_operands(it) && finish(it);
    leave(before);
    if (attributes != NULL) dnnl_primitive_attr_destroy(attributes);
    if (made) return it;
    cd_free(it);
    return NULL;
}

cd_primitive *cd_images_order(int64_t images, int64_t channels, int64_t height, int64_t width, bool outwards) {
    cd_primitive *it = calloc(1, sizeof *it);
    if (it == NULL) return NULL;
    dnnl_dims_t sizes = {images, channels, height, width};
    dnnl_memory_desc_t layouts[2];
    int made_layouts = 0;
    dnnl_primitive_attr_t attributes = attributes_with_own_scratch();
    int before = enter();
    bool made = attributes != NULL
        && make_layout(&layouts[0], 4, sizes, dnnl_nhwc) && ++made_layouts
        && make_layout(&layouts[1], 4, sizes, dnnl_nChw16c) && ++made_layouts
        && dnnl_reorder_primitive_desc_create(
               &it->description, REFERENCE(layouts[outwards]), engine, REFERENCE(layouts[!outwards]), engine,
               attributes)
            == dnnl_success
        && add_operand(it, outwards ? DNNL_ARG_TO : DNNL_ARG_FROM, REFERENCE(layouts[0]))
        && add_operand(it, outwards ? DNNL_ARG_FROM : DNNL_ARG_TO, REFERENCE(layouts[1])) && finish(it);
    leave(before);
    for (int k = 0; k < made_layouts; k++) drop_layout(&layouts[k]);
    if (attributes != NULL) dnnl_primitive_attr_destroy(attributes);
    if (made) return it;
    cd_free(it);
    return NULL;
}

static layout_reference own_weights(const cd_primitive *convolution) {
    return layout_of(
        convolution, convolution->direction == CD_WEIGHT_GRADIENT ? dnnl_query_diff_weights_md : dnnl_query_weights_md);
}

size_t cd_weights_bytes(const cd_primitive *convolution) { return dnnl_memory_desc_get_size(own_weights(convolution)); }

bool cd_shares_weights(const cd_primitive *one, const cd_primitive *other) {
    return dnnl_memory_desc_equal(own_weights(one), own_weights(other));
}

static dnnl_format_tag_t plain_tag(const cd_shape *shape, cd_order plain) {
    if (plain == CD_CHANNELS_FIRST) return dnnl_ihwo;
    return shape->groups > 1 ? dnnl_goihw : dnnl_oihw;
}

cd_primitive *cd_weights_order(const cd_primitive *convolution, cd_order plain, int64_t first, int64_t count) {
    const cd_shape *shape = &convolution->shape;
    cd_primitive *it = calloc(1, sizeof *it);
    if (it == NULL) return NULL;
    it->direction = convolution->direction;
    it->shape = *shape;
    dnnl_dims_t sizes, part, offsets = {0};
    int rank = weight_sizes(shape, sizes);
    memcpy(part, sizes, sizeof part);
    if (shape->groups == 1) {
        part[0] = count;
        offsets[0] = first;
    }
    dnnl_memory_desc_t layouts[3];
    int made_layouts = 0;
    bool outwards = convolution->direction == CD_WEIGHT_GRADIENT;
    dnnl_primitive_attr_t attributes = attributes_with_own_scratch();
    int before = enter();
    bool made = attributes != NULL
        && make_layout(&layouts[0], rank, sizes, plain_tag(shape, plain)) && ++made_layouts
        && make_part(&layouts[1], REFERENCE(layouts[0]), part, offsets) && ++made_layouts
        && make_part(&layouts[2], own_weights(convolution), part, offsets) && ++made_layouts
        && dnnl_reorder_primitive_desc_create(
               &it->description, REFERENCE(layouts[outwards ? 2 : 1]), engine, REFERENCE(layouts[outwards ? 1 : 2]),
               engine, attributes)
            == dnnl_success
        && add_operand(it, outwards ? DNNL_ARG_TO : DNNL_ARG_FROM, REFERENCE(layouts[1]))
        && add_operand(it, outwards ? DNNL_ARG_FROM : DNNL_ARG_TO, REFERENCE(layouts[2])) && finish(it);
    leave(before);
    for (int k = 0; k < made_layouts; k++) drop_layout(&layouts[k]);
    if (attributes != NULL) dnnl_primitive_attr_destroy(attributes);
    if (made) return it;
    cd_free(it);
    return NULL;
}

const char *cd_kernel_name(const cd_primitive *it) { return name_of(it->description); }

size_t cd_scratch_bytes(const cd_primitive *it) { return it->scratch_bytes; }

static bool run(cd_primitive *it, void *const *places) {
    int before = enter();
    sigset_t signals;
    hold_signals(&signals);
    bool done = true;
    for (int k = 0; k < it->count && done; k++)
        done = dnnl_memory_set_data_handle((dnnl_memory_t)it->operands[k].memory, places[k]) == dnnl_success;
    done = done && dnnl_primitive_execute(it->primitive, it->stream, it->count, it->operands) == dnnl_success
        && dnnl_stream_wait(it->stream) == dnnl_success;
    release_signals(&signals);
    leave(before);
    return done;
}

bool cd_convolve(cd_primitive *it, float *image, float *weights, const float *bias, float *result, void *scratch) {
    if (it->direction == CD_FORWARD_WITH_BIAS)
        return run(it, (void *const[]){image, weights, result, (void *)bias, scratch});
    return run(it, (void *const[]){image, weights, result, scratch});
}

bool cd_reorder(cd_primitive *it, float *plain, float *own, void *scratch) {
    return run(it, (void *const[]){plain, own, scratch});
}

bool cd_multiply(
    bool transposes_a, bool transposes_b, int64_t rows, int64_t columns, int64_t depth, float alpha, const float *a,
    int64_t a_stride, const float *b, int64_t b_stride, float beta, float *y, int64_t y_stride) {
    int before = enter();
    sigset_t signals;
    hold_signals(&signals);
    dnnl_status_t status = dnnl_sgemm(
        transposes_a ? 'T' : 'N', transposes_b ? 'T' : 'N', rows, columns, depth, alpha, a, a_stride, b, b_stride,
        beta, y, y_stride);
    release_signals(&signals);
    leave(before);
    return status == dnnl_success;
}

#endif
