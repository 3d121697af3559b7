// The alarms of one owner (a loop, an engine), in the order in which their times come. Arming one, disarming it and
// arming it for another time are O(1); none of it allocates, takes a lock, calls the system or can fail.
//
// Time is cut into ticks of 2^20 ns, about a millisecond. An alarm is due when the last nanosecond of its tick has
// come: never early, and less than a tick late. A tick's number has so many digits, each a level of the wheel with a
// bucket for each value of the digit. An alarm lies in the level of the first digit in which its tick differs from the
// present one, so the far future is told apart coarsely and the near one exactly. When the present comes to a bucket of
// many ticks, its alarms are divided among the levels below. So no time is too far away, each alarm is moved at most
// once for each level, and a time in which nothing is due is passed in one step, however long it is: a bit for each
// bucket tells which have alarms.
//
// Whoever holds the wheel goes on like this:
//
//     wheel.advance(backend::now_ns());
//     while (alarm* const due = wheel.take_due()) { ... } // which may arm and disarm any alarm
//     ... waits until wheel.next(), if nothing else comes before ...
//
// A limit on how long something may be idle needs no arming for each sign of life: the owner notes the time of it, and
// nothing else. When the alarm comes out it looks: if the limit, counted from the noted time, has not come, it arms the
// alarm for when it will (idle_time.hpp).
//
// The wheel calls nobody, and does not know what an alarm is about: the owner derives that class from `alarm`.
#pragma once

#include <bit>
#include <cstdint>

#include "async_socket/deadline.h"
#include "core/time/alarm.hpp"

namespace async_socket::core {

// Not for several threads at once; the owner may be another thread each time. An alarm is armed, disarmed and asked by
// the owner of its wheel only. Times are those of backend::now_ns.
//
// `TickBits`: a tick has 2^TickBits ns. `DigitBits`: a level has 2^DigitBits buckets. Tests have small ones.
template <unsigned TickBits, unsigned DigitBits>
class basic_timing_wheel {
public:
    static constexpr std::uint64_t tick_ns = std::uint64_t{1} << TickBits;
    static constexpr std::uint32_t levels = (64 - TickBits + DigitBits - 1) / DigitBits;

    basic_timing_wheel() noexcept = default;
    // Forgets the alarms that are armed; they may not be disarmed any more. advance(AS_NEVER) makes all of them due.
    ~basic_timing_wheel() = default;
    basic_timing_wheel(const basic_timing_wheel&) = delete;
    basic_timing_wheel& operator=(const basic_timing_wheel&) = delete;

    // For a time that is over, too: the next advance makes it due, and no sooner, so that an owner who arms whatever it
    // takes comes to an end. Moves one that is armed, or due and not taken yet. For
    // AS_NEVER it only disarms.
    void arm(alarm& armed, std::uint64_t due_ns) noexcept
    {
        disarm(armed);
        if (due_ns != AS_NEVER) {
            const std::uint64_t tick = due_ns >> TickBits;
            add(armed, tick, place_of(tick));
        }
    }

    // Also one that is due and has not been taken: nobody will be given it. Does nothing if it is not armed.
    void disarm(alarm& disarmed) noexcept
    {
        if (disarmed.is_armed()) {
            remove(disarmed, static_cast<place>(disarmed.due_ % tick_ns));
        }
    }

    // Makes due whatever the time has come of: earlier ticks first, and those of one tick in the order in which they
    // were armed; before all of these those whose time was over when they were armed. They go behind those that are due
    // and have not been taken. A `now_ns` of an earlier tick than before does nothing.
    // How many times it moved an alarm, for tests.
    std::uint64_t advance(std::uint64_t now_ns) noexcept
    {
        const std::uint64_t past = ticks_past_at(now_ns);
        if (past < present_) {
            return 0;
        }
        std::uint64_t moves = make_due(late);
        for (place first = first_bucket(); comes_before(first, past); first = first_bucket()) {
            moves += first < buckets ? make_due(first) : divide(first);
        }
        present_ = past;
        return moves;
    }

    // The first that is due, which is not armed any more; null if there is none.
    [[nodiscard]] alarm* take_due() noexcept
    {
        alarm* const taken = first_[due];
        if (taken != nullptr) {
            remove(*taken, due);
        }
        return taken;
    }

    // Until when the owner may wait before it advances again: 0 if something is due, or will be by any advance;
    // AS_NEVER if nothing is armed. Never later than the end of the tick of any alarm. It may be earlier, when alarms
    // of a far time have to be divided: at most once for each level of an alarm. It only gets earlier by arming: an
    // owner who has told somebody else when to wake it asks again then.
    [[nodiscard]] std::uint64_t next() const noexcept
    {
        if (occupied_[levels] != 0) {
            return 0;
        }
        const place first = first_bucket();
        return first != no_bucket ? last_ns_of(first_tick_of(first)) : AS_NEVER;
    }

private:
    static constexpr std::uint32_t buckets = 1U << DigitBits; // of a level

    // A bucket of a level, counted from the lowest one's first; or one of the two places behind them.
    using place = std::uint32_t;
    static constexpr place no_bucket = levels * buckets;
    static constexpr place late = no_bucket; // their time was over when they were armed
    static constexpr place due = late + 1;   // to be taken

