// An alarm that is armed in a clock (alarm_clock.hpp): it knows its time, its clock, and what it is about.
#pragma once

#include <cstdint>

#include "core/time/alarm.hpp"

namespace async_socket::core {

class alarm_clock;

class clock_alarm : public alarm {
public:
    // What the clock does with those whose time has come.
    struct subject {
        // Under the clock's lock. True: what it is about stays until `ring` has returned. False: it is over, and about
        // to disarm its alarm, for which it needs that lock.
        bool (*hold)(clock_alarm& due) noexcept;
        // Without it. Does what has to be done, and gives the hold back.
        void (*ring)(clock_alarm& due) noexcept;
    };

    clock_alarm(const subject& about, std::uint64_t time_ns) noexcept : about_(about), time_ns_(time_ns) {}

    // Not before this it comes due.
    [[nodiscard]] std::uint64_t time_ns() const noexcept { return time_ns_; }
    // For the next time that it is armed.
    void set_time(std::uint64_t time_ns) noexcept { time_ns_ = time_ns; }
    // Ever, in any clock.
    [[nodiscard]] bool was_armed() const noexcept { return clock_ != nullptr; }

private:
    friend class alarm_clock;

    const subject& about_;
    std::uint64_t time_ns_;
    alarm_clock* clock_ = nullptr; // in which it was armed last
};

} // namespace async_socket::core
