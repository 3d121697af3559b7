// For Asio's programs: one io_context for each loop, which is told that one thread runs it.
#pragma once

#include <cstddef>
#include <deque>

#include <asio/io_context.hpp>

#include "support/trial.hpp"

namespace bench {

// Connection: made with the io_context, the trial and its index; open(), then start().
template <class Connection>
class asio_loop {
public:
    explicit asio_loop(trial& trial) : trial_(trial) {}

    void add(std::size_t index) { connections_.emplace_back(context_, trial_, index).open(); }

    // Ends when no operation is pending any more.
    void run()
    {
        for (Connection& each : connections_) {
            each.start();
        }
        context_.run();
    }

private:
    trial& trial_;
    asio::io_context context_{1};
    std::deque<Connection> connections_;
};

} // namespace bench
