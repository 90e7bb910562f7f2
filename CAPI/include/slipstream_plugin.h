/*
 * Slipstream plugins: optimizers and accelerators of your own in a shared library, written in anything that can be called
 * from C. The command line finds the libraries in the folders that SLIPSTREAM_PLUGIN_PATH names, and uses what they bring
 * as if it were built in: settings, checkpoints and reports included.
 *
 * A plugin exports one function, slip_plugin_entry, which returns a description made of the structures below. Everything
 * that it points to belongs to the plugin and stays as it is for as long as the process lives: the library is not unloaded.
 * This header is all that a plugin needs; it links against nothing of Slipstream's. Every other function should be static, or
 * hidden with -fvisibility=hidden: of two exported functions of one name, the one that was loaded first is called, and the C
 * library has a `step`.
 *
 * Rules for every function of a plugin:
 *
 * - Sizes. Structures begin with their size, set to sizeof by whoever makes them, so that members can be added at the end:
 *   a function must not touch members of the host's that lie beyond `size`, and the host takes members beyond a plugin's for
 *   zero. Members called `reserved` keep a place for that, and are 0. slip_plugin alone begins with the version.
 * - Status. It returns 0 (SLIP_PLUGIN_OK), a positive status where one is named, or something negative: an error. After an
 *   error the host asks last_error for the reason and ends the run with it, except reset (the state is made anew), fill
 *   (counts as nothing held) and withdraw (ignored).
 * - Ownership. Vectors, names, structures and blocks that it is given belong to the host and hold until it returns; it keeps
 *   no pointer to them. A state belongs to the plugin; the host hands it back to destroy once.
 * - Threads. A state is used by one thread at a time, which may be another one from call to call; different states may be
 *   used at the same time. A function may use up to `threads` threads of its own, which are done when it returns.
 * - Results. They depend on what was passed alone, not on time, addresses or the number of threads that happened to run, so
 *   that a resumed run ends with the same bits.
 * - It does not print, exit, abort, raise a C++ exception through the interface, or leave it by longjmp. The plugin is part
 *   of the process: what it breaks is broken.
 * - Vectors are aligned as their type is, blocks to 64 bytes; none overlap. A count may be 0; the vector may then be null.
 */
#ifndef SLIPSTREAM_PLUGIN_H
#define SLIPSTREAM_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface. A plugin of another one is refused, and nothing else of it is looked at. */
#define SLIP_PLUGIN_ABI_VERSION 1

/* What came of a call. Any other negative number is an error as well. */
enum {
    /* Done. */
    SLIP_PLUGIN_OK = 0,
    /* propose only: nothing to propose yet. No error. */
    SLIP_PLUGIN_NO_PROPOSAL = 1,
    /* It failed. */
    SLIP_PLUGIN_FAILED = -1,
    /* The memory could not be had. */
    SLIP_PLUGIN_OUT_OF_MEMORY = -2,
    /* load only: the block was not written by this plugin, or by another version of it. */
    SLIP_PLUGIN_BAD_BLOCK = -3,
    /* An argument that is not allowed, such as the name of a setting that does not exist. */
    SLIP_PLUGIN_BAD_ARGUMENT = -4
};

/* Which values of a setting are allowed, besides its bounds. */
enum {
    /* Whole numbers only. */
    SLIP_PLUGIN_WHOLE = 1,
    /* Values above `least`, which itself is not allowed. */
    SLIP_PLUGIN_ABOVE_LEAST = 2,
    /* Values below `greatest`, which itself is not allowed. */
    SLIP_PLUGIN_BELOW_GREATEST = 4
};

/* A number that a method can be tuned by. The host checks values: a plugin is only given what this allows. */
typedef struct slip_plugin_setting {
    size_t size;
    /* The name: lower-case letters, digits and hyphens, beginning with a letter, at most 64. Unique in the method. */
    const char *name;
    /* What it does, in one sentence. */
    const char *summary;
    /* The value if none is given. */
    double standard;
    /* The bounds: `least` is finite, `greatest` is finite or INFINITY. With SLIP_PLUGIN_WHOLE both are whole numbers that
       double holds exactly. */
    double least;
    double greatest;
    /* SLIP_PLUGIN_WHOLE and so on, added up. */
    uint32_t flags;
    /* 0. */
    uint32_t reserved;
} slip_plugin_setting;

/* What a piece of the parameter vector is. */
enum {
    /* Filters and matrices: what weight decay and other regularisation should act on. */
    SLIP_PLUGIN_REGULARIZED = 1,
    /* A running statistic of batch normalisation: kept by the network, without a gradient. */
    SLIP_PLUGIN_STATISTIC = 2
};

