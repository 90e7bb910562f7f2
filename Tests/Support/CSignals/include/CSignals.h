#ifndef SLIPSTREAM_SIGNALS_H
#define SLIPSTREAM_SIGNALS_H

#include <stdbool.h>

/// What the calling thread's handler saw.
typedef struct {
    /// How many signals came.
    long signals;
    /// How many of them found the stack pointer outside of the thread's stack.
    long elsewhere;
} signal_count;

/// Sends SIGALRM to the calling thread again and again; `microseconds` lie between two. Returns whether it could begin.
///
/// One thread of the process at a time.
bool signals_begin(long microseconds);

/// Ends it.
signal_count signals_end(void);

#endif
