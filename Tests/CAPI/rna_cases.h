/* The tests of RNA for one precision: REAL, its suffix by NAME, and how near TOLERANCE is. Included once for each. */

#define COUNT 30

/* Half the squared distance to (0.1, 0.2, …), weighted by curvatures from 1 to 1000; one step of gradient descent. */
static void NAME(descend)(REAL *x) {
    for (int i = 0; i < COUNT; i++) {
        double curvature = 1 + 999.0 * i / (COUNT - 1);
        x[i] = (REAL)(x[i] - curvature * (x[i] - 0.1 * (i + 1)) / 1000);
    }
}

static double NAME(distance)(const REAL *x) {
    double worst = 0;
    for (int i = 0; i < COUNT; i++) {
        double d = x[i] - 0.1 * (i + 1);
        worst = fmax(worst, fabs(d));
    }
    return worst;
}

static int NAME(online_extrapolation_beats_gradient_descent)(void) {
    REAL y[COUNT] = {0}, plain[COUNT] = {0};
    NAME(slip_rna) *rna;
    CHECK_OK(NAME(slip_rna_create)(COUNT, &rna));
    CHECK_OK(NAME(slip_rna_set)(rna, "window", 15));
    CHECK_OK(NAME(slip_rna_set)(rna, "threads", 2));
    /* The weights lie in three pieces, one of them empty. */
    NAME(slip_const_segment) in[] = {{y, 7}, {NULL, 0}, {y + 7, COUNT - 7}};
    NAME(slip_segment) out[] = {{y, 7}, {NULL, 0}, {y + 7, COUNT - 7}};
    CHECK_OK(NAME(slip_rna_start)(rna, in, 3));
    for (int step = 0; step < 150; step++) {
        NAME(descend)(plain);
        NAME(descend)(y);
        CHECK_OK(NAME(slip_rna_push)(rna, in, 3));
        /* Once the method stands still to the last bit, there is nothing left to combine. */
        slip_status status = NAME(slip_rna_extrapolate)(rna, out, 3);
        CHECK(status == SLIP_OK || status == SLIP_REJECTED);
        CHECK_OK(NAME(slip_rna_start)(rna, in, 3));
    }
    CHECK(NAME(distance)(y) < 100 * TOLERANCE);
    CHECK(NAME(distance)(plain) > 0.01);
    NAME(slip_rna_destroy)(rna);
    return 1;
}

static int NAME(pushing_points_alone_observes_offline)(void) {
    /* Three points whose residuals (2, 0) and (0, 1) are at right angles: with lambda = 1/2, c = (1/3, 2/3). */
    const REAL points[3][2] = {{0, 0}, {2, 0}, {2, 1}};
    REAL result[2];
    double c[2];
    size_t number;
    NAME(slip_rna) *rna;
    CHECK_OK(NAME(slip_rna_create)(2, &rna));
    CHECK_OK(NAME(slip_rna_set)(rna, "regularization", 0.5));
    for (int i = 0; i < 3; i++) {
        NAME(slip_const_segment) in = {points[i], 2};
        CHECK_OK(NAME(slip_rna_push)(rna, &in, 1));
    }
    NAME(slip_segment) out = {result, 2};
    CHECK_OK(NAME(slip_rna_extrapolate)(rna, &out, 1));
    CHECK(fabs(result[0] - 2) < 1e-6 && fabs(result[1] - 2.0 / 3) < 1e-6);

    CHECK_OK(NAME(slip_rna_coefficients)(rna, NULL, 0, &number));
    CHECK(number == 2);
    CHECK_OK(NAME(slip_rna_coefficients)(rna, c, 2, &number));
    CHECK(fabs(c[0] - 1.0 / 3) < 1e-12 && fabs(c[1] - 2.0 / 3) < 1e-12);
    CHECK(NAME(slip_rna_coefficients)(rna, c, 1, &number) == SLIP_WRONG_COUNT);

    slip_rna_statistics s;
    s.size = sizeof s;
    CHECK_OK(NAME(slip_rna_read_statistics)(rna, &s));
    CHECK(s.window == 10 && s.fill == 2 && s.points == 2 && s.refused == 0 && s.accepted == 1);
    CHECK(fabs(s.condition_number - 2) < 1e-12 && fabs(s.spectral_norm - 4) < 1e-12);
    CHECK_OK(NAME(slip_rna_withdraw)(rna));
    CHECK_OK(NAME(slip_rna_read_statistics)(rna, &s));
    CHECK(s.accepted == 0 && s.rejected_worse == 1);

    CHECK_OK(NAME(slip_rna_reset)(rna));
    CHECK(NAME(slip_rna_extrapolate)(rna, &out, 1) == SLIP_NO_POINTS);
    CHECK_OK(NAME(slip_rna_read_statistics)(rna, &s));
    CHECK(s.fill == 0 && s.points == 2);
    NAME(slip_rna_destroy)(rna);
    return 1;
}

