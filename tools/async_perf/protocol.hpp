// What the two ends of a test say to each other besides the test's own bytes. All numbers are big-endian.
//
//   client                     server
//   request        ------->
//                  <-------    reply              accepted, or why not
//   go (1 byte)    ------->                       when all streams of the test have their reply
//   ... messages, as the request says ...
//
// Throughput: the sender sends messages for the time that was asked for, or so many bytes, then a count (the bytes of
// all messages), and ends its direction of the stream. So the receiver knows an orderly end from the death of its peer.
// It answers with its own count. The two must be equal. In both directions at a time: half of the streams for each.
//
// Ping-pong: the server answers each message with one of the same size. A message that begins with
// last_message is answered with a count instead: the bytes that the server has received.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace async_perf {

enum class kind : std::uint8_t { throughput, ping_pong };
enum class direction : std::uint8_t { client_sends, server_sends };

constexpr std::uint32_t largest_message = 16U << 20U;
constexpr std::uint32_t most_outstanding = 128;
constexpr std::uint32_t most_streams = 1000;
// A sender that is slower than a message in so many seconds cannot be told from one that has gone.
constexpr std::uint64_t longest_pause_seconds = 10;

struct request {
    kind test = kind::throughput;
    direction flow = direction::client_sends;
    std::uint32_t message_size = 0;
    std::uint32_t outstanding = 1; // sends under way at a time
    std::uint32_t streams = 1;
    std::chrono::milliseconds duration{0};
    std::uint64_t bytes = 0;           // so many, however long it takes; 0: by the duration
    std::uint64_t bits_per_second = 0; // and not faster than this; 0: as fast as it goes
    std::uint64_t test_id = 0;         // the same for all streams of a test

    friend bool operator==(const request&, const request&) = default;
};

constexpr std::size_t request_size = 52;
constexpr std::size_t reply_size = 16;
constexpr std::size_t count_size = 8;
// How long each end may be silent, before the test begins.
constexpr std::chrono::seconds greeting_patience{10};

constexpr std::byte go{1};
constexpr std::byte one_of_many{0};
constexpr std::byte last_message{1};

enum class answer : std::uint8_t { accepted, refused };

std::array<std::byte, request_size> encode(const request& asked);
std::array<std::byte, reply_size> encode(answer answered);
std::array<std::byte, count_size> encode(std::uint64_t count);

// Nothing: these are not the bytes of an async-perf, or not of this version.
std::optional<request> decode_request(std::span<const std::byte, request_size> bytes);
std::optional<answer> decode_answer(std::span<const std::byte, reply_size> bytes);
std::uint64_t decode_count(std::span<const std::byte, count_size> bytes);

// Is it something that can be done?
bool possible(const request& asked);
// Of its rate alone.
bool is_too_slow(const request& asked);

} // namespace async_perf
