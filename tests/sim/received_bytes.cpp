#include "received_bytes.hpp"

#include <algorithm>

#include "model/breach.hpp"
#include "model/connection.hpp"

namespace sim {

void received_bytes::add(const connection& peer, const unsigned char* bytes, std::uint64_t count)
{
    if (count == 0) {
        return;
    }
    std::uint64_t from = 0;
    for (std::uint32_t i = 0; i < word_size - 1; ++i) {
        from |= std::uint64_t{bytes[i]} << (8 * i);
    }
    from *= word_size;
    for (std::uint64_t i = 0; i < count; ++i) {
        if (bytes[i] != peer_byte(peer.id, from + i)) {
            breach("byte %llu of a receive is not the next one of the stream", static_cast<unsigned long long>(i));
        }
    }
    parts_.emplace_back(from, from + count);
}

void received_bytes::check() const
{
    auto parts = parts_;
    std::ranges::sort(parts);
    std::uint64_t next = 0;
    for (const auto& [from, to] : parts) {
        if (from != next) {
            breach("received up to byte %llu, and then from %llu", static_cast<unsigned long long>(next),
                   static_cast<unsigned long long>(from));
        }
        next = to;
    }
}

} // namespace sim
