// Fetches pages, all at once, by name: each has two seconds for everything, and is told with its size, or why it
// failed.
#include <array>
#include <chrono>
#include <cstdio>

#include "async_socket/async_socket.hpp"
#include "url.hpp"

as::task<as::result> get(as::engine& engine, url from, std::size_t& size)
{
    auto peer = co_await as::connect(engine, from.host, from.port);
    if (!peer) {
        co_return peer.outcome();
    }
    as::result last = co_await peer->send(from.request);
    for (std::array<char, 16384> room; last; size += last.bytes()) {
        last = (co_await peer->receive(room)).outcome();
    }
    co_return last == as::how::end_of_stream ? as::how::done : last.how();
}

as::task<> fetch(as::engine& engine, const char* text)
{
    std::size_t size = 0;
    const as::result got = co_await get(engine, url(text), size);
    std::printf("%s: %s, %zu bytes\n", text, got.text(), size);
}

int main(int count, char** texts)
{
    as::engine engine;
    as::scope fetches(as::within(std::chrono::seconds(2)));
    for (int i = 1; i < count; ++i) {
        fetches.spawn(fetch(engine, texts[i]));
    }
    fetches.join();
}
