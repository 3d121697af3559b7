// Which descriptors of the process have a channel. An epoll instance refuses a socket that it has already,
// but another one takes it; two channels would then share one stream. LINUX_14_003
#pragma once

#include "core/backend.hpp"

namespace async_socket::linux_os {

// 0, or the errno of a refusal: EEXIST if `fd` has a channel, ENOMEM.
[[nodiscard]] int bind_socket(int fd, backend::channel& channel) noexcept;

// Does nothing if it is not bound to this channel: the number may have been closed behind our back, and
// be another socket's.
void unbind_socket(int fd, const backend::channel& channel) noexcept;

} // namespace async_socket::linux_os
