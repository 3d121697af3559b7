/* A piece of the caller's memory, to be sent or received into. Arrays of it are handed to the system as they are, so it
 * has the layout of the system's own type: struct iovec on Linux, WSABUF on Windows. The order of its members differs
 * by that: fill it by name, or with as_buffer_of. */
#ifndef ASYNC_SOCKET_BUFFER_H
#define ASYNC_SOCKET_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef _WIN32
typedef struct as_buffer {
    uint32_t size; /* in bytes */
    void* data;
} as_buffer;
#else
typedef struct as_buffer {
    void* data;
    size_t size; /* in bytes */
} as_buffer;
#endif

/* `data` is not written to if the buffer is sent. On Windows a buffer has at most UINT32_MAX bytes: a larger `size`
 * makes one that every call refuses with AS_INVALID (its data is NULL); divide it into several. */
static inline as_buffer as_buffer_of(const void* data, size_t size)
{
    as_buffer made;
#ifdef _WIN32
    made.size = (uint32_t)size;
    made.data = (void*)(made.size == size ? (uintptr_t)data : 0);
#else
    made.size = size;
    made.data = (void*)(uintptr_t)data;
#endif
    return made;
}

#ifdef __cplusplus
}
#endif

#endif /* ASYNC_SOCKET_BUFFER_H */
