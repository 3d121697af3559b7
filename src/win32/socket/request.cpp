#include "win32/socket/request.hpp"

#include <cstddef>

#include "win32/system/error.hpp"

namespace async_socket::win32 {

static_assert(offsetof(io_call, overlapped) == 0, "io_call::of converts the pointer as it is");

core::pieces::row request::begin_round(std::uint64_t number, as_buffer (&room)[buffers_behind_a_cut]) noexcept
{
    const bool has_buffers = !core::makes_connection(kind);
    const core::pieces::row row = has_buffers ? left.next(max_buffers_in_a_call, room) : core::pieces::row{};
    static_cast<io_call&>(*this) = {};
    overlapped.hEvent = event_.get(); // the system sets it, nobody waits on it
    wanted = has_buffers ? core::length_of(row) : 1;
    number_ = number;
    round_is_over_ = false;
    return row;
}

core::outcome request::end_round() noexcept
{
    using core::ending;
    ending how = ending_of(code);
    // Only a success and a cancellation come with a byte count that means something.
    std::uint64_t moved = how == ending::done || how == ending::cancelled ? bytes : 0;
    if (core::makes_connection(kind)) {
        moved = how == ending::done ? 1 : 0;
    }
    gap_ = is_lost(code) && way() == core::direction::send;
    filled_ = how == ending::done && moved == wanted;
    has_moved_ = how == ending::done && moved != 0;
    transferred_ += moved;
    if (can_go_on()) {
        left.skip(moved);
    }
    short_ = how == ending::done && way() == core::direction::send && !filled_;
    if (short_) { // 01_102, round by round
        how = ending::failed;
    }
    const std::uint64_t of_all = kind == core::operation_kind::receive_exactly ? moved : transferred_;
    if (how == ending::done && way() == core::direction::receive && of_all == 0) {
        how = ending::end_of_stream;
    }
    return {how, transferred_, code};
}

void request_set::insert(request& request) noexcept
{
    request.before_ = nullptr;
    request.next_ = first_;
    if (first_ != nullptr) {
        first_->before_ = &request;
    }
    first_ = &request;
}

void request_set::remove(request& request) noexcept
{
    (request.before_ != nullptr ? request.before_->next_ : first_) = request.next_;
    if (request.next_ != nullptr) {
        request.next_->before_ = request.before_;
    }
}

bool request_set::any_is_pending() const noexcept
{
    bool any = false;
    for_each([&any](request& each) { any = any || each.is_pending(); });
    return any;
}

bool request_set::any_is_over() const noexcept
{
    bool any = false;
    for_each([&any](request& each) { any = any || !each.is_pending(); });
    return any;
}

} // namespace async_socket::win32
