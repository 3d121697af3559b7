// Which bytes of a peer's have been received. Every four of them spell where in the stream they are (peer_byte), so
// whoever receives begins with such a four, and the order in which it is told of here is no matter.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace sim {

struct connection;

class received_bytes {
public:
    static constexpr std::uint32_t word_size = 4;

    // A breach if these are not bytes of the peer's that follow each other. Under the model's lock.
    void add(const connection& peer, const unsigned char* bytes, std::uint64_t count);
    // A breach unless every byte up to the last was received, and once.
    void check() const;

private:
    std::vector<std::pair<std::uint64_t, std::uint64_t>> parts_; // from, to
};

} // namespace sim
