/*
 * Handles on several threads at the same time, each with helper threads of the library's: what comes of it is what comes of
 * it on one thread, bit for bit. Built a second time with the thread sanitizer, see Tests/CAPI/run.
 */
#include <math.h>
#include <pthread.h>
#include <slipstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { COUNT = 70000, STEPS = 5, THREADS = 4 };

/* What one thread makes: an extrapolation, an average, weights after some steps, and a message. */
struct run {
    int number;
    int failed;
    float weights[COUNT], gradient[COUNT], extrapolation[COUNT], average[COUNT], loaded[COUNT];
    char message[256];
};

static int make(struct run *run) {
    float *w = run->weights;
    slip_rna_f32 *rna, *copy;
    slip_average_f32 *average;
    slip_optimizer_f32 *rule;
    slip_segment_f32 weights[] = {{w, 11111}, {w + 11111, COUNT - 11111}}, better = {run->extrapolation, COUNT};
    slip_segment_f32 mean = {run->average, COUNT}, again = {run->loaded, COUNT};
    slip_const_segment_f32 point = {w, COUNT}, slope = {run->gradient, COUNT};
    size_t size;
    for (int i = 0; i < COUNT; i++) w[i] = (float)sin(i + run->number);
    CHECK_OK(slip_rna_create_f32(COUNT, &rna));
    CHECK_OK(slip_rna_create_f32(COUNT, &copy));
    CHECK_OK(slip_average_create_f32("uniform-average", COUNT, &average));
    CHECK_OK(slip_optimizer_create_f32("adam", COUNT, &rule));
    CHECK_OK(slip_rna_set_f32(rna, "threads", 2 + run->number % 2));
    CHECK_OK(slip_optimizer_set_f32(rule, "threads", 2));
    CHECK_OK(slip_optimizer_set_f32(rule, "learning-rate", 0.1));
    for (int step = 0; step < STEPS; step++) {
        for (int i = 0; i < COUNT; i++) run->gradient[i] = w[i] * (float)(1 + i % 3);
        CHECK_OK(slip_optimizer_step_f32(rule, weights, 2, &slope, 1, 0));
        CHECK_OK(slip_rna_push_f32(rna, &point, 1));
        CHECK_OK(slip_average_push_f32(average, &point, 1));
        CHECK(slip_rna_set_f32(rna, "window", -run->number) == SLIP_OUT_OF_RANGE);
        snprintf(run->message, sizeof run->message, "%s", slip_last_error());
    }
    CHECK_OK(slip_rna_extrapolate_f32(rna, &better, 1));
    CHECK_OK(slip_average_propose_f32(average, &mean, 1));
    CHECK_OK(slip_rna_save_f32(rna, NULL, 0, &size));
    void *block = malloc(size);
    CHECK_OK(slip_rna_save_f32(rna, block, size, &size));
    CHECK_OK(slip_rna_load_f32(copy, block, size));
    CHECK_OK(slip_rna_extrapolate_f32(copy, &again, 1));
    free(block);
    slip_rna_destroy_f32(rna);
    slip_rna_destroy_f32(copy);
    slip_average_destroy_f32(average);
    slip_optimizer_destroy_f32(rule);
    return 1;
}

static void *make_in_a_thread(void *run) {
    ((struct run *)run)->failed = !make(run);
    return NULL;
}

static int handles_on_several_threads_do_not_disturb_one_another(void) {
    static struct run alone[THREADS], together[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        together[i].number = i;
        CHECK(pthread_create(threads + i, NULL, make_in_a_thread, together + i) == 0);
    }
    for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    for (int i = 0; i < THREADS; i++) {
        alone[i].number = i;
        CHECK(make(alone + i));
        CHECK(memcmp(alone + i, together + i, sizeof *alone) == 0);
        CHECK(memcmp(alone[i].extrapolation, alone[i].loaded, sizeof alone->loaded) == 0);
    }
    return 1;
}

/* A handle that goes from thread to thread. */
static slip_rna_f64 *wandering;

static void *push_one(void *value) {
    slip_const_segment_f64 point = {value, 3};
    return slip_rna_push_f64(wandering, &point, 1) == SLIP_OK ? value : NULL;
}

static int a_handle_may_go_from_thread_to_thread(void) {
    double points[5][3], result[3];
    slip_segment_f64 target = {result, 3};
    CHECK_OK(slip_rna_create_f64(3, &wandering));
    CHECK_OK(slip_rna_set_f64(wandering, "regularization", 0));
    for (int i = 0; i < 5; i++) {
        pthread_t thread;
        void *returned;
        for (int j = 0; j < 3; j++) points[i][j] = pow(0.5 + 0.1 * j, i);
        CHECK(pthread_create(&thread, NULL, push_one, points[i]) == 0);
        CHECK(pthread_join(thread, &returned) == 0);
        CHECK(returned == points[i]);
    }
    CHECK_OK(slip_rna_extrapolate_f64(wandering, &target, 1));
    slip_rna_destroy_f64(wandering);
    /* The method is linear in three dimensions and comes to 0: four residuals tell that. */
    CHECK(fabs(result[0]) < 1e-9 && fabs(result[1]) < 1e-9 && fabs(result[2]) < 1e-9);
    return 1;
}

int main(void) {
    RUN(handles_on_several_threads_do_not_disturb_one_another);
    RUN(a_handle_may_go_from_thread_to_thread);
    return report();
}
