// A coroutine that somebody waits for: with co_await, with a scope, with when_all and when_any, or with run.
//
//     as::task<as::result> greet(as::stream& peer)
//     {
//         co_return co_await peer.send("hello\n", as::within(10s));
//     }
//
// It begins when somebody waits for it, on that thread, and goes on where what it waits for has ended: on a thread of
// the engine. It is part of the chain of those that wait for it: a stop and a deadline of theirs reach all of its
// operations. What it throws is thrown where it is awaited.
//
// A task is called with its arguments, which it keeps: what they refer to, and the captures of a lambda that is a task,
// have to last as long as it does. Tasks that await each other need stack for each other, as calls do, when they end.
//
// A task that was never begun may be destroyed. One that has begun may not before it has ended: the program is ended
// with a message. As nobody can wait for a task twice, only tasks that the program has hidden from the compiler (in a
// coroutine of another library's that it destroys, say) can be met by that.
//
// co_await as::this_task() tells a task what it has to know of its chain: whether it was stopped, and its deadline.
//
// Memory: a frame for each task, used again for the next one of that size. If there is none the task is empty, and
// whoever awaits it is told: a task of a result has `no_room`; any other throws std::bad_alloc, and ends a program
// without exceptions. (With MinGW's GCC the first task of a thread needs some memory of that compiler's own, and ends
// the program if there is none.)
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <type_traits>
#include <utility>

#include "async_socket/deadline.hpp"
#include "async_socket/detail/beginning.hpp"
#include "async_socket/detail/chain.hpp"
#include "async_socket/detail/face.hpp"
#include "async_socket/detail/frame_memory.hpp"
#include "async_socket/detail/misuse.hpp"
#include "async_socket/detail/operation.hpp"
#include "async_socket/result.hpp"
#include "async_socket/stop.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

template <typename Value = void>
class task;

namespace detail {

class promise_base {
public:
    // Who is told that it has ended.
    using told_function = void (*)(promise_base& ended) noexcept;

    promise_base() noexcept = default;
    promise_base(const promise_base&) = delete;
    promise_base& operator=(const promise_base&) = delete;

    // Null: nobody can stop it.
    [[nodiscard]] chain* line() noexcept { return line_; }
    // Not the chain of who awaits it.
    [[nodiscard]] chain& own_line() noexcept { return own_line_; }
    void use_own_line() noexcept { line_ = &own_line_; }
    void use_line(chain* line) noexcept { line_ = line; }
    [[nodiscard]] bool has_own_line() const noexcept { return line_ == &own_line_; }

    // Runs it until it waits for the first time, or has ended. `told` is called once, when it has ended, wherever that
    // is; the task may be destroyed in it.
    void run(told_function told, void* told_context) noexcept
    {
        is_begun_ = true;
        told_ = told;
        told_context_ = told_context;
        coroutine_.resume();
    }
    [[nodiscard]] void* told_context() const noexcept { return told_context_; }
    [[nodiscard]] std::coroutine_handle<> coroutine() const noexcept { return coroutine_; }

    // Of who is told.
    std::uint32_t index = 0;
    promise_base* next = nullptr;
    promise_base* previous = nullptr;

    [[nodiscard]] bool may_be_destroyed() const noexcept { return !is_begun_ || coroutine_.done(); }
    [[nodiscard]] bool is_of_a_scope() const noexcept { return is_of_a_scope_; }
    void be_of_a_scope() noexcept { is_of_a_scope_ = true; }

    // What the language asks for.
    // NOLINTNEXTLINE(misc-new-delete-overloads)
    [[nodiscard]] static void* operator new(std::size_t size) noexcept { return take_frame(size); }
    // The size is needed, so there is none without. NOLINTNEXTLINE(misc-new-delete-overloads)
    static void operator delete(void* memory, std::size_t size) noexcept { give_back_frame(memory, size); }
    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }

    struct ending {
        [[nodiscard]] constexpr bool await_ready() const noexcept { return false; }
        template <typename Promise>
        void await_suspend(std::coroutine_handle<Promise> ended) const noexcept
        {
            promise_base& promise = ended.promise();
            promise.told_(promise);
        }
        void await_resume() const noexcept {}
    };
    [[nodiscard]] ending final_suspend() const noexcept { return {}; }

protected:
    void set_coroutine(std::coroutine_handle<> coroutine) noexcept { coroutine_ = coroutine; }

private:
    std::coroutine_handle<> coroutine_;
    chain* line_ = nullptr;
    chain own_line_;
    told_function told_ = nullptr;
    void* told_context_ = nullptr;
    bool is_begun_ = false;
    bool is_of_a_scope_ = false;
};

// What it returns, or has thrown.
template <typename Value>
class promise_of_value : public promise_base {
    static_assert(std::is_object_v<Value> && !std::is_const_v<Value>, "a task tells a value, or nothing");
    static_assert(alignof(Value) <= alignof(std::max_align_t), "a coroutine's frame is aligned as malloc's memory");

public:
    promise_of_value() noexcept {}
    ~promise_of_value()
    {
        if (has_value_) {
            value_.~Value();
        }
    }

