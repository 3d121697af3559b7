// A stream that is being drained and closed, as an operation of its engine: what was sent arrives at the peer, or the
// outcome says not.
//
//     start ──┬─ shutdown, behind the sends ─────────────────────────────┬─ confirmed? ── close ── callback
//             └─ receives, thrown away, until the peer has ended as well ┘   └─ a pause ─┘
//
// A peer that finds a reset may lose what it has not read. A system resets a connection that is closed with bytes in it
// that nobody has received, or to which bytes come afterwards; so whatever comes is received until the peer, too, has
// ended its direction. That begins at once: a peer may read nothing before it is rid of what it sends itself. A peer
// that had ended its direction long before may still not have everything: then the system is asked until it says so,
// where it can.
//
// So at any time there is one part under way in each direction at most: a shutdown, and then perhaps a pause; a
// receive. They are started and cancelled under the lock, so that a cancel never meets a part that is just being made.
#pragma once

#include <cstdint>
#include <optional>

#include "core/common/lock.hpp"
#include "core/engine/engine_operation.hpp"

namespace async_socket::core {

class socket;

class draining : public engine_operation {
public:
    // In the memory of `asked`, whose two first members count. Not refused: nobody else uses the stream any more, and
    // it is closed before the callback. Refused: it is as it was.
    [[nodiscard]] static refusal start(as_operation* asked, socket& stream, std::uint64_t deadline) noexcept;

private:
    struct part;
    struct room; // for the parts, and for what comes

    draining(const as_operation& asked, socket& stream) noexcept;

    [[nodiscard]] refusal begin_both() noexcept;
    static void part_ended(as_operation* memory, as_outcome told) noexcept;
    static void give_up(engine_operation& self, ending why) noexcept;

    // ---- under the lock

    void note_end_of(part& ended, const outcome& how) noexcept;
    // It ends as this, if it does not end as something else already; nothing is waited for any more.
    void stop_as(const refusal& why) noexcept;
    // Starts what comes next. An outcome: with that all is over, and nothing is under way; none: something is.
    [[nodiscard]] std::optional<outcome> go_on() noexcept;
    [[nodiscard]] refusal receive() noexcept;
    [[nodiscard]] std::optional<outcome> confirm() noexcept;
    [[nodiscard]] bool is_idle(std::uint64_t unconfirmed) noexcept;
    [[nodiscard]] std::optional<outcome> pause() noexcept;
    [[nodiscard]] refusal start_on_stream(part& next, operation_kind what, const pieces& buffers,
                                          std::uint64_t bytes) noexcept;
    [[nodiscard]] outcome over_as(const refusal& why) const noexcept { return {why.how, thrown_away_, why.code}; }

    socket& stream_;
    lock lock_;            // for all that follows
    room* room_ = nullptr; // while anything is under way
    bool has_sent_end_ = false;
    bool has_received_end_ = false;
    refusal stopped_{}; // none: it was not
    std::uint32_t pause_ms_ = 1;
    std::uint64_t thrown_away_ = 0; // bytes
    std::uint64_t unconfirmed_ = 0; // bytes, and since when it was so many
    std::uint64_t moved_ns_ = 0;
};

} // namespace async_socket::core
