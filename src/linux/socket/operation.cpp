#include "linux/socket/operation.hpp"

#include <algorithm>
#include <cstddef>
#include <new>

#include "async_socket/buffer.h"
#include "core/socket.hpp"
#include "linux/socket/channel.hpp"
#include "linux/socket/running_callback.hpp"

namespace async_socket::linux_os {

static_assert(sizeof(as_buffer) == sizeof(iovec) && offsetof(as_buffer, data) == offsetof(iovec, iov_base) &&
                  offsetof(as_buffer, size) == offsetof(iovec, iov_len) &&
                  sizeof(as_buffer::size) == sizeof(iovec::iov_len),
              "arrays of the one are handed to the system as arrays of the other");
static_assert(sizeof(operation) % alignof(iovec) == 0, "the pieces follow the operation without padding");

std::uint64_t operation::size_for(std::uint32_t buffer_count) noexcept
{
    return sizeof(operation) + std::uint64_t{buffer_count} * sizeof(iovec);
}

operation* operation::create(linux_os::lane& lane, const core::operation& asked, const ASYNC_SOCKET_BUFFER* payload,
                             std::uint32_t buffer_count) noexcept
{
    void* const memory = lane.channel().memory().take(size_for(buffer_count));
    return memory != nullptr ? new (memory) operation(lane, asked, payload, buffer_count) : nullptr;
}

operation::operation(linux_os::lane& lane, const core::operation& asked, const ASYNC_SOCKET_BUFFER* payload,
                     std::uint32_t buffer_count) noexcept
    : core::operation(asked), schedule::job(run, lane), piece_count_(buffer_count)
{
    for (std::uint32_t i = 0; i < buffer_count; ++i) { // 01_056, 01_079
        all_pieces()[i] = {payload[i].buffer, payload[i].length};
    }
}

iovec* operation::all_pieces() const noexcept
{
    return reinterpret_cast<iovec*>(const_cast<operation*>(this) + 1);
}

lane& operation::lane() const noexcept
{
    return static_cast<linux_os::lane&>(line());
}

backend::channel& operation::channel() const noexcept
{
    return lane().channel();
}

void operation::destroy() noexcept
{
    core::block_cache& memory = channel().memory();
    const std::uint64_t size = size_for(whole_pieces_ + piece_count_);
    this->~operation();
    memory.give_back(this, size);
}

void operation::advance(std::uint64_t bytes) noexcept
{
    moved_ += bytes;
    if (moved_ == total) {
        return; // nobody looks at the pieces any more
    }
    while (bytes != 0) {
        iovec& piece = *pieces();
        const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, piece.iov_len));
        piece.iov_base = static_cast<unsigned char*>(piece.iov_base) + step;
        piece.iov_len -= step;
        bytes -= step;
        if (piece.iov_len == 0) {
            ++whole_pieces_;
            --piece_count_;
        }
    }
}

void operation::end_as(core::ending how, int code) noexcept
{
    how_ = how;
    code_ = code;
    is_over_ = true;
}

void operation::run(schedule::job& self) noexcept
{
    operation& own = static_cast<operation&>(self);
    if (own.is_over_) {
        own.deliver();
    } else {
        own.lane().ask_hooks(own);
    }
}

void operation::deliver() noexcept
{
    const running_callback running(channel());
    channel().owner().finish(*this, {how_, moved_, static_cast<std::uint32_t>(code_)}); // 01_065, 01_071
}

} // namespace async_socket::linux_os

namespace async_socket::backend {

std::uint64_t operation_size(std::uint32_t buffer_count) noexcept
{
    return linux_os::operation::size_for(buffer_count);
}

core::operation* operation_create(channel& channel, const core::operation& asked, const ASYNC_SOCKET_BUFFER* payload,
                                  std::uint32_t buffer_count) noexcept
{
    return linux_os::operation::create(channel.lane_in(asked.way()), asked, payload, buffer_count);
}

void operation_destroy(core::operation* operation) noexcept
{
    static_cast<linux_os::operation*>(operation)->destroy();
}

} // namespace async_socket::backend