static int NAME(residuals_can_be_handed_in)(void) {
    /* Opposite residuals of lengths 1 and 2 cancel with c = (2/3, 1/3); the last element has no residual. */
    const REAL points[2][2] = {{3, 30}, {6, 60}}, residuals[2] = {1, -2};
    REAL result[2];
    NAME(slip_rna) *rna;
    CHECK_OK(NAME(slip_rna_create)(2, &rna));
    CHECK_OK(NAME(slip_rna_set)(rna, "regularization", 0));
    CHECK_OK(NAME(slip_rna_set)(rna, "residual-count", 1));
    for (int i = 0; i < 2; i++) {
        NAME(slip_const_segment) point = {points[i], 2}, residual = {residuals + i, 1};
        CHECK_OK(NAME(slip_rna_push_with_residual)(rna, &point, 1, &residual, 1));
        CHECK(NAME(slip_rna_push_with_residual)(rna, &point, 1, &point, 1) == SLIP_WRONG_COUNT);
    }
    NAME(slip_segment) out = {result, 2};
    CHECK_OK(NAME(slip_rna_extrapolate)(rna, &out, 1));
    CHECK(fabs(result[0] - 4) < 1e-5 && fabs(result[1] - 40) < 1e-4);
    NAME(slip_rna_destroy)(rna);
    return 1;
}

static int NAME(rejections_write_the_last_point_and_are_counted)(void) {
    REAL point[2] = {1, 2}, result[2] = {0, 0};
    NAME(slip_rna) *rna;
    NAME(slip_const_segment) in = {point, 2};
    NAME(slip_segment) out = {result, 2};
    CHECK_OK(NAME(slip_rna_create)(2, &rna));
    CHECK_OK(NAME(slip_rna_push)(rna, &in, 1));
    CHECK(NAME(slip_rna_extrapolate)(rna, &out, 1) == SLIP_REJECTED);
    CHECK(result[0] == 1 && result[1] == 2);
    CHECK_OK(NAME(slip_rna_push)(rna, &in, 1));
    CHECK(NAME(slip_rna_extrapolate)(rna, &out, 1) == SLIP_REJECTED);
    point[0] = 5;
    CHECK_OK(NAME(slip_rna_push)(rna, &in, 1));
    CHECK_OK(NAME(slip_rna_set)(rna, "regularization", 1e12));
    CHECK(NAME(slip_rna_extrapolate)(rna, &out, 1) == SLIP_REJECTED);
    CHECK(result[0] == 5 && result[1] == 2);
    point[1] = (REAL)NAN;
    CHECK(NAME(slip_rna_push)(rna, &in, 1) == SLIP_NOT_FINITE);
    CHECK(NAME(slip_rna_start)(rna, &in, 1) == SLIP_NOT_FINITE);
    point[1] = (REAL)INFINITY;
    CHECK(NAME(slip_rna_push)(rna, &in, 1) == SLIP_NOT_FINITE);

    slip_rna_statistics s;
    s.size = sizeof s;
    CHECK_OK(NAME(slip_rna_read_statistics)(rna, &s));
    CHECK(s.points == 2 && s.refused == 3 && s.accepted == 0);
    CHECK(s.rejected_too_few_points == 1 && s.rejected_zero_residuals == 1 && s.rejected_vanishing_sum == 1);
    CHECK(s.rejected_not_finite == 0 && s.rejected_worse == 0);
    NAME(slip_rna_destroy)(rna);
    return 1;
}

