// The connections that are open. It does not keep them alive, it only knows them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "connection.hpp"

namespace async_relay {

class connection_list {
public:
    // A new connection, which leaves the list when it has been freed: its sockets are closed by then.
    std::shared_ptr<connection> create(SOCKET_TRANSPORT_HANDLE client, statistics& counted);

    [[nodiscard]] std::size_t size() const;

    // Waits until fewer than `limit` are open. False if the time was over before.
    bool wait_for_fewer_than(std::size_t limit, std::chrono::milliseconds timeout) const;

    void reset_idle(std::chrono::milliseconds limit) const;
    void reset_all() const;

private:
    using entries = std::list<std::weak_ptr<connection>>;

    void remove(entries::iterator entry);
    [[nodiscard]] std::vector<std::shared_ptr<connection>> all() const;

    mutable std::mutex mutex_;
    mutable std::condition_variable shrunk_;
    entries entries_;
};

} // namespace async_relay
