// One accepted operation, from the call to its callback: the part that every platform shares. It lies in the memory
// that the caller gave for it, an as_operation, whose first two members are these: each of the two can be had from the
// other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include "async_socket/address.h"
#include "async_socket/operation.h"
#include "core/operation/operation_holds.hpp"
#include "core/operation/operation_kind.hpp"
#include "core/operation/outcome.hpp"
#include "core/operation/pieces.hpp"

namespace async_socket::core {

class socket;

// What an operation makes that ends with a connection.
struct connection_wanted {
    socket* guest;             // of an accept: the stream that it will be, not open yet
    const as_address* address; // of a connect, while it is started
    socket** told_in;          // written before the callback of one that is done
};

struct operation {
    // Called exactly once for a started operation, on a thread of the engine. From then on the memory is its caller's.
    as_callback on_end;
    void* context;
    std::uint64_t total; // bytes in all buffers together
    union {
        pieces left;                  // of the buffers
        connection_wanted connection; // makes_connection(kind)
    };
    operation_kind kind;
    bool is_timed = false; // it has a deadline, or its stream's idle time is over (core/time/operation_alarm.hpp)
    operation_holds holds{};

    [[nodiscard]] direction way() const noexcept { return direction_of(kind); }

    [[nodiscard]] static operation& of(as_operation* memory) noexcept { return *reinterpret_cast<operation*>(memory); }
    // What was to be started in this memory was refused: a cancel leaves it alone, whatever was in there before.
    static void refuse(as_operation& memory) noexcept
    {
        new (&of(&memory).holds) operation_holds(operation_holds::of_nothing{});
    }
    [[nodiscard]] as_operation* memory() noexcept { return reinterpret_cast<as_operation*>(this); }
};

static_assert(offsetof(operation, on_end) == offsetof(as_operation, on_end) &&
              offsetof(operation, context) == offsetof(as_operation, context));

} // namespace async_socket::core
