// The user's own send and receive in front of a socket (async_socket_create_with_transport): encryption,
// for example. Where a platform does not have them, an async socket never has any.
#pragma once

#include <cstddef>

// The handle of the public header, whose name is another one in the handle generation.
struct ASYNC_SOCKET_TAG;

namespace async_socket::core {

// Each returns the number of bytes that it moved, or -1 with errno: EAGAIN or EWOULDBLOCK means later,
// when the socket is ready again. A receive of 0 bytes is the end of the stream.
struct io_hooks {
    int (*send)(void* context, ASYNC_SOCKET_TAG* async_socket, const void* bytes, std::size_t size);
    void* send_context;
    int (*receive)(void* context, ASYNC_SOCKET_TAG* async_socket, void* bytes, std::size_t size);
    void* receive_context;
};

} // namespace async_socket::core
