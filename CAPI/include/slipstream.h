/*
 * Slipstream: better points from the points that a training loop visits.
 *
 * The caller keeps its own training loop and its own weight buffers, tells the library of the points it comes to, and asks
 * for their extrapolation:
 *
 *     slip_rna_f32 *rna;
 *     slip_rna_create_f32(count, &rna);
 *     slip_rna_set_f32(rna, "window", 10);
 *     for (...) {
 *         ... train an epoch ...
 *         slip_rna_push_f32(rna, weights, pieces);
 *         slip_rna_extrapolate_f32(rna, better, pieces);
 *     }
 *     slip_rna_destroy_f32(rna);
 *
 * Rules that hold for every call:
 *
 * - It returns a status: SLIP_OK, SLIP_REJECTED (which is no error), or an error, which is negative. After an error nothing
 *   has changed but the counts of slip_rna_statistics, and slip_last_error() says what was wrong.
 * - It does not print, does not end the process, and keeps no pointer of the caller's after it returns.
 * - A handle may be used by one thread at a time, by any thread. Different handles may be used at the same time.
 * - It may use several threads of its own, which are done when it returns. Results do not depend on their number.
 * - A null handle, name or output pointer is SLIP_INVALID_ARGUMENT, except where it is said to be allowed.
 */
#ifndef SLIPSTREAM_H
#define SLIPSTREAM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header, major.minor.patch. */
#define SLIP_VERSION "0.1.0"

/* The version of the binary interface. It changes when a program has to be compiled again; additions do not change it. */
#define SLIP_ABI_VERSION 0

/* What came of a call. */
typedef enum slip_status {
    /* The call did what it is for. */
    SLIP_OK = 0,
    /* No combination could be made, or not a finite one: the last point was written instead. No error. */
    SLIP_REJECTED = 1,
    /* A null or misaligned pointer where one is needed. */
    SLIP_INVALID_ARGUMENT = -1,
    /* No parameter of that name. */
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
    SLIP_OUT_OF_MEMORY = -8
} slip_status;

/* The library's version, like SLIP_VERSION: what is running, not what was compiled against. Never freed. */
const char *slip_version(void);

/* The library's SLIP_ABI_VERSION. A program that finds another one than its own must not go on. */
uint32_t slip_abi_version(void);

/* A status's name, such as "SLIP_WRONG_COUNT"; "unknown status" for any other number. Never freed. */
const char *slip_status_name(slip_status status);

/*
 * What was wrong in the last call on this thread that returned an error, in one sentence; "" if there was none. The text is
 * the library's and holds until the next call on this thread that returns an error.
 */
const char *slip_last_error(void);

/*
 * A piece of a vector. Weights rarely lie in one piece of memory: a vector is given as an array of pieces, in an order that
 * is the same at every call. Data must be aligned as its type is, and may be null if count is 0. Pieces to be written must
 * not overlap.
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

/*
 * Regularized nonlinear acceleration (RNA): the combination of the last points whose residual is least.
 *
 * A method makes x_i = g(y_(i-1)); its residuals r_i = x_i - y_(i-1) vanish where it stands still. With the last N of them,
 * M = R'R / ||R'R||, (M + lambda I) z = 1, c = z / sum z, the extrapolation is sum c_i x_i. Where x_i is where the method
 * goes on from (y_i = x_i, the plain case), pushing the points is all there is to do. Where it goes on from somewhere else,
 * such as the extrapolation itself, slip_rna_start_ tells it.
 *
 * D. Scieur, A. d'Aspremont, F. Bach, Regularized nonlinear acceleration, NIPS 2016.
 *
 * Memory: N + 2 vectors; up to 2 N + 2 if the method goes on from elsewhere or residuals are handed in. Time: a push reads
 * every stored vector once, an extrapolation too.
 *
 * Parameters, by name:
 *
 *   window           N, how many points are combined. A whole number, 1 to 128; default 10. Not after the first point.
 *   regularization   lambda, what keeps the coefficients small. At least 0; default 1e-8. For noise, 1e-8 to 1e-2.
 *   relaxation       beta, where sum c_i (y_(i-1) + beta r_i) lies: 1, the default, combines the later points x_i, 0 the
 *                    earlier ones y_(i-1). 0 to 2.
 *   residual-count   Residuals are those of the first so many elements of a point; the rest (running statistics, say) is
 *                    combined only. A whole number, 0 to the count of a point, which is the default. Not after the first
 *                    point.
 *   threads          How many threads a call may use. A whole number, 0 to 1024; default 0: one for each processor that the
 *                    process may run on.
 */
typedef struct slip_rna_f32 slip_rna_f32;
typedef struct slip_rna_f64 slip_rna_f64;

