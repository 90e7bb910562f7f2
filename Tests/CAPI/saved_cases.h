/* The tests of saved states for one precision. */
#include "weights.h"

enum { NAME(POINTS) = 7 };

/* A method's points: the start, then a slow approach to something. */
static void NAME(point)(REAL *x, int step) {
    NAME(begin)(x);
    for (int i = 0; i < NAME(WEIGHTS); i++) x[i] += (REAL)(pow(0.3 + 0.05 * i, step) + 0.01 * sin(step * i));
}

static NAME(slip_rna) * NAME(make_rna)(void) {
    NAME(slip_rna) *rna = NULL;
    if (NAME(slip_rna_create_with_layout)(NAME(layout), 6, &rna) != SLIP_OK) return NULL;
    NAME(slip_rna_set)(rna, "window", 4);
    NAME(slip_rna_set)(rna, "regularization", 1e-6);
    return rna;
}

static slip_status NAME(push_rna)(void *rna, const NAME(slip_const_segment) * x) { return NAME(slip_rna_push)(rna, x, 1); }
static slip_status NAME(propose_rna)(void *rna, const NAME(slip_segment) * x) { return NAME(slip_rna_extrapolate)(rna, x, 1); }
static slip_status NAME(save_rna)(const void *rna, void *block, size_t capacity, size_t *size) {
    return NAME(slip_rna_save)(rna, block, capacity, size);
}
static slip_status NAME(load_rna)(void *rna, const void *block, size_t size) { return NAME(slip_rna_load)(rna, block, size); }
static void *NAME(new_rna)(void) { return NAME(make_rna)(); }
static void NAME(free_rna)(void *rna) { NAME(slip_rna_destroy)(rna); }

static slip_status NAME(push_average)(void *a, const NAME(slip_const_segment) * x) { return NAME(slip_average_push)(a, x, 1); }
static slip_status NAME(propose_average)(void *a, const NAME(slip_segment) * x) { return NAME(slip_average_propose)(a, x, 1); }
static slip_status NAME(save_average)(const void *a, void *block, size_t capacity, size_t *size) {
    return NAME(slip_average_save)(a, block, capacity, size);
}
static slip_status NAME(load_average)(void *a, const void *block, size_t size) { return NAME(slip_average_load)(a, block, size); }
static void *NAME(new_average)(void) {
    NAME(slip_average) *a = NULL;
    if (NAME(slip_average_create_with_layout)("exponential-average", NAME(layout), 6, &a) != SLIP_OK) return NULL;
    NAME(slip_average_set)(a, "window", 3);
    return a;
}
static void NAME(free_average)(void *a) { NAME(slip_average_destroy)(a); }

static int NAME(current_rule);
/* For an update rule, a proposal is the weights after a step from the point. */
static slip_status NAME(push_rule)(void *rule, const NAME(slip_const_segment) * x) {
    REAL w[NAME(WEIGHTS)];
    memcpy(w, x->data, sizeof w);
    slip_status status = NAME(take_step)(rule, w);
    if (NAME(current_rule) % 2 == 0 && status == SLIP_OK) {
        w[0] = w[3] = 0;
        NAME(slip_const_segment) in = {w, NAME(WEIGHTS)};
        status = NAME(slip_optimizer_freeze_zeros)(rule, &in, 1, NULL);
    }
    return status;
}
static slip_status NAME(propose_rule)(void *rule, const NAME(slip_segment) * x) {
    NAME(point)(x->data, 3);
    slip_status status = NAME(take_step)(rule, x->data);
    if (status != SLIP_OK) return status;
    return NAME(take_step)(rule, x->data);
}
static slip_status NAME(save_rule)(const void *rule, void *block, size_t capacity, size_t *size) {
    return NAME(slip_optimizer_save)(rule, block, capacity, size);
}
static slip_status NAME(load_rule)(void *rule, const void *block, size_t size) { return NAME(slip_optimizer_load)(rule, block, size); }
static void *NAME(new_rule)(void) { return NAME(make_rule)(rule_cases + NAME(current_rule)); }
static void NAME(free_rule)(void *rule) { NAME(slip_optimizer_destroy)(rule); }

/* One kind of handle, as far as saving it goes. */
static const struct NAME(kind) {
    void *(*create)(void);
    slip_status (*push)(void *, const NAME(slip_const_segment) *);
    slip_status (*propose)(void *, const NAME(slip_segment) *);
    slip_status (*save)(const void *, void *, size_t, size_t *);
    slip_status (*load)(void *, const void *, size_t);
    void (*destroy)(void *);
} NAME(kinds)[] = {
    {NAME(new_rna), NAME(push_rna), NAME(propose_rna), NAME(save_rna), NAME(load_rna), NAME(free_rna)},
    {NAME(new_average), NAME(push_average), NAME(propose_average), NAME(save_average), NAME(load_average), NAME(free_average)},
    {NAME(new_rule), NAME(push_rule), NAME(propose_rule), NAME(save_rule), NAME(load_rule), NAME(free_rule)},
};

