// A listener is a socket that is open at doors (core/listener/doors.hpp): what it has of life is what every socket has,
// and what is started on it is accepts.
#pragma once

#include <cstdint>

#include "async_socket/operation.h"
#include "core/operation/outcome.hpp"

namespace async_socket::core {

class doors;
class execution_engine;
class socket;

// Null with the reason in `why`; the doors are gone then. Otherwise the caller's, who closes it (close_and_free).
[[nodiscard]] socket* open_listener(execution_engine& engine, doors& doors, refusal& why) noexcept;

// Not refused: `operation` ends in one callback on a thread of the engine; told done: `accepted` has been written, and
// is an open stream, in order, the caller's. Refused: there is no callback. `deadline`: AS_NEVER for none.
[[nodiscard]] refusal begin_accept(socket& listener, as_operation& operation, socket*& accepted,
                                   std::uint64_t deadline) noexcept;

} // namespace async_socket::core
