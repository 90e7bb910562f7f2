/* The tests of update rules for one precision. */
#include "weights.h"

static int NAME(every_rule_does_what_its_reference_does)(void) {
    for (int number = 0; number < RULES; number++) {
        const struct rule_case *c = rule_cases + number;
        NAME(slip_optimizer) *rule = NAME(make_rule)(c);
        CHECK(rule != NULL);
        REAL w[NAME(WEIGHTS)], iterate[NAME(WEIGHTS)];
        struct rule_state s = {.t = 0};
        NAME(begin)(w);
        for (int i = 0; i < TRAINABLE; i++) s.x[i] = w[NAME(places)[i]];
        while (s.t < 12) {
            double g[TRAINABLE];
            if (c->reference == adaptive_nesterov) {
                for (int i = 0; i < TRAINABLE; i++) s.x[i] -= 0.8 * s.a[i];
            }
            double loss = loss_at(s.x, g);
            s.t++;
            c->reference(&s, g, loss);
            CHECK_OK(NAME(take_step)(rule, w));
            for (int i = 0; i < TRAINABLE; i++) {
                double error = fabs(w[NAME(places)[i]] - s.x[i]);
                if (error > 20 * TOLERANCE) printf("%s, step %d, weight %d: %g, not %g\n", c->name, s.t, i, (double)w[NAME(places)[i]], s.x[i]);
                CHECK(error <= 20 * TOLERANCE);
            }
        }
        for (int i = 0; i < NAME(WEIGHTS); i++) {
            if (i == 5 || i == 6 || i == 10 || i == 11) CHECK(w[i] == 100 + i);
            iterate[i] = -1;
        }

        NAME(slip_const_segment) in[] = {{w, 5}, {NULL, 2}, {w + 7, 7}};
        NAME(slip_segment) out[] = {{iterate, 9}, {iterate + 9, 5}};
        CHECK_OK(NAME(slip_optimizer_read_iterate)(rule, in, 3, out, 2));
        for (int i = 0; i < TRAINABLE; i++) {
            double expected = c->reference == neumann ? s.x[i] - s.p * s.b[i] : s.x[i];
            CHECK(fabs(iterate[NAME(places)[i]] - expected) <= 20 * TOLERANCE);
        }
        CHECK(iterate[5] == -1 && iterate[6] == -1 && iterate[10] == 110 && iterate[11] == 111);

        slip_optimizer_statistics t;
        t.size = sizeof t;
        CHECK_OK(NAME(slip_optimizer_read_statistics)(rule, &t));
        CHECK(t.steps == 12 && t.refused_parameters == 0 && t.frozen_zeros == 0);
        int dual = c->reference == sda || c->reference == rda || c->reference == prox_sgd;
        if (dual) CHECK(fabs(t.step_size - s.p) < 1e-12 && fabs(t.threshold - s.q) < 1e-12);
        else CHECK(isnan(t.threshold));
        if (c->reference == adaptive_nesterov) CHECK(fabs(t.step_size - s.p) < TOLERANCE && fabs(t.gradient_norm - s.q) < 20 * TOLERANCE);
        if (c->reference == sgd) CHECK(t.step_size == 0.05 && isnan(t.momentum));
        if (c->reference == neumann) CHECK(fabs(t.momentum - s.p) < 1e-12 && t.distance > 0);
        NAME(slip_optimizer_destroy)(rule);
    }
    return 1;
}

/* n weights in one piece, or in pieces of 1, 2, 3, ... elements. */
static int NAME(steps)(REAL *w, int n, int cut, int threads) {
    static REAL gradient[50000];
    static NAME(slip_segment) pieces[400];
    static NAME(slip_const_segment) slopes[400];
    NAME(slip_optimizer) *rule;
    size_t number = 0;
    for (int at = 0, length = cut ? 1 : n; at < n; at += length, length += cut) {
        if (length > n - at) length = n - at;
        pieces[number].data = w + at, slopes[number].data = gradient + at;
        pieces[number].count = slopes[number].count = (size_t)length;
        number++;
    }
    for (int i = 0; i < n; i++) w[i] = (REAL)sin(i);
    CHECK_OK(NAME(slip_optimizer_create)("adaptive-nesterov", (size_t)n, &rule));
    CHECK_OK(NAME(slip_optimizer_set)(rule, "threads", threads));
    for (int step = 0; step < 4; step++) {
        CHECK_OK(NAME(slip_optimizer_displace)(rule, pieces, number));
        for (int i = 0; i < n; i++) gradient[i] = (REAL)(w[i] * (1 + i % 7) / 3);
        CHECK_OK(NAME(slip_optimizer_step)(rule, pieces, number, slopes, number, 3.5 / (step + 1)));
    }
    NAME(slip_optimizer_destroy)(rule);
    return 1;
}

