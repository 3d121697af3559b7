// Bytes that come and go, and what the system says about how many.
#include "async_end.hpp"
#include "issuer.hpp"
#include "model/breach.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

constexpr std::uint32_t one_call = 4096; // the bytes of 1024 pieces of 4, the most that one call takes

void wait_until_arrived(const connection& peer, std::uint64_t bytes)
{
    wait_until("the bytes arrive", [&] { return peer.arrived == bytes; });
}

// The memory holds the peer's bytes from `position` on.
void require_stream(const async_end& here, std::uint64_t position, std::uint32_t bytes)
{
    for (std::uint32_t i = 0; i < bytes; ++i) {
        require(here.memory[i] == peer_byte(here.peer->id, position + i), "the bytes that follow in the stream");
    }
}

// The system fails a call of this number, counted from the next one on, as if memory were out.
void fail_call(std::uint32_t number)
{
    the_machine().faults = {the_machine().fallible_calls + number, false, 1, 0};
}

void bytes_arrive_both_ways()
{
    for (const generation api : {generation::handle, generation::transport, generation::current}) {
        async_end here(api);
        here.opened();
        require(here.receive(100) == 0, "receive starts");
        peer_write(*here.peer, 40);
        here.wait_for_receives(1);
        require(here.receive_result == ASYNC_SOCKET_RECEIVE_OK && here.bytes >= 4 && here.bytes <= 40, "bytes came");
        require_stream(here, 0, here.bytes);
        require(here.send(3000, 3) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        here.wait_for_sends(1);
        require(here.send_result == ASYNC_SOCKET_SEND_OK && here.peer->sent.size() == 3000, "bytes left");
    }
}

// 01_063: a callback without an OVERLAPPED is ignored.
void a_callback_without_an_operation_is_ignored()
{
    async_end here;
    here.opened();
    require(here.receive(100) == 0, "receive starts");
    {
        const system_call stray("(stray callback)");
        TP_IO& io = *the_machine().ios.back();
        ++io.announced;
        io_complete_nothing(io);
    }
    sleep_ms(100);
    require(here.receives == 0 && here.sends == 0, "nobody was told");
    peer_write(*here.peer, 4);
    here.wait_for_receives(1);
}

// 01_095: more bytes than asked for is an error that shows the count.
void more_bytes_than_asked_for_is_an_error()
{
    async_end here;
    here.opened();
    the_machine().false_bytes = {100};
    require(here.receive(40) == 0, "receive starts");
    peer_write(*here.peer, 400);
    here.wait_for_receives(1);
    require(here.receive_result == ASYNC_SOCKET_RECEIVE_ERROR && here.bytes > 40, "01_095");
}

// 01_095: the comparison is of the whole count, not of the 32 bits that the callback is told.
void four_gigabytes_too_many_are_an_error()
{
    async_end here;
    here.opened();
    the_machine().false_bytes = {std::int64_t{1} << 32};
    require(here.receive(40) == 0, "receive starts");
    peer_write(*here.peer, 40);
    here.wait_for_receives(1);
    require(here.receive_result == ASYNC_SOCKET_RECEIVE_ERROR, "01_095");
    require(here.bytes == UINT32_MAX, "the largest count that can be told");
    the_machine().false_bytes = {std::int64_t{1} << 32};
    require(here.send(40) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
    here.wait_for_sends(1);
    require(here.send_result == ASYNC_SOCKET_SEND_ERROR, "01_102");
}

// 01_102: a send that succeeded with another number of bytes is an error. (Wine cuts sends so, and the rest follows:
// see a_peer_that_ends_still_gets_what_is_under_way.)
void a_send_of_another_number_of_bytes_is_an_error()
{
    the_machine().how.wine = false;
    async_end here;
    here.opened();
    int sends = 0;
    for (const std::int64_t difference : {-1, 1, -40}) {
        the_machine().false_bytes = {difference};
        require(here.send(40) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        here.wait_for_sends(++sends);
        require(here.send_result == ASYNC_SOCKET_SEND_ERROR, "01_102");
        async_end fresh; // a send that was cut tears the stream: the next one needs another
        fresh.opened();
        require(fresh.send(40) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        fresh.wait_for_sends(1);
        require(fresh.send_result == ASYNC_SOCKET_SEND_OK, "the right number");
        if (difference == -1) {
            require(here.send(40) == ASYNC_SOCKET_SEND_SYNC_ERROR, "nothing goes out behind a send that was cut");
            here.close();
            here.opened();
        }
    }
}

// 01_102, call by call: one that is too short is not made good by the next. (Not Wine's, as above.)
void a_call_that_is_too_short_is_an_error()
{
    the_machine().how.wine = false;
    async_end here;
    here.opened();
    the_machine().how.send_room = 100000;
    the_machine().false_bytes = {-4};
    require(here.send(8000, 2000) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
    here.wait_for_sends(1);
    require(here.send_result == ASYNC_SOCKET_SEND_ERROR, "01_102");
}

void a_receive_of_many_pieces_takes_all_that_is_there()
{
    async_end here;
    here.opened();
    peer_write(*here.peer, 8000);
    wait_until_arrived(*here.peer, 8000);
    require(here.receive(8000, 2000) == 0, "receive starts");
    here.wait_for_receives(1);
    require(here.receive_result == ASYNC_SOCKET_RECEIVE_OK && here.bytes == 8000, "all bytes in one receive");
    require_stream(here, 0, 8000);
}

void a_receive_of_many_pieces_does_not_wait_for_more()
{
    async_end here;
    here.opened();
    peer_write(*here.peer, one_call);
    wait_until_arrived(*here.peer, one_call);
    require(here.receive(8000, 2000) == 0, "receive starts");
    here.wait_for_receives(1);
    require(here.receive_result == ASYNC_SOCKET_RECEIVE_OK && here.bytes == one_call, "what was there");
}

// What was received in a first call is not lost when a second one cannot be made.
void a_receive_of_many_pieces_keeps_what_it_has()
{
    // Its calls: event (not in fast mode), memory, WSARecv, its completion, ioctlsocket (do bytes wait?), WSARecv.
    const std::uint32_t last = mode_of_run == ASYNC_SOCKET_COMPLETION_FAST ? 5 : 6;
    for (const std::uint32_t failing : {last - 1, last}) {
        async_end here;
        here.opened();
        peer_write(*here.peer, 8000);
        wait_until_arrived(*here.peer, 8000);
        fail_call(failing);
        require(here.receive(8000, 2000) == 0, "receive starts");
        here.wait_for_receives(1);
        the_machine().faults = {};
        require(here.receive_result == ASYNC_SOCKET_RECEIVE_OK && here.bytes == one_call, "what the first call got");
        require_stream(here, 0, one_call);
        require(here.receive(8000, 2000) == 0, "receive starts");
        here.wait_for_receives(2);
        require(here.bytes == 8000 - one_call, "the next receive gets the rest");
        require_stream(here, one_call, here.bytes);
    }
}

// A receive of 2000 pieces of 4 bytes, which takes two calls.
struct big_receive {
    std::vector<unsigned char> memory = std::vector<unsigned char>(8000);
    int ended = 0;
    std::uint32_t bytes = 0;

    void start(const async_end& on)
    {
        std::vector<ASYNC_SOCKET_BUFFER> pieces(2000);
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            pieces[i] = {&memory[i * 4], 4};
        }
        const auto told = [](void* context, ASYNC_SOCKET_RECEIVE_RESULT, std::uint32_t received) {
            auto& self = *static_cast<big_receive*>(context);
            self.bytes = received;
            ++self.ended;
        };
        require(async_socket_receive_async(on.handle, pieces.data(), 2000, told, this) == 0, "receive starts");
    }
};

// What both got is the stream from its beginning, the one's bytes before the other's.
void require_in_order(const async_end& here, const big_receive& first, const big_receive& second)
{
    peer_write(*here.peer, 8000);
    wait_until("both end", [&] { return first.ended == 1 && second.ended == 1; });
    for (std::uint32_t i = 0; i < first.bytes; ++i) {
        require(first.memory[i] == peer_byte(here.peer->id, i), "the first has the beginning");
    }
    for (std::uint32_t i = 0; i < second.bytes; ++i) {
        require(second.memory[i] == peer_byte(here.peer->id, first.bytes + i), "the second goes on behind it");
    }
}

// A receive of many pieces with another behind it does not take what that one would get: both are with
// the system, ...
void receives_of_many_pieces_share_the_stream_in_order()
{
    async_end here;
    here.opened();
    big_receive first;
    big_receive second;
    first.start(here);
    second.start(here);
    require_in_order(here, first, second);
}

// ... or the second waits for the first, since another thread issued it, ...
void receives_of_two_threads_share_the_stream_in_order()
{
    async_end here;
    here.opened();
    big_receive first;
    big_receive second;
    first.start(here);
    const issuer other([&] { second.start(here); });
    require_in_order(here, first, second);
}

// ... or both are cut when their thread ends, ...
void receives_that_are_cut_share_the_stream_in_order()
{
    async_end here;
    here.opened();
    big_receive first;
    big_receive second;
    issuer both([&] {
        first.start(here);
        second.start(here);
    });
    both.end();
    require_in_order(here, first, second);
}

// ... or the second alone is, since the first has all that its call asked for.
void a_receive_that_is_cut_behind_a_full_one_keeps_the_order()
{
    async_end here;
    here.opened();
    peer_write(*here.peer, one_call);
    wait_until_arrived(*here.peer, one_call);
    big_receive first;
    big_receive second;
    bool issued = false;
    spawn_application_thread([&] {
        first.start(here);
        second.start(here);
        issued = true;
    });
    wait_until("both are issued", [&] { return issued; });
    require_in_order(here, first, second);
    require(first.bytes >= one_call, "the first has at least what was there");
}

void a_close_ends_a_receive_of_many_pieces()
{
    async_end here;
    here.opened();
    peer_write(*here.peer, 8000);
    wait_until_arrived(*here.peer, 8000);
    require(here.receive(8000, 2000) == 0, "receive starts");
    here.close();
    require(here.receives == 1, "close waits for the callback");
    require(here.receive_result == ASYNC_SOCKET_RECEIVE_OK ? here.bytes == one_call || here.bytes == 8000
                                                           : here.bytes == 0,
            "what came before the close, whole calls of it, or nothing");
}

// 42_003, 42_001: the end of the stream, and a reset, are both told as abandoned.
void the_peers_end_abandons_a_receive()
{
    for (const bool reset : {false, true}) {
        async_end here;
        here.opened();
        require(here.receive(40) == 0, "receive starts");
        reset ? peer_reset(*here.peer) : peer_end(*here.peer);
        here.wait_for_receives(1);
        require(here.receive_result == ASYNC_SOCKET_RECEIVE_ABANDONED && here.bytes == 0, "abandoned");
    }
}

} // namespace

const std::vector<scenario> data_scenarios = {
    {"bytes_arrive_both_ways", bytes_arrive_both_ways},
    {"a_callback_without_an_operation_is_ignored", a_callback_without_an_operation_is_ignored},
    {"more_bytes_than_asked_for_is_an_error", more_bytes_than_asked_for_is_an_error},
    {"four_gigabytes_too_many_are_an_error", four_gigabytes_too_many_are_an_error},
    {"a_send_of_another_number_of_bytes_is_an_error", a_send_of_another_number_of_bytes_is_an_error},
    {"a_call_that_is_too_short_is_an_error", a_call_that_is_too_short_is_an_error},
    {"a_receive_of_many_pieces_takes_all_that_is_there", a_receive_of_many_pieces_takes_all_that_is_there},
    {"a_receive_of_many_pieces_does_not_wait_for_more", a_receive_of_many_pieces_does_not_wait_for_more},
    {"a_receive_of_many_pieces_keeps_what_it_has", a_receive_of_many_pieces_keeps_what_it_has},
    {"receives_of_many_pieces_share_the_stream_in_order", receives_of_many_pieces_share_the_stream_in_order},
    {"receives_of_two_threads_share_the_stream_in_order", receives_of_two_threads_share_the_stream_in_order},
    {"receives_that_are_cut_share_the_stream_in_order", receives_that_are_cut_share_the_stream_in_order},
    {"a_receive_that_is_cut_behind_a_full_one_keeps_the_order",
     a_receive_that_is_cut_behind_a_full_one_keeps_the_order},
    {"a_close_ends_a_receive_of_many_pieces", a_close_ends_a_receive_of_many_pieces},
    {"the_peers_end_abandons_a_receive", the_peers_end_abandons_a_receive},
};

} // namespace sim
