/*
 * A plugin with one fault, which the test chooses by a macro; without one it is a good plugin with an optimizer that goes
 * along the gradient and an accelerator that proposes the last point.
 */
#ifdef NO_ENTRY
#define slip_plugin_entry another_name
#endif
#include <math.h>
#include <slipstream_plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PLUGIN_NAME
#define PLUGIN_NAME "faulty"
#endif
#ifndef OPTIMIZER_NAME
#define OPTIMIZER_NAME "faulty-rule"
#endif
#ifndef ACCELERATOR_NAME
#define ACCELERATOR_NAME "faulty-mean"
#endif
#ifndef STEP_FAILS_AT
#define STEP_FAILS_AT 1000000
#endif
#ifndef MARK
#define MARK 1
#endif
#ifndef ABI
#define ABI SLIP_PLUGIN_ABI_VERSION
#endif
#ifndef SIZE
#define SIZE sizeof(slip_plugin)
#endif
#ifdef NO_STEP
#define STEP NULL
#else
#define STEP move
#endif
#ifndef PROPOSED
#define PROPOSED target[0]
#endif

typedef struct state {
    uint64_t mark;
    uint64_t points;
} state;

static int create(const slip_plugin_layout *layout, void **result) {
    state *self = calloc(1, sizeof *self);
    (void)layout;
#ifdef CREATE_FAILS
    free(self);
    return CREATE_FAILS;
#endif
    self->mark = MARK;
    *result = self;
    return SLIP_PLUGIN_OK;
}

/* Static, as all functions of a plugin should be: the C library has some of these names, and its own would be called. */
#ifndef NO_STEP
static int move(void *pointer, slip_plugin_step_f32 *step) {
    size_t i;
    (void)pointer;
    if (step->step + 1 >= STEP_FAILS_AT) return -42;
    for (i = 0; i < step->count; i++) step->parameters[i] -= (float)step->learning_rate * step->gradient[i];
#ifdef STEP_WRITES
    step->parameters[0] = (float)STEP_WRITES;
#endif
    return SLIP_PLUGIN_OK;
}
#endif

static int observe(void *pointer, const slip_plugin_point_f32 *point) {
    state *self = pointer;
    (void)point;
    self->points++;
#ifdef OBSERVE_FAILS_AT
    if (self->points >= OBSERVE_FAILS_AT) return -7;
#endif
    return SLIP_PLUGIN_OK;
}

static int propose(void *pointer, float *target, size_t count, uint32_t threads) {
    (void)pointer;
    (void)count;
    (void)threads;
    target[0] = (float)(PROPOSED);
    return SLIP_PLUGIN_OK;
}

static int fill(void *pointer, size_t *held, size_t *window) {
    *held = (size_t)((state *)pointer)->points;
    *window = 2;
    return SLIP_PLUGIN_OK;
}

static int save(void *pointer, void *block, size_t capacity, size_t *size) {
    *size = sizeof(state);
#ifdef SAVE_FAILS
    return SAVE_FAILS;
#endif
    if (block == NULL && capacity == 0) return SLIP_PLUGIN_OK;
    if (capacity < *size) return SLIP_PLUGIN_BAD_ARGUMENT;
    memcpy(block, pointer, sizeof(state));
    return SLIP_PLUGIN_OK;
}

static int load(void *pointer, const void *block, size_t size) {
    state saved;
    if (size != sizeof saved) return SLIP_PLUGIN_BAD_BLOCK;
    memcpy(&saved, block, sizeof saved);
    if (saved.mark != MARK) return SLIP_PLUGIN_BAD_BLOCK;
    *(state *)pointer = saved;
    return SLIP_PLUGIN_OK;
}

static void destroy(void *pointer) { free(pointer); }

static const char *last_error(void *pointer) {
    return pointer == NULL ? "no state can be had" : "the fault that the test put in";
}

static const slip_plugin_optimizer RULE = {
    sizeof RULE, OPTIMIZER_NAME, "Gradient descent.", 0, NULL, 0,
    create, NULL, STEP, NULL, NULL, save, load, NULL, destroy, last_error,
};
static const slip_plugin_accelerator MEAN = {
    sizeof MEAN, ACCELERATOR_NAME, "The last point.", 0, NULL, 0,
    create, NULL, NULL, NULL, observe, NULL, propose, NULL, fill, NULL, NULL, save, load, NULL, destroy, last_error,
};
static const slip_plugin_optimizer *const RULES[] = {&RULE};
static const slip_plugin_accelerator *const MEANS[] = {&MEAN};
static const slip_plugin PLUGIN = {ABI, SIZE, PLUGIN_NAME, "0.9", RULES, 1, MEANS, 1};

#ifdef MISSING_SYMBOL
extern int there_is_no_such_function(void);
int use_it(void);
int use_it(void) { return there_is_no_such_function(); }
#endif

#ifdef NOTHING_BEHIND_THE_VERSION
#include <sys/mman.h>
#include <unistd.h>
#endif

const slip_plugin *slip_plugin_entry(void) {
#ifdef NO_PLUGIN
    return NULL;
#endif
#ifdef NOTHING_BEHIND_THE_VERSION
    /* Four bytes at the end of a page; reading one more ends the process. */
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const uint32_t version = ABI;
    mprotect(pages + page, page, PROT_NONE);
    memcpy(pages + page - sizeof version, &version, sizeof version);
    return (const slip_plugin *)(void *)(pages + page - sizeof version);
#endif
    return &PLUGIN;
}
