/* SOCKET_HANDLE: a connected socket of the operating system, as the C API passes it around.
 *
 * Windows: a SOCKET (winsock2.h) in a void*; cast it both ways. "No socket" is
 * (SOCKET_HANDLE)INVALID_SOCKET. Elsewhere: a file descriptor; "no socket" is INVALID_SOCKET (-1).
 * PRI_SOCKET prints one: printf("%" PRI_SOCKET, socket_handle). SOCKET_ASSERT_TYPE is what c-pal's test
 * runner calls its type: ASSERT_ARE_EQUAL(SOCKET_ASSERT_TYPE, expected, actual).
 */
#ifndef C_PAL_SOCKET_HANDLE_H
#define C_PAL_SOCKET_HANDLE_H

#ifdef _WIN32

typedef void* SOCKET_HANDLE;
#define PRI_SOCKET "p"
#define SOCKET_ASSERT_TYPE void_ptr

#else

typedef int SOCKET_HANDLE;
#define PRI_SOCKET "d"
#define SOCKET_ASSERT_TYPE int
#ifndef INVALID_SOCKET
#define INVALID_SOCKET (-1)
#endif

#endif

#endif /* C_PAL_SOCKET_HANDLE_H */