/* One named tensor of the parameter vector. An element of a list, so it has no size, and never gets further members. */
typedef struct slip_plugin_segment {
    /* The tensor's name in the network, in UTF-8. */
    const char *name;
    /* Its elements are those from `start` on. */
    size_t start;
    size_t count;
    /* SLIP_PLUGIN_REGULARIZED and so on, added up. */
    uint32_t flags;
    /* 0. */
    uint32_t reserved;
} slip_plugin_segment;

/* What a state is made for. */
typedef struct slip_plugin_layout {
    size_t size;
    /* The number of elements of a vector: for an optimizer of the trainable part of the parameters, for an accelerator of a whole point. */
    size_t count;
    /* How many elements a gradient has: it is that of the first so many elements. At most `count`. */
    size_t gradient_count;
    /* The tensors, by rising start, without gaps. Null and 0 for an accelerator: it is given points as a whole. */
    const slip_plugin_segment *segments;
    size_t segment_count;
} slip_plugin_layout;

/* A step of an optimizer. */
typedef struct slip_plugin_step_f32 {
    size_t size;
    /* The point that the gradient was taken at; the next point is written here. */
    float *parameters;
    /* The loss's gradient there. It may have elements that are not finite. */
    const float *gradient;
    /* The number of elements of each. */
    size_t count;
    /* The loss there, finite. */
    double loss;
    /* The learning rate, finite and at least 0. 0 for an optimizer with SLIP_PLUGIN_OWN_STEP_LENGTH. */
    double learning_rate;
    /* How many steps were done before this one. */
    uint64_t step;
    /* How many steps make an epoch, at least 1. */
    uint64_t steps_per_epoch;
    /* How many threads may be used, at least 1. */
    uint32_t threads;
    /* To be written by an optimizer with SLIP_PLUGIN_OWN_STEP_LENGTH: the step length taken, for logs and reports. */
    double step_length;
} slip_plugin_step_f32;

typedef struct slip_plugin_step_f64 {
    size_t size;
    double *parameters;
    const double *gradient;
    size_t count;
    double loss;
    double learning_rate;
    uint64_t step;
    uint64_t steps_per_epoch;
    uint32_t threads;
    double step_length;
} slip_plugin_step_f64;

/* A point that a run has come to. */
typedef struct slip_plugin_point_f32 {
    size_t size;
    /* The point, finite, running statistics included. */
    const float *point;
    size_t count;
    /* The mean of the gradients since the last point; null unless the accelerator has SLIP_PLUGIN_MEAN_GRADIENT. */
    const float *mean_gradient;
    size_t gradient_count;
    /* How many threads may be used, at least 1. */
    uint32_t threads;
    /* 0. */
    uint32_t reserved;
} slip_plugin_point_f32;

typedef struct slip_plugin_point_f64 {
    size_t size;
    const double *point;
    size_t count;
    const double *mean_gradient;
    size_t gradient_count;
    uint32_t threads;
    uint32_t reserved;
} slip_plugin_point_f64;

/*
 * The functions on a state that optimizers and accelerators share.
 *
 * set     Gives a setting a value that its declaration allows. The host sets every one after create, before anything else,
 *         and again where a later stage of a run has other values. Null if there are no settings.
 * save    Writes everything that the state remembers, but for its settings, as one block, and the block's size to *size.
 *         With a null block and a capacity of 0 only the size is written; a capacity below it is an error. The same state
 *         gives the same block. Null, together with load, for a method that remembers nothing.
 * load    Takes over a block that save wrote, after which the state goes on with the same bits. The state has just been made
 *         and has its settings. The block may be another version's, or of a run of another size: load must find that out.
 * reset   Forgets everything but the settings. Null: the host destroys the state and makes another one.
 * destroy Frees the state. Never null; never given a null state.
 * last_error
 *         Why the last call with this state failed, in one sentence in UTF-8, at most 1000 bytes; for a null state, why the
 *         last create on this thread failed. It holds until the next call with the state. Null, or a null or empty text,
 *         leaves the host with the status alone.
 */

/* What an optimizer is. */
enum {
    /* It finds its own step length and tells it as step_length: no learning rate is given. */
    SLIP_PLUGIN_OWN_STEP_LENGTH = 1
};

