#include "hostile_peer.hpp"

#include <algorithm>

namespace stress {

using contract::bytes;
using contract::peer;

namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

void nothing_before(peer& /*far_end*/) {}

void nothing_meanwhile(conversation& /*talk*/) {}

void reset(peer& far_end)
{
    far_end.reset();
}

void end(peer& far_end)
{
    far_end.close();
}

void end_own_direction(peer& far_end)
{
    far_end.shut_down_sending();
}

void greet(conversation& talk, std::size_t size, std::size_t step)
{
    size = std::min(size, talk.greeting.size());
    while (talk.greeted < size) {
        const std::size_t now = std::min(step, size - talk.greeted);
        if (!talk.far_end.send(talk.greeting.data() + talk.greeted, now)) {
            return;
        }
        talk.greeted += now;
    }
}

void read(conversation& talk, std::size_t size, std::size_t step)
{
    while (talk.seen.size() < size) {
        const bytes more = talk.far_end.receive(std::min(step, size - talk.seen.size()));
        if (more.empty()) {
            return;
        }
        talk.seen.insert(talk.seen.end(), more.begin(), more.end());
    }
}

// Through buffers of 4 KiB a loopback connection carries about 50 KB a second.
void read_a_little(conversation& talk)
{
    greet(talk, talk.greeting.size(), talk.greeting.size());
    read(talk, std::min(talk.to_read, std::size_t{12000}), 1000);
}

void reset_in_the_middle(conversation& talk)
{
    greet(talk, talk.greeting.size() / 2, talk.greeting.size());
    read(talk, std::min(talk.to_read / 2, std::size_t{65536}), 65536);
    talk.far_end.reset();
}

void one_byte_at_a_time(conversation& talk)
{
    greet(talk, talk.greeting.size(), 1);
    read(talk, std::min(talk.to_read, std::size_t{1000}), 1);
}

constexpr fates whole{fate::whole};
constexpr fates cut{fate::cut};
constexpr fates whole_or_cut{fate::whole, fate::cut};
constexpr fates refused{fate::refused};
constexpr fates refused_or_cut{fate::refused, fate::cut};
constexpr fates anything{fate::refused, fate::whole, fate::cut};
constexpr fates pending{fate::pending};

const hostile_peer peers[] = {
    {
        .name = "ResetsWhileIdle",
        .before = reset,
        .meanwhile = nothing_meanwhile,
        .small_send = refused,
        .large_send = refused,
        .receive = refused_or_cut,
        .receive_first = true,
    },
    {
        .name = "ResetsBeforeSend",
        .before = reset,
        .meanwhile = nothing_meanwhile,
        // A system may notice the reset with the first send only.
        .small_send = anything,
        .large_send = refused_or_cut,
        .receive = refused_or_cut,
    },
    {
        .name = "ResetsMidSend",
        .before = nothing_before,
        .meanwhile = reset_in_the_middle,
        .small_send = whole,
        .large_send = cut,
        .receive = whole_or_cut,
    },
    {
        .name = "Ends",
        .before = end,
        .meanwhile = nothing_meanwhile,
        // The system takes the first bytes and learns from the answer that nobody is there. Wine 8 then
        // forgets a send that is under way alone, so that only our close ends it.
        .small_send = anything,
        .large_send = {fate::refused, fate::cut, fate::pending},
        .receive = refused_or_cut,
    },
    {
        .name = "HalfCloses",
        .before = end_own_direction,
        .meanwhile = [](conversation& talk) { read(talk, talk.to_read, mib); },
        .small_send = whole,
        .large_send = whole,
        .receive = cut,
        .reads_to_end = true,
    },
    {
        .name = "OneByteAtATime",
        .before = nothing_before,
        .meanwhile = one_byte_at_a_time,
        .small_send = whole,
        .large_send = pending,
        .receive = whole,
        .reads_to_end = true,
    },
    {
        .name = "NeverReads",
        .before = nothing_before,
        .meanwhile = nothing_meanwhile,
        .small_send = whole,
        .large_send = pending,
        .receive = pending,
    },
    {
        .name = "ReadsAfterClose",
        .before = nothing_before,
        .meanwhile = nothing_meanwhile,
        .small_send = whole,
        .large_send = pending,
        .receive = pending,
        .reads_to_end = true,
    },
    {
        .name = "SmallBuffers",
        .before = nothing_before,
        .meanwhile = read_a_little,
        .small_send = whole,
        .large_send = pending,
        .receive = whole,
        .small_buffers = true,
        .reads_to_end = true,
    },
};

} // namespace

const bytes& large_message()
{
    static const bytes message = contract::pattern(16 * mib, 4);
    return message;
}

const bytes& small_message()
{
    static const bytes message = contract::pattern(100, 3);
    return message;
}

std::span<const hostile_peer> hostile_peers()
{
    return peers;
}

} // namespace stress
