// The counters, for Prometheus: a small HTTP server that answers GET /metrics in its text format, version 0.0.4.
#pragma once

#include <string>

#include "async_socket/async_socket.hpp"
#include "counters.hpp"
#include "relay.hpp"
#include "targets.hpp"

namespace async_relay {

class metrics {
public:
    // All of them stay as long as it does.
    metrics(as::engine& engine, const relay& asked, const targets& to, const counters& counted)
        : engine_(engine), relay_(asked), targets_(to), counted_(counted)
    {
    }

    // Until the listener is closed, or this is stopped. The listener stays. False: there is no memory for it.
    [[nodiscard]] bool serve(as::listener& at);
    void stop() { servers_.stop_and_join(); }

private:
    as::task<> serve_one_by_one(as::listener& at);
    as::task<as::result> answer(as::stream scraper);
    [[nodiscard]] std::string text() const;

    as::engine& engine_;
    const relay& relay_;
    const targets& targets_;
    const counters& counted_;
    as::scope servers_;
};

} // namespace async_relay
