/* Calls that must be refused, for one precision: rows of a status and a call. */

/* What the rows are about: handles with something in them, handles with nothing, and vectors good and bad. */
static struct {
    NAME(slip_rna) *rna, *empty, *searching, *huge, *made;
    NAME(slip_optimizer) *rule, *unset, *nesterov, *displaced, *many, *new_rule;
    NAME(slip_average) *average, *none, *vast, *new_average;
    REAL x[8], y[8], bad[8], endless[8];
    NAME(slip_const_segment) in, null, shorter, longer, askew, beyond, nan, infinite, pair[2], wraps[3];
    NAME(slip_segment) out, nowhere, small, large, crooked, past, twice[2], same, poisoned;
    NAME(slip_const_segment) vast_in;
    NAME(slip_segment) vast_out;
    slip_layout_segment unknown, reserved, both, numbers[2], good;
    char block[4096], junk[256];
    size_t saved;
} NAME(t);

#define T NAME(t)

static int NAME(set_up)(void) {
    memset(&T, 0, sizeof T);
    for (int i = 0; i < 8; i++) T.x[i] = T.y[i] = T.bad[i] = T.endless[i] = (REAL)(i + 1);
    T.bad[3] = (REAL)NAN;
    T.endless[6] = (REAL)-INFINITY;
    const char *odd = (const char *)T.x + 1;
    NAME(slip_const_segment) in = {T.x, 7}, null = {NULL, 7}, shorter = {T.x, 6}, longer = {T.x, 8};
    NAME(slip_const_segment) askew = {(const REAL *)(const void *)odd, 7};
    NAME(slip_const_segment) beyond = {(const REAL *)(UINTPTR_MAX - 15), 7};
    NAME(slip_const_segment) nan = {T.bad, 7}, infinite = {T.endless, 7};
    T.in = in, T.null = null, T.shorter = shorter, T.longer = longer, T.askew = askew, T.beyond = beyond;
    T.nan = nan, T.infinite = infinite;
    NAME(slip_const_segment) half = {T.x, SIZE_MAX / 2}, rest = {T.x, 9}, first = {T.x, 3}, second = {NULL, 4};
    T.wraps[0] = half, T.wraps[1] = half, T.wraps[2] = rest, T.pair[0] = first, T.pair[1] = second;
    NAME(slip_segment) out = {T.y, 7}, nowhere = {NULL, 7}, small = {T.y, 6}, large = {T.y, 8}, same = {T.x, 7};
    NAME(slip_segment) crooked = {(REAL *)(void *)((char *)T.y + 2), 7}, past = {(REAL *)(UINTPTR_MAX - 7), 7};
    NAME(slip_segment) left = {T.y, 4}, right = {T.y + 3, 3}, poisoned = {T.bad, 7};
    T.out = out, T.nowhere = nowhere, T.small = small, T.large = large, T.crooked = crooked, T.past = past;
    T.same = same, T.twice[0] = left, T.twice[1] = right, T.poisoned = poisoned;
    NAME(slip_const_segment) vast_in = {T.x, SIZE_MAX / 4096};
    NAME(slip_segment) vast_out = {T.y, SIZE_MAX / 4096};
    T.vast_in = vast_in, T.vast_out = vast_out;
    slip_layout_segment unknown = {7, 16, 0}, reserved = {7, 1, 5}, both = {7, 1 | 4, 0}, good = {7, 1, 0};
    slip_layout_segment number = {SIZE_MAX / 1024, 1, 0};
    T.unknown = unknown, T.reserved = reserved, T.both = both, T.good = good, T.numbers[0] = T.numbers[1] = number;

    CHECK_OK(NAME(slip_rna_create)(7, &T.rna));
    CHECK_OK(NAME(slip_rna_create)(7, &T.empty));
    CHECK_OK(NAME(slip_rna_create)(7, &T.searching));
    CHECK_OK(NAME(slip_rna_create)(SIZE_MAX / 4096, &T.huge));
    for (int i = 0; i < 4; i++) {
        REAL point[7];
        for (int j = 0; j < 7; j++) point[j] = (REAL)(j + pow(0.5 + 0.05 * j, i));
        NAME(slip_const_segment) piece = {point, 7};
        CHECK_OK(NAME(slip_rna_push)(T.rna, &piece, 1));
        CHECK_OK(NAME(slip_rna_push)(T.searching, &piece, 1));
    }
    CHECK_OK(NAME(slip_rna_search_begin)(T.searching, 1));
    CHECK_OK(NAME(slip_optimizer_create)("sgd", 7, &T.rule));
    CHECK_OK(NAME(slip_optimizer_set)(T.rule, "learning-rate", 0.1));
    CHECK_OK(NAME(slip_optimizer_step)(T.rule, &T.out, 1, &T.in, 1, 0));
    CHECK_OK(NAME(slip_optimizer_create)("sgd", 7, &T.unset));
    CHECK_OK(NAME(slip_optimizer_create)("adaptive-nesterov", 7, &T.nesterov));
    CHECK_OK(NAME(slip_optimizer_create)("adaptive-nesterov", 7, &T.displaced));
    CHECK_OK(NAME(slip_optimizer_displace)(T.displaced, &T.out, 1));
    CHECK_OK(NAME(slip_optimizer_create)("sgd", SIZE_MAX / 4096, &T.many));
    CHECK_OK(NAME(slip_optimizer_set)(T.many, "learning-rate", 0.1));
    CHECK_OK(NAME(slip_average_create)("exponential-average", 7, &T.average));
    CHECK_OK(NAME(slip_average_push)(T.average, &T.in, 1));
    CHECK_OK(NAME(slip_average_create)("uniform-average", 7, &T.none));
    CHECK_OK(NAME(slip_average_create)("uniform-average", SIZE_MAX / 4096, &T.vast));
    CHECK_OK(NAME(slip_rna_save)(T.rna, T.block, sizeof T.block, &T.saved));
    memset(T.junk, 0x5a, sizeof T.junk);
    return 1;
}

