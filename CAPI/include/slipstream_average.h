/*
 * Averages of the last points: what RNA is compared with, and often a good point in themselves.
 *
 *   uniform-average       (1/N) sum x_i of the last N points.
 *   exponential-average   The same, but a point counts alpha times as much as the next newer one.
 *
 * P. Izmailov, D. Podoprikhin, T. Garipov, D. Vetrov, A. G. Wilson, Averaging weights leads to wider optima and better
 * generalization, UAI 2018; B. T. Polyak, A. B. Juditsky, 1992. Only the window's points count, not all of a run's.
 *
 * Parameters, by name:
 *
 *   window    N, how many points are averaged. A whole number, 1 to 128; default 10. Not after the first point.
 *   decay     alpha; exponential-average only. 0 (the last point) to 1 (the uniform mean); default 0.9. Not after the first
 *             point.
 *   threads   How many threads a call may use. A whole number, 0 to 1024; default 0: one for each processor that the
 *             process may run on.
 *
 * Memory: N vectors, and one more where points come in several pieces.
 */
#ifndef SLIPSTREAM_AVERAGE_H
#define SLIPSTREAM_AVERAGE_H

#include "slipstream_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct slip_average_f32 slip_average_f32;
typedef struct slip_average_f64 slip_average_f64;

/* Counts of a handle. The caller sets `size` to sizeof(slip_average_statistics). */
typedef struct slip_average_statistics {
    size_t size;
    /* N, and how many points would be averaged now. */
    uint64_t window;
    uint64_t fill;
    /* Points taken, and points refused because they were not finite. */
    uint64_t points;
    uint64_t refused;
    /* Averages written, but for those that the caller found worse and said so by slip_average_withdraw_. */
    uint64_t accepted;
    uint64_t rejected_worse;
} slip_average_statistics;

/* Describes the average of an index from 0 on; SLIP_DONE past the last one. */
slip_status slip_average_describe(size_t index, slip_description *description);

/* Makes a handle of an average of points of `count` elements. Memory is taken as points come. */
slip_status slip_average_create_f32(const char *name, size_t count, slip_average_f32 **average);
slip_status slip_average_create_f64(const char *name, size_t count, slip_average_f64 **average);

/* As slip_average_create_, for points with parts that are SLIP_SEGMENT_FROZEN: these are neither read nor written. */
slip_status slip_average_create_with_layout_f32(const char *name, const slip_layout_segment *layout, size_t segments,
                                                slip_average_f32 **average);
slip_status slip_average_create_with_layout_f64(const char *name, const slip_layout_segment *layout, size_t segments,
                                                slip_average_f64 **average);

/* Frees a handle. Null is allowed. */
void slip_average_destroy_f32(slip_average_f32 *average);
void slip_average_destroy_f64(slip_average_f64 *average);

/* Sets a parameter. The message of SLIP_UNKNOWN_NAME lists the names, that of SLIP_OUT_OF_RANGE the values allowed. */
slip_status slip_average_set_f32(slip_average_f32 *average, const char *name, double value);
slip_status slip_average_set_f64(slip_average_f64 *average, const char *name, double value);

/* Reads a parameter. */
slip_status slip_average_get_f32(const slip_average_f32 *average, const char *name, double *value);
slip_status slip_average_get_f64(const slip_average_f64 *average, const char *name, double *value);

/* Describes the parameter of an index from 0 on; SLIP_DONE past the last one. */
slip_status slip_average_parameter_f32(const slip_average_f32 *average, size_t index, slip_parameter *parameter);
slip_status slip_average_parameter_f64(const slip_average_f64 *average, size_t index, slip_parameter *parameter);

/* Takes in a point. */
slip_status slip_average_push_f32(slip_average_f32 *average, const slip_const_segment_f32 *point, size_t segments);
slip_status slip_average_push_f64(slip_average_f64 *average, const slip_const_segment_f64 *point, size_t segments);

/* Proposes a point: writes the average. */
slip_status slip_average_propose_f32(slip_average_f32 *average, const slip_segment_f32 *target, size_t segments);
slip_status slip_average_propose_f64(slip_average_f64 *average, const slip_segment_f64 *target, size_t segments);

/* Rejects the last proposal: it was measured and found worse, and is counted so. Without one, nothing happens. */
slip_status slip_average_withdraw_f32(slip_average_f32 *average);
slip_status slip_average_withdraw_f64(slip_average_f64 *average);

/* Writes counts; members beyond statistics->size are left alone. */
slip_status slip_average_read_statistics_f32(const slip_average_f32 *average, slip_average_statistics *statistics);
slip_status slip_average_read_statistics_f64(const slip_average_f64 *average, slip_average_statistics *statistics);

/* Forgets all points. Parameters and counts stay. */
slip_status slip_average_reset_f32(slip_average_f32 *average);
slip_status slip_average_reset_f64(slip_average_f64 *average);

/* Saves and loads: see "Saved states" in slipstream.h. */
slip_status slip_average_save_f32(const slip_average_f32 *average, void *block, size_t capacity, size_t *size);
slip_status slip_average_save_f64(const slip_average_f64 *average, void *block, size_t capacity, size_t *size);
slip_status slip_average_load_f32(slip_average_f32 *average, const void *block, size_t size);
slip_status slip_average_load_f64(slip_average_f64 *average, const void *block, size_t size);

#ifdef __cplusplus
}
#endif

#endif