static int NAME(parameters_have_the_documented_defaults)(void) {
    const struct {
        const char *name;
        double value;
    } defaults[] = {{"window", 10}, {"regularization", 1e-8}, {"relaxation", 1}, {"grid", 1},
                  {"step-search", 1}, {"residual-count", 7}, {"threads", 0}};
    NAME(slip_rna) *rna;
    CHECK_OK(NAME(slip_rna_create)(7, &rna));
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
        double value = -1;
        CHECK_OK(NAME(slip_rna_get)(rna, defaults[i].name, &value));
        CHECK(value == defaults[i].value);
        slip_parameter p;
        p.size = sizeof p;
        CHECK_OK(NAME(slip_rna_parameter)(rna, i, &p));
        CHECK(strcmp(p.name, defaults[i].name) == 0 && p.standard == value && strlen(p.summary) > 10);
    }
    slip_parameter last;
    last.size = sizeof last;
    CHECK(NAME(slip_rna_parameter)(rna, sizeof defaults / sizeof *defaults, &last) == SLIP_DONE);
    CHECK_OK(NAME(slip_rna_set)(rna, "relaxation", 0.5));
    double value;
    CHECK_OK(NAME(slip_rna_get)(rna, "relaxation", &value));
    CHECK(value == 0.5);
    NAME(slip_rna_destroy)(rna);
    return 1;
}

static int NAME(bad_parameters_are_answered_with_the_valid_ones)(void) {
    const struct {
        const char *name;
        double value;
    } bad[] = {{"window", 0}, {"window", 129}, {"window", 2.5}, {"window", NAN}, {"regularization", -1e-9},
               {"regularization", INFINITY}, {"relaxation", 3}, {"grid", 0}, {"grid", 3}, {"step-search", 0.5},
               {"residual-count", 8}, {"threads", -1}};
    NAME(slip_rna) *rna;
    CHECK_OK(NAME(slip_rna_create)(7, &rna));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(NAME(slip_rna_set)(rna, bad[i].name, bad[i].value) == SLIP_OUT_OF_RANGE);
        CHECK(strstr(slip_last_error(), bad[i].name) != NULL);
        CHECK(strstr(slip_last_error(), "must be") != NULL);
    }
    double value = 3;
    CHECK(NAME(slip_rna_set)(rna, "windov", 5) == SLIP_UNKNOWN_NAME);
    CHECK(strcmp(slip_last_error(), "rna has no setting 'windov'; did you mean 'window'? It has: window, regularization, relaxation, "
                                    "grid, step-search, residual-count, threads") == 0);
    CHECK(NAME(slip_rna_get)(rna, "", &value) == SLIP_UNKNOWN_NAME && value == 3);

    REAL x[7] = {0};
    NAME(slip_const_segment) in = {x, 7};
    CHECK_OK(NAME(slip_rna_push)(rna, &in, 1));
    CHECK(NAME(slip_rna_set)(rna, "window", 5) == SLIP_WRONG_STATE);
    CHECK(NAME(slip_rna_set)(rna, "residual-count", 5) == SLIP_WRONG_STATE);
    CHECK_OK(NAME(slip_rna_set)(rna, "window", 10));
    CHECK_OK(NAME(slip_rna_set)(rna, "regularization", 0.1));
    NAME(slip_rna_destroy)(rna);
    return 1;
}

