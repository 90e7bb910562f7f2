/* A vector of weights with parts of every kind, for one precision: what the tests of optimizers and saved states work on. */

/* Of the caller's 14 weights: five regularized, two frozen, three factors, two statistics, two biases. */
static const slip_layout_segment NAME(layout)[] = {
    {5, SLIP_SEGMENT_REGULARIZED, 0}, {2, SLIP_SEGMENT_FROZEN | SLIP_SEGMENT_REGULARIZED, 0},
    {3, SLIP_SEGMENT_SCALE, 0},       {0, SLIP_SEGMENT_STATISTIC, 0},
    {2, SLIP_SEGMENT_STATISTIC, 0},   {2, 0, 0}};
static const int NAME(places)[TRAINABLE] = {0, 1, 2, 3, 4, 7, 8, 9, 12, 13};

enum { NAME(WEIGHTS) = 14 };

/* Where the weights start; those that nothing may touch are 100 and more. */
static void NAME(begin)(REAL *w) {
    for (int i = 0; i < NAME(WEIGHTS); i++) w[i] = (REAL)(100 + i);
    for (int i = 0; i < TRAINABLE; i++) w[NAME(places)[i]] = (REAL)(0.25 * i - 0.5);
}

/* The loss and its gradient at the weights, in double and in their own precision. */
static double NAME(evaluate)(const REAL *w, double *g, REAL *gradient) {
    double x[TRAINABLE];
    for (int i = 0; i < TRAINABLE; i++) x[i] = w[NAME(places)[i]];
    double loss = loss_at(x, g);
    for (int i = 0; i < TRAINABLE; i++) gradient[i] = (REAL)g[i];
    return loss;
}

/* A handle of a case, with its parameters set. */
static NAME(slip_optimizer) * NAME(make_rule)(const struct rule_case *c) {
    NAME(slip_optimizer) *rule = NULL;
    if (NAME(slip_optimizer_create_with_layout)(c->name, NAME(layout), 6, &rule) != SLIP_OK) return NULL;
    for (size_t i = 0; i < sizeof c->parameters / sizeof *c->parameters && c->parameters[i].name; i++) {
        if (NAME(slip_optimizer_set)(rule, c->parameters[i].name, c->parameters[i].value) != SLIP_OK) {
            NAME(slip_optimizer_destroy)(rule);
            return NULL;
        }
    }
    return rule;
}

/* One step, as a training loop takes it; weights and gradient lie in pieces that are cut where the layout is not. */
static slip_status NAME(take_step)(NAME(slip_optimizer) * rule, REAL *w) {
    double g[TRAINABLE];
    REAL gradient[TRAINABLE];
    NAME(slip_segment) pieces[] = {{w, 6}, {w + 6, 3}, {NULL, 0}, {w + 9, 5}};
    NAME(slip_const_segment) slopes[] = {{gradient, 1}, {gradient + 1, 9}};
    slip_status status = NAME(slip_optimizer_displace)(rule, pieces, 4);
    if (status != SLIP_OK) return status;
    double loss = NAME(evaluate)(w, g, gradient);
    return NAME(slip_optimizer_step)(rule, pieces, 4, slopes, 2, loss);
}
