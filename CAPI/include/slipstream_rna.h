/*
 * Regularized nonlinear acceleration (RNA): the combination of the last points whose residual is least.
 *
 * A method makes x_i = g(y_(i-1)); its residuals r_i = x_i - y_(i-1) vanish where it stands still. With the last N of them,
 * M = R'R / ||R'R||, (M + lambda I) z = 1, c = z / sum z, the extrapolation is sum c_i x_i. Where x_i is where the method
 * goes on from (y_i = x_i, the plain case), pushing the points is all there is to do. Where it goes on from somewhere else,
 * such as the extrapolation itself, slip_rna_start_ tells it.
 *
 * Propose, accept or reject: slip_rna_extrapolate_ proposes a point. To accept it online, go on from it and say so by
 * slip_rna_start_; offline there is nothing to say. To reject it, having measured that it is worse, call slip_rna_withdraw_.
 *
 * D. Scieur, A. d'Aspremont, F. Bach, Regularized nonlinear acceleration, NIPS 2016; for networks: D. Scieur, E. Oyallon,
 * A. d'Aspremont, F. Bach, Nonlinear acceleration of CNNs, ICLR workshop 2018.
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
 *   grid             The lambdas that a search tries: 1, the default, 1e-16 and N values evenly spaced on a logarithmic
 *                    scale from 1e-15 to 10; 2, 0 and the geometric means of neighbouring singular values of M.
 *   step-search      Whether a search then also tries the steps 2, 4, 8, ... along the best extrapolation while the
 *                    objective falls. 0 or 1, the default.
 *   residual-count   Residuals are those of the first so many elements of a point; the rest (running statistics, say) is
 *                    combined only. A whole number, 0 to the count of a point, which is the default. Not after the first
 *                    point, and not where a layout tells which elements are statistics.
 *   threads          How many threads a call may use. A whole number, 0 to 1024; default 0: one for each processor that the
 *                    process may run on.
 */
#ifndef SLIPSTREAM_RNA_H
#define SLIPSTREAM_RNA_H

#include "slipstream_types.h"

#ifdef __cplusplus
extern "C" {
#endif

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
    /* the caller found it worse and said so by slip_rna_withdraw_, or a search found nothing better. */
    uint64_t rejected_worse;
    /* Of M + lambda I: infinity if it is singular, NaN if there are no residuals. */
    double condition_number;
    /* ||R'R||: the square of the largest singular value of the residuals. */
    double spectral_norm;
} slip_rna_statistics;

/* Makes a handle for points of `count` elements and writes it to *rna. Its memory is taken at the first point. */
slip_status slip_rna_create_f32(size_t count, slip_rna_f32 **rna);
slip_status slip_rna_create_f64(size_t count, slip_rna_f64 **rna);

/*
 * As slip_rna_create_, for points whose parts differ: those that are SLIP_SEGMENT_STATISTIC are combined and have no
 * residual, those that are SLIP_SEGMENT_FROZEN are neither read nor written. At most 1,048,576 segments.
 */
slip_status slip_rna_create_with_layout_f32(const slip_layout_segment *layout, size_t segments, slip_rna_f32 **rna);
slip_status slip_rna_create_with_layout_f64(const slip_layout_segment *layout, size_t segments, slip_rna_f64 **rna);

/* Frees a handle. Null is allowed. */
void slip_rna_destroy_f32(slip_rna_f32 *rna);
void slip_rna_destroy_f64(slip_rna_f64 *rna);

/* Sets a parameter. The message of SLIP_UNKNOWN_NAME lists the names, that of SLIP_OUT_OF_RANGE the values allowed. */
slip_status slip_rna_set_f32(slip_rna_f32 *rna, const char *name, double value);
slip_status slip_rna_set_f64(slip_rna_f64 *rna, const char *name, double value);

/* Reads a parameter. */
slip_status slip_rna_get_f32(const slip_rna_f32 *rna, const char *name, double *value);
slip_status slip_rna_get_f64(const slip_rna_f64 *rna, const char *name, double *value);

/* Describes the parameter of an index from 0 on; SLIP_DONE past the last one. */
slip_status slip_rna_parameter_f32(const slip_rna_f32 *rna, size_t index, slip_parameter *parameter);
slip_status slip_rna_parameter_f64(const slip_rna_f64 *rna, size_t index, slip_parameter *parameter);

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
 * Takes in a point with its residual, of residual-count elements: those of the point that have one, in order. It may be
 * anything proportional to x_i - y_(i-1), such as a gradient; a relaxation other than 1 needs the difference itself.
 */
slip_status slip_rna_push_with_residual_f32(slip_rna_f32 *rna, const slip_const_segment_f32 *point, size_t segments,
                                            const slip_const_segment_f32 *residual, size_t residual_segments);
slip_status slip_rna_push_with_residual_f64(slip_rna_f64 *rna, const slip_const_segment_f64 *point, size_t segments,
                                            const slip_const_segment_f64 *residual, size_t residual_segments);

/*
 * Proposes a point: writes the extrapolation, or, with SLIP_REJECTED, the last point. What is written is finite in either
 * case.
 */
