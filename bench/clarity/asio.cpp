// The same with Asio's coroutines. A name that is slow to be looked up takes as long as the system likes, and those
// behind it wait for it: Asio looks names up one after the other, and cannot stop looking.
#include <array>
#include <asio.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <cstdio>
#include <string>
#include <system_error>
#include <variant>

#include "url.hpp"

using asio::use_awaitable;
using asio::ip::tcp;
using namespace asio::experimental::awaitable_operators;

asio::awaitable<std::string> get(url from, std::size_t& size)
try {
    tcp::resolver resolver(co_await asio::this_coro::executor);
    tcp::socket peer(co_await asio::this_coro::executor);
    const auto addresses = co_await resolver.async_resolve(from.host, from.port, use_awaitable);
    co_await asio::async_connect(peer, addresses, use_awaitable);
    co_await asio::async_write(peer, asio::buffer(from.request), use_awaitable);
    for (std::array<char, 16384> room;;) {
        const auto [error, bytes] =
            co_await peer.async_read_some(asio::buffer(room), asio::experimental::as_tuple(use_awaitable));
        size += bytes;
        if (error) {
            co_return error == asio::error::eof ? "done" : error.message();
        }
    }
} catch (const std::system_error& error) {
    co_return error.code().message();
}

asio::awaitable<void> fetch(const char* text)
{
    std::size_t size = 0;
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::seconds(2));
    const auto ended = co_await (get(url(text), size) || timer.async_wait(use_awaitable));
    const std::string how = ended.index() == 0 ? std::get<0>(ended) : "timed out";
    std::printf("%s: %s, %zu bytes\n", text, how.c_str(), size);
}

int main(int count, char** texts)
{
    asio::io_context context;
    for (int i = 1; i < count; ++i) {
        asio::co_spawn(context, fetch(texts[i]), asio::detached);
    }
    context.run();
}
