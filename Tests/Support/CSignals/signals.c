#define _GNU_SOURCE
#include "CSignals.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t signals, elsewhere;
static uintptr_t low, high;
static timer_t timer;
static struct sigaction former;
static stack_t former_stack;
static sigset_t former_mask;
// The handler runs on a stack of its own, or it would itself do the damage that is looked for.
static unsigned char own_stack[1 << 16];

static void handle(int number, siginfo_t *unused, void *context) {
    (void)number;
    (void)unused;
    uintptr_t stack = (uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RSP];
    signals = signals + 1;
    if (stack < low || stack >= high) elsewhere = elsewhere + 1;
}

bool signals_begin(long microseconds) {
    pthread_attr_t attributes;
    void *place;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return false;
    pthread_attr_getstack(&attributes, &place, &size);
    pthread_attr_destroy(&attributes);
    low = (uintptr_t)place;
    high = low + size;
    signals = elsewhere = 0;
    stack_t stack = {.ss_sp = own_stack, .ss_size = sizeof own_stack};
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
    if (sigaltstack(&stack, &former_stack) != 0 || sigaction(SIGALRM, &action, &former) != 0) return false;
    // Threads of Dispatch take no signals.
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGALRM);
    pthread_sigmask(SIG_UNBLOCK, &mask, &former_mask);
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM};
    event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return false;
    struct timespec interval = {.tv_nsec = microseconds * 1000};
    struct itimerspec times = {.it_interval = interval, .it_value = interval};
    return timer_settime(timer, 0, &times, NULL) == 0;
}

signal_count signals_end(void) {
    timer_delete(timer);
    // One that is on its way still is ignored.
    signal(SIGALRM, SIG_IGN);
    sigaction(SIGALRM, &former, NULL);
    sigaltstack(&former_stack, NULL);
    pthread_sigmask(SIG_SETMASK, &former_mask, NULL);
    return (signal_count){signals, elsewhere};
}
