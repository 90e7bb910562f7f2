/*
 * Calls with arguments that no call can do anything with: null, zero, negative, not finite, huge, overlapping, misaligned,
 * too early. Each has to return the status that is expected, leave a message, and change nothing.
 */
#include <math.h>
#include <signal.h>
#include <slipstream.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

static const char *row = "the set-up";
static slip_rna_f32 *marker;
static unsigned char picture_before[65536], picture_after[65536];

/* A call that crashes is named before the program ends. */
static void crashed(int number) {
    const char text[] = "failed: crashed in ";
    if (write(1, text, sizeof text - 1) < 0 || write(1, row, strlen(row)) < 0 || write(1, "\n", 1) < 0) _exit(3);
    _exit(128 + number);
}

/* Leaves a message of its own behind, so that a call that leaves none is seen. */
static void begin_row(const char *call) {
    row = call;
    slip_rna_set_f32(marker, "the-marker", 1);
}

static void end_row(slip_status expected, slip_status found, size_t (*picture)(unsigned char *)) {
    const char *fault = NULL;
    char message[2048];
    snprintf(message, sizeof message, "%s", slip_last_error());
    if (found != expected) fault = slip_status_name(found);
    else if (strlen(message) < 10 || strstr(message, "the-marker")) fault = "no message";
    /* Refusals of what is not finite are counted. */
    size_t size = picture(picture_after);
    if (expected == SLIP_NOT_FINITE) memcpy(picture_before, picture_after, size);
    else if (!fault && memcmp(picture_before, picture_after, size) != 0) fault = "something has changed";
    if (fault) {
        printf("failed: %s: %s, not %s: %s\n", row, fault, slip_status_name(expected), message);
        memcpy(picture_before, picture_after, size);
        tests_failed++;
    } else {
        tests_passed++;
    }
}

#define CASES "bad_cases.h"
#include "precisions.h"

static int there_are_at_least_200(void) {
    CHECK(tests_passed + tests_failed >= 200);
    return 1;
}

int main(void) {
    signal(SIGSEGV, crashed);
    signal(SIGBUS, crashed);
    signal(SIGABRT, crashed);
    signal(SIGILL, crashed);
    signal(SIGTRAP, crashed);
    if (slip_rna_create_f32(1, &marker) != SLIP_OK) return 1;
    run_all_f32();
    run_all_f64();
    RUN(there_are_at_least_200);
    slip_rna_destroy_f32(marker);
    return report();
}
