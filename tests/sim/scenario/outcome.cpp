// What the system's codes become: in the callbacks, and in the messages.
#include <string>

#include "async_end.hpp"
#include "issuer.hpp"
#include "message_log.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

// A receive of 40 bytes that knows how it ended.
struct one_receive {
    std::vector<unsigned char> memory = std::vector<unsigned char>(40);
    int ended = 0;
    ASYNC_SOCKET_RECEIVE_RESULT result{};
    std::uint32_t bytes = 0;

    void start(const async_end& on)
    {
        ASYNC_SOCKET_BUFFER piece{memory.data(), 40};
        const auto told = [](void* context, ASYNC_SOCKET_RECEIVE_RESULT how, std::uint32_t received) {
            auto& self = *static_cast<one_receive*>(context);
            self.result = how;
            self.bytes = received;
            ++self.ended;
        };
        require(async_socket_receive_async(on.handle, &piece, 1, told, this) == 0, "receive starts");
    }
};

// The code of that number in the list of model/socket_io.cpp, and what it means for a receive.
struct meaning {
    std::uint32_t choice;
    ASYNC_SOCKET_RECEIVE_RESULT result;
};

constexpr std::uint32_t code_aborted = 1; // ERROR_OPERATION_ABORTED
constexpr std::uint32_t code_lost = 5;    // Wine's own, of an operation whose thread was ending

// As long as it lives, every call (or completion) of that name fails.
class failing {
public:
    failing(const char* name, std::uint32_t choice) { the_machine().faults = {1, true, choice, 0, 0, name}; }
    ~failing() { the_machine().faults = {}; }
    failing(const failing&) = delete;
    failing& operator=(const failing&) = delete;
};

// 42_001, 01_070
void a_completion_says_whether_the_connection_is_gone()
{
    constexpr meaning meanings[] = {
        {0, ASYNC_SOCKET_RECEIVE_ABANDONED}, // ERROR_NETNAME_DELETED
        {2, ASYNC_SOCKET_RECEIVE_ABANDONED}, // ERROR_CONNECTION_ABORTED
        {3, ASYNC_SOCKET_RECEIVE_ABANDONED}, // Wine's own code for a handle that was closed
        {4, ASYNC_SOCKET_RECEIVE_ERROR},     // ERROR_NO_SYSTEM_RESOURCES
    };
    for (const meaning& each : meanings) {
        async_end here;
        here.opened();
        one_receive pending;
        const failing completions("receive completes", each.choice);
        pending.start(here);
        wait_until("it ends", [&] { return pending.ended == 1; });
        require(pending.result == each.result && pending.bytes == 0, "as the code says");
    }
}

