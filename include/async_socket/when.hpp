// Several things at once: operations, tasks, or both.
//
//     auto [a, b] = co_await as::when_all(fetch(one), fetch(other));
//     auto [first, results] = co_await as::when_any(peer.receive(room), as::timer(engine, as::within(5s)));
//
// All of them have ended when it goes on, always: when_any stops the others as soon as one has ended, and waits for
// them. Each result is there, also those of the others: one that was done at the same time has not lost its bytes.
//
// Both may have a deadline, and be stopped by a token (stop.hpp), as a task may:
//
//     co_await as::when_all(fetch(one), fetch(other)).until(as::within(5s));
//
// They begin on this thread, in their order, and go on each on its own. What comes behind goes on where the last of
// them has ended; on this thread, if all had ended when the last one was begun. A stop and the deadline of who awaits
// reach all of them. One that throws holds up nothing: the exception comes out when all have ended, and with it the
// other results are lost.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#include "async_socket/detail/face.hpp"
#include "async_socket/detail/group.hpp"
#include "async_socket/stop.hpp"
#include "async_socket/task.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

// What a task tells that has no value.
struct nothing {
    friend constexpr bool operator==(nothing, nothing) noexcept = default;
};

namespace detail {

template <typename Value>
using or_nothing = std::conditional_t<std::is_void_v<Value>, nothing, Value>;

template <typename Value>
[[nodiscard]] or_nothing<Value> value_of(task<Value>& ended)
{
    if constexpr (std::is_void_v<Value>) {
        if (ended) {
            task_access::promise_of(ended).result();
        } else {
            no_room<Value>();
        }
        return {};
    } else {
        return ended ? task_access::promise_of(ended).result() : no_room<Value>();
    }
}

template <typename Value>
void add_to(group& all, task<Value>& added, std::uint32_t index) noexcept
{
    if (added) {
        all.add(task_access::promise_of(added), index);
    } else { // there was no memory for it, which its result says
        all.add_empty(index);
    }
}

} // namespace detail

// Of when_any.
template <typename Results>
struct any_result {
    std::size_t first; // the index of the one that has ended first
    Results results;   // of all
};

namespace detail {

// What the two below have in common. Derived has its tasks, add_backwards(group), since the last that is added begins
// first, set_until(deadline) for each, and await_resume().
template <typename Derived, bool is_any>
class members_awaiter {
public:
    [[nodiscard]] constexpr bool await_ready() const noexcept { return false; }

    template <typename Promise>
    ASYNC_SOCKET_AWAIT_APART bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept
    {
        return suspend_in(coroutine, chain_of(coroutine), []() noexcept {});
    }

    template <typename Accepted>
    bool suspend_in(std::coroutine_handle<> coroutine, chain* line, Accepted accepted) noexcept
    {
        accepted();
        self().add_backwards(all_);
        return all_.run(coroutine, line);
    }

    // The same with a deadline: that of all of their operations.
    [[nodiscard]] Derived until(deadline deadline) && noexcept
    {
        self().set_until(deadline);
        return std::move(self());
    }

    // The same, which a stop of the token (stop.hpp) ends.
    template <typename Token>
    [[nodiscard]] stopped<Derived, Token> stopped_by(Token token) && noexcept
    {
        return {std::move(self()), std::move(token)};
    }

protected:
    members_awaiter() noexcept = default;
    // Before it is awaited: there is nothing to be moved.
    members_awaiter(members_awaiter&& /*other*/) noexcept {}
    members_awaiter& operator=(members_awaiter&&) = delete;
    ~members_awaiter() = default;

    [[nodiscard]] std::uint32_t end() noexcept { return all_.end(); }

private:
    [[nodiscard]] Derived& self() noexcept { return static_cast<Derived&>(*this); }

    group all_{is_any};
};

// Tasks that are known one by one.
template <bool is_any, typename... Values>
class [[nodiscard]] when_awaiter : public members_awaiter<when_awaiter<is_any, Values...>, is_any> {
public:
    explicit when_awaiter(task<Values>&&... tasks) noexcept : tasks_(std::move(tasks)...) {}

    [[nodiscard]] auto await_resume()
    {
        const std::uint32_t first = this->end();
        return results(first, std::index_sequence_for<Values...>());
    }

private:
    friend members_awaiter<when_awaiter, is_any>;

