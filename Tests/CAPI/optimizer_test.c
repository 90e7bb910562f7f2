/* slip_optimizer_..., against every rule written again. */
#include <math.h>
#include <slipstream.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "rules.h"

#define CASES "optimizer_cases.h"
#include "precisions.h"

int main(void) {
    run_all_f32();
    run_all_f64();
    return report();
}