/* The saved state, in memory of just its size; null if it cannot be had. */
static void *NAME(saved)(const struct NAME(kind) * kind, const void *handle, size_t *size) {
    size_t again = 0;
    if (kind->save(handle, NULL, 0, size) != SLIP_OK) return NULL;
    char *block = malloc(*size);
    memset(block, 0x55, *size);
    if (kind->save(handle, block, *size - 1, &again) != SLIP_WRONG_COUNT || again != *size || block[0] != 0x55 ||
        kind->save(handle, block, *size, &again) != SLIP_OK || again != *size) {
        free(block);
        return NULL;
    }
    return block;
}

/* Saves in the middle of a run, goes on, and compares with what was loaded: proposals and all that is saved later. */
static int NAME(goes_on)(const struct NAME(kind) * kind, int before, int shift) {
    void *one = kind->create(), *two = kind->create();
    REAL x[NAME(WEIGHTS)], y[NAME(WEIGHTS)];
    NAME(slip_const_segment) in = {x, NAME(WEIGHTS)};
    NAME(slip_segment) out_x = {x, NAME(WEIGHTS)}, out_y = {y, NAME(WEIGHTS)};
    size_t size, size_of_other;
    CHECK(one != NULL && two != NULL);
    for (int step = 0; step < before; step++) {
        NAME(point)(x, step);
        CHECK_OK(kind->push(one, &in));
    }
    void *block = NAME(saved)(kind, one, &size);
    CHECK(block != NULL);
    /* What the other one has done until now is gone afterwards. */
    NAME(point)(x, 9);
    CHECK_OK(kind->push(two, &in));
    char *moved = malloc(size + 8);
    memcpy(moved + shift, block, size);
    CHECK_OK(kind->load(two, moved + shift, size));
    memset(moved, 0, size + 8);
    free(moved);
    for (int step = before; step < NAME(POINTS); step++) {
        NAME(point)(x, step);
        CHECK_OK(kind->push(one, &in));
        CHECK_OK(kind->push(two, &in));
    }
    NAME(begin)(x);
    NAME(begin)(y);
    CHECK_OK(kind->propose(one, &out_x));
    CHECK_OK(kind->propose(two, &out_y));
    CHECK(memcmp(x, y, sizeof x) == 0);
    free(block);
    block = NAME(saved)(kind, one, &size);
    void *other = NAME(saved)(kind, two, &size_of_other);
    CHECK(block != NULL && other != NULL && size == size_of_other && memcmp(block, other, size) == 0);
    free(block);
    free(other);
    kind->destroy(one);
    kind->destroy(two);
    return 1;
}

static int NAME(what_was_loaded_goes_on_with_the_same_bits)(void) {
    for (int before = 0; before <= NAME(POINTS); before++) {
        for (int k = 0; k < 2; k++) CHECK(NAME(goes_on)(NAME(kinds) + k, before, before));
        for (NAME(current_rule) = 0; NAME(current_rule) < RULES; NAME(current_rule)++) {
            CHECK(NAME(goes_on)(NAME(kinds) + 2, before, before));
        }
    }
    return 1;
}

static int NAME(a_changed_bit_is_noticed_wherever_it_is)(void) {
    NAME(current_rule) = 1;
    for (int k = 0; k < 3; k++) {
        const struct NAME(kind) *kind = NAME(kinds) + k;
        void *one = kind->create(), *two = kind->create();
        REAL x[NAME(WEIGHTS)];
        NAME(slip_const_segment) in = {x, NAME(WEIGHTS)};
        size_t size, size_of_other;
        CHECK(one != NULL && two != NULL);
        for (int step = 0; step < 5; step++) {
            NAME(point)(x, step);
            CHECK_OK(kind->push(one, &in));
        }
        unsigned char *block = NAME(saved)(kind, one, &size), *first = NAME(saved)(kind, two, &size_of_other);
        CHECK(block != NULL && first != NULL);
        for (size_t at = 0; at < size; at++) {
            unsigned char bit = (unsigned char)(1u << (at % 8));
            block[at] ^= bit;
            slip_status status = kind->load(two, block, size);
            CHECK(status == SLIP_DAMAGED && strlen(slip_last_error()) > 0);
            block[at] ^= bit;
            CHECK(kind->load(two, block, at) == SLIP_DAMAGED);
        }
        block = realloc(block, size + 8);
        memset(block + size, 0, 8);
        CHECK(kind->load(two, block, size + 8) == SLIP_DAMAGED);
        /* Nothing has changed by all that. */
        size_t now;
        void *after = NAME(saved)(kind, two, &now);
        CHECK(after != NULL && now == size_of_other && memcmp(after, first, now) == 0);
        CHECK_OK(kind->load(two, block, size));
        free(after);
        free(first);
        free(block);
        kind->destroy(one);
        kind->destroy(two);
    }
    return 1;
}

