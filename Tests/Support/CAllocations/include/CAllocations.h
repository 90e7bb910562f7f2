#ifndef SLIPSTREAM_ALLOCATIONS_H
#define SLIPSTREAM_ALLOCATIONS_H

/// How many blocks of memory the calling thread has asked malloc and its relatives for.
///
/// Linking this target puts counting wrappers before the C library's functions, for the whole process.
long thread_allocations(void);

#endif
