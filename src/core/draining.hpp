// A stream that is being drained and closed, as an operation of its engine: what was sent arrives at the peer, or the
// outcome says not.
//
//     start ── shutdown, behind the sends ── receives, thrown away, until the peer has ended ── confirmed? ── close ──
//                                                                        └── a pause ──┘                 callback
//
// A peer that finds a reset may lose what it has not read. A system resets a connection that is closed with bytes in it
// that nobody has received, or to which bytes come afterwards; so whatever comes is received until the peer, too, has
// ended its direction. One that had done so long before may still not have everything: then the system is asked until
// it says so, where it can.
//
// At any time one part is under way: a shutdown, a receive, a pause. It is started and cancelled under the lock, so
// that a cancel never meets a part that is just being made.
#pragma once

#include <cstdint>
#include <optional>

#include "core/engine_operation.hpp"
#include "core/lock.hpp"

namespace async_socket::core {

class socket;

class draining : public engine_operation {
public:
    // In the memory of `asked`, whose two first members count. Not refused: nobody else uses the stream any more, and
    // it is closed before the callback. Refused: it is as it was.
    [[nodiscard]] static refusal start(as_operation* asked, socket& stream, std::uint64_t deadline) noexcept;

private:
    enum class phase : std::uint8_t { ending, receiving, confirming };
    struct room; // for a part, and for what comes

    draining(const as_operation& asked, socket& stream) noexcept;

    [[nodiscard]] refusal begin_first() noexcept;
    static void part_ended(as_operation* part, as_outcome told) noexcept;
    static void give_up(engine_operation& self, ending why) noexcept;

    // ---- under the lock. An outcome: with that all is over; none: the next part is under way.

    [[nodiscard]] std::optional<outcome> go_on_behind(const outcome& ended) noexcept;
    [[nodiscard]] std::optional<outcome> receive() noexcept;
    [[nodiscard]] std::optional<outcome> confirm() noexcept;
    [[nodiscard]] std::optional<outcome> pause() noexcept;
    [[nodiscard]] refusal start_on_stream(operation_kind what, const pieces& buffers, std::uint64_t bytes) noexcept;
    // `refused`: what the start of the next part has answered.
    [[nodiscard]] std::optional<outcome> started(const refusal& refused) noexcept;
    [[nodiscard]] outcome with_bytes(ending how, std::uint32_t code) const noexcept
    {
        return {how, thrown_away_, code};
    }

    // Nothing is under way any more.
    void conclude(const outcome& how) noexcept;

    socket& stream_;
    room* room_ = nullptr;
    lock lock_; // for all that follows
    phase phase_ = phase::ending;
    bool is_under_way_ = false;
    ending stopped_ = ending::done; // as what; done: it was not
    std::uint32_t pause_ms_ = 1;
    std::uint64_t thrown_away_ = 0; // bytes
};

} // namespace async_socket::core
