/*
 * Polynomial-decay averaging: a mean of all points in which newer ones count more, in the memory of a single point.
 *
 *     mean <- (1 - w) mean + w x,   w = (eta + 1) / (t + eta)        for the t-th point x
 *
 * eta = 0 is the plain mean of all points.
 *
 * O. Shamir, T. Zhang, Stochastic gradient descent for non-smooth optimization, ICML 2013, section 4.
 */
#include "example.h"

#include <stdlib.h>
#include <string.h>

static const char MARK[] = "poly-1  ";

typedef struct state {
    float *mean;
    size_t count;
    /* t, the number of points. */
    uint64_t points;
    double eta;
    double window;
    const char *error;
} state;

static const slip_plugin_setting ETA = {
    sizeof(slip_plugin_setting), "eta", "How much more newer points count; 0 is the plain mean.", 3, 0, 1e6, 0, 0,
};
static const slip_plugin_setting WINDOW = {
    sizeof(slip_plugin_setting), "window", "After how many points a run that restarts does so.", 10, 1, 1e6,
    SLIP_PLUGIN_WHOLE, 0,
};
static const slip_plugin_setting *const SETTINGS[] = {&ETA, &WINDOW};

static void destroy(void *pointer) {
    state *self = pointer;
    free(self->mean);
    free(self);
}

static int create(const slip_plugin_layout *layout, void **result) {
    state *self = calloc(1, sizeof *self);
    if (self == NULL) return SLIP_PLUGIN_OUT_OF_MEMORY;
    self->mean = calloc(layout->count > 0 ? layout->count : 1, sizeof *self->mean);
    if (self->mean == NULL) {
        destroy(self);
        return SLIP_PLUGIN_OUT_OF_MEMORY;
    }
    self->count = layout->count;
    *result = self;
    return SLIP_PLUGIN_OK;
}

static int fail(state *self, int status, const char *error) {
    self->error = error;
    return status;
}

static int set(void *pointer, const char *name, double value) {
    state *self = pointer;
    if (strcmp(name, ETA.name) == 0) {
        self->eta = value;
    } else if (strcmp(name, WINDOW.name) == 0) {
        self->window = value;
    } else {
        return fail(self, SLIP_PLUGIN_BAD_ARGUMENT, "there is no setting of that name");
    }
    return SLIP_PLUGIN_OK;
}

static int observe(void *pointer, const slip_plugin_point_f32 *point) {
    state *self = pointer;
    const double t = (double)++self->points;
    const float weight = (float)((self->eta + 1) / (t + self->eta));
    size_t i;
    for (i = 0; i < point->count; i++) self->mean[i] += weight * (point->point[i] - self->mean[i]);
    return SLIP_PLUGIN_OK;
}

static int propose(void *pointer, float *target, size_t count, uint32_t threads) {
    const state *self = pointer;
    (void)threads;
    if (self->points == 0) return SLIP_PLUGIN_NO_PROPOSAL;
    memcpy(target, self->mean, count * sizeof *target);
    return SLIP_PLUGIN_OK;
}

static int fill(void *pointer, size_t *held, size_t *window) {
    const state *self = pointer;
    *held = (size_t)self->points;
    *window = (size_t)self->window;
    return SLIP_PLUGIN_OK;
}

static example_block content(state *self) {
    example_block content = {MARK, {0, 0}, NULL, 0};
    content.numbers[0] = self->points;
    content.vector = self->mean;
    content.count = self->count;
    return content;
}

static int save(void *pointer, void *block, size_t capacity, size_t *size) {
    const example_block whole = content(pointer);
    if (example_write(&whole, block, capacity, size) == SLIP_PLUGIN_OK) return SLIP_PLUGIN_OK;
    return fail(pointer, SLIP_PLUGIN_BAD_ARGUMENT, "the block is too small");
}

static int load(void *pointer, const void *block, size_t size) {
    state *self = pointer;
    example_block whole = content(self);
    if (example_read(&whole, block, size) != SLIP_PLUGIN_OK) {
        return fail(self, SLIP_PLUGIN_BAD_BLOCK, "the block is not one of this accelerator and this network");
    }
    self->points = whole.numbers[0];
    return SLIP_PLUGIN_OK;
}

static int reset(void *pointer) {
    state *self = pointer;
    self->points = 0;
    memset(self->mean, 0, self->count * sizeof *self->mean);
    return SLIP_PLUGIN_OK;
}

static const char *last_error(void *pointer) {
    return pointer != NULL ? ((state *)pointer)->error : "there is not enough memory";
}

/* A mean has no use for where the run starts, and single precision is all that training needs. */
const slip_plugin_accelerator polynomial_average = {
    sizeof(slip_plugin_accelerator), "example", "Polynomial-decay averaging: a mean of all points in which newer ones count more.",
    0, SETTINGS, sizeof SETTINGS / sizeof *SETTINGS,
    create, NULL, NULL, NULL, observe, NULL, propose, NULL, fill, NULL,
    set, save, load, reset, destroy, last_error,
};
