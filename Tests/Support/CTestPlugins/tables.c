#include "CTestPlugins.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static test_plugin_log log_;

test_plugin_log *test_plugin_state(void) { return &log_; }
void test_plugin_forget(void) { memset(&log_, 0, sizeof log_); }

// One state serves both precisions: a vector, how many points there were, a factor.
typedef struct state {
    double *vector;
    size_t count;
    uint64_t points;
    double factor;
} state;

static int create(const slip_plugin_layout *layout, void **result) {
    if (layout->size < sizeof *layout) return SLIP_PLUGIN_BAD_ARGUMENT;
    log_.count = layout->count;
    log_.gradient_count = layout->gradient_count;
    log_.segments = layout->segment_count;
    log_.names[0] = 0;
    for (size_t i = 0; i < layout->segment_count && i < 8; i++) {
        const slip_plugin_segment *segment = &layout->segments[i];
        const size_t used = strlen(log_.names);
        snprintf(log_.names + used, sizeof log_.names - used, "%s:%zu+%zu ", segment->name, segment->start, segment->count);
        log_.flags[i] = segment->flags;
    }
    if (log_.create_status != 0) return log_.create_status;
    if (log_.creates_null) return SLIP_PLUGIN_OK;
    state *self = calloc(1, sizeof *self);
    self->vector = calloc(layout->count + 1, sizeof *self->vector);
    self->count = layout->count;
    log_.created++;
    *result = self;
    return SLIP_PLUGIN_OK;
}

static void destroy(void *pointer) {
    state *self = pointer;
    log_.destroyed++;
    free(self->vector);
    free(self);
}

static int set(void *pointer, const char *name, double value) {
    log_.sets++;
    if (strcmp(name, "factor") == 0) ((state *)pointer)->factor = value;
    return log_.set_status;
}

static int save(void *pointer, void *block, size_t capacity, size_t *size) {
    const state *self = pointer;
    *size = sizeof self->points + self->count * sizeof *self->vector + 1;
    if (log_.save_status != 0) return log_.save_status;
    if (block == NULL && capacity == 0) return SLIP_PLUGIN_OK;
    if (capacity < *size) return SLIP_PLUGIN_BAD_ARGUMENT;
    memcpy(block, &self->points, sizeof self->points);
    memcpy((char *)block + sizeof self->points, self->vector, self->count * sizeof *self->vector);
    // An odd size, which is no whole number of elements.
    ((char *)block)[*size - 1] = 'e';
    if (log_.saves_short) *size -= 1;
    return SLIP_PLUGIN_OK;
}

static int load(void *pointer, const void *block, size_t size) {
    state *self = pointer;
    if (log_.load_status != 0) return log_.load_status;
    if (size != sizeof self->points + self->count * sizeof *self->vector + 1) return SLIP_PLUGIN_BAD_BLOCK;
    if (((const char *)block)[size - 1] != 'e') return SLIP_PLUGIN_BAD_BLOCK;
    memcpy(&self->points, block, sizeof self->points);
    memcpy(self->vector, (const char *)block + sizeof self->points, self->count * sizeof *self->vector);
    return SLIP_PLUGIN_OK;
}

static int reset(void *pointer) {
    state *self = pointer;
    log_.resets++;
    self->points = 0;
    memset(self->vector, 0, self->count * sizeof *self->vector);
    return SLIP_PLUGIN_OK;
}

static const char *last_error(void *pointer) {
    static char endless[1 << 16];
    switch (log_.error_kind) {
        case 1: return NULL;
        case 2: return "";
        case 3:
            memset(endless, 'x', sizeof endless);
            return endless;
        default: return pointer != NULL ? "as the test wanted" : "no state, as the test wanted";
    }
}

