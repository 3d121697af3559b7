// Something of each part of the C++ interface is used: what its templates say is read by the compiler only then.
#include <array>
#include <chrono>
#include <cstddef>
#include <stop_token>
#include <tuple>

#include "async_socket/async_socket.hpp"
#include "async_socket/std_stop_token.hpp"

namespace {

using namespace std::chrono_literals;

[[maybe_unused]] as::task<as::result> talk(as::engine& engine, as::stream& peer)
{
    std::array<std::byte, 16> room{};
    (void)peer.set(as::option::no_delay, 1);
    (void)peer.set_idle_time(1s);
    (void)co_await peer.send("hello", as::within(1s));
    (void)co_await peer.send_some(as::gather("a", "b"));
    (void)co_await peer.receive_exactly(room);
    as::reader from(peer, room);
    (void)co_await from.until("\n");
    const auto [first, all] = co_await as::when_any(peer.receive(room), as::timer(engine, as::within(1s)));
    (void)co_await as::on(engine);
    const as::result ended = co_await peer.shutdown_send();
    if (first != 0 || !std::get<0>(all)) {
        co_return ended;
    }
    co_return co_await peer.drain_and_close(as::within(1s));
}

[[maybe_unused]] as::task<> serve(as::engine& engine, as::scope& peers, std::stop_token token)
{
    auto at = co_await as::listen(engine, "localhost", "0");
    std::array<as::address, 4> found;
    (void)co_await as::resolve(engine, as::question{"localhost", "80"}, found);
    as::connected made = co_await as::connect(engine, "localhost", "80", as::within(1s));
    auto taken = co_await at->accept().stopped_by(token);
    peers.spawn(talk(engine, *taken));
    (void)co_await as::when_all(talk(engine, *made), talk(engine, *taken));
    co_await peers.joined();
}

[[maybe_unused]] void run(as::engine& engine, as::stream& peer)
{
    (void)as::run(talk(engine, peer));
}

} // namespace
