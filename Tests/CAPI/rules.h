/* The update rules again, in a few lines each, as their papers and docs/algorithms state them. */
#ifndef RULES_H
#define RULES_H

#include <math.h>

#define TRAINABLE 10

enum kind { WEIGHT, SCALE, OTHER };

/* The first five are weights, three are batch normalisation's factors, two are biases. */
static enum kind kind_of(int i) { return i < 5 ? WEIGHT : i < 8 ? SCALE : OTHER; }

/* What a rule knows at a step, and remembers: up to three vectors and two numbers, all 0 at first. */
struct rule_state {
    double x[TRAINABLE], a[TRAINABLE], b[TRAINABLE], c[TRAINABLE], p, q;
    int t;
};

typedef void rule(struct rule_state *s, const double *g, double loss);

static double sign(double x) { return (x > 0) - (x < 0); }

static double norm(const double *x) {
    double sum = 0;
    for (int i = 0; i < TRAINABLE; i++) sum += x[i] * x[i];
    return sqrt(sum);
}

/* momentum 0.9, nesterov, weight-decay 0.1 of weights only; rate 0.05. */
static void sgd(struct rule_state *s, const double *g, double loss) {
    (void)loss;
    for (int i = 0; i < TRAINABLE; i++) {
        double h = g[i] + (kind_of(i) == WEIGHT ? 0.1 : 0) * s->x[i];
        s->a[i] = 0.9 * s->a[i] + h;
        s->x[i] -= 0.05 * (h + 0.9 * s->a[i]);
    }
}

static void adam_with(struct rule_state *s, const double *g, double coupled, double decoupled) {
    for (int i = 0; i < TRAINABLE; i++) {
        double h = g[i] + coupled * s->x[i];
        s->a[i] += 0.2 * (h - s->a[i]);
        s->b[i] = 0.95 * s->b[i] + 0.05 * h * h;
        s->x[i] *= 1 - 0.05 * decoupled;
        s->x[i] -= 0.05 / (1 - pow(0.8, s->t)) * s->a[i] / (sqrt(s->b[i] / (1 - pow(0.95, s->t))) + 1e-3);
    }
}

/* beta1 0.8, beta2 0.95, epsilon 1e-3, weight-decay 0.1; rate 0.05. */
static void adam(struct rule_state *s, const double *g, double loss) { adam_with(s, g, 0.1, 0), (void)loss; }
static void adamw(struct rule_state *s, const double *g, double loss) { adam_with(s, g, 0, 0.1), (void)loss; }

/* initial-sum 0.5, rate-decay 0.1, epsilon 1e-3; rate 0.05. */
static void adagrad(struct rule_state *s, const double *g, double loss) {
    (void)loss;
    for (int i = 0; i < TRAINABLE; i++) {
        s->a[i] += g[i] * g[i];
        s->x[i] -= 0.05 / (1 + (s->t - 1) * 0.1) * g[i] / (sqrt(0.5 + s->a[i]) + 1e-3);
    }
}

/* rho 0.8, epsilon 1e-3; rate 1. */
static void adadelta(struct rule_state *s, const double *g, double loss) {
    (void)loss;
    for (int i = 0; i < TRAINABLE; i++) {
        s->a[i] = 0.8 * s->a[i] + 0.2 * g[i] * g[i];
        double step = sqrt(s->b[i] + 1e-3) / sqrt(s->a[i] + 1e-3) * g[i];
        s->b[i] = 0.8 * s->b[i] + 0.2 * step * step;
        s->x[i] -= step;
    }
}

/* smoothing 0.9, epsilon 1e-2, momentum 0.5, centred; rate 0.05. */
static void rmsprop(struct rule_state *s, const double *g, double loss) {
    (void)loss;
    for (int i = 0; i < TRAINABLE; i++) {
        s->a[i] = 0.9 * s->a[i] + 0.1 * g[i] * g[i];
        s->b[i] += 0.1 * (g[i] - s->b[i]);
        s->c[i] = 0.5 * s->c[i] + g[i] / (sqrt(fmax(s->a[i] - s->b[i] * s->b[i], 0)) + 1e-2);
        s->x[i] -= 0.05 * s->c[i];
    }
}

/* momentum 0.8, confidence 0.5, least-loss 0.25, square-maximum 100, step-minimum 0.002. x is displaced when this comes. */
static void adaptive_nesterov(struct rule_state *s, const double *g, double loss) {
    double square = fmin(fmax(norm(g) * norm(g), 1e-4), 100);
    double rate = fmin(fmax(0.5 * fabs(loss - 0.25) / square, 0.002), 0.1);
    for (int i = 0; i < TRAINABLE; i++) {
        s->a[i] = 0.8 * s->a[i] + rate * g[i];
        s->x[i] -= rate * g[i];
    }
    s->p = rate;
    s->q = norm(g);
}

/*
 * warmup-epochs 1.5 and reset-epochs 1 of 2 steps each, cubic 0.1, repulsion 1e-3; rate 0.05. The average is a, the series b,
 * the momentum p; the number of steps until the next reset is q.
 */
