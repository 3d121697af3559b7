// The connections that are open. It does not keep them alive, it only knows them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include "connection.hpp"

namespace async_relay {

class connection_list {
public:
    // `on_removal`: called when one has left.
    explicit connection_list(std::function<void()> on_removal) : on_removal_(std::move(on_removal)) {}
    connection_list(const connection_list&) = delete;
    connection_list& operator=(const connection_list&) = delete;

    // A new connection, which leaves the list when it has been freed: its sockets are closed by then.
    std::shared_ptr<connection> create(as_stream* client, statistics& counted);

    [[nodiscard]] std::size_t size() const;

    // Waits until none is open. False if the time was over before.
    bool wait_for_none(std::chrono::milliseconds timeout) const;

    void reset_all() const;

private:
    using entries = std::list<std::weak_ptr<connection>>;

    void remove(entries::iterator entry);

    mutable std::mutex mutex_;
    mutable std::condition_variable shrunk_;
    entries entries_;
    const std::function<void()> on_removal_;
};

} // namespace async_relay
