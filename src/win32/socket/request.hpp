// One operation as the system sees it: its OVERLAPPEDs, the event that the documents ask for (not in fast
// mode), and the buffer array, in one piece of memory.
//
// A request goes to the system in rounds. One round covers the buffers from some byte on, in parts of
// at most `max_buffers_in_a_call`. Nearly always there is one round with one part. A send with more
// buffers has several parts in its round, all issued back to back. A receive has one part in a round
// (it ends with the first bytes that are there). Another round follows when the system cancelled a
// round for a reason of its own, or when a receive filled its part and more bytes are waiting. The lane
// that a request is on holds its lock around everything here but the construction.
#pragma once

#include <atomic>
#include <cstdint>

#include "c_pal/async_socket.h"
#include "c_pal/socket_transport.h"
#include "core/block_cache.hpp"
#include "core/completion_mode.hpp"
#include "core/list.hpp"
#include "core/operation.hpp"
#include "core/pieces.hpp"
#include "win32/socket/issuer.hpp"
#include "win32/system/unique_handle.hpp"

namespace async_socket::win32 {

class request;
class turn;

// One system call. The OVERLAPPED is first: the completion names it and means this (01_064).
struct io_part {
    OVERLAPPED overlapped;
    request* whole;
    SOCKET_BUFFER* buffers;
    std::uint32_t buffer_count;
    ULONG code;      // how it ended, once it has
    ULONG_PTR bytes; // what it transferred

    // The system has not ended it yet. Its completion may still be on its way when it has.
    [[nodiscard]] bool is_pending() noexcept
    {
        return std::atomic_ref(overlapped.Internal).load(std::memory_order_relaxed) == STATUS_PENDING;
    }
    [[nodiscard]] static io_part& of(void* overlapped) noexcept { return *static_cast<io_part*>(overlapped); }
};

class request : public core::operation {
public:
    // The memory for one, and one in it. Null when memory or events are out. In fast mode it comes from
    // `memory`, to which it goes back, and has no event of its own.
    [[nodiscard]] static std::uint64_t size_for(std::uint32_t buffer_count) noexcept;
    [[nodiscard]] static request* create(core::completion_mode mode, core::block_cache& memory,
                                         const core::operation& asked, const ASYNC_SOCKET_BUFFER* payload,
                                         std::uint32_t buffer_count) noexcept;
    void destroy() noexcept;

    // Lays out the parts of the next round, from the first byte not transferred yet. `number`: rounds
    // are numbered in the order in which they are issued.
    void begin_round(std::uint64_t number) noexcept;
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
    [[nodiscard]] static bool comes_before(const request& one, const request& other) noexcept
    {
        return one.number_ < other.number_;
    }
    [[nodiscard]] std::uint32_t part_count() const noexcept { return part_count_; }
    [[nodiscard]] io_part& part(std::uint32_t index) noexcept { return parts_[index]; }
    // The parts from `index` on could not be issued: they end here, with this error.
    void refuse_parts_from(std::uint32_t index, ULONG code) noexcept;
    // One part ended. True for the last of the round; the caller then owns the request.
    bool end_part() noexcept { return --parts_under_way_ == 0; }
    // Every part of the round has ended.
    [[nodiscard]] bool round_is_over() const noexcept { return parts_under_way_ == 0; }
    // The system has not ended all of them yet, whatever has been seen of that.
    [[nodiscard]] bool is_pending() noexcept;

    // After a round: counts what it transferred, and says how it ended, with `bytes` the sum of all
    // rounds.
    [[nodiscard]] core::outcome end_round() noexcept;
    // After end_round. The bytes transferred are not the first ones, or nobody knows which they are.
    [[nodiscard]] bool has_gap() const noexcept { return gap_; }
    // After end_round. Otherwise, and if there are more, another round can go on behind them.
    [[nodiscard]] bool can_go_on() const noexcept { return !gap_ && transferred_ < total; }
    [[nodiscard]] std::uint64_t transferred() const noexcept { return transferred_; }
    // After end_round. Every byte that the round asked for came.
    [[nodiscard]] bool round_was_filled() const noexcept { return filled_; }

    // How it ended, kept while it waits for its callback or for another round.
    void set_verdict(const core::outcome& verdict) noexcept { verdict_ = verdict; }
    [[nodiscard]] const core::outcome& verdict() const noexcept { return verdict_; }

    // While a turn keeps it: which one, and who calls back.
    const turn* kept_by = nullptr;
    backend::channel* kept_for = nullptr;

private:
    friend core::list<request>;
    friend class request_set;

    request(const core::operation& asked, core::block_cache* memory, std::uint64_t size, unique_event event,
            io_part* parts, core::pieces buffers) noexcept;

    core::block_cache* const memory_; // where it goes back to; null: the heap
    const std::uint64_t size_;        // in memory, arrays and all
    unique_event event_;
    io_part* parts_;
    core::pieces buffers_; // of the next round
    std::uint32_t part_count_ = 0;
    std::uint32_t parts_under_way_ = 0;
    std::uint64_t number_ = 0;
    std::uint64_t transferred_ = 0;
    bool gap_ = false;
    bool filled_ = false;
    core::outcome verdict_{};
    request* next_ = nullptr;   // in a request_list
    request* before_ = nullptr; // in a request_set, beside next_
};

// Requests in line.
using request_list = core::list<request>;

// Requests in no order, of which any may leave.
class request_set {
public:
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    void insert(request& request) noexcept;
    void remove(request& request) noexcept;
    // One of them at least is (request::is_pending).
    [[nodiscard]] bool any_is_pending() const noexcept;

private:
    request* first_ = nullptr;
};

} // namespace async_socket::win32