static int NAME(neither_pieces_nor_threads_change_a_bit)(void) {
    static REAL whole[50000], cut[50000];
    CHECK(NAME(steps)(whole, 50000, 0, 1));
    CHECK(NAME(steps)(cut, 50000, 1, 3));
    CHECK(memcmp(whole, cut, sizeof whole) == 0);
    return 1;
}

static int NAME(frozen_zeros_stay_zero)(void) {
    NAME(slip_optimizer) *rule = NAME(make_rule)(rule_cases + 6);
    REAL w[NAME(WEIGHTS)];
    uint64_t frozen, zeros, regularized;
    CHECK(rule != NULL);
    NAME(begin)(w);
    /* Weight 2 is zero already. Two more, a factor, and one that the layout freezes; the latter two do not count. */
    w[0] = w[4] = w[5] = w[8] = 0;
    NAME(slip_const_segment) in = {w, NAME(WEIGHTS)};
    CHECK_OK(NAME(slip_optimizer_count_zeros)(rule, &in, 1, &zeros, &regularized));
    CHECK(zeros == 3 && regularized == 5);
    CHECK_OK(NAME(slip_optimizer_freeze_zeros)(rule, &in, 1, &frozen));
    CHECK(frozen == 3);
    for (int step = 0; step < 5; step++) CHECK_OK(NAME(take_step)(rule, w));
    CHECK(w[0] == 0 && w[2] == 0 && w[4] == 0 && w[1] != 0 && w[3] != 0 && w[8] != 0);
    /* What the caller puts there is made zero again. */
    w[0] = 5;
    CHECK_OK(NAME(take_step)(rule, w));
    CHECK(w[0] == 0);
    slip_optimizer_statistics t;
    t.size = sizeof t;
    CHECK_OK(NAME(slip_optimizer_read_statistics)(rule, &t));
    CHECK(t.frozen_zeros == 3);
    CHECK_OK(NAME(slip_optimizer_reset)(rule));
    CHECK_OK(NAME(take_step)(rule, w));
    CHECK(w[0] == 0);
    CHECK_OK(NAME(slip_optimizer_thaw)(rule));
    CHECK_OK(NAME(take_step)(rule, w));
    CHECK(w[0] != 0 && w[2] != 0);
    NAME(slip_optimizer_destroy)(rule);
    return 1;
}

static int NAME(what_is_not_finite_is_refused_and_changes_nothing)(void) {
    for (int number = 0; number < RULES; number++) {
        NAME(slip_optimizer) *rule = NAME(make_rule)(rule_cases + number), *other = NAME(make_rule)(rule_cases + number);
        REAL w[NAME(WEIGHTS)], v[NAME(WEIGHTS)], before[NAME(WEIGHTS)], gradient[TRAINABLE] = {0};
        NAME(slip_segment) pieces = {w, NAME(WEIGHTS)};
        NAME(slip_const_segment) slopes = {gradient, TRAINABLE};
        slip_optimizer_statistics t;
        NAME(begin)(w);
        NAME(begin)(v);
        CHECK_OK(NAME(take_step)(rule, w));
        CHECK_OK(NAME(take_step)(other, v));
        CHECK_OK(NAME(slip_optimizer_displace)(rule, &pieces, 1));
        memcpy(before, w, sizeof w);
        gradient[3] = (REAL)NAN;
        CHECK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 1) == SLIP_NOT_FINITE);
        gradient[3] = (REAL)INFINITY;
        CHECK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 1) == SLIP_NOT_FINITE);
        gradient[3] = 0;
        CHECK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, NAN) == SLIP_NOT_FINITE);
        /* A statistic may be anything: no rule reads it. */
        w[10] = (REAL)NAN;
        w[9] = (REAL)-INFINITY;
        CHECK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 1) == SLIP_NOT_FINITE);
        w[9] = before[9];
        w[10] = before[10];
        CHECK(memcmp(before, w, sizeof w) == 0);
        t.size = sizeof t;
        CHECK_OK(NAME(slip_optimizer_read_statistics)(rule, &t));
        CHECK(t.steps == 1 && t.refused_gradient == 2 && t.refused_loss == 1 && t.refused_parameters == 1);
        /* It goes on as if nothing had happened. */
        double g[TRAINABLE];
        double loss = NAME(evaluate)(w, g, gradient);
        CHECK_OK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, loss));
        CHECK_OK(NAME(take_step)(other, v));
        CHECK(memcmp(w, v, sizeof w) == 0);
        NAME(slip_optimizer_destroy)(rule);
        NAME(slip_optimizer_destroy)(other);
    }
    return 1;
}

