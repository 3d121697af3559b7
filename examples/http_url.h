/* Where a page is: http://HOST[:PORT][/PATH]. An IPv6 address as the host is in brackets. */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "http_head.h"

typedef struct http_url {
    char host[256]; /* without brackets */
    const char* port;
    char request[1280]; /* for the page, after which the server is to end the stream */
} http_url;

/* False: it is none, or too long. */
static inline bool http_url_read(http_url* url, const char* text)
{
    const char* const authority = http_behind(text, "http://");
    const size_t size = authority != NULL ? strcspn(authority, "/?#") : 0;
    if (size == 0 || size >= sizeof url->host) {
        return false;
    }
    const char* const path = authority + size;
    const int length = snprintf(url->request, sizeof url->request, "GET %s%.*s HTTP/1.0\r\nHost: %.*s\r\n\r\n",
                                *path == '/' ? "" : "/", (int)strcspn(path, "#"), path, (int)size, authority);
    memcpy(url->host, authority, size);
    url->host[size] = 0;
    char* const bracket = *url->host == '[' ? strchr(url->host, ']') : NULL;
    if (*url->host == '[' && bracket == NULL) {
        return false;
    }
    char* const colon = strchr(bracket != NULL ? bracket : url->host, ':');
    url->port = "80";
    if (colon != NULL) {
        *colon = 0;
        url->port = colon + 1;
    }
    if (bracket != NULL) {
        *bracket = 0;
        memmove(url->host, url->host + 1, strlen(url->host));
    }
    return length > 0 && (size_t)length < sizeof url->request;
}

#endif /* HTTP_URL_H */
