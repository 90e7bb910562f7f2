/* What all parts of slipstream.h share. Include that one. */
#ifndef SLIPSTREAM_TYPES_H
#define SLIPSTREAM_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What came of a call. */
typedef enum slip_status {
    /* The call did what it is for. */
    SLIP_OK = 0,
    /* No combination could be made, or not a finite one, or none that is better: the last point was written. No error. */
    SLIP_REJECTED = 1,
    /* There is nothing left to hand out. No error. */
    SLIP_DONE = 2,
    /* A null or misaligned pointer where one is needed, pieces that overlap, or a flag that there is not. */
    SLIP_INVALID_ARGUMENT = -1,
    /* No parameter, rule or average of that name. */
    SLIP_UNKNOWN_NAME = -2,
    /* A value that the parameter may not have. */
    SLIP_OUT_OF_RANGE = -3,
    /* Segments that together have another number of elements than the handle, or an array that is too short. */
    SLIP_WRONG_COUNT = -4,
    /* Elements that are infinite or not a number, or so large that their squares overflow. */
    SLIP_NOT_FINITE = -5,
    /* A point is needed and there has been none. */
    SLIP_NO_POINTS = -6,
    /* The call is not allowed any more, or not yet. */
    SLIP_WRONG_STATE = -7,
    /* The memory could not be had. */
    SLIP_OUT_OF_MEMORY = -8,
    /* Parameters that are allowed one by one but do not go together. */
    SLIP_INCOMPATIBLE = -9,
    /* A block of memory that is no saved state, is cut short, or has changed since it was saved. */
    SLIP_DAMAGED = -10,
    /* The saved state of something else: another rule, layout or precision, or written by a newer version. */
    SLIP_FOREIGN = -11
} slip_status;

/*
 * A piece of a vector. Weights rarely lie in one piece of memory: a vector is given as an array of pieces, in an order that
 * is the same at every call, however they are cut. At most 1,048,576 pieces. Data must be aligned as its type is, and may
 * be null if count is 0. Pieces that a call writes must overlap neither one another nor those that it reads, but for a
 * vector that is both read and written, which is named once.
 */
typedef struct slip_segment_f32 {
    float *data;
    size_t count;
} slip_segment_f32;

typedef struct slip_const_segment_f32 {
    const float *data;
    size_t count;
} slip_const_segment_f32;

typedef struct slip_segment_f64 {
    double *data;
    size_t count;
} slip_segment_f64;

typedef struct slip_const_segment_f64 {
    const double *data;
    size_t count;
} slip_const_segment_f64;

/* What the elements of a part of a vector are. */
enum {
    /* Filters and matrices: what l1 regularisers make zero, "decay-weights-only" decays and frozen zeros are among. */
    SLIP_SEGMENT_REGULARIZED = 1,
    /* Neither read nor written by any call, as if it were not there; its pieces' data may be null. */
    SLIP_SEGMENT_FROZEN = 2,
    /* A running statistic: combined with the rest, but without gradient or residual, and never touched by an optimizer. */
    SLIP_SEGMENT_STATISTIC = 4,
    /* Batch normalisation's factors, which dual averaging draws to 1 and not to 0. */
    SLIP_SEGMENT_SCALE = 8
};

/*
 * A part of a vector and what its elements are: SLIP_SEGMENT_... added up, or 0 for biases, offsets and the like. A layout
 * is an array of them, which together cover the vector; the pieces of calls need not be cut where the layout is. One layout
 * serves all kinds of handle: each heeds the flags that mean something to it. REGULARIZED, STATISTIC and SCALE exclude one
 * another.
 */
typedef struct slip_layout_segment {
    size_t count;
    uint32_t flags;
    /* 0. */
    uint32_t reserved;
} slip_layout_segment;

/* Of slip_parameter. */
enum {
    /* Only whole numbers are allowed. */
    SLIP_PARAMETER_WHOLE = 1,
    /* `least` itself is not allowed. */
    SLIP_PARAMETER_ABOVE_LEAST = 2,
    /* `greatest` itself is not allowed. */
    SLIP_PARAMETER_BELOW_GREATEST = 4
};

/* A parameter of a handle. The caller sets `size` to sizeof(slip_parameter), so that members can be added. */
typedef struct slip_parameter {
    size_t size;
    /* Texts are never freed: the name, what it does, and the values allowed, to stand behind "must be". */
    const char *name;
    const char *summary;
    const char *allowed;
    /* The default; NaN for a parameter that has to be set. */
    double standard;
    /* The bounds; `greatest` is infinity for none. Values are finite in any case. */
    double least;
    double greatest;
    /* SLIP_PARAMETER_... added up. */
    uint32_t flags;
    uint32_t reserved;
} slip_parameter;

/* Of slip_description. */
enum {
    /* Has the parameter "learning-rate"; a rule without it finds its own step length. */
    SLIP_USES_LEARNING_RATE = 1,
    /* Wants gradients at a displaced point: slip_optimizer_displace_ has to come before each of them. */
    SLIP_DISPLACES = 2,
    /* The point to evaluate and save is another one than the weights: slip_optimizer_read_iterate_ writes it. */
    SLIP_ITERATE_DIFFERS = 4
};

/* A rule or an average that handles can be made of. The caller sets `size` to sizeof(slip_description). */
typedef struct slip_description {
    size_t size;
    /* Never freed. */
    const char *name;
    const char *summary;
    uint32_t flags;
    uint32_t reserved;
} slip_description;

#ifdef __cplusplus
}
#endif

#endif