static int NAME(parameters_are_listed_with_their_defaults_and_ranges)(void) {
    slip_description d;
    d.size = sizeof d;
    for (int number = 0; number < RULES; number++) {
        CHECK_OK(slip_optimizer_describe((size_t)number, &d));
        const struct rule_case *c = NULL;
        for (int i = 0; i < RULES; i++) {
            if (strcmp(rule_cases[i].name, d.name) == 0) c = rule_cases + i;
        }
        CHECK(c != NULL && strlen(d.summary) > 10);
        int own = c->reference == adaptive_nesterov || c->reference == sda || c->reference == rda;
        CHECK((d.flags & SLIP_USES_LEARNING_RATE) == (own ? 0 : SLIP_USES_LEARNING_RATE));
        CHECK(!(d.flags & SLIP_DISPLACES) == (c->reference != adaptive_nesterov));
        CHECK(!(d.flags & SLIP_ITERATE_DIFFERS) == (c->reference != neumann));

        NAME(slip_optimizer) *rule;
        slip_parameter p;
        size_t index = 0;
        p.size = sizeof p;
        CHECK_OK(NAME(slip_optimizer_create)(d.name, 3, &rule));
        for (; NAME(slip_optimizer_parameter)(rule, index, &p) == SLIP_OK; index++) {
            double value = -1;
            CHECK_OK(NAME(slip_optimizer_get)(rule, p.name, &value));
            CHECK(value == p.standard || (isnan(value) && isnan(p.standard) && strcmp(p.name, "learning-rate") == 0));
            CHECK(strlen(p.summary) > 10 && strlen(p.allowed) > 3 && p.least <= p.greatest);
            /* The bounds are what they say: at them, and just beyond. */
            slip_status least = NAME(slip_optimizer_set)(rule, p.name, p.least);
            CHECK(least == ((p.flags & SLIP_PARAMETER_ABOVE_LEAST) ? SLIP_OUT_OF_RANGE : SLIP_OK));
            CHECK(NAME(slip_optimizer_set)(rule, p.name, p.least - 0.5) == SLIP_OUT_OF_RANGE);
            CHECK(strstr(slip_last_error(), p.allowed) != NULL);
            if (p.flags & SLIP_PARAMETER_WHOLE) CHECK(NAME(slip_optimizer_set)(rule, p.name, p.least + 0.5) == SLIP_OUT_OF_RANGE);
            if (isfinite(p.greatest)) {
                slip_status greatest = NAME(slip_optimizer_set)(rule, p.name, p.greatest);
                CHECK(greatest == ((p.flags & SLIP_PARAMETER_BELOW_GREATEST) ? SLIP_OUT_OF_RANGE : SLIP_OK));
                CHECK(NAME(slip_optimizer_set)(rule, p.name, p.greatest + 1) == SLIP_OUT_OF_RANGE);
            }
            CHECK(NAME(slip_optimizer_set)(rule, p.name, INFINITY) == SLIP_OUT_OF_RANGE);
        }
        CHECK(index >= 3 && NAME(slip_optimizer_parameter)(rule, index, &p) == SLIP_DONE);
        CHECK(NAME(slip_optimizer_parameter)(rule, SIZE_MAX, &p) == SLIP_DONE);
        NAME(slip_optimizer_destroy)(rule);
    }
    CHECK(slip_optimizer_describe(RULES, &d) == SLIP_DONE);
    CHECK(slip_optimizer_describe(SIZE_MAX, &d) == SLIP_DONE);
    return 1;
}

