/* Objects that come and go, a lock for what they share, and a wait until the last one has gone. Each begins with its
 * member of the crowd. Inside the lock nobody closes a stream: as_stream_close waits for callbacks that want to enter.
 */
#ifndef CROWD_H
#define CROWD_H

#include "monitor.h"

typedef struct member {
    struct member *next, *previous; /* in a ring; that of the crowd itself is no object */
} member;

typedef struct crowd {
    monitor lock;
    member ring;
} crowd;

/* The empty crowd of that name. */
#define CROWD(name)                    \
    {                                  \
        MONITOR,                       \
        {                              \
            &(name).ring, &(name).ring \
        }                              \
    }

static inline void crowd_enter(crowd* entered)
{
    monitor_enter(&entered->lock);
}

static inline void crowd_leave(crowd* left)
{
    monitor_leave(&left->lock);
}

/* Those that look at all members are inside: each from crowd_first, until it is NULL. */
static inline member* crowd_next(crowd* entered, const member* behind)
{
    return behind->next == &entered->ring ? NULL : behind->next;
}

static inline member* crowd_first(crowd* entered)
{
    return crowd_next(entered, &entered->ring);
}

/* Inside. */
static inline void crowd_join(crowd* joined, member* joining)
{
    *joining = (member){&joined->ring, joined->ring.previous};
    joining->previous->next = joining;
    joined->ring.previous = joining;
}

/* The same, from outside. */
static inline void crowd_admit(crowd* joined, member* joining)
{
    crowd_enter(joined);
    crowd_join(joined, joining);
    crowd_leave(joined);
}

/* From outside. Who has parted is its owner's alone. */
static inline void crowd_part(crowd* parted, member* parting)
{
    crowd_enter(parted);
    parting->previous->next = parting->next;
    parting->next->previous = parting->previous;
    monitor_wake(&parted->lock);
    crowd_leave(parted);
}

/* Inside; others can enter meanwhile. Leaves it. */
static inline void crowd_leave_when_empty(crowd* waited_for)
{
    while (crowd_first(waited_for) != NULL) {
        monitor_wait(&waited_for->lock);
    }
    crowd_leave(waited_for);
}

#endif /* CROWD_H */
