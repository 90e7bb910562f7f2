/* slip_..._save_ and slip_..._load_. */
#include <math.h>
#include <slipstream.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "rules.h"

/* Loads into RNA of the other precision. */
static slip_status slip_other_load_f32(const void *block, size_t size) {
    const slip_layout_segment layout = {14, 1, 0};
    slip_rna_f64 *rna;
    if (slip_rna_create_with_layout_f64(&layout, 1, &rna) != SLIP_OK) return SLIP_OK;
    slip_status status = slip_rna_load_f64(rna, block, size);
    slip_rna_destroy_f64(rna);
    return status;
}

static slip_status slip_other_load_f64(const void *block, size_t size) {
    const slip_layout_segment layout = {14, 1, 0};
    slip_rna_f32 *rna;
    if (slip_rna_create_with_layout_f32(&layout, 1, &rna) != SLIP_OK) return SLIP_OK;
    slip_status status = slip_rna_load_f32(rna, block, size);
    slip_rna_destroy_f32(rna);
    return status;
}

#define CASES "saved_cases.h"
#include "precisions.h"

int main(void) {
    run_all_f32();
    run_all_f64();
    return report();
}
