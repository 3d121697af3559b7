/* What a client asks for: an HTTP/1.1 request without a body. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "http_head.h"

typedef struct http_request {
    const char* refusal; /* the status to refuse it with; NULL: it is a GET or a HEAD of the target */
    const char* target;
    bool is_head, is_last; /* nothing is to be read of this connection behind it */
    size_t size;           /* in bytes; the next one begins there */
} http_request;

static inline void http_request_read_fields(http_request* request, const char* version)
{
    const bool is_old = version[7] == '0'; /* HTTP/1.0 */
    const char* const length = http_field(version, "content-length:");
    const char* const wish = http_field(version, "connection:");
    const char* const other_than_usual = is_old ? "keep-alive" : "close";
    request->is_last = is_old != (wish != NULL && http_behind(wish, other_than_usual) != NULL);
    if (http_field(version, "transfer-encoding:") != NULL || (length != NULL && *length != '0') ||
        (!is_old && http_field(version, "host:") == NULL)) {
        request->refusal = "400 Bad Request";
    }
}

/* The first request in `text`, which is changed, has a 0 behind its `size` bytes and room for no more than `capacity`.
 * False: it is not complete. */
static inline bool http_request_read(http_request* request, char* text, size_t size, size_t capacity)
{
    char* const end = strstr(text, "\r\n\r\n");
    if (end == NULL && strlen(text) == size && size < capacity) {
        return false;
    }
    char* const target = end != NULL ? strchr(text, ' ') : NULL;
    char* const version = target != NULL ? strchr(target + 1, ' ') : NULL;
    *request = (http_request){.refusal = "400 Bad Request", .is_last = true};
    if (version != NULL && http_behind(version, " http/1.") != NULL && strncmp(version + 9, "\r\n", 2) == 0) {
        end[2] = *target = *version = 0; /* three texts: the method, the target, the version with the fields */
        request->refusal = NULL;
        request->target = target + 1;
        request->is_head = strcmp(text, "HEAD") == 0;
        request->size = (size_t)(end + 4 - text);
        http_request_read_fields(request, version + 1);
        if (!request->is_head && strcmp(text, "GET") != 0) {
            request->refusal = "405 Method Not Allowed";
        }
    }
    request->is_last = request->is_last || request->refusal != NULL; /* who knows where the next one begins */
    return true;
}

#endif /* HTTP_REQUEST_H */