/* Counts and figures of a handle. The caller sets `size` to sizeof(slip_rna_statistics), so that members can be added. */
typedef struct slip_rna_statistics {
    size_t size;
    /* N, and how many points would be combined now. */
    uint64_t window;
    uint64_t fill;
    /* Points taken, and points refused because they were not finite. */
    uint64_t points;
    uint64_t refused;
    /* Extrapolations written. */
    uint64_t accepted;
    /* Extrapolations not written: there was no residual yet; */
    uint64_t rejected_too_few_points;
    /* all residuals were zero, the method stands still; */
    uint64_t rejected_zero_residuals;
    /* the coefficients' sum vanished before it was scaled to 1: lower the regularization; */
    uint64_t rejected_vanishing_sum;
    /* a coefficient or an element was not finite: raise the regularization; */
    uint64_t rejected_not_finite;
    /* the caller found it worse and said so by slip_rna_withdraw_. */
    uint64_t rejected_worse;
    /* Of M + lambda I: infinity if it is singular, NaN if there are no residuals. */
    double condition_number;
    /* ||R'R||: the square of the largest singular value of the residuals. */
    double spectral_norm;
} slip_rna_statistics;

/* Makes a handle for points of `count` elements and writes it to *rna. Its memory is taken at the first point. */
slip_status slip_rna_create_f32(size_t count, slip_rna_f32 **rna);
slip_status slip_rna_create_f64(size_t count, slip_rna_f64 **rna);

/* Frees a handle. Null is allowed. */
void slip_rna_destroy_f32(slip_rna_f32 *rna);
void slip_rna_destroy_f64(slip_rna_f64 *rna);

/* Sets a parameter. The message of SLIP_UNKNOWN_NAME lists the names, that of SLIP_OUT_OF_RANGE the values allowed. */
slip_status slip_rna_set_f32(slip_rna_f32 *rna, const char *name, double value);
slip_status slip_rna_set_f64(slip_rna_f64 *rna, const char *name, double value);

/* Reads a parameter. */
slip_status slip_rna_get_f32(const slip_rna_f32 *rna, const char *name, double *value);
slip_status slip_rna_get_f64(const slip_rna_f64 *rna, const char *name, double *value);

/* Tells where the method starts, or goes on from when that is not the last point pushed. */
slip_status slip_rna_start_f32(slip_rna_f32 *rna, const slip_const_segment_f32 *point, size_t segments);
slip_status slip_rna_start_f64(slip_rna_f64 *rna, const slip_const_segment_f64 *point, size_t segments);

/*
 * Takes in a point that the method has come to. Its residual is the difference to where it went on from; the first point,
 * if slip_rna_start_ was not called, is where the method starts and has no residual.
 */
slip_status slip_rna_push_f32(slip_rna_f32 *rna, const slip_const_segment_f32 *point, size_t segments);
slip_status slip_rna_push_f64(slip_rna_f64 *rna, const slip_const_segment_f64 *point, size_t segments);

/*
 * Takes in a point with its residual, of residual-count elements. It may be anything proportional to x_i - y_(i-1), such as
 * a gradient; a relaxation other than 1 needs the difference itself.
 */
slip_status slip_rna_push_with_residual_f32(slip_rna_f32 *rna, const slip_const_segment_f32 *point, size_t segments,
                                            const slip_const_segment_f32 *residual, size_t residual_segments);
slip_status slip_rna_push_with_residual_f64(slip_rna_f64 *rna, const slip_const_segment_f64 *point, size_t segments,
                                            const slip_const_segment_f64 *residual, size_t residual_segments);

/* Writes the extrapolation, or, with SLIP_REJECTED, the last point. What is written is finite in either case. */
slip_status slip_rna_extrapolate_f32(slip_rna_f32 *rna, const slip_segment_f32 *target, size_t segments);
slip_status slip_rna_extrapolate_f64(slip_rna_f64 *rna, const slip_segment_f64 *target, size_t segments);

/* Tells that the last extrapolation was measured and found worse, so that it is counted among the rejected. */
slip_status slip_rna_withdraw_f32(slip_rna_f32 *rna);
slip_status slip_rna_withdraw_f64(slip_rna_f64 *rna);

/*
 * Writes the coefficients of the points that would be combined now, oldest first, and their number, which is 0 if they would
 * be rejected. With null coefficients and a capacity of 0, only the number is written.
 */
slip_status slip_rna_coefficients_f32(const slip_rna_f32 *rna, double *coefficients, size_t capacity, size_t *count);
slip_status slip_rna_coefficients_f64(const slip_rna_f64 *rna, double *coefficients, size_t capacity, size_t *count);

/* Writes counts and figures; members beyond statistics->size are left alone. */
slip_status slip_rna_read_statistics_f32(const slip_rna_f32 *rna, slip_rna_statistics *statistics);
slip_status slip_rna_read_statistics_f64(const slip_rna_f64 *rna, slip_rna_statistics *statistics);

/* Forgets all points. Parameters and counts stay. */
slip_status slip_rna_reset_f32(slip_rna_f32 *rna);
slip_status slip_rna_reset_f64(slip_rna_f64 *rna);

#ifdef __cplusplus
}
#endif

#endif