    static_assert(DigitBits <= 6, "the buckets of a level have a bit each in a word");
    static_assert(due < tick_ns, "a place fits below the tick");
    static_assert(levels * DigitBits < 64, "ticks can be counted, all of them");

    // At the last of time there are none left, not even the last one.
    [[nodiscard]] static std::uint64_t ticks_past_at(std::uint64_t now_ns) noexcept
    {
        const std::uint64_t tick = now_ns >> TickBits;
        return now_ns == last_ns_of(tick) ? tick + 1 : tick;
    }
    [[nodiscard]] static std::uint64_t last_ns_of(std::uint64_t tick) noexcept
    {
        return (tick << TickBits) | (tick_ns - 1);
    }

    // All alarms of one tick are in one place at any time, which is why they keep their order.
    [[nodiscard]] place place_of(std::uint64_t tick) const noexcept
    {
        if (tick < present_) {
            return late;
        }
        const auto differing_bits = static_cast<std::uint32_t>(std::bit_width((tick ^ present_) | 1));
        const std::uint32_t level = (differing_bits - 1) / DigitBits;
        const auto digit = static_cast<std::uint32_t>((tick >> (level * DigitBits)) % buckets);
        return level * buckets + digit;
    }

    // The one whose ticks are the first of all that have alarms: no level has one before the present, and the lower
    // levels are all within one bucket of those above.
    [[nodiscard]] place first_bucket() const noexcept
    {
        for (std::uint32_t level = 0; level < levels; ++level) {
            if (occupied_[level] != 0) {
                return level * buckets + static_cast<std::uint32_t>(std::countr_zero(occupied_[level]));
            }
        }
        return no_bucket;
    }
    // Of a bucket that has alarms. The digits above its own are the present's.
    [[nodiscard]] std::uint64_t first_tick_of(place bucket) const noexcept
    {
        const std::uint32_t digits_below = bucket / buckets * DigitBits;
        const std::uint64_t digits_above = (present_ >> digits_below) / buckets * buckets;
        return (digits_above + bucket % buckets) << digits_below;
    }

    // Of a single tick: that it is over. Of a bucket of many: that the first of them has begun, or will at once.
    [[nodiscard]] bool comes_before(place bucket, std::uint64_t present) const noexcept
    {
        if (bucket == no_bucket) {
            return false;
        }
        const std::uint64_t tick = first_tick_of(bucket);
        return tick < present || (tick == present && bucket >= buckets);
    }

    std::uint64_t make_due(place from) noexcept
    {
        std::uint64_t moves = 0;
        for (; first_[from] != nullptr; ++moves) {
            alarm& moved = *first_[from];
            remove(moved, from);
            add(moved, moved.due_ >> TickBits, due);
        }
        return moves;
    }

    // Among the levels below: they are all of this bucket now, so its alarms differ from the present in lower digits.
    std::uint64_t divide(place from) noexcept
    {
        present_ = first_tick_of(from);
        std::uint64_t moves = 0;
        for (; first_[from] != nullptr; ++moves) {
            alarm& moved = *first_[from];
            const std::uint64_t tick = moved.due_ >> TickBits;
            remove(moved, from);
            add(moved, tick, place_of(tick));
        }
        return moves;
    }

    void add(alarm& added, std::uint64_t tick, place where) noexcept
    {
        alarm* const first = first_[where];
        if (first == nullptr) {
            added.next_ = &added;
            added.previous_ = &added;
            first_[where] = &added;
            occupied_[where / buckets] |= bit_of(where);
        } else {
            added.next_ = first;
            added.previous_ = first->previous_;
            added.previous_->next_ = &added;
            first->previous_ = &added;
        }
        added.due_ = (tick << TickBits) | where;
    }

    void remove(alarm& removed, place where) noexcept
    {
        if (removed.next_ == &removed) {
            first_[where] = nullptr;
            occupied_[where / buckets] &= ~bit_of(where);
        } else {
            removed.previous_->next_ = removed.next_;
            removed.next_->previous_ = removed.previous_;
            if (first_[where] == &removed) {
                first_[where] = removed.next_;
            }
        }
        removed.next_ = nullptr;
    }
    [[nodiscard]] static std::uint64_t bit_of(place where) noexcept { return std::uint64_t{1} << (where % buckets); }

    std::uint64_t present_ = 0;            // the first tick that is not past; alarms before it are late or due
    std::uint64_t occupied_[levels + 1]{}; // a bit for each bucket that has alarms; the last word is for late and due
    alarm* first_[levels * buckets + 2]{}; // in each place
};

// A millisecond is what deadlines of the network are told apart by. 64 buckets to a level are one word of bits, and an
// alarm of half a minute is moved three times at most.
using timing_wheel = basic_timing_wheel<20, 6>;

extern template class basic_timing_wheel<20, 6>; // in timing_wheel.cpp

// 4,192 bytes on 64 bits, all in the wheel itself.
static_assert(sizeof(timing_wheel) == 80 + 514 * sizeof(void*));

} // namespace async_socket::core
