// Stopping what is under way by a token of any kind: std::stop_token, or one that looks like it.
//
//     co_await peer.receive(room).stopped_by(token)        one operation
//     co_await fetch(url).stopped_by(token)                a task, with everything that it waits for
//
// A stop ends what waits as cancelled; what is done is told as done. If it has come already no operation begins: each
// is cancelled at once; a task runs, and finds that of its operations. Nothing is registered with the token before the
// operation is under way, and nothing is left there when it has ended.
#pragma once

#include <concepts>
#include <coroutine>
#include <new>
#include <type_traits>
#include <utility>

#include "async_socket/detail/chain.hpp"
#include "async_socket/detail/face.hpp"
#include "async_socket/detail/operation.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

// Which callback belongs to a token: what calls a function when the stop comes, as std::stop_callback does. Specialise
// it for tokens that do not name theirs; std::stop_token's is in std_stop_token.hpp.
template <typename Token, typename Function>
struct stop_callback_for {
};

template <typename Token, typename Function>
requires requires
{
    typename Token::template callback_type<Function>;
}
struct stop_callback_for<Token, Function> {
    using type = typename Token::template callback_type<Function>;
};

template <typename Token>
concept stop_token = requires(const Token& token)
{
    {
        token.stop_requested()
        } -> std::convertible_to<bool>;
    {
        token.stop_possible()
        } -> std::convertible_to<bool>;
};

namespace detail {

template <typename Awaited, typename Token>
class [[nodiscard]] stopped {
public:
    stopped(Awaited&& awaited, Token&& token) noexcept : awaited_(std::move(awaited)), token_(std::move(token)) {}
    // Before it is awaited.
    stopped(stopped&& other) noexcept : stopped(std::move(other.awaited_), std::move(other.token_)) {}
    stopped& operator=(stopped&&) = delete;
    ~stopped() { forget(); }

    [[nodiscard]] bool await_ready() noexcept { return awaited_.await_ready(); }

    template <typename Promise>
    ASYNC_SOCKET_AWAIT_APART bool await_suspend(std::coroutine_handle<Promise> coroutine) noexcept
    {
        link_.join(own_, chain_of(coroutine));
        if (token_.stop_requested()) {
            own_.stop();
        }
        return awaited_.suspend_in(coroutine, &own_, [this]() noexcept { listen(); });
    }

    decltype(auto) await_resume()
    {
        forget();
        link_.leave();
        return awaited_.await_resume();
    }

private:
    static_assert(stop_token<Token>, "this is no stop token");
    static_assert(
        requires { typename stop_callback_for<Token, void (*)()>::type; },
        "no callback is known for this token; that of std::stop_token is in async_socket/std_stop_token.hpp");

    struct stop_it {
        chain* own;
        void operator()() const noexcept { own->stop(); }
    };
    using callback = typename stop_callback_for<Token, stop_it>::type;

    void listen() noexcept
    {
        if (token_.stop_possible()) {
            new (static_cast<void*>(room_)) callback(token_, stop_it{&own_});
            is_listening_ = true;
        }
    }
    void forget() noexcept
    {
        if (is_listening_) {
            is_listening_ = false;
            std::launder(reinterpret_cast<callback*>(room_))->~callback();
        }
    }

    Awaited awaited_;
    Token token_;
    chain own_;
    branch link_;
    bool is_listening_ = false;
    alignas(callback) unsigned char room_[sizeof(callback)];
};

} // namespace detail

} // namespace ASYNC_SOCKET_FACE
} // namespace as
