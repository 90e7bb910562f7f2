/*
 * Gradient descent on a quadratic, alone and with RNA: the points that descent visits, combined every ten steps, and descent
 * going on from there.
 *
 *     f(x) = sum k_i (x_i - 1)^2 / 2, with curvatures k_i from 1 to 10,000
 *
 * Prints the loss of both every 50 steps. Gradient descent alone would take tens of thousands.
 */
#include <math.h>
#include <slipstream.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 1000, WINDOW = 10, STEPS = 400 };

/* Ends the program with the library's message if a call went wrong. */
static void check(slip_status status) {
    if (status >= 0) return;
    fprintf(stderr, "%s: %s\n", slip_status_name(status), slip_last_error());
    exit(1);
}

static double curvature(int i) { return pow(10000, (double)i / (COUNT - 1)); }

static double loss(const double *x) {
    double sum = 0;
    for (int i = 0; i < COUNT; i++) sum += curvature(i) * (x[i] - 1) * (x[i] - 1) / 2;
    return sum;
}

static void descend(double *x) {
    for (int i = 0; i < COUNT; i++) x[i] -= curvature(i) * (x[i] - 1) / curvature(COUNT - 1);
}

int main(void) {
    static double plain[COUNT], accelerated[COUNT];
    slip_rna_f64 *rna;
    slip_const_segment_f64 point = {accelerated, COUNT};
    slip_segment_f64 target = {accelerated, COUNT};
    check(slip_rna_create_f64(COUNT, &rna));
    check(slip_rna_set_f64(rna, "window", WINDOW));
    check(slip_rna_set_f64(rna, "regularization", 1e-12));
    check(slip_rna_start_f64(rna, &point, 1));

    printf("%6s %14s %14s\n", "step", "descent", "with RNA");
    for (int step = 1; step <= STEPS; step++) {
        descend(plain);
        descend(accelerated);
        check(slip_rna_push_f64(rna, &point, 1));
        if (step % WINDOW == 0) {
            check(slip_rna_extrapolate_f64(rna, &target, 1));
            check(slip_rna_reset_f64(rna));
            check(slip_rna_start_f64(rna, &point, 1));
        }
        if (step % 50 == 0) printf("%6d %14.6e %14.6e\n", step, loss(plain), loss(accelerated));
    }
    slip_rna_destroy_f64(rna);
    return loss(accelerated) < loss(plain) / 10 ? 0 : 1;
}
