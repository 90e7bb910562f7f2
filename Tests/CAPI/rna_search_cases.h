/* The adaptive search in one precision; rna_cases.h includes it. */

/* Half the squared distance of all elements to their places, weighted as in descend. */
static double NAME(objective)(const REAL *x) {
    double sum = 0;
    for (int i = 0; i < COUNT; i++) {
        double d = x[i] - 0.1 * (i + 1);
        sum += (1 + 999.0 * i / (COUNT - 1)) * d * d / 2;
    }
    return sum;
}

static int NAME(a_search_measures_and_ends_with_the_best)(void) {
    for (int grid = 1; grid <= 2; grid++) {
        REAL x[COUNT] = {0}, trial[COUNT], best[COUNT], plain[COUNT];
        NAME(slip_rna) *rna;
        slip_rna_candidate candidate, found;
        slip_rna_statistics s;
        candidate.size = sizeof candidate;
        found.size = sizeof found;
        s.size = sizeof s;
        NAME(slip_const_segment) in = {x, COUNT};
        NAME(slip_segment) out = {trial, COUNT};
        CHECK_OK(NAME(slip_rna_create)(COUNT, &rna));
        CHECK(NAME(slip_rna_search_begin)(rna, 1) == SLIP_NO_POINTS);
        CHECK_OK(NAME(slip_rna_set)(rna, "window", 6));
        CHECK_OK(NAME(slip_rna_set)(rna, "grid", grid));
        CHECK_OK(NAME(slip_rna_start)(rna, &in, 1));
        for (int step = 0; step < 6; step++) {
            NAME(descend)(x);
            CHECK_OK(NAME(slip_rna_push)(rna, &in, 1));
        }
        CHECK(NAME(slip_rna_search_next)(rna, &out, 1, NULL) == SLIP_WRONG_STATE);
        CHECK_OK(NAME(slip_rna_search_begin)(rna, NAME(objective)(x)));
        CHECK(NAME(slip_rna_search_report)(rna, 1) == SLIP_WRONG_STATE);
        double least = NAME(objective)(x);
        int lambdas = 0, longer = 0;
        slip_status status;
        while ((status = NAME(slip_rna_search_next)(rna, &out, 1, &candidate)) == SLIP_OK) {
            memcpy(plain, trial, sizeof trial);
            CHECK_OK(NAME(slip_rna_search_next)(rna, &out, 1, NULL));
            CHECK(memcmp(plain, trial, sizeof trial) == 0 && isnan(candidate.objective));
            double measured = NAME(objective)(trial);
            candidate.step == 1 ? lambdas++ : longer++;
            if (measured < least) {
                least = measured;
                memcpy(best, trial, sizeof trial);
            }
            CHECK_OK(NAME(slip_rna_search_report)(rna, measured));
        }
        CHECK(memcmp(x, trial, sizeof trial) == 0);
        CHECK(status == SLIP_DONE && lambdas == (grid == 1 ? 7 : 6) && longer >= 1);
        CHECK(least < 0.9 * NAME(objective)(x));
        CHECK_OK(NAME(slip_rna_search_finish)(rna, &out, 1, &found));
        CHECK(memcmp(best, trial, sizeof trial) == 0 && found.objective == least && found.regularization >= 0);
        CHECK(NAME(slip_rna_search_finish)(rna, &out, 1, NULL) == SLIP_WRONG_STATE);
        CHECK_OK(NAME(slip_rna_read_statistics)(rna, &s));
        CHECK(s.accepted == 1 && s.rejected_worse == 0);

        /* Nothing is better than everything that is measured: the last point. */
        CHECK_OK(NAME(slip_rna_search_begin)(rna, -1));
        while (NAME(slip_rna_search_next)(rna, &out, 1, NULL) == SLIP_OK) CHECK_OK(NAME(slip_rna_search_report)(rna, NAN));
        CHECK(NAME(slip_rna_search_finish)(rna, &out, 1, NULL) == SLIP_REJECTED);
        CHECK(memcmp(x, trial, sizeof trial) == 0);
        CHECK_OK(NAME(slip_rna_read_statistics)(rna, &s));
        CHECK(s.accepted == 1 && s.rejected_worse == 1);

        /* A new point ends a search. */
        CHECK_OK(NAME(slip_rna_search_begin)(rna, INFINITY));
        NAME(descend)(x);
        CHECK_OK(NAME(slip_rna_push)(rna, &in, 1));
        CHECK(NAME(slip_rna_search_next)(rna, &out, 1, NULL) == SLIP_WRONG_STATE);
        NAME(slip_rna_destroy)(rna);
    }
    return 1;
}