static int NAME(a_state_of_something_else_is_refused)(void) {
    NAME(slip_rna) *rna = NAME(make_rna)(), *plain;
    NAME(slip_average) *average = NAME(new_average)();
    NAME(slip_optimizer) *adam = NAME(make_rule)(rule_cases + 1), *adamw = NAME(make_rule)(rule_cases + 2), *longer;
    double value;
    size_t size;
    CHECK(rna && average && adam && adamw);
    void *block = NAME(saved)(NAME(kinds), rna, &size);
    CHECK(NAME(slip_average_load)(average, block, size) == SLIP_FOREIGN);
    CHECK(NAME(slip_optimizer_load)(adam, block, size) == SLIP_FOREIGN);
    CHECK_OK(NAME(slip_rna_create)(NAME(WEIGHTS), &plain));
    CHECK(NAME(slip_rna_load)(plain, block, size) == SLIP_FOREIGN);
    CHECK(strstr(slip_last_error(), "layout") != NULL);
    CHECK(NAME(slip_other_load)(block, size) == SLIP_FOREIGN);
    CHECK(strstr(slip_last_error(), "rna f") != NULL);
    free(block);
    block = NAME(saved)(NAME(kinds) + 2, adam, &size);
    CHECK(NAME(slip_optimizer_load)(adamw, block, size) == SLIP_FOREIGN);
    CHECK_OK(NAME(slip_optimizer_create)("adam", TRAINABLE, &longer));
    CHECK(NAME(slip_optimizer_load)(longer, block, size) == SLIP_FOREIGN);
    /* Parameters come with it, the number of threads does not. */
    NAME(slip_optimizer_destroy)(longer);
    CHECK_OK(NAME(slip_optimizer_create_with_layout)("adam", NAME(layout), 6, &longer));
    CHECK_OK(NAME(slip_optimizer_set)(longer, "threads", 2));
    CHECK_OK(NAME(slip_optimizer_load)(longer, block, size));
    CHECK_OK(NAME(slip_optimizer_get)(longer, "beta1", &value));
    CHECK(value == 0.8);
    CHECK_OK(NAME(slip_optimizer_get)(longer, "threads", &value));
    CHECK(value == 2);
    /* Another byte order or a newer format is foreign, not damaged, if a whole state says so. */
    unsigned char *bytes = block;
    unsigned char order[4] = {bytes[15], bytes[14], bytes[13], bytes[12]};
    memcpy(bytes + 12, order, 4);
    CHECK(NAME(slip_optimizer_load)(longer, block, size) == SLIP_FOREIGN);
    free(block);
    NAME(slip_rna_destroy)(rna);
    NAME(slip_rna_destroy)(plain);
    NAME(slip_average_destroy)(average);
    NAME(slip_optimizer_destroy)(adam);
    NAME(slip_optimizer_destroy)(adamw);
    NAME(slip_optimizer_destroy)(longer);
    return 1;
}

static int NAME(a_displacement_is_saved)(void) {
    NAME(slip_optimizer) *one = NAME(make_rule)(rule_cases + 6), *two = NAME(make_rule)(rule_cases + 6);
    REAL w[NAME(WEIGHTS)], gradient[TRAINABLE] = {1, 2, 3};
    size_t size;
    CHECK(one && two);
    NAME(begin)(w);
    NAME(slip_segment) pieces = {w, NAME(WEIGHTS)};
    NAME(slip_const_segment) slopes = {gradient, TRAINABLE};
    CHECK_OK(NAME(slip_optimizer_displace)(one, &pieces, 1));
    void *block = NAME(saved)(NAME(kinds) + 2, one, &size);
    CHECK_OK(NAME(slip_optimizer_load)(two, block, size));
    CHECK(NAME(slip_optimizer_displace)(two, &pieces, 1) == SLIP_WRONG_STATE);
    CHECK_OK(NAME(slip_optimizer_step)(two, &pieces, 1, &slopes, 1, 1));
    free(block);
    NAME(slip_optimizer_destroy)(one);
    NAME(slip_optimizer_destroy)(two);
    return 1;
}

static void NAME(run_all)(void) {
    RUN(NAME(what_was_loaded_goes_on_with_the_same_bits));
    RUN(NAME(a_changed_bit_is_noticed_wherever_it_is));
    RUN(NAME(a_state_of_something_else_is_refused));
    RUN(NAME(a_displacement_is_saved));
}
