/* What is said to a request for a file: a head, and the file behind it in pieces, so that no file is in memory whole.
 */
#ifndef HTTP_ANSWER_H
#define HTTP_ANSWER_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "async_socket/buffer.h"
#include "http_request.h"
#include "served_file.h"

typedef struct http_answer {
    bool is_last;     /* nothing is read of this connection any more */
    served_file file; /* closed: there is no more of it */
    int head_size;    /* of the head that has not been taken yet */
    char head[512], piece[65536];
} http_answer;

/* Without a file the status is the body, too. */
static inline void http_answer_make(http_answer* answer, const char* status, bool is_head)
{
    const bool is_file = answer->file.file != NULL;
    const long size = is_file ? answer->file.left : (long)strlen(status);
    answer->head_size =
        snprintf(answer->head, sizeof answer->head,
                 "HTTP/1.1 %s\r\nContent-Length: %ld\r\nConnection: %s\r\nAllow: GET, HEAD\r\n\r\n%s", status, size,
                 answer->is_last ? "close" : "keep-alive", is_file || is_head ? "" : status);
    if (is_head) {
        served_file_close(&answer->file);
    }
}

static inline void http_answer_refuse(http_answer* answer, const char* status)
{
    answer->is_last = true;
    http_answer_make(answer, status, false);
}

/* An answer to the first request in `text`, as http_request_read is given it. Takes the request out. False: it is not
 * complete. */
static inline bool http_answer_next_request(http_answer* answer, const char* folder, char* text, size_t* size,
                                            size_t capacity)
{
    http_request request;
    if (!http_request_read(&request, text, *size, capacity)) {
        return false;
    }
    answer->is_last = request.is_last;
    const char* status = request.refusal;
    if (status == NULL) {
        status = served_file_open(&answer->file, folder, request.target) ? "200 OK" : "404 Not Found";
    }
    *size -= request.size;
    memmove(text, text + request.size, *size + 1);
    http_answer_make(answer, status, request.is_head);
    return true;
}

/* The next one or two buffers of it, none when it is over; valid until the next call. False: there is less of the file
 * than the head has promised, and nothing but the end of the connection can say so. */
static inline bool http_answer_take(http_answer* answer, as_buffer* buffers, uint32_t* count)
{
    size_t size = 0;
    *count = 0;
    if (answer->head_size > 0) {
        buffers[(*count)++] = as_buffer_of(answer->head, (size_t)answer->head_size);
        answer->head_size = 0;
    }
    if (!served_file_read(&answer->file, answer->piece, sizeof answer->piece, &size)) {
        return false;
    }
    if (size > 0) {
        buffers[(*count)++] = as_buffer_of(answer->piece, size);
    }
    return true;
}

#endif /* HTTP_ANSWER_H */