static void neumann(struct rule_state *s, const double *g, double loss) {
    int t = s->t - 3;
    double away[TRAINABLE], distance, length, pull;
    (void)loss;
    if (t < 1) {
        for (int i = 0; i < TRAINABLE; i++) s->x[i] -= 0.05 * g[i], s->a[i] = s->x[i];
        return;
    }
    for (int i = 0; i < TRAINABLE; i++) away[i] = s->x[i] - s->a[i];
    distance = norm(away);
    length = 0.1 * distance * distance - 1e-3 * TRAINABLE / (distance * distance);
    length = fmax(fmin(length, norm(g)), -norm(g));
    /* K is 2 steps and doubles: the series starts anew at steps 1, 3, 7, 15, ... */
    int resets = t == 1 || t == 3 || t == 7 || t == 15;
    pull = resets ? 0 : length / distance;
    s->p = fmin(fmax(1 - 1.0 / (1 + t), 0.5), 0.9);
    for (int i = 0; i < TRAINABLE; i++) {
        double d = g[i] + pull * away[i];
        s->b[i] = (resets ? 0 : s->p * s->b[i]) - 0.05 * d;
        s->x[i] += s->p * s->b[i] - 0.05 * d;
        s->a[i] = s->x[i] + 0.99 * (s->a[i] - s->x[i]);
    }
}

/* gamma 2, and lambda for weights. */
static void dual_averaging(struct rule_state *s, const double *g, double lambda) {
    for (int i = 0; i < TRAINABLE; i++) {
        s->a[i] += (g[i] - s->a[i]) / s->t;
        double shrunk = fmax(fabs(s->a[i]) - (kind_of(i) == WEIGHT ? lambda : 0), 0) * sign(s->a[i]);
        s->x[i] = (kind_of(i) == SCALE ? 1 : 0) - sqrt(s->t) / 2 * shrunk;
    }
    s->p = 1 / (2 * sqrt(s->t));
    s->q = lambda * sqrt(s->t) / 2;
}

static void sda(struct rule_state *s, const double *g, double loss) { dual_averaging(s, g, 0), (void)loss; }

/* threshold 0.3 after 4 epochs of 4 steps. */
static void rda(struct rule_state *s, const double *g, double loss) {
    dual_averaging(s, g, 0.3 * 2 / sqrt(16)), (void)loss;
}

/* lambda 0.5; rate 0.1. */
static void prox_sgd(struct rule_state *s, const double *g, double loss) {
    double rate = 0.1 / sqrt(s->t);
    (void)loss;
    for (int i = 0; i < TRAINABLE; i++) {
        double x = s->x[i] - rate * g[i];
        s->x[i] = kind_of(i) == WEIGHT ? sign(x) * fmax(fabs(x) - rate * 0.5, 0) : x;
    }
    s->p = rate;
    s->q = rate * 0.5;
}

/* Every rule with the parameters that its reference above is written for. */
static const struct rule_case {
    const char *name;
    rule *reference;
    struct {
        const char *name;
        double value;
    } parameters[8];
} rule_cases[] = {
    {"sgd", sgd, {{"nesterov", 1}, {"momentum", 0.9}, {"weight-decay", 0.1}, {"decay-weights-only", 1}, {"learning-rate", 0.05}}},
    {"adam", adam, {{"beta1", 0.8}, {"beta2", 0.95}, {"epsilon", 1e-3}, {"weight-decay", 0.1}, {"learning-rate", 0.05}}},
    {"adamw", adamw, {{"beta1", 0.8}, {"beta2", 0.95}, {"epsilon", 1e-3}, {"weight-decay", 0.1}, {"learning-rate", 0.05}}},
    {"adagrad", adagrad, {{"initial-sum", 0.5}, {"rate-decay", 0.1}, {"epsilon", 1e-3}, {"learning-rate", 0.05}}},
    {"adadelta", adadelta, {{"rho", 0.8}, {"epsilon", 1e-3}, {"learning-rate", 1}}},
    {"rmsprop", rmsprop, {{"smoothing", 0.9}, {"epsilon", 1e-2}, {"momentum", 0.5}, {"centred", 1}, {"learning-rate", 0.05}}},
    {"adaptive-nesterov", adaptive_nesterov,
     {{"momentum", 0.8}, {"confidence", 0.5}, {"least-loss", 0.25}, {"square-maximum", 100}, {"step-minimum", 0.002}}},
    {"neumann", neumann,
     {{"warmup-epochs", 1.5}, {"reset-epochs", 1}, {"steps-per-epoch", 2}, {"cubic", 0.1}, {"repulsion", 1e-3}, {"learning-rate", 0.05}}},
    {"sda", sda, {{"gamma", 2}}},
    {"rda", rda, {{"gamma", 2}, {"threshold", 0.3}, {"threshold-epochs", 4}, {"steps-per-epoch", 4}}},
    {"prox-sgd", prox_sgd, {{"lambda", 0.5}, {"learning-rate", 0.1}}},
};

enum { RULES = sizeof rule_cases / sizeof *rule_cases };

/* A loss with a gradient that differs in every direction: the sum of w_i (x_i - 1)^2 / 2 + sin x_i. */
static double loss_at(const double *x, double *g) {
    double loss = 0;
    for (int i = 0; i < TRAINABLE; i++) {
        double w = 0.2 + 0.1 * i;
        loss += w * (x[i] - 1) * (x[i] - 1) / 2 + sin(x[i]);
        g[i] = w * (x[i] - 1) + cos(x[i]);
    }
    return loss + 5;
}

#endif
