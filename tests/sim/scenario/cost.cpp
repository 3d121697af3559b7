// What an operation costs in the steady state: every call of the system's, every allocation and every atomic
// read-modify-write of the library, counted. A change for the worse fails here, whatever a clock says; a change
// for the better has to be written down here and in docs/performance.md.
#include <cstdio>

#include "async_end.hpp"
#include "model/machine.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"
#include "statistics.hpp"
#include "stream_end.hpp"

namespace sim {

namespace {

constexpr std::uint32_t warm_up = 8;
constexpr std::uint32_t rounds = 16;

// An echo server's connection: each receive's callback sends what came, which succeeds at once, and receives
// again, which has to wait.
class echo_connection {
public:
    explicit echo_connection(ASYNC_SOCKET_COMPLETION_MODE mode) : pool_(1, 1), end_(pool_, generation::current)
    {
        require(async_socket_set_completion_mode(end_.handle, mode) == 0, "a mode");
        the_machine().how.pends_one_in = 0; // what can succeed at once, does
        end_.opened();
        end_.in_callback = [this] { on_callback(); };
        require(end_.receive(64) == 0, "receive starts");
    }
    ~echo_connection() { end_.close(); }
    echo_connection(const echo_connection&) = delete;
    echo_connection& operator=(const echo_connection&) = delete;

