/* slipstream.h as a C program sees it. */
#include <math.h>
#include <pthread.h>
#include <slipstream.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "check.h"

#define CASES "rna_cases.h"
#include "precisions.h"

static int the_library_is_the_one_that_the_header_describes(void) {
    CHECK(strcmp(slip_version(), SLIP_VERSION) == 0);
    CHECK(slip_abi_version() == SLIP_ABI_VERSION);
    CHECK(strcmp(slip_status_name(SLIP_WRONG_COUNT), "SLIP_WRONG_COUNT") == 0);
    CHECK(strcmp(slip_status_name((slip_status)99), "unknown status") == 0);
    return 1;
}

static void *fail_elsewhere(void *before) {
    *(int *)before = strcmp(slip_last_error(), "") == 0;
    slip_rna_reset_f64(NULL);
    slip_rna_create_f64(3, NULL);
    return NULL;
}

static int each_thread_has_its_own_last_error(void) {
    pthread_t thread;
    int clean = 0;
    slip_rna_f32 *rna;
    CHECK_OK(slip_rna_create_f32(3, &rna));
    CHECK(slip_rna_set_f32(rna, "nothing", 1) == SLIP_UNKNOWN_NAME);
    CHECK(pthread_create(&thread, NULL, fail_elsewhere, &clean) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(clean);
    CHECK(strstr(slip_last_error(), "'nothing'") != NULL);
    slip_rna_destroy_f32(rna);
    return 1;
}

static int a_long_message_is_cut_and_stays_a_text(void) {
    char name[5000];
    slip_rna_f32 *rna;
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    CHECK_OK(slip_rna_create_f32(3, &rna));
    CHECK(slip_rna_set_f32(rna, name, 1) == SLIP_UNKNOWN_NAME);
    CHECK(strlen(slip_last_error()) > 100 && strlen(slip_last_error()) < 5000);
    CHECK(slip_rna_set_f32(rna, "\xff\xfe", 1) == SLIP_UNKNOWN_NAME);
    slip_rna_destroy_f32(rna);
    return 1;
}

int main(void) {
    RUN(the_library_is_the_one_that_the_header_describes);
    RUN(each_thread_has_its_own_last_error);
    RUN(a_long_message_is_cut_and_stays_a_text);
    run_all_f32();
    run_all_f64();
    return report();
}
