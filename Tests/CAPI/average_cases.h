/* The tests of averages for one precision. */

static int NAME(averages_are_those_of_the_last_points)(void) {
    for (int k = 0; k < 2; k++) {
        /* The second of four elements is frozen. */
        const slip_layout_segment layout[] = {{1, 1, 0}, {1, SLIP_SEGMENT_FROZEN, 0}, {1, 0, 0}, {1, SLIP_SEGMENT_STATISTIC, 0}};
        REAL x[4], result[4] = {-1, -1, -1, -1};
        NAME(slip_const_segment) in[] = {{x, 1}, {NULL, 1}, {x + 2, 2}};
        NAME(slip_segment) out = {result, 4};
        NAME(slip_average) *average;
        slip_average_statistics s;
        s.size = sizeof s;
        CHECK_OK(NAME(slip_average_create_with_layout)(k ? "exponential-average" : "uniform-average", layout, 4, &average));
        CHECK_OK(NAME(slip_average_set)(average, "window", 3));
        if (k) CHECK_OK(NAME(slip_average_set)(average, "decay", 0.5));
        CHECK(NAME(slip_average_propose)(average, &out, 1) == SLIP_NO_POINTS);
        for (int step = 1; step <= 5; step++) {
            x[0] = (REAL)(step * step), x[2] = (REAL)step, x[3] = (REAL)-step;
            CHECK_OK(NAME(slip_average_push)(average, in, 3));
        }
        x[3] = (REAL)NAN;
        CHECK(NAME(slip_average_push)(average, in, 3) == SLIP_NOT_FINITE);
        CHECK_OK(NAME(slip_average_propose)(average, &out, 1));
        /* Of 3, 4 and 5, with weights 1, 1, 1 or 1/4, 1/2, 1. */
        double mean = k ? (3 * 0.25 + 4 * 0.5 + 5) / 1.75 : 4, squares = k ? (9 * 0.25 + 16 * 0.5 + 25) / 1.75 : 50 / 3.0;
        CHECK(fabs(result[0] - squares) < 20 * TOLERANCE && fabs(result[2] - mean) < 20 * TOLERANCE);
        CHECK(fabs(result[3] + mean) < 20 * TOLERANCE && result[1] == -1);
        CHECK_OK(NAME(slip_average_withdraw)(average));
        CHECK_OK(NAME(slip_average_read_statistics)(average, &s));
        CHECK(s.window == 3 && s.fill == 3 && s.points == 5 && s.refused == 1 && s.accepted == 0 && s.rejected_worse == 1);
        CHECK(NAME(slip_average_set)(average, "window", 4) == SLIP_WRONG_STATE);
        CHECK_OK(NAME(slip_average_set)(average, "threads", 1));
        CHECK_OK(NAME(slip_average_reset)(average));
        CHECK(NAME(slip_average_propose)(average, &out, 1) == SLIP_NO_POINTS);
        NAME(slip_average_destroy)(average);
    }
    return 1;
}

static int NAME(the_averages_and_their_parameters_are_listed)(void) {
    const char *names[] = {"uniform-average", "exponential-average"};
    slip_description d;
    slip_parameter p;
    size_t number = 0;
    d.size = sizeof d;
    p.size = sizeof p;
    for (; slip_average_describe(number, &d) == SLIP_OK; number++) {
        NAME(slip_average) *average;
        size_t parameters = 0;
        CHECK(strcmp(d.name, names[number]) == 0 && strlen(d.summary) > 10 && d.flags == 0);
        CHECK_OK(NAME(slip_average_create)(d.name, 2, &average));
        for (; NAME(slip_average_parameter)(average, parameters, &p) == SLIP_OK; parameters++) {
            double value;
            CHECK_OK(NAME(slip_average_get)(average, p.name, &value));
            CHECK(value == p.standard);
        }
        CHECK(parameters == number + 2);
        NAME(slip_average_destroy)(average);
    }
    CHECK(number == 2);
    return 1;
}

static int NAME(a_program_that_knows_more_members_gets_those_that_there_are)(void) {
    struct {
        slip_average_statistics known;
        uint64_t later[2];
    } s;
    NAME(slip_average) *average;
    memset(&s, 0x77, sizeof s);
    s.known.size = sizeof s;
    CHECK_OK(NAME(slip_average_create)("uniform-average", 2, &average));
    CHECK_OK(NAME(slip_average_read_statistics)(average, &s.known));
    CHECK(s.known.size == sizeof s && s.known.window == 10 && s.known.fill == 0 && s.known.rejected_worse == 0);
    CHECK(s.later[0] == 0x7777777777777777 && s.later[1] == s.later[0]);
    s.known.size = sizeof s.known - 1;
    CHECK(NAME(slip_average_read_statistics)(average, &s.known) == SLIP_INVALID_ARGUMENT);
    NAME(slip_average_destroy)(average);
    return 1;
}

static int NAME(a_refused_first_point_fixes_nothing)(void) {
    REAL x[2] = {1, (REAL)NAN}, result[2];
    NAME(slip_average) *average;
    NAME(slip_const_segment) in = {x, 2};
    NAME(slip_segment) out = {result, 2};
    slip_average_statistics s;
    s.size = sizeof s;
    CHECK_OK(NAME(slip_average_create)("exponential-average", 2, &average));
    CHECK(NAME(slip_average_push)(average, &in, 1) == SLIP_NOT_FINITE);
    CHECK_OK(NAME(slip_average_set)(average, "window", 2));
    CHECK(NAME(slip_average_push)(average, &in, 1) == SLIP_NOT_FINITE);
    CHECK_OK(NAME(slip_average_set)(average, "decay", 1));
    CHECK(NAME(slip_average_propose)(average, &out, 1) == SLIP_NO_POINTS);
    for (int step = 1; step <= 3; step++) {
        x[0] = x[1] = (REAL)step;
        CHECK_OK(NAME(slip_average_push)(average, &in, 1));
    }
    CHECK_OK(NAME(slip_average_propose)(average, &out, 1));
    CHECK(fabs(result[0] - 2.5) < TOLERANCE);
    CHECK_OK(NAME(slip_average_read_statistics)(average, &s));
    CHECK(s.window == 2 && s.fill == 2 && s.points == 3 && s.refused == 2 && s.accepted == 1);
    CHECK(NAME(slip_average_set)(average, "decay", 0.5) == SLIP_WRONG_STATE);
    NAME(slip_average_destroy)(average);
    return 1;
}

static void NAME(run_all)(void) {
    RUN(NAME(averages_are_those_of_the_last_points));
    RUN(NAME(a_program_that_knows_more_members_gets_those_that_there_are));
    RUN(NAME(the_averages_and_their_parameters_are_listed));
    RUN(NAME(a_refused_first_point_fixes_nothing));
}
