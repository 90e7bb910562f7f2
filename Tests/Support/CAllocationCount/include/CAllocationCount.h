#ifndef C_ALLOCATION_COUNT_H
#define C_ALLOCATION_COUNT_H

/// How often the calling thread has asked the C library for memory.
///
/// A program that links this has `malloc` and its kin counted. Nothing else changes, and nothing is counted where another
/// tool, such as AddressSanitizer, has taken their place.
long allocation_count(void);

#endif
