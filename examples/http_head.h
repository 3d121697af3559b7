/* The head of an HTTP message: its first line and its fields, each with "\r\n" at its end. */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <ctype.h>
#include <stddef.h>
#include <string.h>

/* What is behind `prefix`, which is in lower case; NULL if the text does not begin with it, in upper or lower case. */
static inline const char* http_behind(const char* text, const char* prefix)
{
    while (*prefix != 0) {
        if (tolower((unsigned char)*text++) != *prefix++) {
            return NULL;
        }
    }
    return text;
}

/* The value of the first field of that name, given as "content-length:"; NULL without one. */
static inline const char* http_field(const char* head, const char* name)
{
    for (const char* end = strstr(head, "\r\n"); end != NULL; end = strstr(end + 2, "\r\n")) {
        const char* const value = http_behind(end + 2, name);
        if (value != NULL) {
            return value + strspn(value, " \t");
        }
    }
    return NULL;
}

#endif /* HTTP_HEAD_H */
