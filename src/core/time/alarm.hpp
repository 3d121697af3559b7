// That somebody wants to be told when a point in time has come. An alarm is a part of what it is about (an operation in
// its caller's memory, a timer, a stream that may be idle for so long), so a timing wheel allocates nothing for it.
#pragma once

#include <cstdint>

namespace async_socket::core {

// Of one wheel's owner, like the wheel (timing_wheel.hpp). While it is armed it neither moves nor goes: whoever ends
// its life disarms it first.
class alarm {
public:
    alarm() noexcept = default;
    alarm(const alarm&) = delete;
    alarm& operator=(const alarm&) = delete;

    // The wheel has it: its time has not come, or has come and the owner has not taken it yet.
    [[nodiscard]] bool is_armed() const noexcept { return next_ != nullptr; }

private:
    template <unsigned TickBits, unsigned DigitBits>
    friend class basic_timing_wheel;

    // In a circle with all that are in the same place of the wheel; null while it is not armed.
    alarm* next_ = nullptr;
    // Of one that is armed; most operations end before that.
    alarm* previous_;
    std::uint64_t due_; // the tick, as in nanoseconds; in the bits below it, which do not count, the place
};

// Every operation has one.
static_assert(sizeof(alarm) == 2 * sizeof(void*) + 8);

} // namespace async_socket::core
