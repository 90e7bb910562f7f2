/*
 * Times one extrapolation step through the C ABI, as `slipstream bench-rna` times it from Swift: the same points, on the same
 * kind of memory. Prints the median seconds of a step, a push and a combination.
 *
 *     capi DIMENSION WINDOW ROUNDS THREADS
 */
#define _GNU_SOURCE
#include <slipstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static void check(slip_status status) {
    if (status >= 0) return;
    fprintf(stderr, "capi: %s: %s\n", slip_status_name(status), slip_last_error());
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* On huge pages where the kernel has them, as Slipstream's own buffers are. */
static float *allocate(size_t count) {
    void *memory = NULL;
    const size_t huge = 2 << 20, bytes = (count * sizeof(float) + huge - 1) / huge * huge;
    if (posix_memalign(&memory, huge, bytes) != 0) {
        fprintf(stderr, "capi: no memory for %zu numbers\n", count);
        exit(1);
    }
    madvise(memory, bytes, MADV_HUGEPAGE);
    return memory;
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, ascending);
    return values[count / 2];
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: capi DIMENSION WINDOW ROUNDS THREADS\n");
        return 2;
    }
    const size_t count = strtoull(argv[1], NULL, 10);
    const int window = atoi(argv[2]), rounds = atoi(argv[3]);
    double *pushes = calloc((size_t)rounds, sizeof *pushes), *combinations = calloc((size_t)rounds, sizeof *pushes);
    double *sums = calloc((size_t)rounds, sizeof *pushes);
    float *points[3], *target = allocate(count);
    slip_rna_f32 *rna;
    check(slip_rna_create_f32(count, &rna));
    check(slip_rna_set_f32(rna, "window", window));
    check(slip_rna_set_f32(rna, "threads", atof(argv[4])));
    for (uint64_t seed = 0; seed < 3; seed++) {
        uint64_t random = seed + 1;
        points[seed] = allocate(count);
        for (size_t i = 0; i < count; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            points[seed][i] = (float)((double)(random >> 40) * 0x1p-24 - 0.5);
        }
    }
    for (int round = 0; round <= window + rounds; round++) {
        const slip_const_segment_f32 point = {points[round % 3], count};
        const slip_segment_f32 result = {target, count};
        const double start = now();
        check(slip_rna_push_f32(rna, &point, 1));
        const double pushed = now();
        if (round <= window) continue;
        check(slip_rna_extrapolate_f32(rna, &result, 1));
        const double end = now();
        const int index = round - window - 1;
        pushes[index] = pushed - start, combinations[index] = end - pushed, sums[index] = end - start;
    }
    slip_rna_destroy_f32(rna);
    printf("%.6f %.6f %.6f\n", median(sums, rounds), median(pushes, rounds), median(combinations, rounds));
    return 0;
}