    void run(std::uint32_t count) const
    {
        for (std::uint32_t i = 0; i < count; ++i) {
            const int before = sent_;
            peer_write(*end_.peer, 4); // comes in one piece
            wait_until("the echo was sent", [&] { return sent_ == before + 1; });
            sleep_ms(1); // the thread is done with it
        }
    }

private:
    void on_callback()
    {
        if (end_.receives == received_) { // a send's
            sent_ = end_.sends;
            return;
        }
        received_ = end_.receives;
        if (end_.receive_result == ASYNC_SOCKET_RECEIVE_OK) {
            require(end_.send(4) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
            require(end_.receive(64) == 0, "receive starts");
        }
    }

    const engine pool_;
    async_end end_;
    int received_ = 0;
    int sent_ = 0;
};

call_counts cost_of_echoes(ASYNC_SOCKET_COMPLETION_MODE mode)
{
    echo_connection measured(mode);
    measured.run(warm_up);
    call_counts counts;
    the_machine().counted = &counts;
    measured.run(rounds);
    the_machine().counted = nullptr;
    return counts;
}

// `expected`: for one echo, a send and a receive.
void require_cost(const call_counts& counts, const call_counts& expected)
{
    bool same = counts.size() == expected.size();
    for (const auto& [name, count] : expected) {
        const auto found = counts.find(name);
        same = same && found != counts.end() && found->second == rounds * count;
    }
    if (!same) {
        for (const auto& [name, count] : counts) {
            (void)std::fprintf(stderr, "%s: %g\n", name.data(), static_cast<double>(count) / rounds);
        }
    }
    require(same, "an echo costs what is written here");
}

void an_echo_in_documented_mode()
{
    require_cost(cost_of_echoes(ASYNC_SOCKET_COMPLETION_DOCUMENTED), {
                                                                         {"CreateEventW", 2},
                                                                         {"StartThreadpoolIo", 2},
                                                                         {"WSASend", 1},
                                                                         {"WSARecv", 1},
                                                                         {"callback begins", 2},
                                                                         {"callback ends", 2},
                                                                         {"CloseHandle", 2},
                                                                         {"AcquireSRWLockExclusive", 4},
                                                                         {"ReleaseSRWLockExclusive", 4},
                                                                         {"read-modify-write", 16},
                                                                     });
}

void an_echo_in_fast_mode()
{
    require_cost(cost_of_echoes(ASYNC_SOCKET_COMPLETION_FAST), {
                                                                   {"StartThreadpoolIo", 2},
                                                                   {"WSASend", 1},
                                                                   {"CancelThreadpoolIo", 1},
                                                                   {"WSARecv", 1},
                                                                   {"callback begins", 1},
                                                                   {"callback ends", 1},
                                                                   {"AcquireSRWLockExclusive", 5},
                                                                   {"ReleaseSRWLockExclusive", 5},
                                                                   {"read-modify-write", 16},
                                                               });
}

// The same echo over a stream of the library's own: its numbers are counted, too, and take no read-modify-write.
void an_echo_of_a_stream()
{
    const own_engine pool(1, 1);
    stream_end end(pool);
    the_machine().how.pends_one_in = 0; // what can succeed at once, does
    piece_of_work& sent = end.make(4, 1, true);
    piece_of_work& received = end.receive(64);
    int echoes = 0;
    sent.in_callback = [&] { ++echoes; };
    received.in_callback = [&] {
        if (is(received.outcome, AS_DONE)) {
            require(is(end.try_again(sent), AS_DONE) && is(end.try_again(received), AS_DONE), "both are accepted");
        }
    };
    const auto echo = [&](int count) {
        for (const int until = echoes + count; echoes != until;) {
            const int before = echoes;
            peer_write(*end.peer, 4);
            wait_until("the echo was sent", [&] { return echoes != before; });
            sleep_ms(1); // the thread is done with it
        }
    };
    echo(warm_up);
    call_counts counts;
    the_machine().counted = &counts;
    echo(rounds);
    the_machine().counted = nullptr;
    require_cost(counts, {
                             {"StartThreadpoolIo", 2},
                             {"WSASend", 1},
                             {"CancelThreadpoolIo", 1},
                             {"WSARecv", 1},
                             {"callback begins", 1},
                             {"callback ends", 1},
                             {"AcquireSRWLockExclusive", 7},
                             {"ReleaseSRWLockExclusive", 7},
                             {"read-modify-write", 10},
                         });
    require(statistics_of(end.handle).sends == warm_up + rounds, "and each was counted");
}

// Nothing is cancelled where nothing is pending.
void a_close_cancels_what_is_there()
{
    for (const bool is_pending : {false, true}) {
        async_end end;
        the_machine().how.cancels_later = false;
        end.opened();
        require(!is_pending || end.receive(4) == 0, "receive starts");
        call_counts counts;
        the_machine().counted = &counts;
        end.close();
        the_machine().counted = nullptr;
        require(counts["CancelIoEx"] == (is_pending ? 1U : 0U), "one cancel for what is pending");
    }
}

// Nothing lingers behind a reset that somebody was told of; otherwise the socket is asked whether it would.
void a_close_behind_a_reset_asks_nothing()
{
    for (const bool is_reset : {false, true}) {
        async_end end;
        end.opened();
        require(end.receive(4) == 0, "receive starts");
        if (is_reset) {
            peer_reset(*end.peer);
            wait_until("it is told", [&] { return end.receives == 1; });
        }
        call_counts counts;
        the_machine().counted = &counts;
        end.close();
        the_machine().counted = nullptr;
        require(counts["getsockopt"] == (is_reset ? 0U : 1U), "whether it lingers");
    }
}

// A callback that the pool was asked for keeps what it starts, as that of a completion does.
void one_work_item_for_a_chain_of_sends()
{
    async_end end;
    require(async_socket_set_completion_mode(end.handle, ASYNC_SOCKET_COMPLETION_FAST) == 0, "a mode");
    the_machine().how.pends_one_in = 0; // what can succeed at once, does
    end.opened();
    end.in_callback = [&end] {
        if (end.sends == 1) {
            require(end.send(4) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        }
    };
    call_counts counts;
    the_machine().counted = &counts;
    require(end.send(4) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
    end.wait_for_sends(2);
    the_machine().counted = nullptr;
    require(counts["SubmitThreadpoolWork"] == 1, "the second send needs none of its own");
}

} // namespace

const std::vector<scenario> cost_scenarios = {
    {"an_echo_in_documented_mode", an_echo_in_documented_mode},
    {"an_echo_in_fast_mode", an_echo_in_fast_mode},
    {"an_echo_of_a_stream", an_echo_of_a_stream},
    {"a_close_cancels_what_is_there", a_close_cancels_what_is_there},
    {"a_close_behind_a_reset_asks_nothing", a_close_behind_a_reset_asks_nothing},
    {"one_work_item_for_a_chain_of_sends", one_work_item_for_a_chain_of_sends},
};

} // namespace sim
