// Accepts clients, as long as there is room for them: those that there is no room for wait in the system.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "async_socket/listener.h"
#include "common/endpoint.hpp"

namespace async_relay {

class acceptor {
public:
    // Listens from now on. Throws std::runtime_error if that is not possible. `room`: how many more clients there is
    // room for, those that are being accepted included. `on_client`: given each, on a thread of the engine.
    acceptor(as_engine* engine, const tools::endpoint& address, std::function<std::size_t()> room,
             std::function<void(as_stream*)> on_client);
    ~acceptor() { close(); }
    acceptor(const acceptor&) = delete;
    acceptor& operator=(const acceptor&) = delete;

    // The first of its addresses, with the port that the system chose.
    [[nodiscard]] tools::endpoint address() const;

    // There may be more room than before. Any thread.
    void fill();

    // Connections that nobody accepted are refused. Returns when no client comes any more.
    void close();

private:
    struct seat {
        as_operation operation{};
        as_stream* client = nullptr;
        acceptor* owner = nullptr;
        bool is_taken = false;
    };
    as_outcome open(as_engine* engine, const std::vector<as_address>& addresses);
    static void on_end(as_operation* operation, as_outcome outcome);

    const std::function<std::size_t()> room_;
    const std::function<void(as_stream*)> on_client_;
    std::mutex mutex_; // for all that follows
    as_listener* listener_ = nullptr;
    std::array<seat, 4> seats_; // several, so that none waits for the callback of the one before
    std::size_t taken_ = 0;
};

} // namespace async_relay
