// The life of one async socket in one 32-bit word: its state, and the number of calls that are
// inside it.
//
//   closed -> opening -> open -> closing -> closed -> ... -> destroying
//                 \-> closed (the open failed)
//
// Why this is enough. Entering is one atomic add that returns the state of the same instant, so a
// call knows whether it got in before or after the word left `open`, and is counted either way. A
// closer that has set `closing` and then reads a count of zero therefore knows: no call that saw
// `open` is left inside, and none can come. The add is an acquire and pairs with the release that
// set `open`, so a call that got in sees what the opener prepared. The subtract of leaving is a
// release and pairs with the acquire with which the waiter reads the zero, so the waiter sees what
// the calls did. Waiting compares the word with the value that was read, under the system's own
// lock, so a wake-up between the read and the wait is not lost. A leaver's subtract is its last
// touch: the wake-up that follows uses the word's address as a key only, since the memory may be
// gone by then.
#pragma once

#include <atomic>
#include <cstdint>

namespace async_socket::core {

class lifecycle {
public:
    enum class state : std::uint32_t { closed, opening, open, closing, destroying };

    // One call that is inside, as long as this object lives. Everyone who touches the socket other
    // than its destroyer is inside.
    class visit {
    public:
        explicit visit(lifecycle& life) noexcept : life_(&life), seen_(life.enter()) {}
        ~visit() { end(); }
        visit(const visit&) = delete;
        visit& operator=(const visit&) = delete;

        // True: the socket was open when this visit began, and its connection stays until it ends.
        [[nodiscard]] bool saw_open() const noexcept { return seen_ == state::open; }

        // Leaves before the end of scope; the socket may be gone afterwards.
        void end() noexcept;

    private:
        friend class lifecycle;
        lifecycle* life_;
        state seen_;
    };

    lifecycle() = default;
    lifecycle(const lifecycle&) = delete;
    lifecycle& operator=(const lifecycle&) = delete;

    [[nodiscard]] bool is_open() const noexcept;

    // closed -> opening. False: it was not closed. The caller is inside, and stays inside until the
    // open callback returned, so that closers on other threads wait for that callback too.
    [[nodiscard]] bool begin_open() noexcept;
    // opening -> open, or back to closed.
    void end_open(bool opened) noexcept;

    // open -> closing, and the closer's visit ends in the same step (it does not wait for itself).
    // False: it was not open; the visit goes on.
    [[nodiscard]] bool begin_close(visit& closer) noexcept;
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

    state enter() noexcept;
    void leave() noexcept;
    // Swaps the state, keeps the count (less `ended_calls`). False if the state was not `from`.
    bool change(state from, state to, std::uint32_t ended_calls) noexcept;

    std::atomic<std::uint32_t> word_{static_cast<std::uint32_t>(state::closed)};
};

} // namespace async_socket::core
