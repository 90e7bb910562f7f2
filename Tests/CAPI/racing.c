/*
 * What is not allowed: one handle on two threads at once. The thread sanitizer has to see it, or its silence about
 * threads_test.c says nothing.
 */
#include <pthread.h>
#include <slipstream.h>

static slip_rna_f64 *shared;

static void *push_often(void *value) {
    slip_const_segment_f64 point = {value, 3};
    for (int i = 0; i < 1000; i++) slip_rna_push_f64(shared, &point, 1);
    return NULL;
}

int main(void) {
    double points[2][3] = {{1, 2, 3}, {4, 5, 6}};
    pthread_t threads[2];
    if (slip_rna_create_f64(3, &shared) != SLIP_OK) return 1;
    push_often(points[0]);
    for (int i = 0; i < 2; i++) {
        if (pthread_create(threads + i, NULL, push_often, points[i]) != 0) return 1;
    }
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    slip_rna_destroy_f64(shared);
    return 0;
}