    void add_backwards(group& all) noexcept { add_backwards(all, std::index_sequence_for<Values...>()); }
    template <std::size_t... index>
    void add_backwards(group& all, std::index_sequence<index...> /*all*/) noexcept
    {
        constexpr std::size_t last = sizeof...(index) - 1;
        (add_to(all, std::get<last - index>(tasks_), static_cast<std::uint32_t>(last - index)), ...);
    }

    void set_until(deadline until) noexcept
    {
        std::apply([until](auto&... each) noexcept { ((each = std::move(each).until(until)), ...); }, tasks_);
    }

    template <std::size_t... index>
    [[nodiscard]] auto results(std::uint32_t first, std::index_sequence<index...> /*all*/)
    {
        using values = std::tuple<or_nothing<Values>...>;
        if constexpr (is_any) {
            return any_result<values>{first, values{value_of(std::get<index>(tasks_))...}};
        } else {
            (void)first;
            return values{value_of(std::get<index>(tasks_))...};
        }
    }

    std::tuple<task<Values>...> tasks_;
};

// Any number of tasks of one kind.
template <bool is_any, template <typename...> typename Container, typename Value>
class [[nodiscard]] when_each_awaiter : public members_awaiter<when_each_awaiter<is_any, Container, Value>, is_any> {
public:
    // The room for the results is made before anything begins: none of them is lost for want of it.
    explicit when_each_awaiter(Container<task<Value>>&& tasks) : tasks_(std::move(tasks))
    {
        if constexpr (requires { values_.reserve(tasks_.size()); }) {
            values_.reserve(tasks_.size());
        }
    }

    [[nodiscard]] auto await_resume()
    {
        const std::uint32_t first = this->end();
        for (task<Value>& each : tasks_) {
            values_.push_back(value_of(each));
        }
        if constexpr (is_any) {
            return any_result<Container<or_nothing<Value>>>{first, std::move(values_)};
        } else {
            (void)first;
            return std::move(values_);
        }
    }

private:
    friend members_awaiter<when_each_awaiter, is_any>;

    void add_backwards(group& all) noexcept
    {
        for (std::size_t left = tasks_.size(); left-- != 0;) {
            add_to(all, tasks_[left], static_cast<std::uint32_t>(left));
        }
    }

    void set_until(deadline until) noexcept
    {
        for (task<Value>& each : tasks_) {
            each = std::move(each).until(until);
        }
    }

    Container<task<Value>> tasks_;
    Container<or_nothing<Value>> values_;
};

} // namespace detail

// Goes on when all have ended; a tuple of their results.
template <typename... Awaited>
requires(sizeof...(Awaited) > 0) [[nodiscard]] auto when_all(Awaited&&... awaited)
{
    return []<typename... Values>(task<Values>... tasks) {
        return detail::when_awaiter<false, Values...>(std::move(tasks)...);
    }(detail::as_task(std::forward<Awaited>(awaited))...);
}

// Goes on when one has ended and the others, which it stops, have, too.
template <typename... Awaited>
requires(sizeof...(Awaited) > 0) [[nodiscard]] auto when_any(Awaited&&... awaited)
{
    return []<typename... Values>(task<Values>... tasks) {
        return detail::when_awaiter<true, Values...>(std::move(tasks)...);
    }(detail::as_task(std::forward<Awaited>(awaited))...);
}

// The same for a std::vector of tasks, or what is like one and has its own allocator; a container of the same kind with
// their values. Of none it goes on at once, and no index is `first`.
template <template <typename...> typename Container, typename Value, typename... Rest>
requires std::same_as<Container<task<Value>, Rest...>, Container<task<Value>>>
[[nodiscard]] auto when_all(Container<task<Value>, Rest...> tasks)
{
    return detail::when_each_awaiter<false, Container, Value>(std::move(tasks));
}
template <template <typename...> typename Container, typename Value, typename... Rest>
requires std::same_as<Container<task<Value>, Rest...>, Container<task<Value>>>
[[nodiscard]] auto when_any(Container<task<Value>, Rest...> tasks)
{
    return detail::when_each_awaiter<true, Container, Value>(std::move(tasks));
}

} // namespace ASYNC_SOCKET_FACE
} // namespace as
