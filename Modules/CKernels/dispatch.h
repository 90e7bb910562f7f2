// One body, several instruction sets: the loader picks the clone that the processor can run.
#ifndef SLIPSTREAM_DISPATCH_H
#define SLIPSTREAM_DISPATCH_H

#if defined(__x86_64__)
#define CK_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), min_vector_width(512)))
#else
#define CK_CLONES
#endif

// Lets a reduction be split over vector lanes; the order of the additions is fixed by the compiled code.
#define CK_REASSOCIATE _Pragma("clang fp reassociate(on) contract(fast)")

#endif
