// For implementations that have an engine, whose threads do the work: how a run goes.
#pragma once

#include <cstddef>
#include <deque>

#include "support/countdown.hpp"
#include "support/trial.hpp"
#include "workload.hpp"

namespace bench {

// Engine: made with the number of loops. Connection: made with the engine, the trial, its index and the countdown of
// those that are not over; connect(), then open_client(), open_server() and start().
//
// First all clients are opened, then all servers. An engine on Linux deals its sockets out to its loops in turn; so
// both ends of a connection get on the same loop, as they are in the other implementations, if there are two.
template <class Engine, class Connection>
[[nodiscard]] result run_on_engine(const workload& work)
{
    trial trial(work);
    const Engine engine(work.loops);
    countdown active(trial.size());
    std::deque<Connection> connections;
    trial.note_memory();
    for (std::size_t i = 0; i < trial.size(); ++i) {
        connections.emplace_back(engine.handle(), trial, i, active).connect();
    }
    for (Connection& each : connections) {
        each.open_client();
    }
    for (Connection& each : connections) {
        each.open_server();
    }
    for (Connection& each : connections) {
        each.start();
    }
    trial.measure();
    active.wait();
    return trial.outcome();
}

} // namespace bench
