/* A lock, and a place inside it to wait for others: what C11 has in <threads.h>, which not every compiler for Windows
 * comes with. */
#ifndef MONITOR_H
#define MONITOR_H

#ifdef _WIN32

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

typedef struct monitor {
    SRWLOCK lock;
    CONDITION_VARIABLE changed;
} monitor;

#define MONITOR                               \
    {                                         \
        SRWLOCK_INIT, CONDITION_VARIABLE_INIT \
    }

static inline void monitor_enter(monitor* entered)
{
    AcquireSRWLockExclusive(&entered->lock);
}

static inline void monitor_leave(monitor* left)
{
    ReleaseSRWLockExclusive(&left->lock);
}

/* Inside it: lets others in until one of them wakes those who wait, or for no reason; so look again at what it was. */
static inline void monitor_wait(monitor* entered)
{
    (void)SleepConditionVariableSRW(&entered->changed, &entered->lock, INFINITE, 0);
}

static inline void monitor_wake(monitor* entered)
{
    WakeAllConditionVariable(&entered->changed);
}

#else

#include <pthread.h>

typedef struct monitor {
    pthread_mutex_t lock;
    pthread_cond_t changed;
} monitor;

#define MONITOR                                             \
    {                                                       \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER \
    }

static inline void monitor_enter(monitor* entered)
{
    (void)pthread_mutex_lock(&entered->lock);
}

static inline void monitor_leave(monitor* left)
{
    (void)pthread_mutex_unlock(&left->lock);
}

static inline void monitor_wait(monitor* entered)
{
    (void)pthread_cond_wait(&entered->changed, &entered->lock);
}

static inline void monitor_wake(monitor* entered)
{
    (void)pthread_cond_broadcast(&entered->changed);
}

#endif

#endif /* MONITOR_H */
