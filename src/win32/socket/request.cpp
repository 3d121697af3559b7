#include "win32/socket/request.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "core/backend.hpp"
#include "win32/socket/channel.hpp"
#include "win32/system/error.hpp"

namespace async_socket::win32 {

namespace {

std::uint64_t size_of(std::uint32_t part_count, std::uint32_t buffer_count) noexcept
{
    return sizeof(request) + std::uint64_t{part_count} * sizeof(io_part) +
           std::uint64_t{buffer_count} * sizeof(SOCKET_BUFFER);
}

} // namespace

static_assert(sizeof(request) % alignof(io_part) == 0 && sizeof(io_part) % alignof(SOCKET_BUFFER) == 0,
              "the arrays follow the request without padding");
static_assert(offsetof(io_part, overlapped) == 0, "io_part::of converts the pointer as it is");

std::uint64_t request::size_for(std::uint32_t buffer_count) noexcept
{
    return size_of(parts_in_a_round(core::operation_kind::send, buffer_count), buffer_count);
}

request* request::create(core::completion_mode mode, core::block_cache& memory, const core::operation& asked,
                         const ASYNC_SOCKET_BUFFER* payload, std::uint32_t buffer_count) noexcept
{
    const bool is_fast = mode == core::completion_mode::fast;
    unique_event event;
    if (!is_fast) {
        event.reset(CreateEventW(nullptr, TRUE, FALSE, nullptr)); // 01_057, 01_080
        if (!event) {
            return nullptr;
        }
    }
    const std::uint32_t part_count = parts_in_a_round(asked.kind, buffer_count);
    const std::uint64_t size = size_of(part_count, buffer_count);
    void* const room = is_fast ? memory.take(size) : std::malloc(static_cast<std::size_t>(size));
    if (room == nullptr) {
        return nullptr;
    }
    auto* const parts = reinterpret_cast<io_part*>(static_cast<unsigned char*>(room) + sizeof(request));
    auto* const buffers = reinterpret_cast<SOCKET_BUFFER*>(parts + part_count);
    for (std::uint32_t i = 0; i < buffer_count; ++i) { // 01_056, 01_079
        buffers[i] = {payload[i].length, static_cast<unsigned char*>(payload[i].buffer)};
    }
    return new (room)
        request(asked, is_fast ? &memory : nullptr, size, std::move(event), parts, {buffers, buffer_count});
}

request::request(const core::operation& asked, core::block_cache* memory, std::uint64_t size, unique_event event,
                 io_part* parts, core::pieces buffers) noexcept
    : operation(asked), memory_(memory), size_(size), event_(std::move(event)), parts_(parts), buffers_(buffers)
{
}

void request::destroy() noexcept
{
    core::block_cache* const memory = memory_;
    const std::uint64_t size = size_;
    this->~request();
    if (memory != nullptr) {
        memory->give_back(this, size);
    } else {
        std::free(this);
    }
}

void request::begin_round(std::uint64_t number) noexcept
{
    number_ = number;
    part_count_ = parts_in_a_round(kind, buffers_.count);
    SOCKET_BUFFER* next = buffers_.first;
    std::uint32_t left = buffers_.count;
    for (std::uint32_t i = 0; i < part_count_; ++i) {
        const std::uint32_t count = std::min(left, max_buffers_in_a_call);
        parts_[i] = {};
        // One event for all parts: the system sets it, nobody waits on it.
        parts_[i].overlapped.hEvent = event_.get();
        parts_[i].whole = this;
        parts_[i].buffers = next;
        parts_[i].buffer_count = count;
        next += count;
        left -= count;
    }
    parts_under_way_ = part_count_;
}

void request::refuse_parts_from(std::uint32_t index, ULONG code) noexcept
{
    for (std::uint32_t i = index; i < part_count_; ++i) {
        parts_[i].code = code;
        parts_[i].bytes = 0;
        parts_[i].overlapped.Internal = NO_ERROR; // a failed call may leave STATUS_PENDING
    }
    parts_under_way_ -= part_count_ - index;
}

core::outcome request::end_round() noexcept
{
    using core::ending;
    ULONG code = NO_ERROR;
    std::uint64_t bytes = 0;
    bool whole = true; // every part so far was transferred to its last byte
    filled_ = true;
    for (std::uint32_t i = 0; i < part_count_; ++i) {
        const io_part& part = parts_[i];
        // Only a success and a cancellation come with a byte count that means something.
        const ending how = ending_of(part.code);
        const ULONG_PTR moved = how == ending::done || how == ending::cancelled ? part.bytes : 0;
        const bool is_unknown = is_lost(part.code) && way() == core::direction::send;
        gap_ = gap_ || is_unknown || (!whole && moved != 0);
        bytes += moved;
        if (code == NO_ERROR) {
            code = part.code;
        }
        whole = whole && how == ending::done && moved == core::length_of(part.buffers, part.buffer_count);
        filled_ = filled_ && whole;
    }
    transferred_ += bytes;
    if (can_go_on()) {
        buffers_ = core::skip(buffers_, bytes);
    }
    ending how = ending_of(code);
    // 01_102, part by part: the sum, which core::result looks at, can be right although no part was.
    if (how == ending::done && way() == core::direction::send && !filled_ && transferred_ == total) {
        how = ending::failed;
    }
    if (how == ending::done && way() == core::direction::receive && transferred_ == 0) {
        how = ending::end_of_stream;
    }
    return {how, transferred_, code};
}

bool request::is_pending() noexcept
{
    for (std::uint32_t i = 0; i < part_count_; ++i) {
        if (parts_[i].is_pending()) {
            return true;
        }
    }
    return false;
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
    for (request* each = first_; each != nullptr; each = each->next_) {
        if (each->is_pending()) {
            return true;
        }
    }
    return false;
}

} // namespace async_socket::win32

namespace async_socket::backend {

std::uint64_t operation_size(std::uint32_t buffer_count) noexcept
{
    return win32::request::size_for(buffer_count);
}

core::operation* operation_create(channel& channel, const core::operation& asked, const ASYNC_SOCKET_BUFFER* payload,
                                  std::uint32_t buffer_count) noexcept
{
    return channel.create(asked, payload, buffer_count);
}

void operation_destroy(core::operation* operation) noexcept
{
    static_cast<win32::request*>(operation)->destroy(); // 01_068, 01_072
}

} // namespace async_socket::backend