// Gradient descent on the sum of all gradients so far, weighted: v <- factor v + g, x <- x - rate v.
#define STEP(name, type, real)                                            \
    static int name(void *pointer, type *step) {                          \
        state *self = pointer;                                            \
        if (step->size < sizeof *step) return SLIP_PLUGIN_BAD_ARGUMENT;   \
        log_.steps++;                                                     \
        log_.loss = step->loss;                                           \
        log_.step = step->step;                                           \
        log_.steps_per_epoch = step->steps_per_epoch;                     \
        log_.threads = step->threads;                                     \
        if (log_.step_status != 0) return log_.step_status;               \
        for (size_t i = 0; i < step->count; i++) {                        \
            self->vector[i] = self->factor * self->vector[i] + (double)step->gradient[i]; \
            step->parameters[i] -= (real)(step->learning_rate * self->vector[i]);         \
        }                                                                 \
        return SLIP_PLUGIN_OK;                                            \
    }
STEP(step_f32, slip_plugin_step_f32, float)
STEP(step_f64, slip_plugin_step_f64, double)

static int own_step(void *pointer, slip_plugin_step_f32 *step) {
    (void)pointer;
    step->step_length = 0.25;
    for (size_t i = 0; i < step->count; i++) step->parameters[i] -= 0.25f * step->gradient[i];
    return SLIP_PLUGIN_OK;
}

// Proposes the last point times factor.
#define ACCELERATOR(suffix, type, point_type)                                                  \
    static int start_##suffix(void *pointer, const point_type *point) {                        \
        (void)pointer;                                                                         \
        log_.starts++;                                                                         \
        return point->size < sizeof *point ? SLIP_PLUGIN_BAD_ARGUMENT : SLIP_PLUGIN_OK;        \
    }                                                                                          \
    static int observe_##suffix(void *pointer, const point_type *point) {                      \
        state *self = pointer;                                                                 \
        if (log_.observe_status != 0) return log_.observe_status;                              \
        log_.mean_gradient = point->mean_gradient != NULL ? (double)point->mean_gradient[0] : NAN; \
        self->points++;                                                                        \
        for (size_t i = 0; i < point->count; i++) self->vector[i] = (double)point->point[i];   \
        return SLIP_PLUGIN_OK;                                                                 \
    }                                                                                          \
    static int propose_##suffix(void *pointer, type *target, size_t count, uint32_t threads) { \
        const state *self = pointer;                                                           \
        log_.threads = threads;                                                                \
        if (log_.propose_status != 0) return log_.propose_status;                              \
        if (self->points == 0) return SLIP_PLUGIN_NO_PROPOSAL;                                 \
        for (size_t i = 0; i < count; i++) target[i] = (type)(self->factor * self->vector[i]); \
        if (log_.proposes_nan && count > 0) target[count - 1] = (type)NAN;                     \
        return SLIP_PLUGIN_OK;                                                                 \
    }
ACCELERATOR(f32, float, slip_plugin_point_f32)
ACCELERATOR(f64, double, slip_plugin_point_f64)

static int fill(void *pointer, size_t *held, size_t *window) {
    *held = (size_t)((state *)pointer)->points;
    *window = log_.fills_wrong ? 0 : 3;
    return SLIP_PLUGIN_OK;
}

static int withdraw(void *pointer) {
    (void)pointer;
    log_.withdrawn++;
    return SLIP_PLUGIN_OK;
}

static int observe_nothing(void *pointer, const slip_plugin_point_f32 *point) {
    (void)pointer;
    (void)point;
    return SLIP_PLUGIN_OK;
}

static int propose_last(void *pointer, float *target, size_t count, uint32_t threads) {
    (void)pointer;
    (void)target;
    (void)count;
    (void)threads;
    return SLIP_PLUGIN_OK;
}

static const slip_plugin_setting FACTOR = {
    sizeof(slip_plugin_setting), "factor", "What is multiplied.", 0.5, 0, INFINITY, 0, 0,
};
static const slip_plugin_setting WHOLE = {
    sizeof(slip_plugin_setting), "whole", "A whole number that does nothing.", 2, -3, 4, SLIP_PLUGIN_WHOLE, 0,
};
static const slip_plugin_setting OPEN = {
    sizeof(slip_plugin_setting), "open", "A number that does nothing.", 0.5, 0, 1,
    SLIP_PLUGIN_ABOVE_LEAST | SLIP_PLUGIN_BELOW_GREATEST, 0,
};
static const slip_plugin_setting *const SETTINGS[] = {&FACTOR, &WHOLE, &OPEN};

