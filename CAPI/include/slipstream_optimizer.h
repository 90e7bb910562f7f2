/*
 * Update rules: the methods of the papers as optimizers of the caller's weights, one kind of handle for all of them.
 *
 *     slip_optimizer_f32 *rule;
 *     slip_optimizer_create_f32("adaptive-nesterov", count, &rule);
 *     for (...) {
 *         slip_optimizer_displace_f32(rule, weights, pieces);
 *         ... compute the loss and its gradient at the weights ...
 *         slip_optimizer_step_f32(rule, weights, pieces, gradient, gradient_pieces, loss);
 *     }
 *
 * The rules and their parameters, with defaults in brackets:
 *
 *   sgd                 momentum [0], nesterov [0], weight-decay [0], decay-weights-only [0]
 *   adam                beta1 [0.9], beta2 [0.999], epsilon [1e-8], weight-decay [0], decay-weights-only [0]
 *   adamw               as adam, but weight-decay [0.01], which acts on the weights themselves
 *   adagrad             initial-sum [0], rate-decay [0], epsilon [1e-10], weight-decay [0], decay-weights-only [0]
 *   adadelta            rho [0.9], epsilon [1e-6], weight-decay [0], decay-weights-only [0]
 *   rmsprop             smoothing [0.99], epsilon [1e-8], momentum [0], centred [0], weight-decay [0], decay-weights-only [0]
 *   adaptive-nesterov   momentum [0.9], confidence [1], least-loss [0], square-minimum [1e-4], square-maximum [1e10],
 *                       step-minimum [0.001], step-maximum [0.1]. Finds its step length, from the loss. Displaces.
 *   neumann             warmup-epochs [5], reset-epochs [10], cubic [1e-7], repulsion [1e-5], regulariser-limit [1],
 *                       averaging [0.99], momentum-minimum [0.5], momentum-maximum [0.9]. The iterate differs.
 *   sda                 gamma [1], scale-centre [1], anchor-steps [0]. Steps are 1/(gamma sqrt t) long.
 *   rda                 as sda, and lambda [0], threshold [0], threshold-epochs [0]: l1 regularised, makes exact zeros
 *   prox-sgd            lambda [0]: l1 regularised, with a threshold that fades
 *
 * and for all of them, where they mean something:
 *
 *   learning-rate       At least 0; no default. It may change at every step. Not with adaptive-nesterov, sda and rda.
 *   steps-per-epoch     How many steps make an epoch, for parameters in epochs. A whole number from 1 on; default 1.
 *   threads             How many threads a call may use. A whole number, 0 to 1024; default 0: one for each processor that
 *                       the process may run on.
 *
 * slip_optimizer_parameter_ tells the values allowed. A parameter that needs another state than the one there is (a momentum
 * above 0 where it was 0) cannot change after the first step.
 *
 * Papers: D. P. Kingma, J. Ba, ICLR 2015 (adam); I. Loshchilov, F. Hutter, ICLR 2019 (adamw); J. Duchi, E. Hazan, Y. Singer,
 * JMLR 12, 2011 (adagrad); M. D. Zeiler, arXiv:1212.5701 (adadelta); S. Krishnan, Y. Xiao, R. A. Saurous, ICLR 2018
 * (neumann); Minibatch persistency and adaptive Nesterov, thesis, 2018, with B. T. Polyak, 1987 (adaptive-nesterov);
 * Y. Nesterov, Mathematical Programming 120, 2009 (sda); L. Xiao, JMLR 11, 2010, and X. Jia, L. Zhao, L. Zhang, J. He, J. Xu,
 * 2018 (rda, prox-sgd, frozen zeros). docs/algorithms has the formulas and the departures from them.
 *
 * Shapes: the weights are all elements of the layout; the gradient is those that are neither SLIP_SEGMENT_FROZEN nor
 * SLIP_SEGMENT_STATISTIC, in the same order. Without a layout all elements are SLIP_SEGMENT_REGULARIZED, and both have as
 * many.
 *
 * Memory: the rule's vectors (adam 2, neumann 2, sda and rda 1, ...); one more for the weights and one for the gradient where
 * they come in several pieces, zeros are frozen, or the iterate is read. Vectors have as many elements as the gradient.
 */
