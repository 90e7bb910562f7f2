/*
 * Slipstream: better points from the points that a training loop visits.
 *
 * The caller keeps its own training loop and its own weight buffers, tells the library of the points it comes to, and asks
 * for their extrapolation:
 *
 *     slip_rna_f32 *rna;
 *     slip_rna_create_f32(count, &rna);
 *     slip_rna_set_f32(rna, "window", 10);
 *     for (...) {
 *         ... train an epoch ...
 *         slip_rna_push_f32(rna, weights, pieces);
 *         slip_rna_extrapolate_f32(rna, better, pieces);
 *     }
 *     slip_rna_destroy_f32(rna);
 *
 * What there is: slipstream_rna.h extrapolates, slipstream_average.h averages, slipstream_optimizer.h takes steps,
 * slipstream_types.h is what they share.
 *
 * Rules that hold for every call:
 *
 * - It returns a status: SLIP_OK, something positive (which is no error), or an error, which is negative. After an error
 *   nothing has changed but the counts of statistics, and slip_last_error() says what was wrong.
 * - It does not print, does not end the process, and keeps no pointer of the caller's after it returns.
 * - A handle may be used by one thread at a time, by any thread. Different handles may be used at the same time.
 * - It may use threads of the library's own. Their work is done when it returns; they then sleep until the next call. A
 *   forked child starts new ones. Results do not depend on their number, nor on how vectors are cut into pieces.
 * - A null handle, name or output pointer is SLIP_INVALID_ARGUMENT, except where it is said to be allowed.
 *
 * Saved states: slip_..._save_ writes a handle's parameters, points or steps, and counts to a block of memory, for the caller
 * to keep; a handle that loads it goes on with the same bits. Ask for the size first:
 *
 *     slip_rna_save_f32(rna, NULL, 0, &size);
 *     block = malloc(size);
 *     slip_rna_save_f32(rna, block, size, &size);
 *
 * The size is also written where the block is too small, which is SLIP_WRONG_COUNT.
 *
 * A handle loads what another one of the same kind, rule, precision and layout saved; loading replaces all that it has but
 * its number of threads. A block that is shorter or longer, or in which a bit has changed, is SLIP_DAMAGED; one of something
 * else is SLIP_FOREIGN. The format has a version of its own: later versions of the library read what this one writes, on
 * machines of the same byte order. Blocks need no alignment; those at a multiple of 8 bytes load without being copied first.
 */
#ifndef SLIPSTREAM_H
#define SLIPSTREAM_H

#include "slipstream_types.h"

#include "slipstream_average.h"
#include "slipstream_optimizer.h"
#include "slipstream_rna.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of these headers, major.minor.patch. */
#define SLIP_VERSION "0.1.0"

/* The version of the binary interface. It changes when a program has to be compiled again; additions do not change it. */
#define SLIP_ABI_VERSION 1

/* The library's version, like SLIP_VERSION: what is running, not what was compiled against. Never freed. */
const char *slip_version(void);

/* The library's SLIP_ABI_VERSION. A program that finds another one than its own must not go on. */
uint32_t slip_abi_version(void);

/* A status's name, such as "SLIP_WRONG_COUNT"; "unknown status" for any other number. Never freed. */
const char *slip_status_name(slip_status status);

/*
 * What was wrong in the last call on this thread that returned an error, in one sentence; "" if there was none. The text is
 * the library's and holds until the next call on this thread that returns an error.
 */
const char *slip_last_error(void);

#ifdef __cplusplus
}
#endif

#endif
