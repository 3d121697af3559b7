// Waiting for a point in time, and going over to a thread of an engine's (timer.h).
#pragma once

#include <coroutine>
#include <cstdint>

#include "async_socket/detail/face.hpp"
#include "async_socket/detail/operation.hpp"
#include "async_socket/engine.hpp"
#include "async_socket/result.hpp"
#include "async_socket/stop.hpp"
#include "async_socket/timer.h"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

namespace detail {

// Until a point in time.
class timer_operation : public awaitable<timer_operation> {
public:
    timer_operation(as_engine* engine, deadline until) noexcept : awaitable(never), engine_(engine), at_(until) {}
    timer_operation(timer_operation&&) noexcept = default;

    // The time has come: done. The deadline of the chain may come before it, which is no time of the program's.
    [[nodiscard]] result await_resume() const noexcept
    {
        return outcome().how == AS_DONE && is_early_ ? result(how::timed_out) : result(outcome());
    }

    [[nodiscard]] as_outcome start(as_operation* self, as_deadline of_chain) noexcept
    {
        is_early_ = of_chain < at_.ns();
        return as_timer_start(engine_, self, is_early_ ? of_chain : at_.ns());
    }

private:
    as_engine* engine_;
    deadline at_;
    bool is_early_ = false;
};

} // namespace detail

// co_await timer(engine, within(1s)): goes on when the time has come, on a thread of the engine (timer.h).
[[nodiscard]] inline detail::timer_operation timer(engine& engine, deadline at) noexcept
{
    return {engine.handle(), at};
}

// co_await on(engine): goes on there. Refused: where it was, and the result says why.
[[nodiscard]] inline detail::timer_operation on(engine& engine) noexcept
{
    return {engine.handle(), deadline(0)};
}

} // namespace ASYNC_SOCKET_FACE
} // namespace as
