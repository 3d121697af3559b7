// Tasks that nobody awaits one by one: the peers of a server, say. A scope is not left before all of them have ended.
//
//     int main()                                    in a task:
//     {
//         as::engine engine;                        co_await as::with_scope([&](as::scope& peers) -> as::task<> {
//         as::scope peers;                              peers.spawn(...);
//         peers.spawn(serve(engine, peers));            ...
//         ...                                       });
//         peers.drain(10s);
//     }
//
// All functions may be called from any thread, also by its tasks. Those that block may not be called in a task, nor in
// a callback, since what they wait for may need that very thread: they end the program with a message. A task awaits
// joined() instead; and drains with co_await as::when_any(peers.joined(), as::timer(engine, until)).
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <utility>

#include "async_socket/deadline.hpp"
#include "async_socket/detail/blocking.hpp"
#include "async_socket/detail/chain.hpp"
#include "async_socket/detail/face.hpp"
#include "async_socket/detail/lock.hpp"
#include "async_socket/detail/misuse.hpp"
#include "async_socket/task.hpp"
#include "async_socket/wait.h"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

// How the tasks of a scope have ended that was drained.
struct tally {
    std::size_t ended = 0;     // by themselves
    std::size_t cancelled = 0; // they were stopped, and have found that in an operation
    std::size_t cut_off = 0;   // the same in the middle of a send: the peer has a part of something
};

class scope {
public:
    scope() noexcept = default;
    // The operations of all its tasks have this deadline.
    explicit scope(deadline of_all) noexcept : until_(of_all) {}
    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;
    // With tasks in it, as when an exception leaves the block: says so, stops them and waits until they have ended. In
    // a task that ends the program: see with_scope.
    ~scope()
    {
        if (size() != 0) {
            detail::warn("a scope is left with tasks in it; they are stopped now. Join it before");
            stop_and_join();
        }
        wait_for_the_last();
    }

    // Begins the task, on this thread, until it waits for the first time. Its value is lost; an exception that leaves
    // it ends the program. False: it is empty, since there was no memory for it, and nothing has happened.
    template <typename Value>
    bool spawn(task<Value> work) noexcept
    {
        if (!work) {
            return false;
        }
        detail::promise_base& added = detail::task_access::release(work);
        added.be_of_a_scope();
        added.use_own_line();
        added.own_line().until = earlier(added.own_line().until, until_);
        enter(added);
        added.run(&ended, this);
        return true;
    }

    // The same of a function that answers a task, a lambda with captures say, which is kept as long as the task.
    template <typename Function>
    requires requires(Function& function) { detail::as_task(function()); }
    bool spawn(Function function) noexcept
    {
        bool has_memory = true;
        return spawn(detail::task_of_call(std::move(function), has_memory)) && has_memory;
    }

    // How many have not ended.
    [[nodiscard]] std::size_t size() const noexcept { return count_.load(); }

    // What its tasks wait for ends as cancelled, now and from now on; of those that are spawned later, too.
    void stop() noexcept
    {
        const detail::lock::holder held(lock_);
        is_stopped_ = true;
        for (detail::promise_base* each = first_; each != nullptr; each = each->next) {
            each->own_line().stop();
        }
    }

    // Blocks this thread until all have ended.
    void join() noexcept
    {
        detail::require_no_callback("a scope was joined in a task, or in a callback: await joined() there");
        (void)wait_until(never);
    }

    void stop_and_join() noexcept
    {
        stop();
        join();
    }

    // Lets them go on until the deadline, then stops those that are left, and waits until all have ended. Blocks this
    // thread.
    tally drain(deadline until) noexcept
    {
        detail::require_no_callback("a scope was drained in a task, or in a callback: scope.hpp says how to do that");
        {
            const detail::lock::holder held(lock_);
            tally_ = {};
        }
        if (!wait_until(until)) {
            stop_and_join();
        }
        const detail::lock::holder held(lock_);
        return tally_;
    }
    template <duration Length>
    tally drain(const Length& length) noexcept
    {
        return drain(within(length));
    }

private:
    class join_awaiter : private detail::stoppable {
    public:
        explicit join_awaiter(scope& joined) noexcept : detail::stoppable(&stop_scope), joined_(joined) {}
        // Before it is awaited.
        join_awaiter(join_awaiter&& other) noexcept : join_awaiter(other.joined_) { other.require_not_waiting(); }
        join_awaiter& operator=(join_awaiter&&) = delete;
        ~join_awaiter() { require_not_waiting(); }

        [[nodiscard]] constexpr bool await_ready() const noexcept { return false; }

        template <typename Promise>
        ASYNC_SOCKET_AWAIT_APART bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept
        {
            awaiting_ = coroutine;
            line_ = detail::chain_of(coroutine);
            if (line_ != nullptr) {
                joined_.require_no_task_of(*line_);
                is_registered_ = line_->begin(*this);
                if (is_registered_) {
                    line_->begun(*this);
                } else {
                    joined_.stop();
                }
            }
            is_waiting_ = true;
            if (joined_.add(*this)) {
                return true;
            }
            is_waiting_ = false;
            end();
            return false;
        }

        void await_resume() const noexcept
        {
            if (line_ != nullptr && line_->is_stopped()) {
                line_->was_cancelled = true;
                line_->was_cut = line_->was_cut || has_cut_;
            }
        }

    private:
        friend class scope;

        static void stop_scope(detail::stoppable& self) noexcept { static_cast<join_awaiter&>(self).joined_.stop(); }

        // From now on no stop comes through it to the scope.
        void end() noexcept
        {
            has_cut_ = joined_.has_cut();
            if (is_registered_) {
                line_->end(*this);
                is_registered_ = false;
            }
        }
        void require_not_waiting() const noexcept
        {
            if (is_waiting_) {
                detail::give_up("a coroutine was destroyed while it waited for a scope");
            }
        }