#ifndef SLIPSTREAM_OPTIMIZER_H
#define SLIPSTREAM_OPTIMIZER_H

#include "slipstream_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct slip_optimizer_f32 slip_optimizer_f32;
typedef struct slip_optimizer_f64 slip_optimizer_f64;

/* Counts and figures of a handle. The caller sets `size` to sizeof(slip_optimizer_statistics). */
typedef struct slip_optimizer_statistics {
    size_t size;
    /* Steps taken since the handle was made or reset. */
    uint64_t steps;
    /* Steps and displacements refused: weights, gradient, or loss had something that is not finite. Each is counted by the
       first of these. */
    uint64_t refused_parameters;
    uint64_t refused_gradient;
    uint64_t refused_loss;
    /* Elements that are frozen at zero. */
    uint64_t frozen_zeros;
    /* Of the last step, NaN before the first: the length that the gradient was multiplied by; */
    double step_size;
    /* the bound on weights below which they become zero: rda, prox-sgd (0 for sda); NaN for other rules; */
    double threshold;
    /* the gradient's norm: adaptive-nesterov; NaN for other rules; */
    double gradient_norm;
    /* the momentum, and the distance of the weights to their average: neumann; NaN for other rules. */
    double momentum;
    double distance;
} slip_optimizer_statistics;

/* Describes the rule of an index from 0 on; SLIP_DONE past the last one. */
slip_status slip_optimizer_describe(size_t index, slip_description *description);

/* Makes a handle of a rule, for `count` weights, all of them SLIP_SEGMENT_REGULARIZED. Memory is taken at the first step. */
slip_status slip_optimizer_create_f32(const char *rule, size_t count, slip_optimizer_f32 **optimizer);
slip_status slip_optimizer_create_f64(const char *rule, size_t count, slip_optimizer_f64 **optimizer);

/* As slip_optimizer_create_, for weights whose parts differ. At most 1,048,576 segments. */
slip_status slip_optimizer_create_with_layout_f32(const char *rule, const slip_layout_segment *layout, size_t segments,
                                                  slip_optimizer_f32 **optimizer);
slip_status slip_optimizer_create_with_layout_f64(const char *rule, const slip_layout_segment *layout, size_t segments,
                                                  slip_optimizer_f64 **optimizer);

/* Frees a handle. Null is allowed. */
void slip_optimizer_destroy_f32(slip_optimizer_f32 *optimizer);
void slip_optimizer_destroy_f64(slip_optimizer_f64 *optimizer);

/*
 * Sets a parameter. The message of SLIP_UNKNOWN_NAME lists the names, that of SLIP_OUT_OF_RANGE the values allowed. Whether
 * parameters go together (threshold and threshold-epochs, say) is found out when they are next used: SLIP_INCOMPATIBLE.
 */
slip_status slip_optimizer_set_f32(slip_optimizer_f32 *optimizer, const char *name, double value);
slip_status slip_optimizer_set_f64(slip_optimizer_f64 *optimizer, const char *name, double value);

/* Reads a parameter; NaN for a learning rate that has not been set. */
slip_status slip_optimizer_get_f32(const slip_optimizer_f32 *optimizer, const char *name, double *value);
slip_status slip_optimizer_get_f64(const slip_optimizer_f64 *optimizer, const char *name, double *value);

/* Describes the parameter of an index from 0 on; SLIP_DONE past the last one. */
slip_status slip_optimizer_parameter_f32(const slip_optimizer_f32 *optimizer, size_t index, slip_parameter *parameter);
slip_status slip_optimizer_parameter_f64(const slip_optimizer_f64 *optimizer, size_t index, slip_parameter *parameter);

/*
 * Moves the weights to where the rule wants the next gradient. Needed before every step of a rule that is SLIP_DISPLACES
 * (adaptive-nesterov); for the others it does nothing but put frozen zeros back. The step undoes the move; a second one
 * before it is SLIP_WRONG_STATE.
 */
slip_status slip_optimizer_displace_f32(slip_optimizer_f32 *optimizer, const slip_segment_f32 *weights, size_t segments);
slip_status slip_optimizer_displace_f64(slip_optimizer_f64 *optimizer, const slip_segment_f64 *weights, size_t segments);