static void NAME(tear_down)(void) {
    NAME(slip_rna_destroy)(T.rna);
    NAME(slip_rna_destroy)(T.empty);
    NAME(slip_rna_destroy)(T.searching);
    NAME(slip_rna_destroy)(T.huge);
    NAME(slip_optimizer_destroy)(T.rule);
    NAME(slip_optimizer_destroy)(T.unset);
    NAME(slip_optimizer_destroy)(T.nesterov);
    NAME(slip_optimizer_destroy)(T.displaced);
    NAME(slip_optimizer_destroy)(T.many);
    NAME(slip_average_destroy)(T.average);
    NAME(slip_average_destroy)(T.none);
    NAME(slip_average_destroy)(T.vast);
}

/* Everything that a refused call must leave alone: what it could write to, and what the handles hold. */
static size_t NAME(picture)(unsigned char *target) {
    unsigned char *at = target;
    size_t size;
    memcpy(at, &T, sizeof T), at += sizeof T;
    NAME(slip_rna_save)(T.rna, at, 4096, &size), at += size;
    NAME(slip_rna_save)(T.empty, at, 4096, &size), at += size;
    NAME(slip_optimizer_save)(T.rule, at, 4096, &size), at += size;
    NAME(slip_optimizer_save)(T.nesterov, at, 4096, &size), at += size;
    NAME(slip_optimizer_save)(T.displaced, at, 4096, &size), at += size;
    NAME(slip_average_save)(T.average, at, 4096, &size), at += size;
    NAME(slip_average_save)(T.none, at, 4096, &size), at += size;
    return (size_t)(at - target);
}

