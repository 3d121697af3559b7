// What is the same on every platform. The system calls are in peer_linux.cpp and peer_win32.cpp.
#include "peer.hpp"

#include <algorithm>
#include <cstring>

namespace contract {

namespace {

constexpr std::size_t largest_step = std::size_t{1} << 20;

} // namespace

bytes pattern(std::size_t size, std::uint32_t seed)
{
    // Word by word: the thread sanitizer looks at each write, and patterns are large.
    // Its memory ends with the last byte, for the address sanitizer.
    bytes data(size);
    std::uint32_t state = seed * 2654435761U + 1;
    for (std::size_t place = 0; place < size; place += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        for (unsigned bits = 0; bits < 64; bits += 8) {
            state = state * 1664525U + 1013904223U;
            word |= static_cast<std::uint64_t>(state >> 24) << bits;
        }
        std::memcpy(data.data() + place, &word, std::min(sizeof word, size - place));
    }
    return data;
}

peer& peer::operator=(peer&& other) noexcept
{
    if (this != &other) {
        close();
        socket_ = other.socket_;
        open_ = std::exchange(other.open_, false);
    }
    return *this;
}

bool peer::send(const void* data, std::size_t size)
{
    const auto* next = static_cast<const unsigned char*>(data);
    while (size != 0) {
        const int sent = send_some(next, std::min(size, largest_step));
        if (sent <= 0) {
            return false;
        }
        next += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

bytes peer::receive(std::size_t size)
{
    bytes data(size);
    std::size_t filled = 0;
    while (filled < size) {
        const int count = receive_some(data.data() + filled, std::min(size - filled, largest_step));
        if (count <= 0) {
            break;
        }
        filled += static_cast<std::size_t>(count);
    }
    data.resize(filled);
    return data;
}

bytes peer::receive_to_end()
{
    bytes all;
    bytes piece(largest_step);
    for (;;) {
        const int count = receive_some(piece.data(), piece.size());
        if (count <= 0) {
            return all;
        }
        all.insert(all.end(), piece.begin(), piece.begin() + count);
    }
}

bool peer::sees_end()
{
    char byte = 0;
    return receive_some(&byte, 1) == 0;
}

bool peer::sees_end_or_reset()
{
    char byte = 0;
    const auto received = receive_some(&byte, 1);
    return received == 0 || (received < 0 && last_error() == reset_error());
}

bool peer::sees_reset()
{
    char byte = 0;
    return receive_some(&byte, 1) < 0 && last_error() == reset_error();
}

void peer::shut_down_sending() const
{
    contract::shut_down_sending(socket_);
}

void peer::reset()
{
    if (std::exchange(open_, false)) {
        close_with_reset(socket_);
    }
}

void peer::close()
{
    if (std::exchange(open_, false)) {
        close_socket(socket_);
    }
}

SOCKET_HANDLE peer::release()
{
    open_ = false;
    return socket_;
}

void peer::limit_buffers(int size) const
{
    contract::limit_buffers(socket_, size);
}

} // namespace contract
