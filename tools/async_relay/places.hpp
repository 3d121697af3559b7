// How many clients there may be at a time, and who waits for one of them to leave: a client that has been accepted, for
// each listener one at most, which takes no other one meanwhile. What comes behind those waits in the system.
#pragma once

#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "async_socket/listener.hpp"
#include "async_socket/stream.hpp"

namespace async_relay {

class places {
public:
    struct waiting {
        as::stream client; // none: the listener alone, for which there was no memory
        as::listener* at;
    };

    explicit places(std::size_t most) noexcept : most_(most) {}

    // Before anybody takes one: so many listeners will ask.
    void expect(std::size_t listeners) { waiting_.reserve(listeners); }

    // False: there is none. The client waits, or is reset if nobody comes in any more.
    [[nodiscard]] bool take(as::stream& client, as::listener& at) noexcept
    {
        const std::lock_guard lock(mutex_);
        if (is_closed_) {
            client.reset();
            return false;
        }
        if (taken_ == most_) {
            waiting_.push_back({std::move(client), &at});
            return false;
        }
        ++taken_;
        return true;
    }

    void give_back() noexcept
    {
        const std::lock_guard lock(mutex_);
        --taken_;
    }

    [[nodiscard]] std::size_t waiting_count() noexcept
    {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }

    // Who has waited longest, if there is a place: a client has it now, and his listener takes the next one.
    [[nodiscard]] std::optional<waiting> next() noexcept
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty() || taken_ == most_) {
            return std::nullopt;
        }
        waiting next = std::move(waiting_.front());
        waiting_.erase(waiting_.begin());
        taken_ += next.client ? 1U : 0U;
        return next;
    }

    // The listener could not go on, and waits for the next who leaves.
    void wait_again(as::listener& at) noexcept
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back({as::stream(), &at});
    }

    // Nobody comes in any more. Who waits is reset.
    void close() noexcept
    {
        const std::lock_guard lock(mutex_);
        is_closed_ = true;
        for (waiting& each : waiting_) {
            each.client.reset();
        }
        waiting_.clear();
    }

private:
    const std::size_t most_;
    std::mutex mutex_; // for what follows
    std::size_t taken_ = 0;
    bool is_closed_ = false;
    std::vector<waiting> waiting_;
};

} // namespace async_relay