slip_status slip_rna_extrapolate_f32(slip_rna_f32 *rna, const slip_segment_f32 *target, size_t segments);
slip_status slip_rna_extrapolate_f64(slip_rna_f64 *rna, const slip_segment_f64 *target, size_t segments);

/* Rejects the last proposal: it was measured and found worse, and is counted so. Without one, nothing happens. */
slip_status slip_rna_withdraw_f32(slip_rna_f32 *rna);
slip_status slip_rna_withdraw_f64(slip_rna_f64 *rna);

/*
 * Adaptive regularization: the caller measures one point after the other, and the one of least objective wins. First every
 * lambda of the grid, then longer steps (see the parameters "grid" and "step-search").
 *
 *     slip_rna_search_begin_f32(rna, objective(weights));
 *     while (slip_rna_search_next_f32(rna, trial, pieces, NULL) == SLIP_OK)
 *         slip_rna_search_report_f32(rna, objective(trial));
 *     slip_rna_search_finish_f32(rna, trial, pieces, NULL);
 *
 * `last_objective` is the objective at the last point, less being better: a point that is no better never wins. Infinity if
 * it is not known. Other calls that add, forget or combine points end the search.
 */
slip_status slip_rna_search_begin_f32(slip_rna_f32 *rna, double last_objective);
slip_status slip_rna_search_begin_f64(slip_rna_f64 *rna, double last_objective);

/* What a search wants measured, or has found best. The caller sets `size` to sizeof(slip_rna_candidate). */
typedef struct slip_rna_candidate {
    size_t size;
    /* The lambda of its coefficients. */
    double regularization;
    /* t in x_0 + t (extrapolation - x_0), where x_0 is where the window's sequence starts from. */
    double step;
    /* The objective there; NaN where it is yet to be measured. */
    double objective;
} slip_rna_candidate;

/*
 * Writes the next point to measure, which is finite; with SLIP_DONE, there is none, and the last point was written.
 * `candidate` may be null. Asked again without a report, it writes the same point again.
 */
slip_status slip_rna_search_next_f32(slip_rna_f32 *rna, const slip_segment_f32 *target, size_t segments,
                                     slip_rna_candidate *candidate);
slip_status slip_rna_search_next_f64(slip_rna_f64 *rna, const slip_segment_f64 *target, size_t segments,
                                     slip_rna_candidate *candidate);

/* Tells the objective at the point that slip_rna_search_next_ wrote last. NaN is worse than any number. */
slip_status slip_rna_search_report_f32(slip_rna_f32 *rna, double objective);
slip_status slip_rna_search_report_f64(slip_rna_f64 *rna, double objective);

/*
 * Ends the search, which need not be done, and writes the best of the points measured, or, with SLIP_REJECTED, the last
 * point. Counted like an extrapolation. `best`, which may be null, is filled in with SLIP_OK only.
 */
slip_status slip_rna_search_finish_f32(slip_rna_f32 *rna, const slip_segment_f32 *target, size_t segments,
                                       slip_rna_candidate *best);
slip_status slip_rna_search_finish_f64(slip_rna_f64 *rna, const slip_segment_f64 *target, size_t segments,
                                       slip_rna_candidate *best);

/*
 * Writes the coefficients of the points that would be combined now, oldest first, and their number, which is 0 if they would
 * be rejected. With null coefficients and a capacity of 0, only the number is written; so it is, with SLIP_WRONG_COUNT, where
 * the capacity is too small.
 */
slip_status slip_rna_coefficients_f32(const slip_rna_f32 *rna, double *coefficients, size_t capacity, size_t *count);
slip_status slip_rna_coefficients_f64(const slip_rna_f64 *rna, double *coefficients, size_t capacity, size_t *count);

/*
 * The coefficients of residuals whose inner products the caller has summed up, for points that are never in memory as a
 * whole: `gram` is R'R, order x order, row by row, the oldest residual first; what is above its diagonal is not read. At most
 * 128 residuals. Writes `order` coefficients, whose sum is 1, and the condition number of M + lambda I, which may be null.
 * With SLIP_REJECTED there are none (all residuals are zero, or the coefficients' sum vanishes), and none are written.
 */
slip_status slip_rna_solve(const double *gram, size_t order, double regularization, double *coefficients,
                           double *condition_number);

/* Writes counts and figures; members beyond statistics->size are left alone. */
slip_status slip_rna_read_statistics_f32(const slip_rna_f32 *rna, slip_rna_statistics *statistics);
slip_status slip_rna_read_statistics_f64(const slip_rna_f64 *rna, slip_rna_statistics *statistics);

/* Forgets all points. Parameters and counts stay. */
slip_status slip_rna_reset_f32(slip_rna_f32 *rna);
slip_status slip_rna_reset_f64(slip_rna_f64 *rna);

/* Saves and loads: see "Saved states" in slipstream.h. A search is not part of what is saved. */
slip_status slip_rna_save_f32(const slip_rna_f32 *rna, void *block, size_t capacity, size_t *size);
slip_status slip_rna_save_f64(const slip_rna_f64 *rna, void *block, size_t capacity, size_t *size);
slip_status slip_rna_load_f32(slip_rna_f32 *rna, const void *block, size_t size);
slip_status slip_rna_load_f64(slip_rna_f64 *rna, const void *block, size_t size);

#ifdef __cplusplus
}
#endif

#endif
