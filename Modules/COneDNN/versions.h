// What oneDNN 2 and 3 spell differently: descriptions are structures there and handles here, and a primitive is
// described in two steps there and in one here.
#ifndef SLIPSTREAM_CONEDNN_VERSIONS_H
#define SLIPSTREAM_CONEDNN_VERSIONS_H

#include <dnnl.h>

typedef bool (*accepts_name)(const char *name);

// The name that oneDNN gives an implementation.
static inline const char *name_of(const_dnnl_primitive_desc_t description) {
    const char *name = NULL;
    bool known = dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, (void *)&name) == dnnl_success;
    return known && name != NULL ? name : "";
}

// In inference oneDNN's Winograd kernels want weights that are transformed already, which no reorder makes of plain ones in
// parts.
static inline dnnl_prop_kind_t forward_kind(dnnl_alg_kind_t algorithm) {
    return algorithm == dnnl_convolution_winograd ? dnnl_forward_training : dnnl_forward_inference;
}

#if DNNL_VERSION_MAJOR == 2

typedef const dnnl_memory_desc_t *layout_reference;
#define REFERENCE(layout) (&(layout))

static inline bool make_layout(dnnl_memory_desc_t *layout, int rank, const dnnl_dims_t sizes, dnnl_format_tag_t tag) {
    return dnnl_memory_desc_init_by_tag(layout, rank, sizes, dnnl_f32, tag) == dnnl_success;
}

static inline bool make_part(
    dnnl_memory_desc_t *layout, layout_reference whole, const dnnl_dims_t sizes, const dnnl_dims_t offsets) {
    return dnnl_memory_desc_init_submemory(layout, whole, sizes, offsets) == dnnl_success;
}

static inline void drop_layout(dnnl_memory_desc_t *layout) { (void)layout; }

// The first implementation whose name is accepted, in oneDNN's order of preference.
static inline bool describe_convolution(
    dnnl_primitive_desc_t *description, dnnl_engine_t engine, cd_direction direction, layout_reference image,
    layout_reference weights, layout_reference bias, layout_reference result, dnnl_alg_kind_t algorithm,
    const dnnl_dims_t steps, const dnnl_dims_t dilations, const dnnl_dims_t before, const dnnl_dims_t behind,
    dnnl_primitive_attr_t attributes,
    accepts_name accepts) {
    dnnl_convolution_desc_t operation;
    dnnl_status_t status = dnnl_unimplemented;
    switch (direction) {
    case CD_FORWARD:
    case CD_FORWARD_WITH_BIAS:
        status = dnnl_dilated_convolution_forward_desc_init(
            &operation, forward_kind(algorithm), algorithm, image, weights, bias, result, steps, dilations,
            before, behind);
        break;
    case CD_DATA_GRADIENT:
        status = dnnl_dilated_convolution_backward_data_desc_init(
            &operation, algorithm, image, weights, result, steps, dilations, before, behind);
        break;
    case CD_WEIGHT_GRADIENT:
        status = dnnl_dilated_convolution_backward_weights_desc_init(
            &operation, algorithm, image, weights, NULL, result, steps, dilations, before, behind);
        break;
    }
    dnnl_primitive_desc_iterator_t candidates;
    if (status != dnnl_success
        || dnnl_primitive_desc_iterator_create(&candidates, &operation, attributes, engine, NULL) != dnnl_success)
        return false;
    bool found = false;
    do {
        dnnl_primitive_desc_t candidate = dnnl_primitive_desc_iterator_fetch(candidates);
        found = candidate != NULL && accepts(name_of(candidate));
        if (found) *description = candidate;
        else if (candidate != NULL) dnnl_primitive_desc_destroy(candidate);
    } while (!found && dnnl_primitive_desc_iterator_next(candidates) == dnnl_success);
    dnnl_primitive_desc_iterator_destroy(candidates);
    return found;
}

#elif DNNL_VERSION_MAJOR == 3

typedef const_dnnl_memory_desc_t layout_reference;
#define REFERENCE(layout) (layout)

static inline bool make_layout(dnnl_memory_desc_t *layout, int rank, const dnnl_dims_t sizes, dnnl_format_tag_t tag) {
    return dnnl_memory_desc_create_with_tag(layout, rank, sizes, dnnl_f32, tag) == dnnl_success;
}

static inline bool make_part(
    dnnl_memory_desc_t *layout, layout_reference whole, const dnnl_dims_t sizes, const dnnl_dims_t offsets) {
    return dnnl_memory_desc_create_submemory(layout, whole, sizes, offsets) == dnnl_success;
}

static inline void drop_layout(dnnl_memory_desc_t *layout) { dnnl_memory_desc_destroy(*layout); }

static inline bool describe_first(
    dnnl_primitive_desc_t *description, dnnl_engine_t engine, cd_direction direction, layout_reference image,
    layout_reference weights, layout_reference bias, layout_reference result, dnnl_alg_kind_t algorithm,
    const dnnl_dims_t steps, const dnnl_dims_t dilations, const dnnl_dims_t before, const dnnl_dims_t behind,
    dnnl_primitive_attr_t attributes) {
    switch (direction) {
    case CD_FORWARD:
    case CD_FORWARD_WITH_BIAS:
        return dnnl_convolution_forward_primitive_desc_create(
                   description, engine, forward_kind(algorithm), algorithm, image, weights, bias, result,
                   steps, dilations, before, behind, attributes)
            == dnnl_success;
    case CD_DATA_GRADIENT:
        return dnnl_convolution_backward_data_primitive_desc_create(
                   description, engine, algorithm, image, weights, result, steps, dilations, before, behind,
                   NULL, attributes)
            == dnnl_success;
    case CD_WEIGHT_GRADIENT:
        return dnnl_convolution_backward_weights_primitive_desc_create(
                   description, engine, algorithm, image, weights, NULL, result, steps, dilations, before,
                   behind, NULL, attributes)
            == dnnl_success;
    }
    return false;
}

static inline bool describe_convolution(
    dnnl_primitive_desc_t *description, dnnl_engine_t engine, cd_direction direction, layout_reference image,
    layout_reference weights, layout_reference bias, layout_reference result, dnnl_alg_kind_t algorithm,
    const dnnl_dims_t steps, const dnnl_dims_t dilations, const dnnl_dims_t before, const dnnl_dims_t behind,
    dnnl_primitive_attr_t attributes,
    accepts_name accepts) {
    if (!describe_first(
            description, engine, direction, image, weights, bias, result, algorithm, steps, dilations, before, behind,
            attributes))
        return false;
    while (!accepts(name_of(*description))) {
        if (dnnl_primitive_desc_next_impl(*description) == dnnl_success) continue;
        dnnl_primitive_desc_destroy(*description);
        *description = NULL;
        return false;
    }
    return true;
}

#else
#error "Slipstream knows oneDNN 2 and 3; build it without the trait OneDNN, or with one of these"
#endif

#endif