// The socket is open, so what a thread's end has cut is not over; but for a send on Windows, which does not say for
// sure what it has moved.
void what_the_system_gives_back_goes_on()
{
    async_end here;
    here.opened();
    one_receive pending;
    the_machine().failed_call = nullptr;
    {
        const failing completions("send completes", code_aborted);
        require(here.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        wait_until("it was given back", [] { return the_machine().failed_call != nullptr; });
    }
    here.wait_for_sends(1);
    const bool goes_on = the_machine().how.wine;
    require(here.send_result == (goes_on ? ASYNC_SOCKET_SEND_OK : ASYNC_SOCKET_SEND_ERROR),
            "it went out, or is the last");
    for (const std::uint32_t code : {code_aborted, code_lost}) {
        the_machine().failed_call = nullptr;
        pending.ended = 0;
        {
            const failing completions("receive completes", code);
            pending.start(here);
            wait_until("it was given back", [] { return the_machine().failed_call != nullptr; });
        }
        peer_write(*here.peer, 4);
        wait_until("it ends", [&] { return pending.ended == 1; });
        require(pending.result == ASYNC_SOCKET_RECEIVE_OK && pending.bytes == 4, "it got the bytes");
    }
}

// Nobody knows what a lost send has moved: it cannot go on, and nothing may follow it.
void a_lost_send_is_the_last()
{
    async_end here;
    here.opened();
    {
        const failing completions("send completes", code_lost);
        require(here.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
        here.wait_for_sends(1);
    }
    require(here.send_result == ASYNC_SOCKET_SEND_ERROR, "it failed");
    require(here.send(8) != ASYNC_SOCKET_SEND_SYNC_OK, "no further one is accepted");
}

// A receive that waits in line for that of another thread, and is refused when its turn comes.
void a_refusal_on_the_way_says_whether_the_connection_is_gone()
{
    if (no_operation_ends_with_its_thread()) {
        return;
    }
    constexpr meaning meanings[] = {
        {0, ASYNC_SOCKET_RECEIVE_ABANDONED}, // WSAECONNRESET
        {1, ASYNC_SOCKET_RECEIVE_ERROR},     // WSAENOBUFS
        {2, ASYNC_SOCKET_RECEIVE_ABANDONED}, // WSAECONNABORTED
    };
    for (const meaning& each : meanings) {
        async_end here;
        here.opened();
        one_receive first;
        one_receive in_line;
        first.start(here);
        const issuer other([&] { in_line.start(here); });
        const failing receives("WSARecv", each.choice);
        peer_write(*here.peer, 4);
        wait_until("both end", [&] { return first.ended == 1 && in_line.ended == 1; });
        require(first.result == ASYNC_SOCKET_RECEIVE_OK && first.bytes == 4, "the first one has the bytes");
        require(in_line.result == each.result && in_line.bytes == 0, "as the code says");
    }
}

// The user disconnects a transport below an open async socket: that is no error of the system's.
void a_disconnected_transport_ends_what_is_pending()
{
    async_end here(generation::transport);
    here.opened();
    peer_stall(*here.peer, true);
    one_receive pending;
    pending.start(here);
    require(here.send(8000) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
    const message_log warnings(ASYNC_SOCKET_LOG_WARNING);
    socket_transport_disconnect(here.transport);
    here.wait_for_sends(1);
    wait_until("the receive ends", [&] { return pending.ended == 1; });
    require(here.send_result == ASYNC_SOCKET_SEND_ERROR, "the send failed");
    require(pending.result == ASYNC_SOCKET_RECEIVE_ABANDONED, "the receive is abandoned");
    require(warnings.count() == 0, "no warning");
}

// What the first round got is not lost when a second one fails.
void a_failure_after_the_first_bytes_keeps_them()
{
    async_end here;
    here.opened();
    peer_write(*here.peer, 8000);
    wait_until("the bytes arrive", [&] { return here.peer->arrived == 8000; });
    // The completions of the two rounds are the fourth call that can fail, and the third after it: WSARecv
    // and ioctlsocket come in between. The first one of all creates the event, which the fast mode has not.
    const std::uint32_t second_round = mode_of_run == ASYNC_SOCKET_COMPLETION_FAST ? 6 : 7;
    the_machine().faults = {the_machine().fallible_calls + second_round, false, 4, 0};
    require(here.receive(8000, 2000) == 0, "receive starts");
    here.wait_for_receives(1);
    require(std::string("receive completes") == the_machine().failed_call, "the second round failed");
    the_machine().faults = {};
    require(here.receive_result == ASYNC_SOCKET_RECEIVE_OK && here.bytes == 4096, "what the first round got");
}

void require_logged(const message_log& log, ASYNC_SOCKET_LOG_LEVEL level, const char* message)
{
    require(log.count() == 1 && log.last_level() == level && log.last() == message, message);
}

// A connection that is gone is worth an information, anything else a warning.
void refusals_are_logged()
{
    struct row {
        std::uint32_t choice;
        ASYNC_SOCKET_LOG_LEVEL level;
        const char* why;
    };
    constexpr row rows[] = {
        {0, ASYNC_SOCKET_LOG_INFO, "the peer has reset the connection"},
        {1, ASYNC_SOCKET_LOG_WARNING, "error 10055 (words for 10055)"},
        {2, ASYNC_SOCKET_LOG_INFO, "the connection is closed"},
    };
    async_end here;
    here.opened();
    for (const row& each : rows) {
        {
            const failing sends("WSASend", each.choice);
            const message_log log(ASYNC_SOCKET_LOG_INFO);
            require(here.send(4) != ASYNC_SOCKET_SEND_SYNC_OK, "refused");
            require_logged(log, each.level, (std::string("send refused: ") + each.why).c_str());
        }
        const failing receives("WSARecv", each.choice);
        const message_log log(ASYNC_SOCKET_LOG_INFO);
        require(here.receive(4) != 0, "refused");
        require_logged(log, each.level, (std::string("receive refused: ") + each.why).c_str());
    }
}

// A transport says more itself; what the system's error was is in the async socket's own message.
void a_refusal_by_a_transport_is_logged()
{
    async_end here(generation::transport);
    here.opened();
    {
        const failing sends("WSASend", 1);
        const message_log log(ASYNC_SOCKET_LOG_INFO);
        require(here.send(4) == ASYNC_SOCKET_SEND_SYNC_ERROR, "refused");
        require(log.last() == "send refused: error 10055 (words for 10055)", "the system's error");
    }
    const failing receives("WSARecv", 1);
    const message_log log(ASYNC_SOCKET_LOG_INFO);
    require(here.receive(4) != 0, "refused");
    require(log.last() == "receive refused: error 10055 (words for 10055)", "the system's error");
}

void a_refusal_by_a_disconnected_transport_is_logged()
{
    async_end here(generation::transport);
    here.opened();
    socket_transport_disconnect(here.transport);
    {
        const message_log log(ASYNC_SOCKET_LOG_INFO);
        require(here.send(4) == ASYNC_SOCKET_SEND_SYNC_ERROR, "refused");
        require_logged(log, ASYNC_SOCKET_LOG_INFO, "send refused: the connection is closed");
    }
    const message_log log(ASYNC_SOCKET_LOG_INFO);
    require(here.receive(4) != 0, "refused");
    require_logged(log, ASYNC_SOCKET_LOG_INFO, "receive refused: the connection is closed");
}

// A send of two calls whose second one the system refuses was accepted; its callback tells, the log why.
void a_refused_part_of_a_send_is_logged()
{
    async_end here;
    here.opened();
    the_machine().how.send_room = 100000;
    const message_log log(ASYNC_SOCKET_LOG_WARNING);
    // Event (not in fast mode), memory, WSASend, its completion, WSASend.
    const std::uint32_t second_call = mode_of_run == ASYNC_SOCKET_COMPLETION_FAST ? 4 : 5;
    the_machine().faults = {the_machine().fallible_calls + second_call, false, 1, 0};
    require(here.send(8000, 2000) == ASYNC_SOCKET_SEND_SYNC_OK, "accepted: bytes are on their way");
    here.wait_for_sends(1);
    require(std::string("WSASend") == the_machine().failed_call, "the second call failed");
    the_machine().faults = {};
    require(here.send_result == ASYNC_SOCKET_SEND_ERROR, "not all went out");
    require_logged(log, ASYNC_SOCKET_LOG_WARNING, "a send ended: error 10055 (words for 10055)");
}

} // namespace

const std::vector<scenario> outcome_scenarios = {
    {"what_the_system_gives_back_goes_on", what_the_system_gives_back_goes_on},
    {"a_lost_send_is_the_last", a_lost_send_is_the_last},
    {"a_completion_says_whether_the_connection_is_gone", a_completion_says_whether_the_connection_is_gone},
    {"a_refusal_on_the_way_says_whether_the_connection_is_gone",
     a_refusal_on_the_way_says_whether_the_connection_is_gone},
    {"a_disconnected_transport_ends_what_is_pending", a_disconnected_transport_ends_what_is_pending},
    {"a_failure_after_the_first_bytes_keeps_them", a_failure_after_the_first_bytes_keeps_them},
    {"refusals_are_logged", refusals_are_logged},
    {"a_refusal_by_a_transport_is_logged", a_refusal_by_a_transport_is_logged},
    {"a_refusal_by_a_disconnected_transport_is_logged", a_refusal_by_a_disconnected_transport_is_logged},
    {"a_refused_part_of_a_send_is_logged", a_refused_part_of_a_send_is_logged},
};

} // namespace sim