    void return_value(Value value) noexcept(std::is_nothrow_move_constructible_v<Value>)
    {
        new (static_cast<void*>(&value_)) Value(std::move(value));
        has_value_ = true;
    }
    [[nodiscard]] Value take() { return std::move(value_); }

private:
    union {
        Value value_;
    };
    bool has_value_ = false;
};

template <>
class promise_of_value<void> : public promise_base {
public:
    void return_void() const noexcept {}
    static void take() noexcept {}
};

template <typename Value>
class promise final : public promise_of_value<Value> {
public:
    [[nodiscard]] task<Value> get_return_object() noexcept;
    [[nodiscard]] static task<Value> get_return_object_on_allocation_failure() noexcept;

#if ASYNC_SOCKET_HAS_EXCEPTIONS
    void unhandled_exception() noexcept
    {
        if (this->is_of_a_scope()) {
            std::terminate(); // nobody is there to catch it; it says what it was
        }
        thrown_ = std::current_exception();
    }
    // What it has returned; throws what it has thrown.
    [[nodiscard]] Value result()
    {
        if (thrown_ != nullptr) {
            std::rethrow_exception(std::move(thrown_));
        }
        return this->take();
    }
#else
    [[noreturn]] static void unhandled_exception() noexcept
    {
        std::terminate();
    }
    // One that was compiled with exceptions may have thrown one, which cannot be thrown on here.
    [[nodiscard]] Value result() noexcept
    {
        if (thrown_ != nullptr) {
            std::terminate();
        }
        return this->take();
    }
#endif

private:
    std::exception_ptr thrown_;
};

// The value of a task for which there was no memory.
template <typename Value>
[[nodiscard]] Value no_room()
{
    if constexpr (std::derived_from<Value, as::result>) {
        return Value(as::result(how::no_room));
    } else {
#if ASYNC_SOCKET_HAS_EXCEPTIONS
        throw std::bad_alloc();
#else
        give_up("there is no memory for a task");
#endif
    }
}

template <typename Value>
class task_awaiter;

struct task_access;

} // namespace detail

template <typename Value>
class [[nodiscard]] ASYNC_SOCKET_AWAIT_ELIDABLE task {
public:
    using promise_type = detail::promise<Value>;
    using value_type = Value;

    // Empty.
    constexpr task() noexcept = default;
    task(task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
    task& operator=(task&& other) noexcept
    {
        task(std::move(other)).swap(*this);
        return *this;
    }
    ~task()
    {
        if (coroutine_) {
            if (!coroutine_.promise().may_be_destroyed()) {
                detail::give_up("a task was destroyed that has begun and not ended");
            }
            coroutine_.destroy();
        }
    }
    void swap(task& other) noexcept { std::swap(coroutine_, other.coroutine_); }

    // False: there was no memory for it, or it was moved away, or awaited.
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(coroutine_); }

    // The same with a deadline: that of all of its operations.
    [[nodiscard]] task until(deadline deadline) && noexcept
    {
        if (coroutine_) {
            coroutine_.promise().own_line().until = earlier(coroutine_.promise().own_line().until, deadline);
            coroutine_.promise().use_own_line();
        }
        return std::move(*this);
    }

    // The same, which no stop and no deadline of those that wait for it reach: what has to be done at the end, say.
    [[nodiscard]] detail::task_awaiter<Value> shielded() && noexcept;

    // The same, which a stop of the token (stop.hpp) ends.
    template <typename Token>
    [[nodiscard]] detail::stopped<detail::task_awaiter<Value>, Token> stopped_by(Token token) && noexcept;

    [[nodiscard]] detail::task_awaiter<Value> operator co_await() && noexcept;

private:
    friend promise_type;
    friend struct detail::task_access;

    explicit task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}

    std::coroutine_handle<promise_type> coroutine_;
};

namespace detail {

// For those who wait for tasks.
struct task_access {
    template <typename Value>
    [[nodiscard]] static promise<Value>& promise_of(task<Value>& asked) noexcept
    {
        return asked.coroutine_.promise();
    }
    // It destroys itself when it has ended.
    template <typename Value>
    [[nodiscard]] static promise<Value>& release(task<Value>& asked) noexcept
    {
        return std::exchange(asked.coroutine_, {}).promise();
    }
};

template <typename Value>
class [[nodiscard]] task_awaiter {
public:
    task_awaiter(task<Value>&& awaited, bool is_shielded) noexcept
        : awaited_(std::move(awaited)), is_shielded_(is_shielded)
    {
    }
    // Before it is awaited.
    task_awaiter(task_awaiter&& other) noexcept : task_awaiter(std::move(other.awaited_), other.is_shielded_) {}
    task_awaiter& operator=(task_awaiter&&) = delete;
    ~task_awaiter() = default;

