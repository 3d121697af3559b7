// Accepts clients, connects each of them to a target, and passes on what comes, both ways, until both ways have ended.
//
// How a connection ends: each direction by itself, when its end has been passed on. Whatever else happens, in either
// direction, there is no way to tell the peers but a reset of both. So does everything that ends a connection from
// outside: nothing has moved for too long, the relay ends.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "async_socket/async_socket.hpp"
#include "counters.hpp"
#include "own_addresses.hpp"
#include "places.hpp"
#include "proxy_header.hpp"
#include "report.hpp"
#include "targets.hpp"

namespace async_relay {

struct settings {
    std::size_t max_connections = 0;
    std::chrono::milliseconds connect_timeout{0};    // of one target, and of a client's header
    std::chrono::milliseconds idle_timeout{0};       // max(): for ever
    std::chrono::milliseconds half_close_timeout{0}; // the same, when one direction has ended
    std::uint64_t keep_alive_seconds = 0;            // 0: none
    bool expects_proxy_header = false;
    proxy_version sends_proxy_header = proxy_version::none;
    as::connect_options connecting;
};

class relay {
public:
    // All of them stay as long as it does.
    relay(as::engine& engine, const settings& chosen, targets& to, counters& counted, const report& told);

    // Once: from now on, at most as many at a time as there may be; others wait in the system. The listeners stay as
    // long as it does. False: there is no memory for it.
    [[nodiscard]] bool accept_from(std::deque<as::listener>& all);

    // Blocks until no client comes any more; those that are there go on.
    void stop_accepting();

    [[nodiscard]] std::size_t open() const { return connections_.size(); }

    // Resets all, and blocks until they are gone.
    void reset_all() { connections_.stop_and_join(); }
    // Blocks until all have ended by themselves.
    void join() { connections_.join(); }

private:
    struct connection;
    struct place;

    as::task<> accept_clients(as::listener& at);
    void begin(as::stream client);
    void leave();

    as::task<> take(as::stream client);
    as::task<as::result> pass_on(connection& it);
    as::task<as::result> reach_target(connection& it);
    as::task<as::result> copy_both_ways(connection& it);
    as::task<> copy_one_way(as::scope& both, connection& it, bool is_to_target);
    as::task<> watch(as::scope& both, connection& it);

    as::engine& engine_;
    const settings& settings_;
    targets& targets_;
    counters& counted_;
    const report& report_;
    own_addresses own_; // known before anybody comes
    places places_;
    as::scope acceptors_;
    as::scope connections_;
};

} // namespace async_relay
