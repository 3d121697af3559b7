// Messages that say who sent them, in which order and how long they are, so that a reader of the
// stream sees whether one was torn, lost, doubled or overtaken.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "c_pal/async_socket.h"
#include "peer.hpp"

namespace contract {

struct message_header {
    std::uint32_t sender;
    std::uint32_t number; // 0, 1, 2 ... of this sender
    std::uint32_t size;   // of what follows
};

inline std::uint32_t message_seed(const message_header& header)
{
    return header.sender * 1000003 + header.number;
}

[[nodiscard]] inline bytes make_message(std::uint32_t sender, std::uint32_t number, std::uint32_t size)
{
    const message_header header{sender, number, size};
    const bytes content = pattern(size, message_seed(header));
    bytes message(sizeof header + size);
    std::memcpy(message.data(), &header, sizeof header);
    std::memcpy(message.data() + sizeof header, content.data(), size);
    return message;
}

// What is wrong with a stream that should consist of `count` whole messages, those of each sender in
// their order. Empty: nothing.
[[nodiscard]] inline std::string stream_problem(const bytes& stream, std::size_t count)
{
    std::map<std::uint32_t, std::uint32_t> next_number;
    std::size_t place = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string where = "message " + std::to_string(i) + " at byte " + std::to_string(place);
        message_header header;
        if (stream.size() - place < sizeof header) {
            return where + ": the stream ends";
        }
        std::memcpy(&header, stream.data() + place, sizeof header);
        if (header.number != next_number[header.sender]++) {
            return where + ": not the next one of its sender";
        }
        place += sizeof header;
        const bytes content = pattern(header.size <= stream.size() - place ? header.size : 0, message_seed(header));
        if (content.size() != header.size || std::memcmp(stream.data() + place, content.data(), content.size()) != 0) {
            return where + ": torn";
        }
        place += header.size;
    }
    return place == stream.size() ? "" : "more than the messages";
}

// `data` as pieces whose sizes go round through `sizes`.
[[nodiscard]] inline std::vector<ASYNC_SOCKET_BUFFER> cut(bytes& data, const std::vector<std::uint32_t>& sizes)
{
    std::vector<ASYNC_SOCKET_BUFFER> pieces;
    std::size_t place = 0;
    while (place < data.size()) {
        const std::size_t left = data.size() - place;
        const std::uint32_t size = sizes[pieces.size() % sizes.size()];
        pieces.push_back({data.data() + place, size < left ? size : static_cast<std::uint32_t>(left)});
        place += pieces.back().length;
    }
    return pieces;
}

} // namespace contract