/* An update rule. */
typedef struct slip_plugin_optimizer {
    size_t size;
    /* The name that it is chosen by; of the same form as a setting's, and not that of another optimizer. */
    const char *name;
    /* What it is, in one sentence. */
    const char *summary;
    /* SLIP_PLUGIN_OWN_STEP_LENGTH or 0. */
    uint32_t flags;
    /* Its settings; null if setting_count is 0. */
    const slip_plugin_setting *const *settings;
    size_t setting_count;

    /* Makes a state before the first step and writes it to *state. create_f64 may be null, together with step_f64. */
    int (*create_f32)(const slip_plugin_layout *layout, void **state);
    int (*create_f64)(const slip_plugin_layout *layout, void **state);
    /* Writes the next point. After an error the run ends, and what the parameters hold does not matter. */
    int (*step_f32)(void *state, slip_plugin_step_f32 *step);
    int (*step_f64)(void *state, slip_plugin_step_f64 *step);

    int (*set)(void *state, const char *name, double value);
    int (*save)(void *state, void *block, size_t capacity, size_t *size);
    int (*load)(void *state, const void *block, size_t size);
    int (*reset)(void *state);
    void (*destroy)(void *state);
    const char *(*last_error)(void *state);
} slip_plugin_optimizer;

/* What an accelerator is. */
enum {
    /* It wants the mean of the gradients since the last point. */
    SLIP_PLUGIN_MEAN_GRADIENT = 1
};

/* A way to combine the points that a run visits, one an epoch, into a better one. */
typedef struct slip_plugin_accelerator {
    size_t size;
    /* The name that it is chosen by; of the same form as a setting's, and not that of another accelerator. */
    const char *name;
    /* What it is, in one sentence. */
    const char *summary;
    /* SLIP_PLUGIN_MEAN_GRADIENT or 0. */
    uint32_t flags;
    /* Its settings; null if setting_count is 0. */
    const slip_plugin_setting *const *settings;
    size_t setting_count;

    /* Makes a state before the first point and writes it to *state. The functions of f64 may be null, all together. */
    int (*create_f32)(const slip_plugin_layout *layout, void **state);
    int (*create_f64)(const slip_plugin_layout *layout, void **state);
    /* Tells where the run starts, or goes on from where that is not the last point. Null if that does not matter. */
    int (*start_f32)(void *state, const slip_plugin_point_f32 *point);
    int (*start_f64)(void *state, const slip_plugin_point_f64 *point);
    /* Tells which point the run has come to. */
    int (*observe_f32)(void *state, const slip_plugin_point_f32 *point);
    int (*observe_f64)(void *state, const slip_plugin_point_f64 *point);
    /*
     * Writes a point to try, of as many elements as a point; on entry the target holds the last point observed, or the start.
     * SLIP_PLUGIN_NO_PROPOSAL if there is none yet. One with elements that are not finite is rejected by the host, and
     * counted. The host measures a proposal and may not take it: see withdraw.
     */
    int (*propose_f32)(void *state, float *target, size_t count, uint32_t threads);
    int (*propose_f64)(void *state, double *target, size_t count, uint32_t threads);
    /* Writes how many points the next proposal would combine, and with how many the window is full, at least 1: a run that
       restarts does so then. */
    int (*fill)(void *state, size_t *held, size_t *window);
    /* Tells that the last proposal was not taken. Null if that does not matter. */
    int (*withdraw)(void *state);

    int (*set)(void *state, const char *name, double value);
    int (*save)(void *state, void *block, size_t capacity, size_t *size);
    int (*load)(void *state, const void *block, size_t size);
    int (*reset)(void *state);
    void (*destroy)(void *state);
    const char *(*last_error)(void *state);
} slip_plugin_accelerator;

/* What a library brings. All of it is taken or none. */
typedef struct slip_plugin {
    /* SLIP_PLUGIN_ABI_VERSION. Read before anything else. */
    uint32_t abi_version;
    size_t size;
    /* The plugin's name, of the same form as a setting's, and not that of another plugin. */
    const char *name;
    /* The plugin's version, such as "1.2.0", at most 64 bytes. */
    const char *version;
    /* The optimizers; null if optimizer_count is 0. At most 256. */
    const slip_plugin_optimizer *const *optimizers;
    size_t optimizer_count;
    /* The accelerators; null if accelerator_count is 0. At most 256. */
    const slip_plugin_accelerator *const *accelerators;
    size_t accelerator_count;
} slip_plugin;

#if defined(__GNUC__)
#define SLIP_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define SLIP_PLUGIN_EXPORT
#endif

/*
 * The function that a plugin exports. Called once, when the library is loaded. Null if the plugin cannot work here.
 */
SLIP_PLUGIN_EXPORT const slip_plugin *slip_plugin_entry(void);

#ifdef __cplusplus
}
#endif

#endif