static int NAME(parameters_have_to_go_together_when_they_are_used)(void) {
    NAME(slip_optimizer) *rule;
    REAL w[3] = {1, 2, 3}, g[3] = {1, 1, 1};
    double value;
    NAME(slip_segment) pieces = {w, 3};
    NAME(slip_const_segment) slopes = {g, 3};
    CHECK_OK(NAME(slip_optimizer_create)("sgd", 3, &rule));
    CHECK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 0) == SLIP_WRONG_STATE);
    CHECK(strcmp(slip_last_error(), "learning-rate has not been set") == 0);
    CHECK_OK(NAME(slip_optimizer_set)(rule, "learning-rate", 0.5));
    CHECK_OK(NAME(slip_optimizer_set)(rule, "nesterov", 1));
    CHECK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 0) == SLIP_INCOMPATIBLE);
    CHECK(strstr(slip_last_error(), "momentum") != NULL && w[0] == 1);
    CHECK_OK(NAME(slip_optimizer_set)(rule, "nesterov", 0));
    CHECK_OK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 0));
    CHECK(w[0] == 0.5 && w[2] == 2.5);
    /* There is no velocity now. */
    CHECK(NAME(slip_optimizer_set)(rule, "momentum", 0.9) == SLIP_WRONG_STATE);
    CHECK_OK(NAME(slip_optimizer_get)(rule, "momentum", &value));
    CHECK(value == 0);
    CHECK_OK(NAME(slip_optimizer_set)(rule, "learning-rate", 1));
    CHECK_OK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 0));
    CHECK(w[0] == -0.5);
    NAME(slip_optimizer_destroy)(rule);

    CHECK_OK(NAME(slip_optimizer_create)("adaptive-nesterov", 3, &rule));
    CHECK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 0) == SLIP_WRONG_STATE);
    CHECK_OK(NAME(slip_optimizer_displace)(rule, &pieces, 1));
    CHECK(NAME(slip_optimizer_displace)(rule, &pieces, 1) == SLIP_WRONG_STATE);
    CHECK_OK(NAME(slip_optimizer_reset)(rule));
    CHECK_OK(NAME(slip_optimizer_displace)(rule, &pieces, 1));
    CHECK_OK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 0));
    NAME(slip_optimizer_destroy)(rule);
    return 1;
}

static int NAME(numbers_beyond_all_reason_do_no_harm)(void) {
    const char *names[] = {"neumann", "rda", "sgd"};
    const char *parameters[][2] = {{"warmup-epochs", "reset-epochs"}, {"gamma", "anchor-steps"}, {"weight-decay", "learning-rate"}};
    for (int i = 0; i < 3; i++) {
        NAME(slip_optimizer) *rule;
        REAL w[3] = {1, 2, 3}, g[3] = {1, 1, 1};
        NAME(slip_segment) pieces = {w, 3};
        NAME(slip_const_segment) slopes = {g, 3};
        CHECK_OK(NAME(slip_optimizer_create)(names[i], 3, &rule));
        for (int j = 0; j < 2; j++) {
            if (NAME(slip_optimizer_set)(rule, parameters[i][j], 1e308) != SLIP_OK) CHECK_OK(NAME(slip_optimizer_set)(rule, parameters[i][j], 1 << 30));
        }
        NAME(slip_optimizer_set)(rule, "steps-per-epoch", 2147483648.0);
        if (i == 0) CHECK_OK(NAME(slip_optimizer_set)(rule, "learning-rate", 1e300));
        slip_status first = NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 1e308);
        slip_status second = NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, -1e308);
        CHECK(first == SLIP_OK && (second == SLIP_OK || second == SLIP_NOT_FINITE));
        NAME(slip_optimizer_destroy)(rule);
    }
    return 1;
}

