/* Tests of a C program: each is a function; a failed check says where and ends it. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

static int tests_passed, tests_failed;

#define CHECK(condition)                                                            \
    do {                                                                            \
        if (!(condition)) {                                                         \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                  \
            return 0;                                                               \
        }                                                                           \
    } while (0)

/* As CHECK, for calls that have to succeed: says what was wrong. */
#define CHECK_OK(call)                                                                          \
    do {                                                                                        \
        slip_status check_status = (call);                                                      \
        if (check_status != SLIP_OK) {                                                          \
            printf("%s:%d: %s is %s: %s\n", __FILE__, __LINE__, #call,                          \
                   slip_status_name(check_status), slip_last_error());                          \
            return 0;                                                                           \
        }                                                                                       \
    } while (0)

/* The steps between let a name made by a macro show as what it stands for. */
#define RUN_NAME(test) #test
#define RUN_EXPANDED(test) RUN_NAMED(test, RUN_NAME(test))
#define RUN(test) RUN_EXPANDED(test)
#define RUN_NAMED(test, name)                              \
    do {                                                   \
        if (test()) {                                      \
            tests_passed++;                                \
        } else {                                           \
            tests_failed++;                                \
            printf("failed: %s\n", name);                  \
        }                                                  \
    } while (0)

/* Prints the last line, which Tests/CAPI/run counts, and returns what main has to. */
static int report(void) {
    printf("%d passed, %d failed\n", tests_passed, tests_failed);
    return tests_failed != 0;
}

#endif
