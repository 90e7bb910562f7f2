#ifndef SLIPSTREAM_PARALLEL_H
#define SLIPSTREAM_PARALLEL_H

#include <stdint.h>

/// A piece of parallel work: called with the caller's context and the piece's index.
typedef void (*ck_piece)(void *context, intptr_t index);

/// Calls `piece(context, i)` once for every i in 0..<count, on the calling thread and up to count - 1 others, and
/// returns when every call has.
///
/// The other threads belong to the process and are started when first needed. After their last piece they spin for up to
/// 200 microseconds, less where that has been in vain, so that a row of short loops costs no wake-up; then they sleep. Any
/// number of threads may call this at once. A call from inside a piece runs on the thread that makes it.
void ck_parallel(intptr_t count, ck_piece piece, void *context);

#endif