/* The rows of a vector's faults, for a call CALL(pieces, number) that reads it, and for one that writes it. */
#define READS(CALL)                                                                              \
    ROW(SLIP_INVALID_ARGUMENT, CALL(NULL, 1))                                                    \
    ROW(SLIP_WRONG_COUNT, CALL(NULL, 0))                                                         \
    ROW(SLIP_INVALID_ARGUMENT, CALL(&T.null, 1))                                                 \
    ROW(SLIP_WRONG_COUNT, CALL(&T.shorter, 1))                                                   \
    ROW(SLIP_WRONG_COUNT, CALL(&T.longer, 1))                                                    \
    ROW(SLIP_INVALID_ARGUMENT, CALL(&T.askew, 1))                                                \
    ROW(SLIP_INVALID_ARGUMENT, CALL(&T.beyond, 1))                                               \
    ROW(SLIP_WRONG_COUNT, CALL(T.wraps, 3))                                                      \
    ROW(SLIP_INVALID_ARGUMENT, CALL(T.pair, 2))                                                  \
    ROW(SLIP_INVALID_ARGUMENT, CALL(&T.in, SIZE_MAX))                                            \
    ROW(SLIP_INVALID_ARGUMENT, CALL(&T.in, SIZE_MAX / 2))                                        \
    ROW(SLIP_INVALID_ARGUMENT, CALL(&T.in, ((size_t)1 << 20) + 1))
#define WRITES(CALL)                                                                             \
    ROW(SLIP_INVALID_ARGUMENT, CALL(NULL, 1))                                                    \
    ROW(SLIP_WRONG_COUNT, CALL(NULL, 0))                                                         \
    ROW(SLIP_INVALID_ARGUMENT, CALL(&T.nowhere, 1))                                              \
    ROW(SLIP_WRONG_COUNT, CALL(&T.small, 1))                                                     \
    ROW(SLIP_WRONG_COUNT, CALL(&T.large, 1))                                                     \
    ROW(SLIP_INVALID_ARGUMENT, CALL(&T.crooked, 1))                                              \
    ROW(SLIP_INVALID_ARGUMENT, CALL(&T.past, 1))                                                 \
    ROW(SLIP_INVALID_ARGUMENT, CALL(T.twice, 2))                                                 \
    ROW(SLIP_INVALID_ARGUMENT, CALL(&T.out, SIZE_MAX))

#define START(v, n) NAME(slip_rna_start)(T.rna, v, n)
#define PUSH(v, n) NAME(slip_rna_push)(T.rna, v, n)
#define RESIDUAL(v, n) NAME(slip_rna_push_with_residual)(T.rna, &T.in, 1, v, n)
#define POINT(v, n) NAME(slip_rna_push_with_residual)(T.rna, v, n, &T.in, 1)
#define EXTRAPOLATE(v, n) NAME(slip_rna_extrapolate)(T.rna, v, n)
#define NEXT(v, n) NAME(slip_rna_search_next)(T.searching, v, n, NULL)
#define FINISH(v, n) NAME(slip_rna_search_finish)(T.searching, v, n, NULL)
#define DISPLACE(v, n) NAME(slip_optimizer_displace)(T.nesterov, v, n)
#define STEP(v, n) NAME(slip_optimizer_step)(T.rule, v, n, &T.in, 1, 0)
#define GRADIENT(v, n) NAME(slip_optimizer_step)(T.rule, &T.out, 1, v, n, 0)
#define ITERATE(v, n) NAME(slip_optimizer_read_iterate)(T.rule, &T.in, 1, v, n)
#define FROM(v, n) NAME(slip_optimizer_read_iterate)(T.rule, v, n, &T.out, 1)
#define FREEZE(v, n) NAME(slip_optimizer_freeze_zeros)(T.rule, v, n, NULL)
#define COUNT_ZEROS(v, n) NAME(slip_optimizer_count_zeros)(T.rule, v, n, &zeros, &zeros)
#define AVERAGE(v, n) NAME(slip_average_push)(T.average, v, n)
#define PROPOSE(v, n) NAME(slip_average_propose)(T.average, v, n)