static int NAME(bad_arguments_are_refused)(void) {
    REAL x[8] = {0};
    double value;
    size_t number;
    NAME(slip_rna) *rna = NULL;
    NAME(slip_const_segment) in = {x, 7}, none = {NULL, 7}, huge[] = {{x, SIZE_MAX / 2}, {x, SIZE_MAX / 2}, {x, 16}};
    NAME(slip_const_segment) misaligned = {(const REAL *)(const void *)((const char *)x + 1), 7};
    NAME(slip_segment) out = {x, 7}, shorter = {x, 6}, nowhere = {NULL, 7};
    CHECK(NAME(slip_rna_create)(7, NULL) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_create)(SIZE_MAX, &rna) == SLIP_OUT_OF_MEMORY && rna == NULL);
    CHECK(NAME(slip_rna_push)(NULL, &in, 1) == SLIP_INVALID_ARGUMENT);
    CHECK(strcmp(slip_last_error(), "rna is a null pointer") == 0);
    CHECK(NAME(slip_rna_start)(NULL, &in, 1) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_push_with_residual)(NULL, &in, 1, &in, 1) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_extrapolate)(NULL, &out, 1) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_withdraw)(NULL) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_reset)(NULL) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_set)(NULL, "window", 5) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_get)(NULL, "window", &value) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_coefficients)(NULL, &value, 1, &number) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_read_statistics)(NULL, NULL) == SLIP_INVALID_ARGUMENT);

    CHECK_OK(NAME(slip_rna_create)(7, &rna));
    CHECK(NAME(slip_rna_extrapolate)(rna, &out, 1) == SLIP_NO_POINTS);
    CHECK(NAME(slip_rna_set)(rna, NULL, 5) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_get)(rna, "window", NULL) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_push)(rna, NULL, 1) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_push)(rna, NULL, 0) == SLIP_WRONG_COUNT);
    CHECK(NAME(slip_rna_push)(rna, &none, 1) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_push)(rna, &misaligned, 1) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_push)(rna, huge, 3) == SLIP_WRONG_COUNT);
    CHECK(NAME(slip_rna_push)(rna, &in, SIZE_MAX) == SLIP_INVALID_ARGUMENT);
    CHECK_OK(NAME(slip_rna_push)(rna, &in, 1));
    CHECK(NAME(slip_rna_extrapolate)(rna, &shorter, 1) == SLIP_WRONG_COUNT);
    CHECK(strcmp(slip_last_error(), "target: the segments have 6 elements together; expected: 7") == 0);
    CHECK(NAME(slip_rna_extrapolate)(rna, &nowhere, 1) == SLIP_INVALID_ARGUMENT);
    CHECK(NAME(slip_rna_coefficients)(rna, NULL, 0, NULL) == SLIP_INVALID_ARGUMENT);
    slip_rna_statistics s;
    s.size = 8;
    CHECK(NAME(slip_rna_read_statistics)(rna, &s) == SLIP_INVALID_ARGUMENT);
    NAME(slip_rna_destroy)(rna);

    /* More than any machine's memory: refused when the first point comes, before it is read. */
    NAME(slip_const_segment) endless = {x, SIZE_MAX / 4096};
    CHECK_OK(NAME(slip_rna_create)(SIZE_MAX / 4096, &rna));
    CHECK(NAME(slip_rna_push)(rna, &endless, 1) == SLIP_OUT_OF_MEMORY);
    NAME(slip_rna_destroy)(rna);
    NAME(slip_rna_destroy)(NULL);
    return 1;
}

static int NAME(a_layout_tells_what_has_a_residual_and_what_is_left_alone)(void) {
    /*
     * The residuals (2, 0) and (0, 1) of the second and the last element are at right angles, so that c = (1/3, 2/3) with
     * lambda = 1/2, whatever the statistic in front does. The third element is frozen.
     */
    const slip_layout_segment layout[] = {
        {1, SLIP_SEGMENT_STATISTIC, 0}, {1, SLIP_SEGMENT_REGULARIZED, 0}, {1, SLIP_SEGMENT_FROZEN, 0}, {1, 0, 0}};
    REAL points[3][4] = {{1e6, 0, 7, 0}, {30, 2, 8, 0}, {60, 2, 9, 1}};
    REAL result[4] = {-1, -1, -1, -1}, residual[2] = {1, 1};
    NAME(slip_rna) *rna;
    double value;
    points[1][2] = (REAL)NAN;
    CHECK_OK(NAME(slip_rna_create_with_layout)(layout, 4, &rna));
    CHECK_OK(NAME(slip_rna_get)(rna, "residual-count", &value));
    CHECK(value == 2);
    CHECK(NAME(slip_rna_set)(rna, "residual-count", 3) == SLIP_WRONG_STATE);
    CHECK_OK(NAME(slip_rna_set)(rna, "regularization", 0.5));
    for (int i = 0; i < 3; i++) {
        NAME(slip_const_segment) in[] = {{points[i], 2}, {i == 2 ? NULL : points[i] + 2, 1}, {points[i] + 3, 1}};
        CHECK_OK(NAME(slip_rna_push)(rna, in, 3));
    }
    NAME(slip_segment) out = {result, 4};
    CHECK_OK(NAME(slip_rna_extrapolate)(rna, &out, 1));
    CHECK(fabs(result[0] - 50) < 1e-4 && fabs(result[1] - 2) < 1e-6 && fabs(result[3] - 2.0 / 3) < 1e-6);
    CHECK(result[2] == -1);
    NAME(slip_const_segment) point = {points[2], 4}, slope = {residual, 2};
    CHECK(NAME(slip_rna_push_with_residual)(rna, &point, 1, &point, 1) == SLIP_WRONG_COUNT);
    CHECK_OK(NAME(slip_rna_push_with_residual)(rna, &point, 1, &slope, 1));
    NAME(slip_rna_destroy)(rna);
    return 1;
}

