// The three system calls of each operation: send, recv and epoll_wait, as the kernel has them.
//
// The C library's are more: points at which a thread can be cancelled, for which a program of several threads pays some
// thirty instructions each time, as many as the library has for half an operation. And they are not wanted: a thread
// that goes away in one of them would leave a lane locked for ever. Where the kernel is not called directly (calls.cpp
// says where) they are the C library's.
//
// Functions of their own, and in C, so that tests can put others in their place.
#pragma once

#include <sys/epoll.h>

#include <cstddef>

extern "C" {

// What the call returns; or, below 0, the negative errno, which is not touched itself.
[[nodiscard]] long async_socket_send(int fd, const void* data, std::size_t size, int flags) noexcept;
[[nodiscard]] long async_socket_recv(int fd, void* data, std::size_t size, int flags) noexcept;
[[nodiscard]] long async_socket_epoll_wait(int epoll, epoll_event* events, int room, int timeout_ms) noexcept;

} // extern "C"
