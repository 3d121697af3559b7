// A connect to one address: the first operation of a stream that nobody else knows before it is connected.
#pragma once

#include <cstdint>
#include <span>

#include "async_socket/address.h"
#include "async_socket/operation.h"
#include "async_socket/option.h"
#include "core/operation/outcome.hpp"
#include "core/transport/system_calls.hpp"

namespace async_socket::core {

class execution_engine;
class socket;

// What the socket is given before it connects. The call needs it, and nobody afterwards.
struct attempt_options {
    std::span<const as_option_value> options; // they make sense (core/platform/system_socket.hpp)
    const as_address* from = nullptr;         // of some family; null: the system chooses
};

// Not refused: `operation` ends in one callback on a thread of the engine. Told done: `connected` has been written, and
// is an open stream, in order, the caller's, who closes it or gives it away. Told anything else: nothing is left of it,
// the socket was closed before the callback. Refused: there is no callback. `address` is of some family, and not needed
// afterwards. `deadline`: AS_NEVER for none. It is cancelled as every operation; one that is connected by then is told
// as done. While it is under way it keeps the engine.
[[nodiscard]] refusal begin_connect(execution_engine& engine, const as_address& address, const attempt_options& how,
                                    as_operation& operation, socket*& connected, std::uint64_t deadline) noexcept;

} // namespace async_socket::core

namespace async_socket::backend {

// A socket for a connect to that address, which on Linux has begun. Empty on a failure, with the reason in `why`:
// unreachable, if it shall come from an address of another family. Children of this process do not inherit it.
[[nodiscard]] unique_socket open_connecting(const as_address& address, const core::attempt_options& how,
                                            core::refusal& why) noexcept;

} // namespace async_socket::backend
