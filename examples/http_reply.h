/* What a server has said: the head, which is kept, and the body, whose bytes are only counted. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "async_socket/buffer.h"
#include "http_head.h"

typedef struct http_reply {
    char status[4];
    bool is_http; /* as far as it is known */
    bool has_head;
    unsigned long long body, expected; /* bytes */
    size_t filled;
    char head[8192], rest[16384];
} http_reply;

/* Where the next bytes belong. */
static inline as_buffer http_reply_room(http_reply* reply)
{
    return reply->has_head ? as_buffer_of(reply->rest, sizeof reply->rest)
                           : as_buffer_of(reply->head + reply->filled, sizeof reply->head - 1 - reply->filled);
}

static inline void http_reply_read_head(http_reply* reply)
{
    const char* const end = strstr(reply->head, "\r\n\r\n");
    if (end == NULL) {
        reply->is_http = reply->filled < sizeof reply->head - 1;
        return;
    }
    const char* const length = http_field(reply->head, "content-length:");
    reply->is_http = sscanf(reply->head, "HTTP/%*s %3[0-9]", reply->status) == 1;
    reply->has_head = true;
    reply->body = reply->filled - (size_t)(end + 4 - reply->head);
    reply->expected = length != NULL ? strtoull(length, NULL, 10) : ULLONG_MAX; /* until the end of the stream */
}

/* So many have come there. */
static inline void http_reply_add(http_reply* reply, size_t size)
{
    if (reply->has_head) {
        reply->body += size;
        return;
    }
    reply->filled += size;
    reply->head[reply->filled] = 0;
    http_reply_read_head(reply);
}

static inline bool http_reply_is_whole(const http_reply* reply, bool is_end_of_stream)
{
    return reply->has_head && (reply->body >= reply->expected || (is_end_of_stream && reply->expected == ULLONG_MAX));
}

#endif /* HTTP_REPLY_H */
