#include "linux/socket/operation.hpp"

#include <algorithm>
#include <cstddef>
#include <new>

#include "core/socket.hpp"
#include "linux/socket/channel.hpp"
#include "linux/socket/running_callback.hpp"

namespace async_socket::linux_os {

static_assert(sizeof(operation) % alignof(iovec) == 0, "the pieces follow the operation without padding");

std::uint64_t operation::size_for(std::uint32_t buffer_count) noexcept
{
    return sizeof(operation) + std::uint64_t{buffer_count} * sizeof(iovec);
}

operation* operation::create(lane& lane, const core::operation& asked, const ASYNC_SOCKET_BUFFER* payload,
                             std::uint32_t buffer_count) noexcept
{
    const auto size = static_cast<std::uint32_t>(size_for(buffer_count));
    void* const memory = lane.channel().memory().take(size);
    if (memory == nullptr) {
        return nullptr;
    }
    auto* const pieces = reinterpret_cast<iovec*>(static_cast<unsigned char*>(memory) + sizeof(operation));
    for (std::uint32_t i = 0; i < buffer_count; ++i) { // 01_056, 01_079
        pieces[i] = {payload[i].buffer, payload[i].length};
    }
    return new (memory) operation(lane, asked, size, pieces, buffer_count);
}

operation::operation(lane& lane, const core::operation& asked, std::uint32_t size, iovec* pieces,
                     std::uint32_t piece_count) noexcept
    : core::operation(asked), job(deliver, lane), size_(size), piece_count_(piece_count), pieces_(pieces)
{
}

backend::channel& operation::channel() const noexcept
{
    return static_cast<lane&>(line()).channel();
}

void operation::destroy() noexcept
{
    core::block_cache& memory = channel().memory();
    const std::uint32_t size = size_;
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
        const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, pieces_->iov_len));
        pieces_->iov_base = static_cast<unsigned char*>(pieces_->iov_base) + step;
        pieces_->iov_len -= step;
        bytes -= step;
        if (pieces_->iov_len == 0) {
            ++pieces_;
            --piece_count_;
        }
    }
}

void operation::settle(core::ending how, int code) noexcept
{
    how_ = how;
    code_ = code;
}

void operation::deliver(job& self) noexcept
{
    operation& ended = static_cast<operation&>(self);
    const running_callback running(ended.channel());
    ended.channel().owner().finish(
        ended, {ended.how_, ended.moved_, static_cast<std::uint32_t>(ended.code_)}); // 01_065, 01_071
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
