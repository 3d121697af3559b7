#include "protocol.hpp"

#include <algorithm>
#include <string_view>

namespace async_perf {

namespace {

constexpr std::string_view magic = "ASYNCPRF";
constexpr std::uint16_t version = 2;

class writer {
public:
    explicit writer(std::span<std::byte> room) noexcept : room_(room) {}

    template <typename Number>
    void put(Number number)
    {
        const auto value = static_cast<std::uint64_t>(number);
        for (std::size_t i = 0; i < sizeof(Number); ++i) {
            room_[i] = static_cast<std::byte>(value >> (8 * (sizeof(Number) - 1 - i)));
        }
        room_ = room_.subspan(sizeof(Number));
    }

    void put_magic()
    {
        std::ranges::transform(magic, room_.begin(), [](char each) { return static_cast<std::byte>(each); });
        room_ = room_.subspan(magic.size());
        put(version);
    }

private:
    std::span<std::byte> room_;
};

class reader {
public:
    explicit reader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

    template <typename Number>
    Number get()
    {
        std::uint64_t value = 0;
        for (const std::byte each : bytes_.first(sizeof(Number))) {
            value = value << 8U | std::to_integer<std::uint64_t>(each);
        }
        bytes_ = bytes_.subspan(sizeof(Number));
        return static_cast<Number>(value);
    }

    bool get_magic()
    {
        const bool equal = std::ranges::equal(bytes_.first(magic.size()), magic, [](std::byte byte, char character) {
            return byte == static_cast<std::byte>(character);
        });
        bytes_ = bytes_.subspan(magic.size());
        return equal && get<std::uint16_t>() == version;
    }

private:
    std::span<const std::byte> bytes_;
};

} // namespace

std::array<std::byte, request_size> encode(const request& asked)
{
    std::array<std::byte, request_size> bytes{};
    writer out(bytes);
    out.put_magic();
    out.put(asked.test);
    out.put(asked.flow);
    out.put(asked.message_size);
    out.put(asked.outstanding);
    out.put(asked.streams);
    out.put(static_cast<std::uint32_t>(asked.duration.count()));
    out.put(asked.bytes);
    out.put(asked.bits_per_second);
    out.put(asked.test_id);
    return bytes;
}

std::array<std::byte, reply_size> encode(answer answered)
{
    std::array<std::byte, reply_size> bytes{}; // what is left over stays 0
    writer out(bytes);
    out.put_magic();
    out.put(answered);
    return bytes;
}

std::array<std::byte, count_size> encode(std::uint64_t count)
{
    std::array<std::byte, count_size> bytes{};
    writer(bytes).put(count);
    return bytes;
}

std::optional<request> decode_request(std::span<const std::byte, request_size> bytes)
{
    reader in(bytes);
    if (!in.get_magic()) {
        return std::nullopt;
    }
    request asked;
    asked.test = in.get<kind>();
    asked.flow = in.get<direction>();
    asked.message_size = in.get<std::uint32_t>();
    asked.outstanding = in.get<std::uint32_t>();
    asked.streams = in.get<std::uint32_t>();
    asked.duration = std::chrono::milliseconds(in.get<std::uint32_t>());
    asked.bytes = in.get<std::uint64_t>();
    asked.bits_per_second = in.get<std::uint64_t>();
    asked.test_id = in.get<std::uint64_t>();
    return asked;
}

std::optional<answer> decode_answer(std::span<const std::byte, reply_size> bytes)
{
    reader in(bytes);
    return in.get_magic() ? std::optional(in.get<answer>()) : std::nullopt;
}

std::uint64_t decode_count(std::span<const std::byte, count_size> bytes)
{
    return reader(bytes).get<std::uint64_t>();
}

bool possible(const request& asked)
{
    return asked.test <= kind::ping_pong && asked.flow <= direction::server_sends && asked.message_size >= 1 &&
           asked.message_size <= largest_message && asked.outstanding >= 1 && asked.outstanding <= most_outstanding &&
           asked.streams >= 1 && asked.streams <= most_streams && !is_too_slow(asked);
}

bool is_too_slow(const request& asked)
{
    const std::uint64_t bits = std::uint64_t{asked.message_size} * 8;
    const std::uint64_t least = (bits + longest_pause_seconds - 1) / longest_pause_seconds;
    return asked.bits_per_second != 0 && asked.bits_per_second < least;
}

} // namespace async_perf