        scope& joined_;
        detail::chain* line_ = nullptr;
        std::coroutine_handle<> awaiting_;
        join_awaiter* next_ = nullptr;
        bool is_registered_ = false;
        bool is_waiting_ = false;
        bool has_cut_ = false; // one of the tasks was cut off
    };

public:
    // co_await it: goes on when all have ended, as join does. A stop of whoever awaits it stops the scope. His deadline
    // does not reach its tasks, which have been begun: they have that of the scope (with_scope hands it on). What
    // others than its tasks spawn at that very moment is not waited for. Not in a task of this very scope, which would
    // wait for itself: that ends the program with a message.
    [[nodiscard]] join_awaiter joined() noexcept { return join_awaiter(*this); }

private:
    void require_no_task_of(const detail::chain& line) noexcept
    {
        const detail::lock::holder held(lock_);
        for (detail::promise_base* each = first_; each != nullptr; each = each->next) {
            if (&each->own_line() == &line) {
                detail::give_up("a task awaited the end of the scope that it is in");
            }
        }
    }

    [[nodiscard]] bool has_cut() noexcept
    {
        const detail::lock::holder held(lock_);
        return has_cut_;
    }

    void enter(detail::promise_base& added) noexcept
    {
        const detail::lock::holder held(lock_);
        added.next = first_;
        if (first_ != nullptr) {
            first_->previous = &added;
        }
        first_ = &added;
        (void)count_.add(1);
        if (is_stopped_) {
            added.own_line().stop();
        }
    }

    // False: all have ended.
    [[nodiscard]] bool add(join_awaiter& joiner) noexcept
    {
        const detail::lock::holder held(lock_);
        if (count_.load() == 0) {
            return false;
        }
        joiner.next_ = joiners_;
        joiners_ = &joiner;
        return true;
    }

    static void ended(detail::promise_base& one) noexcept
    {
        scope& self = *static_cast<scope*>(one.told_context());
        self.remove(one);
        one.coroutine().destroy(); // what it owns goes before the scope may
        self.leave();
    }

    void remove(detail::promise_base& one) noexcept
    {
        const detail::lock::holder held(lock_);
        (one.previous != nullptr ? one.previous->next : first_) = one.next;
        if (one.next != nullptr) {
            one.next->previous = one.previous;
        }
        const detail::chain& line = one.own_line();
        has_cut_ = has_cut_ || line.was_cut;
        ++(line.was_cut ? tally_.cut_off : line.was_cancelled ? tally_.cancelled : tally_.ended);
    }

    // The scope may be gone when this returns.
    void leave() noexcept
    {
        join_awaiter* woken = nullptr;
        for (;;) {
            join_awaiter* more = nullptr;
            {
                const detail::lock::holder held(lock_);
                if (count_.load() == 1) {
                    more = std::exchange(joiners_, nullptr);
                }
                if (more == nullptr) {
                    (void)count_.subtract(1);
                    as_wake(count_.address());
                    break;
                }
            }
            woken = end_all(more, woken); // while we count, so that no joiner's stop finds the scope gone
        }
        while (woken != nullptr) {
            join_awaiter& joiner = *std::exchange(woken, woken->next_);
            joiner.is_waiting_ = false;
            joiner.awaiting_.resume();
        }
    }

    // Both lists in one, none of `joiners` in its chain any more.
    [[nodiscard]] static join_awaiter* end_all(join_awaiter* joiners, join_awaiter* behind) noexcept
    {
        while (joiners != nullptr) {
            join_awaiter& each = *std::exchange(joiners, joiners->next_);
            each.end();
            each.next_ = std::exchange(behind, &each);
        }
        return behind;
    }

    // True: all have ended.
    [[nodiscard]] bool wait_until(deadline until) noexcept
    {
        for (;;) {
            const std::uint32_t left = count_.load();
            if (left == 0) {
                wait_for_the_last();
                return true;
            }
            if (as_wait(count_.address(), left, until.ns()).how == AS_TIMED_OUT) {
                return false;
            }
        }
    }

    // Until the one that has found it empty has let go of it.
    void wait_for_the_last() noexcept { const detail::lock::holder held(lock_); }

    detail::lock lock_;
    detail::shared_word<std::uint32_t> count_{};
    detail::promise_base* first_ = nullptr;
    join_awaiter* joiners_ = nullptr;
    tally tally_;
    bool is_stopped_ = false;
    bool has_cut_ = false; // of all, since the beginning
    const deadline until_{};
};

ASYNC_SOCKET_KEEPS_A_FUNCTION_BEGIN

// A scope inside a task: what `work` answers for it is awaited, then all that it has spawned. If `work` throws, what it
// has spawned is stopped and awaited before the exception goes on. The deadline of whoever awaits holds for all of it;
// a stop reaches `work` at once, and the tasks when that has ended.
template <typename Function>
[[nodiscard]] task<> with_scope(Function work)
{
    const task_state outer = co_await this_task();
    scope inside(outer.until());
#if ASYNC_SOCKET_HAS_EXCEPTIONS
    std::exception_ptr thrown;
    try {
        co_await work(inside);
    } catch (...) {
        thrown = std::current_exception();
        inside.stop();
    }
    co_await inside.joined();
    if (thrown != nullptr) {
        std::rethrow_exception(std::move(thrown));
    }
#else
    co_await work(inside);
    co_await inside.joined();
#endif
}

ASYNC_SOCKET_KEEPS_A_FUNCTION_END

} // namespace ASYNC_SOCKET_FACE
} // namespace as
