// Names to addresses (resolve.h).
#pragma once

#include <coroutine>
#include <cstdint>
#include <span>

#include "async_socket/address.hpp"
#include "async_socket/detail/face.hpp"
#include "async_socket/detail/operation.hpp"
#include "async_socket/engine.hpp"
#include "async_socket/resolve.h"
#include "async_socket/result.hpp"
#include "async_socket/stop.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

// resolve.h says which texts there are.
struct question {
    const char* host = nullptr;
    const char* service = nullptr;
    as::family family = as::family::none; // both
    bool passive = false;                 // for a listener
    bool numeric = false;                 // nobody is asked
};

// How a lookup ended.
class resolved : public result {
public:
    constexpr resolved(const result& how_it_ended) noexcept : result(how_it_ended) {}
    constexpr resolved(const as_outcome& outcome, std::span<address> room, std::uint32_t count) noexcept
        : result(outcome), room_(room), count_(count)
    {
    }

    // Those that there was room for.
    [[nodiscard]] std::span<address> addresses() const noexcept
    {
        return count_ < room_.size() ? room_.first(count_) : room_;
    }
    // How many there are.
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

private:
    std::span<address> room_;
    std::uint32_t count_ = 0;
};

namespace detail {

class resolve_operation : public awaitable<resolve_operation> {
public:
    resolve_operation(as_engine* engine, const question& asked, std::span<address> room, deadline until) noexcept
        : awaitable(until), engine_(engine), asked_(asked), room_(room)
    {
    }
    resolve_operation(resolve_operation&&) noexcept = default;

    [[nodiscard]] as_outcome start(as_operation* self, as_deadline until) noexcept
    {
        const std::uint32_t flags =
            (asked_.passive ? AS_QUESTION_PASSIVE : 0U) | (asked_.numeric ? AS_QUESTION_NUMERIC : 0U);
        const as_question question{asked_.host, asked_.service, static_cast<std::uint32_t>(asked_.family), flags};
        constexpr std::size_t most = 0xffff'ffff;
        const auto capacity = static_cast<std::uint32_t>(room_.size() < most ? room_.size() : most);
        return as_resolve(engine_, &question, self, room_.data(), capacity, &count_, until);
    }
    [[nodiscard]] resolved await_resume() const noexcept { return {outcome(), room_, count_}; }

private:
    as_engine* engine_;
    question asked_;
    std::span<address> room_;
    std::uint32_t count_ = 0;
};

} // namespace detail

// co_await it: a `resolved`. The texts stay until it is awaited, the room until it has ended.
[[nodiscard]] inline detail::resolve_operation resolve(engine& engine, const question& asked, std::span<address> room,
                                                       deadline until = never) noexcept
{
    return {engine.handle(), asked, room, until};
}

} // namespace ASYNC_SOCKET_FACE
} // namespace as