/*
 * Takes a step: writes the next weights. `loss`, at the weights as they are, is read by adaptive-nesterov only; 0 will do for
 * the others. What is not finite is refused, before anything changes; a step so long that the weights overflow is not, but
 * the next one then is.
 */
slip_status slip_optimizer_step_f32(slip_optimizer_f32 *optimizer, const slip_segment_f32 *weights, size_t segments,
                                    const slip_const_segment_f32 *gradient, size_t gradient_segments, double loss);
slip_status slip_optimizer_step_f64(slip_optimizer_f64 *optimizer, const slip_segment_f64 *weights, size_t segments,
                                    const slip_const_segment_f64 *gradient, size_t gradient_segments, double loss);

/*
 * Writes the point to evaluate and save: with neumann, another one than the weights; with the other rules a copy. Not
 * between a displacement and its step. `iterate` has as many elements as the weights, statistics included.
 */
slip_status slip_optimizer_read_iterate_f32(const slip_optimizer_f32 *optimizer, const slip_const_segment_f32 *weights,
                                            size_t segments, const slip_segment_f32 *iterate, size_t iterate_segments);
slip_status slip_optimizer_read_iterate_f64(const slip_optimizer_f64 *optimizer, const slip_const_segment_f64 *weights,
                                            size_t segments, const slip_segment_f64 *iterate, size_t iterate_segments);

/*
 * Adaptive sparse retraining: from now on, elements that are SLIP_SEGMENT_REGULARIZED and zero stay zero: those that are
 * zero now, and those that become so. *frozen, which may be null, is their number now.
 */
slip_status slip_optimizer_freeze_zeros_f32(slip_optimizer_f32 *optimizer, const slip_const_segment_f32 *weights,
                                            size_t segments, uint64_t *frozen);
slip_status slip_optimizer_freeze_zeros_f64(slip_optimizer_f64 *optimizer, const slip_const_segment_f64 *weights,
                                            size_t segments, uint64_t *frozen);

/* Ends that: zeros are free to change again. */
slip_status slip_optimizer_thaw_f32(slip_optimizer_f32 *optimizer);
slip_status slip_optimizer_thaw_f64(slip_optimizer_f64 *optimizer);

/* Counts the elements that are SLIP_SEGMENT_REGULARIZED, and those of them that are zero. Their ratio is the sparsity. */
slip_status slip_optimizer_count_zeros_f32(const slip_optimizer_f32 *optimizer, const slip_const_segment_f32 *weights,
                                           size_t segments, uint64_t *zeros, uint64_t *regularized);
slip_status slip_optimizer_count_zeros_f64(const slip_optimizer_f64 *optimizer, const slip_const_segment_f64 *weights,
                                           size_t segments, uint64_t *zeros, uint64_t *regularized);

/* Writes counts and figures; members beyond statistics->size are left alone. */
slip_status slip_optimizer_read_statistics_f32(const slip_optimizer_f32 *optimizer, slip_optimizer_statistics *statistics);
slip_status slip_optimizer_read_statistics_f64(const slip_optimizer_f64 *optimizer, slip_optimizer_statistics *statistics);

/* Forgets all steps, and a displacement. Parameters, frozen zeros and the counts of refusals stay. */
slip_status slip_optimizer_reset_f32(slip_optimizer_f32 *optimizer);
slip_status slip_optimizer_reset_f64(slip_optimizer_f64 *optimizer);

/* Saves and loads: see "Saved states" in slipstream.h. Frozen zeros and a displacement are part of what is saved. */
slip_status slip_optimizer_save_f32(const slip_optimizer_f32 *optimizer, void *block, size_t capacity, size_t *size);
slip_status slip_optimizer_save_f64(const slip_optimizer_f64 *optimizer, void *block, size_t capacity, size_t *size);
slip_status slip_optimizer_load_f32(slip_optimizer_f32 *optimizer, const void *block, size_t size);
slip_status slip_optimizer_load_f64(slip_optimizer_f64 *optimizer, const void *block, size_t size);

#ifdef __cplusplus
}
#endif

#endif
