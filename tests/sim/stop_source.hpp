// A source of stops that looks like the standard's, for threads that are simulated.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <list>
#include <utility>

#include "model/thread.hpp"
#include "simulation.hpp"

namespace sim {

class stop_source {
    enum class state : std::uint8_t { waits, runs, has_run };
    struct entry {
        std::function<void()> function;
        state now = state::waits;
    };
    using place = std::list<entry>::iterator;

public:
    class token {
    public:
        // Its destructor waits for the function while that runs, which is not in the function itself: a stop only asks
        // for an end.
        template <typename Function>
        class callback_type {
        public:
            callback_type(const token& of, Function function) : source_(*of.source_), at_(source_.add(function)) {}
            ~callback_type() { source_.remove(at_); }
            callback_type(const callback_type&) = delete;
            callback_type& operator=(const callback_type&) = delete;

        private:
            stop_source& source_;
            place at_;
        };

        explicit token(stop_source& source) : source_(&source) {}
        [[nodiscard]] bool stop_requested() const
        {
            point("stop_requested");
            const model_lock lock;
            return source_->is_stopped_;
        }
        [[nodiscard]] static bool stop_possible() { return true; }

    private:
        stop_source* source_;
    };

    [[nodiscard]] token get_token() { return token(*this); }

    void request_stop()
    {
        for (;;) {
            place next;
            {
                const model_lock lock;
                is_stopped_ = true;
                next = std::ranges::find(entries_, state::waits, &entry::now);
                if (next == entries_.end()) {
                    return;
                }
                next->now = state::runs;
            }
            next->function();
            const model_lock lock;
            next->now = state::has_run;
        }
    }

private:
    // Runs it at once if the stop has come.
    place add(std::function<void()> function)
    {
        place added;
        bool is_late = false;
        {
            const model_lock lock;
            is_late = is_stopped_;
            added = entries_.insert(entries_.end(), {std::move(function), is_late ? state::has_run : state::waits});
        }
        if (is_late) {
            added->function();
        }
        return added;
    }

    void remove(place gone)
    {
        wait_until("a stop has been told", [&gone] { return gone->now != state::runs; });
        const model_lock lock;
        entries_.erase(gone);
    }

    std::list<entry> entries_;
    bool is_stopped_ = false;
};

} // namespace sim
