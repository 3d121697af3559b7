// async_socket_create_with_transport: an async socket whose bytes the user's hooks move.
#pragma once

#include "core/socket/socket.hpp"

namespace async_socket::c_api {

// What the generations' functions share; the checks and the messages are here. `adopted`: as for
// core::socket::create.
[[nodiscard]] core::socket* create_with_hooks(EXECUTION_ENGINE_HANDLE engine, const backend::connection& adopted,
                                              const core::io_hooks& hooks) noexcept;

} // namespace async_socket::c_api
