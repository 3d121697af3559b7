/* Lines that are in memory once and in many queues, and the queue of one who is to be sent them. A queue has a bound,
 * and its first lines are perhaps being sent. All of it is used under one lock. */
#ifndef LINE_QUEUE_H
#define LINE_QUEUE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "async_socket/buffer.h"

enum { LINE_QUEUE_ROOM = 1024, LINE_QUEUE_AT_ONCE = 64, LINE_SIZE = 512 };

typedef struct line {
    unsigned holders; /* queues, and who else uses it */
    size_t size;
    char text[LINE_SIZE + 64];
} line;

typedef struct line_queue {
    line* lines[LINE_QUEUE_ROOM]; /* a ring */
    unsigned first, count;
    unsigned sending; /* of them, from the first on */
    as_buffer pieces[LINE_QUEUE_AT_ONCE];
} line_queue;

/* "12 has left: timed out". The caller holds it. Without memory for it there is none, NULL: the
 * functions below go on without. */
static inline line* line_make(unsigned number, const char* verb, const char* text, size_t size)
{
    line* const made = calloc(1, sizeof *made);
    if (made != NULL) {
        const int shown = size < LINE_SIZE ? (int)size : LINE_SIZE;
        made->holders = 1;
        made->size = (size_t)snprintf(made->text, sizeof made->text, "%u%.30s%.*s\n", number, verb, shown, text);
    }
    return made;
}

static inline void line_release(line* released)
{
    if (released != NULL && --released->holders == 0) {
        free(released);
    }
}

/* False: it is full. */
static inline bool line_queue_put(line_queue* queue, line* added)
{
    if (queue->count == LINE_QUEUE_ROOM) {
        return false;
    }
    if (added != NULL) {
        queue->lines[(queue->first + queue->count++) % LINE_QUEUE_ROOM] = added;
        ++added->holders;
    }
    return true;
}

/* The same, and the caller does not hold it any more. */
static inline void line_queue_give(line_queue* queue, line* given)
{
    (void)line_queue_put(queue, given);
    line_release(given);
}

/* How many of the `pieces` are to be sent now; 0: there is nothing, or the last ones have not been sent yet. */
static inline uint32_t line_queue_gather(line_queue* queue)
{
    if (queue->sending > 0) {
        return 0;
    }
    while (queue->sending < queue->count && queue->sending < LINE_QUEUE_AT_ONCE) {
        const line* const next = queue->lines[(queue->first + queue->sending) % LINE_QUEUE_ROOM];
        queue->pieces[queue->sending++] = as_buffer_of(next->text, next->size);
    }
    return queue->sending;
}

/* What was being sent is not any more. */
static inline void line_queue_sent(line_queue* queue)
{
    for (; queue->sending > 0; --queue->sending, --queue->count) {
        line_release(queue->lines[queue->first]);
        queue->first = (queue->first + 1) % LINE_QUEUE_ROOM;
    }
}

/* All but what is being sent is forgotten. */
static inline void line_queue_cut(line_queue* queue)
{
    while (queue->count > queue->sending) {
        line_release(queue->lines[(queue->first + --queue->count) % LINE_QUEUE_ROOM]);
    }
}

#endif /* LINE_QUEUE_H */
