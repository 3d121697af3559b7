// An operation that a coroutine waits for. It lies in the coroutine's frame, so nothing is allocated for it, and what
// is compiled is the call of the C interface, and a resumption.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstdint>

#include "async_socket/deadline.hpp"
#include "async_socket/detail/chain.hpp"
#include "async_socket/detail/face.hpp"
#include "async_socket/detail/misuse.hpp"
#include "async_socket/operation.h"
#include "async_socket/result.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {
namespace detail {

class promise_base;

template <typename Awaited, typename Token>
class stopped;

// The chain that a coroutine belongs to; null for one of another library's.
template <typename Promise>
[[nodiscard]] chain* chain_of(std::coroutine_handle<Promise> coroutine) noexcept
{
    if constexpr (std::derived_from<Promise, promise_base>) {
        return coroutine.promise().line();
    } else {
        return nullptr;
    }
}

class operation : protected as_operation, private stoppable {
public:
    // Before it is started it is only a description, and can be moved.
    operation(operation&& other) noexcept : operation(other.until_) { other.require_not_under_way(); }
    operation& operator=(operation&&) = delete;
    ~operation() { require_not_under_way(); }

protected:
    explicit operation(deadline until) noexcept : stoppable(&cancel), until_(until) { outcome_.how = AS_INVALID; }

    // `start(operation, deadline)` calls the C interface, and `accepted()` comes behind it, if it was. True: it is
    // under way, and `coroutine` will be resumed on a thread of the engine; all of this may be gone by now.
    template <bool is_send, typename Start, typename Accepted>
    [[nodiscard]] bool suspend(std::coroutine_handle<> coroutine, chain* line, Start start, Accepted accepted) noexcept
    {
        on_end = &resume<is_send>;
        context = coroutine.address();
        line_ = line;
        if (line == nullptr) {
            outcome_.how = under_way;
            const as_outcome started = start(this, until_.ns());
            return started.how == AS_DONE || refuse(started);
        }
        if (!line->begin(*this)) {
            line->was_cancelled = true;
            return refuse({0, AS_CANCELLED, 0});
        }
        outcome_.how = under_way;
        const as_outcome started = start(this, earlier(until_, line->until).ns());
        if (started.how != AS_DONE) {
            line->not_begun();
            return refuse(started);
        }
        accepted(); // it stays until the chain is told
        line->begun(*this);
        return true;
    }

    // Without being started. True.
    [[nodiscard]] bool end_as(as::how value) noexcept
    {
        outcome_ = {0, static_cast<std::uint32_t>(value), 0};
        return true;
    }

    [[nodiscard]] const as_outcome& outcome() const noexcept { return outcome_; }

private:
    enum : std::uint32_t { under_way = 0xffff'ffff };

    [[nodiscard]] bool refuse(const as_outcome& why) noexcept
    {
        outcome_ = why;
        return false;
    }

    template <bool is_send>
    static void resume(as_operation* ended, as_outcome how_it_ended)
    {
        auto& self = *static_cast<operation*>(ended);
        self.outcome_ = how_it_ended;
        if (self.line_ != nullptr) {
            self.line_->end(self);
            self.note(is_send);
        }
        std::coroutine_handle<>::from_address(self.context).resume();
    }

    void note(bool is_send) noexcept
    {
        if (outcome_.how == AS_CANCELLED) {
            line_->was_cancelled = true;
            line_->was_cut = line_->was_cut || (is_send && outcome_.bytes != 0);
        }
    }

    static void cancel(stoppable& self) noexcept { as_operation_cancel(&static_cast<operation&>(self)); }

    void require_not_under_way() const noexcept
    {
        if (outcome_.how == under_way) {
            give_up("a coroutine was destroyed, or an operation moved, while the operation was under way");
        }
    }

    as_outcome outcome_; // but for `how`, of one that has ended
    deadline until_;
    chain* line_; // of one that was started
};

// What the operations of all kinds have in common; Derived has start(operation, deadline) and await_resume().
template <typename Derived>
class awaitable : public operation {
public:
    // When it is cut in the middle the peer has a part of it.
    static constexpr bool is_send = false;

    [[nodiscard]] constexpr bool await_ready() const noexcept { return false; }

    template <typename Promise>
    ASYNC_SOCKET_AWAIT_APART bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept
    {
        return suspend_in(coroutine, chain_of(coroutine), []() noexcept {});
    }

    // The same in a chain of the caller's choice. `accepted` is for one that is not null.
    template <typename Accepted>
    bool suspend_in(std::coroutine_handle<> coroutine, chain* line, Accepted accepted) noexcept
    {
        return suspend<Derived::is_send>(
            coroutine, line,
            [this](as_operation* self, as_deadline until) noexcept {
                return static_cast<Derived*>(this)->start(self, until);
            },
            accepted);
    }

    // The same operation, which a stop of the token (stop.hpp) ends as cancelled.
    template <typename Token>
    [[nodiscard]] stopped<Derived, Token> stopped_by(Token token) &&
    {
        return {static_cast<Derived&&>(*this), static_cast<Token&&>(token)};
    }

protected:
    using operation::operation;
};

} // namespace detail
} // namespace ASYNC_SOCKET_FACE
} // namespace as
