// Tasks that wait for each other, one for the next, and at the end for one operation: they are stopped together, and
// have one deadline.
#pragma once

#include <cstdint>

#include "async_socket/deadline.hpp"
#include "async_socket/detail/face.hpp"
#include "async_socket/detail/shared_word.hpp"
#include "async_socket/wait.h"

namespace as {
inline namespace ASYNC_SOCKET_FACE {
namespace detail {

#ifdef _MSC_VER
#pragma warning(push)
#pragma warning(disable : 4324) // on 32 bits it is padded, which is what is wanted
#endif
// What a chain waits for: an operation, or other chains. Its address leaves the lowest bits to the chain's word.
struct alignas(8) stoppable {
    using stop_function = void (*)(stoppable& self) noexcept;

    explicit constexpr stoppable(stop_function function) noexcept : stop(function) {}

    // Asks for its end, which comes elsewhere, later. Once.
    stop_function stop;
};
#ifdef _MSC_VER
#pragma warning(pop)
#endif

// The word of a chain says what it waits for and whether it was stopped. A stop comes from any thread, at any moment;
// the end of what is waited for comes from another one, and with it the memory of all this may go. So whoever uses what
// is waited for, to start it or to stop it, marks the word as busy, and the end waits for that: it is short, since
// neither blocks.
class chain {
public:
    constexpr chain() noexcept = default;
    chain(const chain&) = delete;
    chain& operator=(const chain&) = delete;

    // That of all its operations.
    deadline until{};

    // From now on all that it waits for ends as cancelled, soon. Any thread, any number of times.
    void stop() noexcept
    {
        std::uintptr_t seen = word_.load();
        std::uintptr_t wanted = 0;
        do {
            if ((seen & stopped) != 0) {
                return;
            }
            wanted = seen | stopped | (has_wait(seen) ? busy : 0U);
        } while (!word_.change(seen, wanted));
        if (has_wait(seen) && (seen & busy) == 0) { // otherwise whoever is busy sees it
            stoppable& wait = wait_of(seen);
            wait.stop(wait);
            leave(wanted, true);
        }
    }

    [[nodiscard]] bool is_stopped() const noexcept { return (word_.load() & stopped) != 0; }

    // The three below are for the chain itself, which waits for one thing at a time.

    // Before something is started that it will wait for. False: it was stopped, and nothing should be.
    [[nodiscard]] bool begin(stoppable& wait) noexcept
    {
        std::uintptr_t seen = 0;
        return word_.change(seen, reinterpret_cast<std::uintptr_t>(&wait) | busy);
    }

    // It is under way, and may have ended: when this returns all of it may be gone.
    void begun(stoppable& wait) noexcept
    {
        std::uintptr_t seen = reinterpret_cast<std::uintptr_t>(&wait) | busy;
        if (!word_.change(seen, seen & ~busy)) {
            leave(seen, false);
        }
    }

    // It is not: it was refused. Instead of begun.
    void not_begun() noexcept
    {
        std::uintptr_t seen = word_.load();
        while (!word_.change(seen, seen & stopped)) {
        }
    }

    // What it waits for has ended: nobody will stop it any more.
    void end(stoppable& wait) noexcept
    {
        std::uintptr_t seen = reinterpret_cast<std::uintptr_t>(&wait);
        if (!word_.change(seen, 0)) {
            end_beside_a_stop(seen);
        }
    }

private:
    static constexpr std::uintptr_t busy = 1;
    static constexpr std::uintptr_t stopped = 2;
    static constexpr std::uintptr_t end_waits = 4;
    static constexpr std::uintptr_t all_marks = busy | stopped | end_waits;

    [[nodiscard]] static bool has_wait(std::uintptr_t word) noexcept { return (word & ~all_marks) != 0; }
    [[nodiscard]] static stoppable& wait_of(std::uintptr_t word) noexcept
    {
        return *reinterpret_cast<stoppable*>(word & ~all_marks);
    }

    // Not busy any more. A stop that came meanwhile is done here.
    void leave(std::uintptr_t seen, bool is_told) noexcept
    {
        std::uint32_t* const gate = gate_.address();
        for (;;) {
            if ((seen & stopped) != 0 && !is_told) {
                is_told = true;
                wait_of(seen).stop(wait_of(seen));
            }
            if ((seen & end_waits) != 0) {
                gate_.store(1);
            }
            if (word_.change(seen, seen & ~busy)) {
                break;
            }
        }
        if ((seen & end_waits) != 0) {
            as_wake(gate); // by its address only
        }
    }

    void end_beside_a_stop(std::uintptr_t seen) noexcept
    {
        for (;;) {
            if ((seen & busy) == 0) {
                if (word_.change(seen, seen & stopped)) {
                    gate_.store(0);
                    return;
                }
            } else if ((seen & end_waits) != 0) {
                (void)as_wait(gate_.address(), 0, AS_NEVER);
                seen = word_.load();
            } else if (word_.change(seen, seen | end_waits)) {
                seen |= end_waits;
            }
        }
    }

    shared_word<std::uintptr_t> word_{};
    shared_word<std::uint32_t> gate_{}; // 1: whoever was busy is about to leave

public:
    // How its operations have ended, for the tally of its scope.
    bool was_cancelled = false; // one of them, or it was not even started
    bool was_cut = false;       // one of them when it had moved a part of its bytes

    // Of one that this one has waited for: what was stopped for a reason of its own is no matter.
    void take_marks_of(const chain& other) noexcept
    {
        if (is_stopped()) {
            was_cancelled = was_cancelled || other.was_cancelled;
            was_cut = was_cut || other.was_cut;
        }
    }
};

// A chain that another one waits for: a stop of that one reaches it, and its deadline holds for it.
class branch final : public stoppable {
public:
    constexpr branch() noexcept : stoppable(&stop_own) {}

    // Null: there is no other one. One that was stopped stops this one at once.
    void join(chain& own, chain* outer) noexcept
    {
        if (outer == nullptr) {
            return;
        }
        own_ = &own;
        own.until = earlier(own.until, outer->until);
        outer_ = outer;
        is_registered_ = outer->begin(*this);
        if (is_registered_) {
            outer->begun(*this); // nothing is resumed yet, so all of this stays
        } else {
            own.stop();
        }
    }
    // In the outer one, which goes on.
    void leave() noexcept
    {
        if (is_registered_) {
            outer_->end(*this);
            is_registered_ = false;
        }
        if (outer_ != nullptr) {
            outer_->take_marks_of(*own_);
            outer_ = nullptr;
        }
    }

private:
    static void stop_own(stoppable& self) noexcept { static_cast<branch&>(self).own_->stop(); }

    chain* own_ = nullptr;
    chain* outer_ = nullptr;
    bool is_registered_ = false;
};

} // namespace detail
} // namespace ASYNC_SOCKET_FACE
} // namespace as
