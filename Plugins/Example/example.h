/* What the files of the example share. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <slipstream_plugin.h>

extern const slip_plugin_optimizer sign_descent;
extern const slip_plugin_accelerator polynomial_average;

/*
 * Blocks of a saved state: a mark that tells whose it is and of which version, some numbers, a vector. `numbers` and `vector`
 * are what is written or what is to be filled.
 */
enum { EXAMPLE_NUMBERS = 2 };

typedef struct example_block {
    const char *mark; /* 8 characters */
    uint64_t numbers[EXAMPLE_NUMBERS];
    float *vector;
    size_t count;
} example_block;

/* As `save` of slipstream_plugin.h. */
int example_write(const example_block *content, void *block, size_t capacity, size_t *size);

/* Fills the numbers and the vector, or changes nothing: SLIP_PLUGIN_BAD_BLOCK if the block is not one of that mark and count. */
int example_read(example_block *content, const void *block, size_t size);

#endif