#define LOADS(CALL)                                                                              \
    ROW(SLIP_INVALID_ARGUMENT, CALL(NULL, 100))                                                  \
    ROW(SLIP_DAMAGED, CALL(T.block, 0))                                                          \
    ROW(SLIP_DAMAGED, CALL(T.block, 39))                                                         \
    ROW(SLIP_DAMAGED, CALL(T.block, T.saved - 1))                                                \
    ROW(SLIP_DAMAGED, CALL(T.block, T.saved + 8))                                                \
    ROW(SLIP_DAMAGED, CALL(T.block, SIZE_MAX))                                                   \
    ROW(SLIP_DAMAGED, CALL(T.junk, sizeof T.junk))
#define LOAD_RNA(b, n) NAME(slip_rna_load)(T.rna, b, n)
#define LOAD_RULE(b, n) NAME(slip_optimizer_load)(T.rule, b, n)
#define LOAD_AVERAGE(b, n) NAME(slip_average_load)(T.average, b, n)

/* The parameters of a handle, and what goes wrong with any. */
#define SETS(SET, GET, LIST)                                                                     \
    ROW(SLIP_INVALID_ARGUMENT, SET(NULL, 1))                                                     \
    ROW(SLIP_UNKNOWN_NAME, SET("", 1))                                                           \
    ROW(SLIP_UNKNOWN_NAME, SET("Threads", 1))                                                    \
    ROW(SLIP_UNKNOWN_NAME, SET("\xff\xc0", 1))                                                   \
    ROW(SLIP_OUT_OF_RANGE, SET("threads", -1))                                                   \
    ROW(SLIP_OUT_OF_RANGE, SET("threads", 1.5))                                                  \
    ROW(SLIP_OUT_OF_RANGE, SET("threads", 1e300))                                                \
    ROW(SLIP_OUT_OF_RANGE, SET("threads", NAN))                                                  \
    ROW(SLIP_OUT_OF_RANGE, SET("threads", INFINITY))                                             \
    ROW(SLIP_INVALID_ARGUMENT, GET(NULL, &value))                                                \
    ROW(SLIP_INVALID_ARGUMENT, GET("threads", NULL))                                             \
    ROW(SLIP_UNKNOWN_NAME, GET("thread", &value))                                                \
    ROW(SLIP_INVALID_ARGUMENT, LIST(0, NULL))                                                    \
    ROW(SLIP_INVALID_ARGUMENT, LIST(0, &no_size))
#define SET_RNA(n, v) NAME(slip_rna_set)(T.rna, n, v)
#define GET_RNA(n, v) NAME(slip_rna_get)(T.rna, n, v)
#define LIST_RNA(i, p) NAME(slip_rna_parameter)(T.rna, i, p)
#define SET_RULE(n, v) NAME(slip_optimizer_set)(T.rule, n, v)
#define GET_RULE(n, v) NAME(slip_optimizer_get)(T.rule, n, v)
#define LIST_RULE(i, p) NAME(slip_optimizer_parameter)(T.rule, i, p)
#define SET_AVERAGE(n, v) NAME(slip_average_set)(T.average, n, v)
#define GET_AVERAGE(n, v) NAME(slip_average_get)(T.average, n, v)
#define LIST_AVERAGE(i, p) NAME(slip_average_parameter)(T.average, i, p)

#define LAYOUTS(CREATE)                                                                          \
    ROW(SLIP_INVALID_ARGUMENT, CREATE(NULL, 1))                                                  \
    ROW(SLIP_INVALID_ARGUMENT, CREATE(&T.good, SIZE_MAX))                                        \
    ROW(SLIP_INVALID_ARGUMENT, CREATE(&T.unknown, 1))                                            \
    ROW(SLIP_INVALID_ARGUMENT, CREATE(&T.reserved, 1))                                           \
    ROW(SLIP_INVALID_ARGUMENT, CREATE(&T.both, 1))                                               \
    ROW(SLIP_OUT_OF_MEMORY, CREATE(T.numbers, 2))
#define LAY_RNA(l, n) NAME(slip_rna_create_with_layout)(l, n, &T.made)
#define LAY_RULE(l, n) NAME(slip_optimizer_create_with_layout)("adam", l, n, &T.new_rule)
#define LAY_AVERAGE(l, n) NAME(slip_average_create_with_layout)("uniform-average", l, n, &T.new_average)

