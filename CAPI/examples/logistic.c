/*
 * Logistic regression by gradient descent, observed by RNA with adaptive regularization: the loop stays as it is, and after
 * every tenth epoch the library proposes points, of which the one with the least loss is kept beside the run's own.
 *
 * Prints the loss of the run and that of the best proposal. The weights and the bias lie in two pieces of memory.
 */
#include <math.h>
#include <slipstream.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 500, FEATURES = 30, EPOCHS = 100 };

struct model {
    float weights[FEATURES];
    float bias;
};

static float features[ROWS][FEATURES];
static float labels[ROWS];

/* Ends the program with the library's message if a call went wrong. */
static slip_status checked(slip_status status) {
    if (status >= 0) return status;
    fprintf(stderr, "%s: %s\n", slip_status_name(status), slip_last_error());
    exit(1);
}

/* Numbers between -1 and 1 that are the same on every machine. */
static float noise(void) {
    static uint32_t state = 12345;
    state = state * 1664525u + 1013904223u;
    return (float)(state >> 8) / (1 << 23) - 1;
}

/* Features of very different scales, which makes descent slow, and labels of a line with noise. */
static void make_data(void) {
    for (int i = 0; i < ROWS; i++) {
        float sum = 0;
        for (int j = 0; j < FEATURES; j++) {
            features[i][j] = noise() * 2 / (1 + 0.3f * (float)j);
            sum += features[i][j] * (j % 2 ? 1 : -1) * (1 + 0.3f * (float)j);
        }
        labels[i] = sum + 4 * noise() > 0;
    }
}

/* The mean cross-entropy, with a little weight decay; the gradient too where one is wanted. */
static double loss(const struct model *m, struct model *gradient) {
    double sum = 0;
    if (gradient) *gradient = (struct model){{0}, 0};
    for (int i = 0; i < ROWS; i++) {
        double z = m->bias;
        for (int j = 0; j < FEATURES; j++) z += m->weights[j] * features[i][j];
        sum += log1p(exp(-fabs(z))) + (z > 0 ? z : 0) - z * labels[i];
        if (!gradient) continue;
        float slope = (float)((1 / (1 + exp(-z)) - labels[i]) / ROWS);
        for (int j = 0; j < FEATURES; j++) gradient->weights[j] += slope * features[i][j];
        gradient->bias += slope;
    }
    double squares = 0;
    for (int j = 0; j < FEATURES; j++) {
        squares += m->weights[j] * m->weights[j];
        if (gradient) gradient->weights[j] += 1e-4f * m->weights[j];
    }
    return sum / ROWS + 1e-4 * squares / 2;
}

int main(void) {
    static struct model model, gradient, trial;
    slip_const_segment_f32 point[] = {{model.weights, FEATURES}, {&model.bias, 1}};
    slip_segment_f32 target[] = {{trial.weights, FEATURES}, {&trial.bias, 1}};
    slip_rna_f32 *rna;
    double plain = 0, best = 0;
    make_data();
    checked(slip_rna_create_f32(FEATURES + 1, &rna));
    checked(slip_rna_set_f32(rna, "grid", 2));

    printf("%6s %10s %10s %12s\n", "epoch", "descent", "with RNA", "lambda");
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        loss(&model, &gradient);
        for (int j = 0; j < FEATURES; j++) model.weights[j] -= 2 * gradient.weights[j];
        model.bias -= 2 * gradient.bias;
        checked(slip_rna_push_f32(rna, point, 2));
        if (epoch % 10 != 0) continue;

        slip_rna_candidate found = {.size = sizeof found};
        plain = best = loss(&model, NULL);
        checked(slip_rna_search_begin_f32(rna, plain));
        while (checked(slip_rna_search_next_f32(rna, target, 2, NULL)) == SLIP_OK) {
            checked(slip_rna_search_report_f32(rna, loss(&trial, NULL)));
        }
        if (checked(slip_rna_search_finish_f32(rna, target, 2, &found)) == SLIP_OK) best = found.objective;
        printf("%6d %10.6f %10.6f %12.3e\n", epoch, plain, best, found.regularization);
    }
    slip_rna_destroy_f32(rna);
    return best < plain ? 0 : 1;
}