static const slip_plugin_optimizer DESCENT = {
    sizeof(slip_plugin_optimizer), "test-descent", "Gradient descent with momentum.", 0, SETTINGS, 3,
    create, create, step_f32, step_f64, set, save, load, reset, destroy, last_error,
};
static const slip_plugin_optimizer OWN_LENGTH = {
    sizeof(slip_plugin_optimizer), "test-own-length", "Gradient descent with steps of 1/4.", SLIP_PLUGIN_OWN_STEP_LENGTH,
    NULL, 0, create, NULL, own_step, NULL, NULL, NULL, NULL, NULL, destroy, NULL,
};
static const slip_plugin_accelerator SCALE = {
    sizeof(slip_plugin_accelerator), "test-scale", "The last point, scaled.", SLIP_PLUGIN_MEAN_GRADIENT, SETTINGS, 3,
    create, create, start_f32, start_f64, observe_f32, observe_f64, propose_f32, propose_f64, fill, withdraw,
    set, save, load, reset, destroy, last_error,
};
static const slip_plugin_accelerator ECHO = {
    sizeof(slip_plugin_accelerator), "test-echo", "The last point.", 0, NULL, 0,
    create, NULL, NULL, NULL, observe_nothing, NULL, propose_last, NULL, fill, NULL,
    NULL, NULL, NULL, NULL, destroy, NULL,
};

static const slip_plugin_optimizer *const OPTIMIZERS[] = {&DESCENT, &OWN_LENGTH};
static const slip_plugin_accelerator *const ACCELERATORS[] = {&SCALE, &ECHO};
static const slip_plugin PLUGIN = {
    SLIP_PLUGIN_ABI_VERSION, sizeof(slip_plugin), "test", "2.3", OPTIMIZERS, 2, ACCELERATORS, 2,
};

const slip_plugin *test_plugin(void) { return &PLUGIN; }

static char *joined(const char *name, const char *ending) {
    char *text = malloc(strlen(name) + strlen(ending) + 1);
    strcpy(text, name);
    return strcat(text, ending);
}

slip_plugin *test_plugin_copy(const char *name) {
    slip_plugin *plugin = malloc(sizeof *plugin);
    slip_plugin_optimizer **optimizers = malloc(2 * sizeof *optimizers);
    slip_plugin_accelerator **accelerators = malloc(sizeof *accelerators);
    const slip_plugin_setting **settings = malloc(2 * sizeof *settings);
    slip_plugin_setting *setting = malloc(sizeof *setting);
    *plugin = PLUGIN;
    *setting = FACTOR;
    settings[0] = setting;
    settings[1] = &WHOLE;
    optimizers[0] = malloc(sizeof **optimizers);
    *optimizers[0] = DESCENT;
    optimizers[0]->name = joined(name, "-rule");
    optimizers[0]->settings = settings;
    optimizers[0]->setting_count = 2;
    accelerators[0] = malloc(sizeof **accelerators);
    *accelerators[0] = SCALE;
    accelerators[0]->name = joined(name, "-mean");
    accelerators[0]->settings = settings;
    accelerators[0]->setting_count = 2;
    plugin->name = joined(name, "");
    plugin->optimizers = (const slip_plugin_optimizer *const *)optimizers;
    plugin->optimizer_count = 1;
    plugin->accelerators = (const slip_plugin_accelerator *const *)accelerators;
    plugin->accelerator_count = 1;
    return plugin;
}

slip_plugin_optimizer *test_plugin_optimizer(slip_plugin *plugin) { return (slip_plugin_optimizer *)plugin->optimizers[0]; }
slip_plugin_accelerator *test_plugin_accelerator(slip_plugin *plugin) {
    return (slip_plugin_accelerator *)plugin->accelerators[0];
}
slip_plugin_setting *test_plugin_setting(slip_plugin *plugin) {
    return (slip_plugin_setting *)plugin->optimizers[0]->settings[0];
}
