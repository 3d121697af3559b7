// The life of one async socket in one 32-bit word: its state, and the number of calls that are
// inside it.
//
//   closed -> opening -> open -> closing -> closed -> ... -> destroying
//                 \-> closed (the open failed)
//
// Why this is enough. Entering is one atomic add that returns the state of the same instant, so a
// call knows whether it got in before or after the word left `open`. A closer that has set `closing`
// and then reads a count of zero therefore knows: no call that saw `open` is left inside, and none can
// come. The add is an acquire and pairs with the release that set `open`, so a call that got in sees
// what the opener prepared. The subtract of leaving is a release and pairs with the acquire with which
// the waiter reads the zero, so the waiter sees what the calls did. Waiting compares the word with the
// value that was read, under the system's own lock, so a wake-up between the read and the wait is not
// lost. A leaver's subtract is its last touch: the wake-up that follows uses the word's address as a
// key only, since the memory may be gone by then.
//
// A call that is refused is not inside, and touches nothing after the read that refused it; so refused
// calls, however many, neither keep a closer waiting nor need to be waited for. (One that reads `open`
// and adds too late takes its add back, and counts until then.)
#pragma once

#include <atomic>
#include <cstdint>

#include "core/common/process_mark.hpp"

namespace async_socket::core {

class lifecycle {
public:
    enum class state : std::uint32_t { closed, opening, open, closing, destroying };

    // One call that is inside, as long as this object lives; or one that was refused.
    class visit {
    public:
        explicit visit(lifecycle& life) noexcept : life_(life.enter() ? &life : nullptr) {}
        ~visit() { end(); }
        visit(const visit&) = delete;
        visit& operator=(const visit&) = delete;

        // True: the socket was open when this visit began, and its connection stays until it ends.
        [[nodiscard]] bool is_inside() const noexcept { return life_ != nullptr; }

        // Leaves before the end of scope; the socket may be gone afterwards.
        void end() noexcept;

    private:
        friend class lifecycle;
        struct already_inside {};
        visit(lifecycle& life, already_inside) noexcept : life_(&life) {}

        lifecycle* life_;
    };

    lifecycle() = default;
    lifecycle(const lifecycle&) = delete;
    lifecycle& operator=(const lifecycle&) = delete;

    // Of another process than this one: refuses calls and opens as if it were closed, and waits for nobody. A close is
    // possible, and a retire, whatever was under way when the process was forked.
    [[nodiscard]] bool is_inherited() const noexcept { return process_.is_inherited(); }

    [[nodiscard]] bool is_open() const noexcept;
    [[nodiscard]] bool is_closed() const noexcept;

    // closed -> opening, and the opener is inside. False: it was not closed.
    [[nodiscard]] bool begin_open() noexcept;
    // opening -> open. The opener stays inside for as long as it keeps the visit: through the open
    // callback, so that closers on other threads wait for that callback too.
    [[nodiscard]] visit end_open() noexcept;
    // opening -> closed, and the opener is not inside any more: its last touch.
    void abandon_open() noexcept;

    // open -> closing. False: it was not open.
    [[nodiscard]] bool begin_close() noexcept;
    // Returns once no call is inside.
    void wait_for_calls() const noexcept;
    // As above, but gives up after about `timeout_ms`; true if no call is inside.
    [[nodiscard]] bool wait_for_calls(std::uint32_t timeout_ms) const noexcept;
    // closing -> closed. The closer's last touch: a destroyer may free the socket at once.
    void end_close() noexcept;

    // closed -> destroying, after an open or a close that is under way; then waits until no call is
    // inside. False: it is open, and somebody has to close it first.
    [[nodiscard]] bool retire() noexcept;

private:
    static constexpr std::uint32_t state_mask = 7;
    static constexpr std::uint32_t one_call = 8;

    static state state_of(std::uint32_t word) noexcept { return static_cast<state>(word & state_mask); }
    static std::uint32_t calls_in(std::uint32_t word) noexcept { return word / one_call; }

    [[nodiscard]] bool enter() noexcept;
    void leave() noexcept;
    // Swaps the state and adds to the count, in one step. False if the state was not `from`.
    bool change(state from, state to, std::int32_t calls) noexcept;

    std::atomic<std::uint32_t> word_{static_cast<std::uint32_t>(state::closed)};
    process_mark process_;
};

} // namespace async_socket::core
