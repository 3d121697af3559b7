// The deadline of an operation that has one: in the last bytes of the caller's memory, behind all that a platform puts
// there. So an operation without a deadline, and each of c-pal's, whose memory is smaller, is none the larger for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

#include "async_socket/deadline.h"
#include "core/operation/operation.hpp"
#include "core/operation/outcome.hpp"
#include "core/platform/backend.hpp"
#include "core/time/clock_alarm.hpp"

namespace async_socket::core {

class operation_alarm : public clock_alarm {
public:
    // Gives the operation that will be started in `memory` a deadline; `asked` is what it is asked to be. AS_NEVER: it
    // has none.
    static void set(as_operation& memory, operation& asked, std::uint64_t deadline) noexcept
    {
        asked.is_timed = deadline != AS_NEVER;
        if (asked.is_timed) {
            new (place_in(memory)) operation_alarm(deadline);
        }
    }

    // Of one that is under way: the idle time of its stream is over, and ends it unless it is done. As if it had a
    // deadline, which is over. Under its lane's lock.
    static void set_over(operation& idle) noexcept
    {
        if (!idle.is_timed) {
            set(*idle.memory(), idle, 0);
        }
    }

    // It has ended since its time had come, or that of its stream, and not by a time-out of the system's.
    [[nodiscard]] static bool has_ended(const operation& ended, const outcome& how) noexcept
    {
        return how.how == ending::timed_out && ended.is_timed && how.code == backend::code_of_stop(ending::timed_out);
    }

    // Of one that is timed.
    [[nodiscard]] static operation_alarm& of(operation& timed) noexcept
    {
        return *static_cast<operation_alarm*>(place_in(*timed.memory()));
    }
    [[nodiscard]] operation& whose() noexcept
    {
        return operation::of(reinterpret_cast<as_operation*>(reinterpret_cast<unsigned char*>(this) - place()));
    }

private:
    explicit operation_alarm(std::uint64_t deadline) noexcept : clock_alarm(its_operation, deadline) {}

    // It is ended as timed out, by stop_operation.
    static const subject its_operation; // in alarm_clock.cpp

    [[nodiscard]] static constexpr std::size_t place() noexcept
    {
        return sizeof(as_operation) - sizeof(operation_alarm);
    }
    [[nodiscard]] static void* place_in(as_operation& memory) noexcept
    {
        return reinterpret_cast<unsigned char*>(&memory) + place();
    }
};

static_assert(alignof(operation_alarm) <= alignof(as_operation));
static_assert(std::is_trivially_destructible_v<operation_alarm>, "its memory is its caller's, who knows nothing of it");

// That an operation of a platform's leaves it its place.
template <typename Operation>
constexpr bool fits_before_alarm = sizeof(Operation) + sizeof(operation_alarm) <= sizeof(as_operation) &&
                                   alignof(Operation) <= alignof(as_operation);

} // namespace async_socket::core