    [[nodiscard]] bool await_ready() const noexcept { return !awaited_; }

    template <typename Promise>
    ASYNC_SOCKET_AWAIT_APART bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept
    {
        return suspend_in(coroutine, chain_of(coroutine), []() noexcept {});
    }

    template <typename Accepted>
    bool suspend_in(std::coroutine_handle<> coroutine, chain* line, Accepted accepted) noexcept
    {
        if (!awaited_) {
            return false;
        }
        promise_base& child = task_access::promise_of(awaited_);
        if (is_shielded_) {
            child.use_own_line();
        } else if (child.has_own_line()) {
            link_.join(child.own_line(), line);
        } else {
            child.use_line(line);
        }
        accepted();
        awaiting_ = coroutine;
        beginning_.begin();
        child.run(&go_on, this);
        if (has_ended_) {
            return false;
        }
        beginning_.be_over();
        return true;
    }

    [[nodiscard]] Value await_resume()
    {
        link_.leave();
        return awaited_ ? task_access::promise_of(awaited_).result() : no_room<Value>();
    }

private:
    // One that has waited for nothing ends while it is begun: then who awaits it was not suspended, and many of them
    // in a row need no stack, also where a compiler does not promise that for suspensions (GCC below -O2).
    static void go_on(promise_base& child) noexcept
    {
        auto& self = *static_cast<task_awaiter*>(child.told_context());
        if (self.beginning_.wait()) {
            self.awaiting_.resume();
        } else {
            self.has_ended_ = true;
        }
    }

    task<Value> awaited_;
    bool is_shielded_;
    bool has_ended_ = false; // while it was begun
    beginning beginning_;
    branch link_;
    std::coroutine_handle<> awaiting_;
};

template <typename Value>
task<Value> promise<Value>::get_return_object() noexcept
{
    const auto coroutine = std::coroutine_handle<promise>::from_promise(*this);
    this->set_coroutine(coroutine);
    return task<Value>(coroutine);
}

template <typename Value>
task<Value> promise<Value>::get_return_object_on_allocation_failure() noexcept
{
    return {};
}

} // namespace detail

template <typename Value>
detail::task_awaiter<Value> task<Value>::operator co_await() && noexcept
{
    return {std::move(*this), false};
}

template <typename Value>
detail::task_awaiter<Value> task<Value>::shielded() && noexcept
{
    return {std::move(*this), true};
}

template <typename Value>
template <typename Token>
detail::stopped<detail::task_awaiter<Value>, Token> task<Value>::stopped_by(Token token) && noexcept
{
    return {detail::task_awaiter<Value>(std::move(*this), false), std::move(token)};
}

// What a task is told by co_await this_task(), which does not wait. Of coroutines that are no tasks nobody knows.
class task_state {
public:
    explicit constexpr task_state(const detail::chain* line) noexcept : line_(line) {}

    // What it waits for is cancelled at once: a loop that computes looks here.
    [[nodiscard]] bool is_stopped() const noexcept { return line_ != nullptr && line_->is_stopped(); }
    [[nodiscard]] deadline until() const noexcept { return line_ != nullptr ? line_->until : never; }

private:
    const detail::chain* line_;
};

class this_task {
public:
    [[nodiscard]] constexpr bool await_ready() const noexcept { return false; }
    template <typename Promise>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept
    {
        line_ = detail::chain_of(coroutine);
        return false;
    }
    [[nodiscard]] task_state await_resume() const noexcept { return task_state(line_); }

private:
    const detail::chain* line_ = nullptr;
};

namespace detail {

template <typename Type>
inline constexpr bool is_task = false;
template <typename Value>
inline constexpr bool is_task<task<Value>> = true;

// A task that awaits this, which is no task.
template <typename Awaited>
task<decltype(std::declval<Awaited&>().await_resume())> task_of(Awaited awaited)
{
    co_return co_await awaited;
}

ASYNC_SOCKET_KEEPS_A_FUNCTION_BEGIN

// What a function answers, which is kept as long. `has_memory`: if there is none for the task that it answers, that is
// told while this begins, and nothing else is done.
template <typename Function>
task<> task_of_call(Function function, bool& has_memory)
{
    auto answered = function();
    if constexpr (is_task<decltype(answered)>) {
        if (!answered) {
            has_memory = false;
            co_return;
        }
    }
    (void)co_await std::move(answered);
}

ASYNC_SOCKET_KEEPS_A_FUNCTION_END

template <typename Value>
[[nodiscard]] task<Value> as_task(task<Value>&& given) noexcept
{
    return std::move(given);
}
template <typename Awaited>
requires(!is_task<Awaited> && !std::is_lvalue_reference_v<Awaited> &&
         requires(Awaited & awaited) { awaited.await_resume(); }) [[nodiscard]] auto as_task(Awaited&& given)
{
    return task_of<Awaited>(std::forward<Awaited>(given));
}

} // namespace detail

} // namespace ASYNC_SOCKET_FACE
} // namespace as
