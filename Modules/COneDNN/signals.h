// oneDNN's kernels for matrix products keep their stack pointer in memory from malloc while they run. A signal handler that is
// called then writes its frame there, over the blocks before it: the heap is damaged, and the program ends long after. So
// signals wait while oneDNN computes. Those of the processor's own faults cannot.
#ifndef SLIPSTREAM_CONEDNN_SIGNALS_H
#define SLIPSTREAM_CONEDNN_SIGNALS_H

#include <pthread.h>
#include <signal.h>

static inline void hold_signals(sigset_t *before) {
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS};
    sigset_t held;
    sigfillset(&held);
    for (unsigned k = 0; k < sizeof faults / sizeof *faults; k++) sigdelset(&held, faults[k]);
    pthread_sigmask(SIG_SETMASK, &held, before);
}

static inline void release_signals(const sigset_t *before) { pthread_sigmask(SIG_SETMASK, before, NULL); }

#endif
