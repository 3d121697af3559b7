// One accepted operation, from the call to its callback: the part that every platform shares.
#pragma once

#include <cstdint>

#include "core/operation_kind.hpp"
#include "core/outcome.hpp"

namespace async_socket::core {

struct operation {
    // Called exactly once for a started operation, on a thread of the engine. From then on the
    // operation is the callee's, which gives its memory back before it calls the user's callback.
    using ended_function = void (*)(operation& operation, const outcome& outcome);
    using callback_function = void (*)();

    operation_kind kind;
    std::uint64_t total; // bytes in all buffers together
    ended_function ended;
    callback_function callback; // the user's; its real type is known to `ended`
    void* context;              // the user's

    [[nodiscard]] direction way() const noexcept { return direction_of(kind); }
};

} // namespace async_socket::core
