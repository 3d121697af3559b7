/* Bytes as they come, made into lines. */
#ifndef TYPED_LINES_H
#define TYPED_LINES_H

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "async_socket/buffer.h"

typedef struct typed_lines {
    size_t filled, taken; /* bytes that have come; of them, those of the line that was taken last */
    as_buffer room;
    char bytes[512];
} typed_lines;

/* Where the next bytes belong; there is room when no line could be taken. */
static inline const as_buffer* typed_lines_room(typed_lines* typed)
{
    typed->room = as_buffer_of(typed->bytes + typed->filled, sizeof typed->bytes - typed->filled);
    return &typed->room;
}

/* Takes the next line, which has *size bytes without its end and stays until the next call; one that is too long comes
 * in parts. Blanks are in the place of control characters, so that nobody moves the cursor of others. False: there is
 * no whole line, and room for more. */
static inline bool typed_lines_take(typed_lines* typed, size_t* size)
{
    typed->filled -= typed->taken;
    memmove(typed->bytes, typed->bytes + typed->taken, typed->filled);
    typed->taken = 0;
    const char* const end = memchr(typed->bytes, '\n', typed->filled);
    if (end == NULL && typed->filled < sizeof typed->bytes) {
        return false;
    }
    *size = end != NULL ? (size_t)(end - typed->bytes) : typed->filled;
    typed->taken = *size + (end != NULL);
    for (size_t i = 0; i < *size; ++i) {
        typed->bytes[i] = iscntrl((unsigned char)typed->bytes[i]) ? ' ' : typed->bytes[i];
    }
    *size -= *size > 0 && typed->bytes[*size - 1] == ' '; /* "\r\n" */
    return true;
}

#endif /* TYPED_LINES_H */