static int NAME(no_weights_are_harmless)(void) {
    const slip_layout_segment frozen = {5, SLIP_SEGMENT_FROZEN, 0};
    for (int number = 0; number < 2 * RULES; number++) {
        NAME(slip_optimizer) *rule;
        NAME(slip_segment) pieces = {NULL, 5};
        NAME(slip_const_segment) in = {NULL, 5};
        const char *name = rule_cases[number / 2].name;
        /* Of nothing at all, or of weights that are all frozen. */
        size_t one = number % 2;
        uint64_t zeros = 7, regularized = 7;
        slip_optimizer_statistics t;
        t.size = sizeof t;
        if (one) CHECK_OK(NAME(slip_optimizer_create_with_layout)(name, &frozen, 1, &rule));
        else CHECK_OK(NAME(slip_optimizer_create)(name, 0, &rule));
        NAME(slip_optimizer_set)(rule, "learning-rate", 0.1);
        for (int step = 0; step < 3; step++) {
            CHECK_OK(NAME(slip_optimizer_displace)(rule, &pieces, one));
            CHECK_OK(NAME(slip_optimizer_step)(rule, &pieces, one, NULL, 0, 1));
            CHECK_OK(NAME(slip_optimizer_freeze_zeros)(rule, &in, one, &zeros));
            CHECK_OK(NAME(slip_optimizer_read_iterate)(rule, &in, one, &pieces, one));
        }
        CHECK(zeros == 0);
        CHECK_OK(NAME(slip_optimizer_count_zeros)(rule, &in, one, &zeros, &regularized));
        CHECK(zeros == 0 && regularized == 0);
        CHECK_OK(NAME(slip_optimizer_read_statistics)(rule, &t));
        CHECK(t.steps == 3);
        NAME(slip_optimizer_destroy)(rule);
    }
    return 1;
}

static int NAME(a_refused_first_step_fixes_nothing)(void) {
    NAME(slip_optimizer) *rule;
    REAL w[2] = {1, 2}, g[2] = {1, (REAL)NAN};
    NAME(slip_segment) pieces = {w, 2};
    NAME(slip_const_segment) slopes = {g, 2};
    slip_optimizer_statistics t;
    t.size = sizeof t;
    CHECK_OK(NAME(slip_optimizer_create)("sgd", 2, &rule));
    CHECK_OK(NAME(slip_optimizer_set)(rule, "learning-rate", 1));
    CHECK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 0) == SLIP_NOT_FINITE);
    CHECK_OK(NAME(slip_optimizer_set)(rule, "momentum", 0.5));
    g[1] = 1;
    for (int step = 0; step < 2; step++) CHECK_OK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 0));
    /* The velocity is 1, then 1.5. */
    CHECK(w[0] == -1.5 && w[1] == -0.5);
    CHECK_OK(NAME(slip_optimizer_read_statistics)(rule, &t));
    CHECK(t.steps == 2 && t.refused_gradient == 1);
    CHECK(NAME(slip_optimizer_set)(rule, "momentum", 0) == SLIP_WRONG_STATE);
    NAME(slip_optimizer_destroy)(rule);

    /* A displacement that was refused is none; one that was not is undone by the step, whatever is set between. */
    CHECK_OK(NAME(slip_optimizer_create)("adaptive-nesterov", 2, &rule));
    w[0] = (REAL)INFINITY;
    CHECK(NAME(slip_optimizer_displace)(rule, &pieces, 1) == SLIP_NOT_FINITE);
    CHECK_OK(NAME(slip_optimizer_set)(rule, "momentum", 0.5));
    w[0] = 1;
    CHECK_OK(NAME(slip_optimizer_displace)(rule, &pieces, 1));
    CHECK_OK(NAME(slip_optimizer_set)(rule, "confidence", 0.5));
    CHECK_OK(NAME(slip_optimizer_step)(rule, &pieces, 1, &slopes, 1, 1));
    CHECK_OK(NAME(slip_optimizer_read_statistics)(rule, &t));
    CHECK(t.steps == 1 && t.refused_parameters == 1);
    NAME(slip_optimizer_destroy)(rule);
    return 1;
}

static void NAME(run_all)(void) {
    RUN(NAME(every_rule_does_what_its_reference_does));
    RUN(NAME(neither_pieces_nor_threads_change_a_bit));
    RUN(NAME(frozen_zeros_stay_zero));
    RUN(NAME(what_is_not_finite_is_refused_and_changes_nothing));
    RUN(NAME(parameters_are_listed_with_their_defaults_and_ranges));
    RUN(NAME(parameters_have_to_go_together_when_they_are_used));
    RUN(NAME(numbers_beyond_all_reason_do_no_harm));
    RUN(NAME(no_weights_are_harmless));
    RUN(NAME(a_refused_first_step_fixes_nothing));
}
