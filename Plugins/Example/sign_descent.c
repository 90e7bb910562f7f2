/*
 * Sign descent with momentum: every weight takes a step of the same length.
 *
 *     m <- mu m + (1 - mu) g                      (m = 0 at first)
 *     x <- x - eta (sign(m) + delta x)            (delta on regularised tensors alone)
 *
 * J. Bernstein, Y.-X. Wang, K. Azizzadenesheli, A. Anandkumar, signSGD: compressed optimisation for non-convex problems,
 * ICML 2018, algorithm 2 (Signum) on one worker.
 */
#include "example.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char MARK[] = "sign-1  ";

typedef struct state {
    float *momentum;
    /* 1 where weight decay acts, else 0. */
    unsigned char *decays;
    size_t count;
    double mu;
    double delta;
    const char *error;
} state;

static const slip_plugin_setting MOMENTUM = {
    sizeof(slip_plugin_setting), "momentum", "The part of the mean gradient that is kept from step to step.",
    0.9, 0, 1, SLIP_PLUGIN_BELOW_GREATEST, 0,
};
static const slip_plugin_setting DECAY = {
    sizeof(slip_plugin_setting), "decay", "How strongly weights are drawn to zero.", 0, 0, INFINITY, 0, 0,
};
static const slip_plugin_setting *const SETTINGS[] = {&MOMENTUM, &DECAY};

static void destroy(void *pointer) {
    state *self = pointer;
    free(self->momentum);
    free(self->decays);
    free(self);
}

static int create(const slip_plugin_layout *layout, void **result) {
    state *self = calloc(1, sizeof *self);
    /* calloc(0) may return null without being short of memory. */
    const size_t count = layout->count > 0 ? layout->count : 1;
    size_t i;
    if (self == NULL) return SLIP_PLUGIN_OUT_OF_MEMORY;
    self->momentum = calloc(count, sizeof *self->momentum);
    self->decays = calloc(count, sizeof *self->decays);
    if (self->momentum == NULL || self->decays == NULL) {
        destroy(self);
        return SLIP_PLUGIN_OUT_OF_MEMORY;
    }
    self->count = layout->count;
    for (i = 0; i < layout->segment_count; i++) {
        const slip_plugin_segment *segment = &layout->segments[i];
        if (segment->flags & SLIP_PLUGIN_REGULARIZED) memset(self->decays + segment->start, 1, segment->count);
    }
    *result = self;
    return SLIP_PLUGIN_OK;
}

static int fail(state *self, int status, const char *error) {
    self->error = error;
    return status;
}

static int set(void *pointer, const char *name, double value) {
    state *self = pointer;
    if (strcmp(name, MOMENTUM.name) == 0) {
        self->mu = value;
    } else if (strcmp(name, DECAY.name) == 0) {
        self->delta = value;
    } else {
        return fail(self, SLIP_PLUGIN_BAD_ARGUMENT, "there is no setting of that name");
    }
    return SLIP_PLUGIN_OK;
}

static int step(void *pointer, slip_plugin_step_f32 *step) {
    state *self = pointer;
    const float mu = (float)self->mu, eta = (float)step->learning_rate, delta = (float)self->delta;
    size_t i;
    /* The sign of what is not a number is none: such a gradient would go unnoticed. */
    for (i = 0; i < step->count; i++) {
        if (!isfinite(step->gradient[i])) {
            return fail(self, SLIP_PLUGIN_FAILED, "the gradient has elements that are not finite");
        }
    }
    for (i = 0; i < step->count; i++) {
        const float m = mu * self->momentum[i] + (1 - mu) * step->gradient[i];
        const float sign = (float)((m > 0) - (m < 0));
        self->momentum[i] = m;
        step->parameters[i] -= eta * (sign + (self->decays[i] ? delta * step->parameters[i] : 0));
    }
    return SLIP_PLUGIN_OK;
}

static example_block content(state *self) {
    example_block content = {MARK, {0, 0}, NULL, 0};
    content.vector = self->momentum;
    content.count = self->count;
    return content;
}

static int save(void *pointer, void *block, size_t capacity, size_t *size) {
    const example_block whole = content(pointer);
    if (example_write(&whole, block, capacity, size) == SLIP_PLUGIN_OK) return SLIP_PLUGIN_OK;
    return fail(pointer, SLIP_PLUGIN_BAD_ARGUMENT, "the block is too small");
}

static int load(void *pointer, const void *block, size_t size) {
    example_block whole = content(pointer);
    if (example_read(&whole, block, size) == SLIP_PLUGIN_OK) return SLIP_PLUGIN_OK;
    return fail(pointer, SLIP_PLUGIN_BAD_BLOCK, "the block is not one of this optimizer and this network");
}

static int reset(void *pointer) {
    state *self = pointer;
    memset(self->momentum, 0, self->count * sizeof *self->momentum);
    return SLIP_PLUGIN_OK;
}

static const char *last_error(void *pointer) {
    return pointer != NULL ? ((state *)pointer)->error : "there is not enough memory";
}

const slip_plugin_optimizer sign_descent = {
    sizeof(slip_plugin_optimizer), "example-signsgd", "Sign descent with momentum: every weight takes a step of the same length.",
    0, SETTINGS, sizeof SETTINGS / sizeof *SETTINGS,
    create, NULL, step, NULL,
    set, save, load, reset, destroy, last_error,
};