static void NAME(run_all)(void) {
    double value = 0;
    uint64_t zeros = 0;
    size_t size = 0;
    slip_parameter no_size = {0};
    slip_rna_candidate no_candidate = {0};
    slip_rna_statistics rna_statistics = {0};
    slip_optimizer_statistics rule_statistics = {0};
    slip_average_statistics average_statistics = {0};
    if (!NAME(set_up)()) {
        tests_failed++;
        return;
    }
    NAME(picture)(picture_before);
#define ROW(expected, ...)                                                                       \
    begin_row(#__VA_ARGS__);                                                                     \
    end_row(expected, __VA_ARGS__, NAME(picture));

    /* Handles that are not there. */
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_create)(7, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_create_with_layout)(&T.good, 1, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_set)(NULL, "window", 5))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_get)(NULL, "window", &value))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_parameter)(NULL, 0, &no_size))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_start)(NULL, &T.in, 1))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_push)(NULL, &T.in, 1))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_push_with_residual)(NULL, &T.in, 1, &T.in, 1))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_extrapolate)(NULL, &T.out, 1))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_withdraw)(NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_search_begin)(NULL, 1))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_search_next)(NULL, &T.out, 1, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_search_report)(NULL, 1))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_search_finish)(NULL, &T.out, 1, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_coefficients)(NULL, &value, 1, &size))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_read_statistics)(NULL, &rna_statistics))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_reset)(NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_save)(NULL, NULL, 0, &size))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_load)(NULL, T.block, T.saved))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_create)("adam", 7, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_create_with_layout)("adam", &T.good, 1, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_set)(NULL, "momentum", 0.5))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_get)(NULL, "momentum", &value))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_parameter)(NULL, 0, &no_size))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_displace)(NULL, &T.out, 1))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_step)(NULL, &T.out, 1, &T.in, 1, 0))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_read_iterate)(NULL, &T.in, 1, &T.out, 1))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_freeze_zeros)(NULL, &T.in, 1, &zeros))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_thaw)(NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_count_zeros)(NULL, &T.in, 1, &zeros, &zeros))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_read_statistics)(NULL, &rule_statistics))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_reset)(NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_save)(NULL, NULL, 0, &size))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_load)(NULL, T.block, T.saved))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_create)("uniform-average", 7, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_create_with_layout)("uniform-average", &T.good, 1, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_set)(NULL, "window", 5))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_get)(NULL, "window", &value))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_parameter)(NULL, 0, &no_size))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_push)(NULL, &T.in, 1))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_propose)(NULL, &T.out, 1))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_withdraw)(NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_read_statistics)(NULL, &average_statistics))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_reset)(NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_save)(NULL, NULL, 0, &size))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_load)(NULL, T.block, T.saved))

    /* Sizes, names and layouts that handles cannot be made of. */
    ROW(SLIP_OUT_OF_MEMORY, NAME(slip_rna_create)(SIZE_MAX, &T.made))
    ROW(SLIP_OUT_OF_MEMORY, NAME(slip_rna_create)(SIZE_MAX / 2 + 1, &T.made))
    ROW(SLIP_OUT_OF_MEMORY, NAME(slip_optimizer_create)("adam", SIZE_MAX, &T.new_rule))
    ROW(SLIP_OUT_OF_MEMORY, NAME(slip_average_create)("uniform-average", SIZE_MAX / 2, &T.new_average))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_create)(NULL, 7, &T.new_rule))
    ROW(SLIP_UNKNOWN_NAME, NAME(slip_optimizer_create)("", 7, &T.new_rule))
    ROW(SLIP_UNKNOWN_NAME, NAME(slip_optimizer_create)("adamm", 7, &T.new_rule))
    ROW(SLIP_UNKNOWN_NAME, NAME(slip_optimizer_create)("\xf0\x28", 7, &T.new_rule))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_create)(NULL, 7, &T.new_average))
    ROW(SLIP_UNKNOWN_NAME, NAME(slip_average_create)("rna", 7, &T.new_average))
    LAYOUTS(LAY_RNA)
    LAYOUTS(LAY_RULE)
    LAYOUTS(LAY_AVERAGE)
    ROW(SLIP_INVALID_ARGUMENT, slip_optimizer_describe(0, NULL))
    ROW(SLIP_INVALID_ARGUMENT, slip_average_describe(0, NULL))

    /* Parameters. */
    SETS(SET_RNA, GET_RNA, LIST_RNA)
    SETS(SET_RULE, GET_RULE, LIST_RULE)
    SETS(SET_AVERAGE, GET_AVERAGE, LIST_AVERAGE)
    ROW(SLIP_WRONG_STATE, SET_RNA("window", 5))
    ROW(SLIP_WRONG_STATE, SET_RULE("momentum", 0.9))
    ROW(SLIP_UNKNOWN_NAME, NAME(slip_optimizer_set)(T.nesterov, "learning-rate", 0.1))
    ROW(SLIP_OUT_OF_RANGE, SET_RULE("learning-rate", -0.1))
    ROW(SLIP_OUT_OF_RANGE, SET_RULE("learning-rate", NAN))
    ROW(SLIP_WRONG_STATE, SET_AVERAGE("window", 5))

    /* Vectors. */
    READS(START)
    READS(PUSH)
    READS(RESIDUAL)
    READS(POINT)
    READS(GRADIENT)
    READS(FROM)
    READS(FREEZE)
    READS(COUNT_ZEROS)
    READS(AVERAGE)
    WRITES(EXTRAPOLATE)
    WRITES(NEXT)
    WRITES(FINISH)
    WRITES(DISPLACE)
    WRITES(STEP)
    WRITES(ITERATE)
    WRITES(PROPOSE)
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_step)(T.rule, &T.same, 1, &T.in, 1, 0))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_read_iterate)(T.rule, &T.in, 1, &T.same, 1))
    ROW(SLIP_OUT_OF_MEMORY, NAME(slip_rna_push)(T.huge, &T.vast_in, 1))
    ROW(SLIP_OUT_OF_MEMORY, NAME(slip_optimizer_step)(T.many, &T.vast_out, 1, &T.vast_in, 1, 0))
    ROW(SLIP_OUT_OF_MEMORY, NAME(slip_average_push)(T.vast, &T.vast_in, 1))

    /* Numbers that are not finite. */
    ROW(SLIP_NOT_FINITE, START(&T.nan, 1))
    ROW(SLIP_NOT_FINITE, PUSH(&T.nan, 1))
    ROW(SLIP_NOT_FINITE, PUSH(&T.infinite, 1))
    ROW(SLIP_NOT_FINITE, RESIDUAL(&T.infinite, 1))
    ROW(SLIP_NOT_FINITE, AVERAGE(&T.nan, 1))
    ROW(SLIP_NOT_FINITE, GRADIENT(&T.nan, 1))
    ROW(SLIP_NOT_FINITE, STEP(&T.poisoned, 1))
    ROW(SLIP_NOT_FINITE, DISPLACE(&T.poisoned, 1))
    ROW(SLIP_NOT_FINITE, NAME(slip_optimizer_step)(T.rule, &T.out, 1, &T.in, 1, NAN))
    ROW(SLIP_NOT_FINITE, NAME(slip_optimizer_step)(T.rule, &T.out, 1, &T.in, 1, -INFINITY))

    /* Calls that come too early or too late. */
    ROW(SLIP_NO_POINTS, NAME(slip_rna_extrapolate)(T.empty, &T.out, 1))
    ROW(SLIP_NO_POINTS, NAME(slip_rna_search_begin)(T.empty, 1))
    ROW(SLIP_WRONG_STATE, NAME(slip_rna_search_next)(T.rna, &T.out, 1, NULL))
    ROW(SLIP_WRONG_STATE, NAME(slip_rna_search_report)(T.rna, 1))
    ROW(SLIP_WRONG_STATE, NAME(slip_rna_search_report)(T.searching, 1))
    ROW(SLIP_WRONG_STATE, NAME(slip_rna_search_finish)(T.rna, &T.out, 1, NULL))
    ROW(SLIP_NO_POINTS, NAME(slip_average_propose)(T.none, &T.out, 1))
    ROW(SLIP_WRONG_STATE, NAME(slip_optimizer_step)(T.unset, &T.out, 1, &T.in, 1, 0))
    ROW(SLIP_WRONG_STATE, NAME(slip_optimizer_step)(T.nesterov, &T.out, 1, &T.in, 1, 0))
    ROW(SLIP_WRONG_STATE, NAME(slip_optimizer_displace)(T.displaced, &T.out, 1))
    ROW(SLIP_WRONG_STATE, NAME(slip_optimizer_read_iterate)(T.displaced, &T.in, 1, &T.out, 1))
    ROW(SLIP_WRONG_STATE, NAME(slip_optimizer_freeze_zeros)(T.displaced, &T.in, 1, &zeros))

    /* Where to write figures. */
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_read_statistics)(T.rna, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_read_statistics)(T.rna, &rna_statistics))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_read_statistics)(T.rna, (slip_rna_statistics *)(void *)(T.junk + 1)))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_read_statistics)(T.rule, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_read_statistics)(T.rule, &rule_statistics))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_read_statistics)(T.average, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_average_read_statistics)(T.average, &average_statistics))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_search_next)(T.searching, &T.out, 1, &no_candidate))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_coefficients)(T.rna, &value, 1, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_coefficients)(T.rna, NULL, 1, &size))
    ROW(SLIP_WRONG_COUNT, NAME(slip_rna_coefficients)(T.rna, &value, 1, &size))
    ROW(SLIP_INVALID_ARGUMENT, slip_rna_solve(NULL, 1, 1e-8, &value, NULL))
    ROW(SLIP_INVALID_ARGUMENT, slip_rna_solve(&(double){1}, 1, 1e-8, NULL, NULL))
    ROW(SLIP_WRONG_COUNT, slip_rna_solve(&(double){1}, 0, 1e-8, &value, NULL))
    ROW(SLIP_WRONG_COUNT, slip_rna_solve(&(double){1}, SIZE_MAX, 1e-8, &value, NULL))
    ROW(SLIP_WRONG_COUNT, slip_rna_solve(&(double){1}, 129, 1e-8, &value, NULL))
    ROW(SLIP_NOT_FINITE, slip_rna_solve(&(double){NAN}, 1, 1e-8, &value, NULL))
    ROW(SLIP_INVALID_ARGUMENT, slip_rna_solve(&(double){-1}, 1, 1e-8, &value, NULL))
    ROW(SLIP_OUT_OF_RANGE, slip_rna_solve(&(double){1}, 1, -1, &value, NULL))
    ROW(SLIP_OUT_OF_RANGE, slip_rna_solve(&(double){1}, 1, INFINITY, &value, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_count_zeros)(T.rule, &T.in, 1, NULL, &zeros))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_optimizer_count_zeros)(T.rule, &T.in, 1, &zeros, NULL))

    /* Saved states. */
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_save)(T.rna, NULL, 0, NULL))
    ROW(SLIP_INVALID_ARGUMENT, NAME(slip_rna_save)(T.rna, NULL, 4096, &size))
    ROW(SLIP_WRONG_COUNT, NAME(slip_rna_save)(T.rna, T.junk, sizeof T.junk, &size))
    ROW(SLIP_WRONG_COUNT, NAME(slip_optimizer_save)(T.rule, T.junk, 1, &size))
    ROW(SLIP_WRONG_COUNT, NAME(slip_average_save)(T.average, T.junk, 0, &size))
    LOADS(LOAD_RNA)
    LOADS(LOAD_RULE)
    LOADS(LOAD_AVERAGE)
    ROW(SLIP_FOREIGN, LOAD_RULE(T.block, T.saved))
    ROW(SLIP_FOREIGN, LOAD_AVERAGE(T.block, T.saved))
#undef ROW
    NAME(tear_down)();
}