#include "rna_search_cases.h"

static int NAME(a_vector_of_no_elements_is_harmless)(void) {
    NAME(slip_rna) *rna;
    CHECK_OK(NAME(slip_rna_create)(0, &rna));
    CHECK_OK(NAME(slip_rna_push)(rna, NULL, 0));
    CHECK_OK(NAME(slip_rna_push)(rna, NULL, 0));
    CHECK(NAME(slip_rna_extrapolate)(rna, NULL, 0) == SLIP_REJECTED);
    NAME(slip_rna_destroy)(rna);
    return 1;
}

static int NAME(a_refused_first_point_fixes_nothing)(void) {
    REAL point[4] = {1, 2, 3, (REAL)NAN}, residual[2] = {1, (REAL)INFINITY};
    NAME(slip_rna) *rna;
    NAME(slip_const_segment) in = {point, 4}, r = {residual, 2};
    NAME(slip_segment) out = {point, 4};
    double value;
    slip_rna_statistics s;
    s.size = sizeof s;
    CHECK_OK(NAME(slip_rna_create)(4, &rna));
    CHECK(NAME(slip_rna_push)(rna, &in, 1) == SLIP_NOT_FINITE);
    CHECK_OK(NAME(slip_rna_set)(rna, "window", 3));
    CHECK(NAME(slip_rna_start)(rna, &in, 1) == SLIP_NOT_FINITE);
    CHECK_OK(NAME(slip_rna_set)(rna, "residual-count", 2));
    point[3] = 4;
    CHECK(NAME(slip_rna_push_with_residual)(rna, &in, 1, &r, 1) == SLIP_NOT_FINITE);
    CHECK(NAME(slip_rna_search_begin)(rna, 1) == SLIP_NO_POINTS);
    CHECK(NAME(slip_rna_extrapolate)(rna, &out, 1) == SLIP_NO_POINTS);
    CHECK_OK(NAME(slip_rna_set)(rna, "window", 2));
    CHECK_OK(NAME(slip_rna_read_statistics)(rna, &s));
    CHECK(s.window == 2 && s.fill == 0 && s.points == 0 && s.refused == 3);
    residual[1] = 2;
    for (int i = 0; i < 5; i++) CHECK_OK(NAME(slip_rna_push_with_residual)(rna, &in, 1, &r, 1));
    CHECK_OK(NAME(slip_rna_read_statistics)(rna, &s));
    CHECK(s.window == 2 && s.fill == 2 && s.points == 5 && s.refused == 3);
    CHECK(NAME(slip_rna_set)(rna, "window", 3) == SLIP_WRONG_STATE);
    CHECK(NAME(slip_rna_set)(rna, "residual-count", 3) == SLIP_WRONG_STATE);
    CHECK_OK(NAME(slip_rna_get)(rna, "window", &value));
    CHECK(value == 2);
    NAME(slip_rna_destroy)(rna);

    /* Where a sequence starts is a point as well. */
    CHECK_OK(NAME(slip_rna_create)(4, &rna));
    CHECK_OK(NAME(slip_rna_start)(rna, &in, 1));
    CHECK(NAME(slip_rna_set)(rna, "window", 3) == SLIP_WRONG_STATE);
    NAME(slip_rna_destroy)(rna);
    return 1;
}

static void NAME(run_all)(void) {
    RUN(NAME(online_extrapolation_beats_gradient_descent));
    RUN(NAME(pushing_points_alone_observes_offline));
    RUN(NAME(residuals_can_be_handed_in));
    RUN(NAME(rejections_write_the_last_point_and_are_counted));
    RUN(NAME(parameters_have_the_documented_defaults));
    RUN(NAME(bad_parameters_are_answered_with_the_valid_ones));
    RUN(NAME(bad_arguments_are_refused));
    RUN(NAME(a_layout_tells_what_has_a_residual_and_what_is_left_alone));
    RUN(NAME(a_search_measures_and_ends_with_the_best));
    RUN(NAME(a_vector_of_no_elements_is_harmless));
    RUN(NAME(a_refused_first_point_fixes_nothing));
}

#undef COUNT
