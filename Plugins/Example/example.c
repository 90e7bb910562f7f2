/* What the library brings: one optimizer and one accelerator. */
#include "example.h"

static const slip_plugin_optimizer *const OPTIMIZERS[] = {&sign_descent};
static const slip_plugin_accelerator *const ACCELERATORS[] = {&polynomial_average};

static const slip_plugin PLUGIN = {
    SLIP_PLUGIN_ABI_VERSION, sizeof(slip_plugin), "example", "1.0.0", OPTIMIZERS, 1, ACCELERATORS, 1,
};

const slip_plugin *slip_plugin_entry(void) { return &PLUGIN; }
