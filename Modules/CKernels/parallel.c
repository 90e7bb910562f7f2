#define _GNU_SOURCE
#include "parallel.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#if defined(__x86_64__)
#define PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define PAUSE() __asm__ volatile("yield")
#else
#define PAUSE() ((void)0)
#endif

enum {
    MAX_JOBS = 16,
    MAX_HELPERS = 255,
    MAX_COUNT = 0xffff,
    LEAST_SPIN_NANOSECONDS = 4000,
    MOST_SPIN_NANOSECONDS = 200000,
    OWNER_SPIN_NANOSECONDS = 100000,
};

// A call of ck_parallel in progress. `ticket` holds 32 bits of a serial number, 16 of the count, 16 of the next index:
// an index is claimed by one compare-and-swap, and a successful claim proves that the call is still going on, for it
// cannot return before the claimed piece is done.
typedef struct {
    _Alignas(64) _Atomic uint64_t ticket;
    ck_piece piece;
    void *context;
    _Alignas(64) _Atomic intptr_t helped;
    _Atomic bool waiting;
    _Atomic bool taken;
} job;

static job jobs[MAX_JOBS];
static _Alignas(64) _Atomic uint32_t generation;
static _Atomic int helpers;
static _Atomic int sleepers;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_published = PTHREAD_COND_INITIALIZER;
static pthread_cond_t work_finished = PTHREAD_COND_INITIALIZER;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;
static _Thread_local bool inside;

static int64_t nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool claim(job *work, intptr_t *index) {
    uint64_t ticket = atomic_load_explicit(&work->ticket, memory_order_acquire);
    for (;;) {
        uint64_t next = ticket & 0xffff, count = ticket >> 16 & 0xffff;
        if (next >= count) return false;
        if (atomic_compare_exchange_weak_explicit(
                &work->ticket, &ticket, ticket + 1, memory_order_acq_rel, memory_order_acquire)) {
            *index = (intptr_t)next;
            return true;
        }
    }
}

static void help_all(void) {
    for (int k = 0; k < MAX_JOBS; k++) {
        job *work = &jobs[k];
        intptr_t index;
        while (claim(work, &index)) {
            work->piece(work->context, index);
            atomic_fetch_add(&work->helped, 1);
            // From here on the job may belong to another call; a wake-up too many does no harm.
            if (atomic_load(&work->waiting)) {
                pthread_mutex_lock(&mutex);
                pthread_cond_broadcast(&work_finished);
                pthread_mutex_unlock(&mutex);
            }
        }
    }
}

// Waits for another generation than `seen` and says whether it came in time.
static bool spin(uint32_t seen, int64_t duration) {
    int64_t end = nanoseconds() + duration;
    do {
        for (int k = 0; k < 16; k++) {
            if (atomic_load_explicit(&generation, memory_order_relaxed) != seen) return true;
            PAUSE();
        }
    } while (nanoseconds() < end);
    return false;
}

