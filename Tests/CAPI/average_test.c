/* slip_average_... */
#include <math.h>
#include <slipstream.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

#define CASES "average_cases.h"
#include "precisions.h"

int main(void) {
    run_all_f32();
    run_all_f64();
    return report();
}
