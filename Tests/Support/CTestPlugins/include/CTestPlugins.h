#ifndef SLIPSTREAM_TEST_PLUGINS_H
#define SLIPSTREAM_TEST_PLUGINS_H

#include <stddef.h>
#include <stdint.h>

// By its place: no search path leads from here to the folder of a system library.
#include "../../../../CAPI/include/slipstream_plugin.h"

/// A plugin with an optimizer for single and double precision (`test-descent`), one that finds its own step length and has
/// single precision alone (`test-own-length`), an accelerator for both precisions (`test-scale`), and one without memory
/// (`test-echo`).
const slip_plugin *test_plugin(void);

/// What the plugin was called with since ``test_plugin_forget``, and what it is to do wrong.
typedef struct test_plugin_log {
    // States made and destroyed.
    int created;
    int destroyed;
    // Calls of `set`, `start`, `withdraw` and `reset`, and of `step` in all.
    int sets;
    int starts;
    int withdrawn;
    int resets;
    int steps;
    // What the last create was told.
    size_t count;
    size_t gradient_count;
    size_t segments;
    char names[256];
    uint32_t flags[8];
    // What the last step was told.
    double loss;
    uint64_t step;
    uint64_t steps_per_epoch;
    uint32_t threads;
    // The first element of the last mean gradient; NaN if it was null.
    double mean_gradient;

    // What to do wrong: statuses to return, 0 for none.
    int create_status;
    int step_status;
    int observe_status;
    int propose_status;
    int save_status;
    int load_status;
    int set_status;
    // Whether create returns no state, propose writes NaN, save writes less than it said, fill tells nonsense.
    int creates_null;
    int proposes_nan;
    int saves_short;
    int fills_wrong;
    // Whether last_error returns null, an empty text, or a text that never ends.
    int error_kind;
} test_plugin_log;

/// The log, which only one thread may use at a time.
test_plugin_log *test_plugin_state(void);

/// Clears the log.
void test_plugin_forget(void);

/// A copy of ``test_plugin`` that a test may change, with structures of its own; never freed. `name` is the plugin's and, with
/// an ending, its methods'.
slip_plugin *test_plugin_copy(const char *name);

/// The parts of a copy that a test may change.
slip_plugin_optimizer *test_plugin_optimizer(slip_plugin *plugin);
slip_plugin_accelerator *test_plugin_accelerator(slip_plugin *plugin);
slip_plugin_setting *test_plugin_setting(slip_plugin *plugin);

#endif
