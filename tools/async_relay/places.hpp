// How many clients there may be at a time, and which listeners wait for one of them to leave.
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "async_socket/listener.hpp"

namespace async_relay {

class places {
public:
    explicit places(std::size_t most) noexcept : most_(most) {}

    // Before anybody takes one: so many listeners will ask.
    void expect(std::size_t listeners) { waiting_.reserve(listeners); }

    // False: there is none, and the listener waits.
    [[nodiscard]] bool take(as::listener& asking) noexcept
    {
        const std::lock_guard lock(mutex_);
        if (taken_ == most_) {
            waiting_.push_back(&asking);
            return false;
        }
        ++taken_;
        return true;
    }

    // A listener that has waited, and has to ask again; or none.
    [[nodiscard]] as::listener* give_back() noexcept
    {
        const std::lock_guard lock(mutex_);
        --taken_;
        if (waiting_.empty()) {
            return nullptr;
        }
        as::listener* const next = waiting_.back();
        waiting_.pop_back();
        return next;
    }

    // It could not, and waits for the next place.
    void wait_again(as::listener& next) noexcept
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(&next);
    }

private:
    const std::size_t most_;
    std::mutex mutex_; // for what follows
    std::size_t taken_ = 0;
    std::vector<as::listener*> waiting_;
};

} // namespace async_relay