static void *helper_main(void *unused) {
    (void)unused;
    inside = true;
    // Spinning pays while loops follow each other closely. It does harm where other programs want the processor, and
    // most where the publisher itself waits for it: then nothing comes in time, and the next wait is shorter. Yielding
    // would not help: the scheduler takes it as giving up a whole time slice.
    int64_t patience = MOST_SPIN_NANOSECONDS;
    for (;;) {
        uint32_t seen = atomic_load(&generation);
        help_all();
        if (spin(seen, patience)) {
            patience = 2 * patience < MOST_SPIN_NANOSECONDS ? 2 * patience : MOST_SPIN_NANOSECONDS;
            continue;
        }
        patience = patience / 2 > LEAST_SPIN_NANOSECONDS ? patience / 2 : LEAST_SPIN_NANOSECONDS;
        pthread_mutex_lock(&mutex);
        atomic_fetch_add(&sleepers, 1);
        // The publisher changes the generation first and looks for sleepers second, so one of the two sees the other.
        while (atomic_load(&generation) == seen) pthread_cond_wait(&work_published, &mutex);
        atomic_fetch_sub(&sleepers, 1);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

// A forked child has one thread, and possibly locks that nobody holds any more.
static void forget_helpers(void) {
    pthread_mutex_init(&mutex, NULL);
    pthread_cond_init(&work_published, NULL);
    pthread_cond_init(&work_finished, NULL);
    atomic_store(&helpers, 0);
    atomic_store(&sleepers, 0);
    for (int k = 0; k < MAX_JOBS; k++) {
        atomic_store(&jobs[k].ticket, 0);
        atomic_store(&jobs[k].taken, false);
    }
}

static void register_fork_handler(void) { pthread_atfork(NULL, NULL, forget_helpers); }

static void start_helpers(int wanted) {
    pthread_once(&fork_once, register_fork_handler);
    pthread_mutex_lock(&mutex);
    // Signals are for the program's own threads.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (atomic_load(&helpers) < wanted) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, helper_main, NULL) != 0) break;
        pthread_detach(thread);
        atomic_fetch_add(&helpers, 1);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_mutex_unlock(&mutex);
}

static job *take_job(void) {
    for (int k = 0; k < MAX_JOBS; k++) {
        bool free = false;
        if (!atomic_load_explicit(&jobs[k].taken, memory_order_relaxed)
            && atomic_compare_exchange_strong(&jobs[k].taken, &free, true))
            return &jobs[k];
    }
    return NULL;
}

static void wake(int count) {
    if (count == 0) return;
    pthread_mutex_lock(&mutex);
    for (int k = 0; k < count; k++) pthread_cond_signal(&work_published);
    pthread_mutex_unlock(&mutex);
}

static void wait_for_helpers(job *work, intptr_t expected) {
    int64_t end = 0;
    while (atomic_load_explicit(&work->helped, memory_order_acquire) != expected) {
        for (int k = 0; k < 16; k++) PAUSE();
        int64_t now = nanoseconds();
        if (end == 0) end = now + OWNER_SPIN_NANOSECONDS;
        if (now < end) continue;
        pthread_mutex_lock(&mutex);
        atomic_store(&work->waiting, true);
        while (atomic_load(&work->helped) != expected) pthread_cond_wait(&work_finished, &mutex);
        atomic_store(&work->waiting, false);
        pthread_mutex_unlock(&mutex);
        return;
    }
}

static void run_serially(intptr_t first, intptr_t count, ck_piece piece, void *context) {
    for (intptr_t index = first; index < count; index++) piece(context, index);
}

void ck_parallel(intptr_t count, ck_piece piece, void *context) {
    if (count <= 1 || inside) return run_serially(0, count, piece, context);
    job *work = take_job();
    if (work == NULL) return run_serially(0, count, piece, context);

    intptr_t shared = count < MAX_COUNT ? count : MAX_COUNT;
    intptr_t wanted = shared - 1 < MAX_HELPERS ? shared - 1 : MAX_HELPERS;
    if (atomic_load(&helpers) < wanted) start_helpers((int)wanted);
    work->piece = piece;
    work->context = context;
    atomic_store_explicit(&work->helped, 0, memory_order_relaxed);
    uint64_t serial = (atomic_load_explicit(&work->ticket, memory_order_relaxed) >> 32) + 1;
    atomic_store_explicit(&work->ticket, serial << 32 | (uint64_t)shared << 16 | 1, memory_order_release);
    atomic_fetch_add(&generation, 1);
    wake(atomic_load(&sleepers) < wanted ? atomic_load(&sleepers) : (int)wanted);

    inside = true;
    piece(context, 0);
    intptr_t own = 1, index;
    while (claim(work, &index)) {
        piece(context, index);
        own++;
    }
    inside = false;
    wait_for_helpers(work, shared - own);
    atomic_store(&work->taken, false);
    run_serially(shared, count, piece, context);
}
