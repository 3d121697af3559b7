// What each function does with arguments that it must refuse.
#include <array>

#include "async_end.hpp"
#include "async_socket/engine.h"
#include "async_socket/wait.h"
#include "message_log.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

constexpr generation all_generations[] = {generation::handle, generation::transport, generation::current};

void ignore_open(void*, ASYNC_SOCKET_OPEN_RESULT)
{
    require(false, "a refused open calls nothing");
}

void ignore_send(void*, ASYNC_SOCKET_SEND_RESULT)
{
    require(false, "a refused send calls nothing");
}

void ignore_receive(void*, ASYNC_SOCKET_RECEIVE_RESULT, std::uint32_t)
{
    require(false, "a refused receive calls nothing");
}

// 01_002, 01_034
void create_refuses()
{
    const engine pool;
    connection* peer = nullptr;
    const SOCKET socket = connect_pair(&peer);
    require(async_socket_create(nullptr) == nullptr, "01_002: no engine");
    require(async_socket_create_v1(nullptr, reinterpret_cast<SOCKET_HANDLE>(socket)) == nullptr, "01_002: no engine");
    require(async_socket_create_v1(pool.handle(), nullptr) == nullptr, "01_034: NULL is no socket");
    require(async_socket_create_v1(pool.handle(), no_socket) == nullptr, "01_034: the invalid socket is none");
    (void)closesocket(socket); // still ours
}

// 01_007, 01_008, 01_034
void open_refuses()
{
    async_end first(generation::handle);
    const async_end second(generation::transport);
    const async_end third(generation::current);
    connection* peer = nullptr;
    const SOCKET socket = connect_pair(&peer);
    const auto number = reinterpret_cast<SOCKET_HANDLE>(socket);
    const SOCKET_TRANSPORT_HANDLE transport = socket_transport_create_from_socket(number);

    require(async_socket_open_async_v1(nullptr, ignore_open, nullptr) != 0, "01_007");
    require(async_socket_open_async(nullptr, transport, ignore_open, nullptr) != 0, "01_007");
    require(async_socket_open_async_v3(nullptr, number, ignore_open, nullptr) != 0, "01_007");
    require(async_socket_open_async_v1(first.handle, nullptr, nullptr) != 0, "01_008");
    require(async_socket_open_async(second.handle, transport, nullptr, nullptr) != 0, "01_008");
    require(async_socket_open_async_v3(third.handle, number, nullptr, nullptr) != 0, "01_008");
    require(async_socket_open_async(second.handle, nullptr, ignore_open, nullptr) != 0, "01_034: no transport");
    require(async_socket_open_async_v3(third.handle, nullptr, ignore_open, nullptr) != 0, "01_034: no socket");
    require(async_socket_open_async_v3(third.handle, no_socket, ignore_open, nullptr) != 0, "01_034: invalid socket");
    require(first.open(), "a refused open leaves it closed");
    socket_transport_destroy(transport);
}

// 01_004, 01_018
void close_and_destroy_ignore_null()
{
    async_socket_close(nullptr);
    async_socket_destroy(nullptr);
    for (const generation api : all_generations) {
        async_end here(api);
        here.close(); // not open: nothing to do
        here.opened();
        here.close();
        here.close();
        require(here.opens == 1, "closed once");
    }
}

struct bad_payload {
    ASYNC_SOCKET_BUFFER* array;
    std::uint32_t count;
};

// 01_025, 01_074, 01_028, 01_077, 01_089 to 01_092, 01_085, 01_086, 01_103
void send_and_receive_refuse()
{
    unsigned char byte = 0;
    ASYNC_SOCKET_BUFFER good{&byte, 1};
    ASYNC_SOCKET_BUFFER null_piece[] = {{&byte, 1}, {nullptr, 1}};
    ASYNC_SOCKET_BUFFER empty_piece[] = {{&byte, 1}, {&byte, 0}};
    ASYNC_SOCKET_BUFFER too_long[] = {{&byte, UINT32_MAX}, {&byte, 1}};
    const bad_payload bad[] = {{nullptr, 1},     {&good, 0},    {null_piece, 2},
                               {empty_piece, 2}, {too_long, 2}, {&good, UINT32_MAX}}; // the last: too many to describe
    for (const generation api : all_generations) {
        async_end here(api);
        here.opened();
        for (const bad_payload& each : bad) {
            require(async_socket_send_async(here.handle, each.array, each.count, ignore_send, nullptr) ==
                        ASYNC_SOCKET_SEND_SYNC_ERROR,
                    "send refuses the payload");
            require(async_socket_receive_async(here.handle, each.array, each.count, ignore_receive, nullptr) != 0,
                    "receive refuses the payload");
        }
        require(async_socket_send_async(nullptr, &good, 1, ignore_send, nullptr) == ASYNC_SOCKET_SEND_SYNC_ERROR,
                "01_024: no handle");
        require(async_socket_send_async(here.handle, &good, 1, nullptr, nullptr) == ASYNC_SOCKET_SEND_SYNC_ERROR,
                "01_026: no callback");
        require(async_socket_receive_async(nullptr, &good, 1, ignore_receive, nullptr) != 0, "01_073: no handle");
        require(async_socket_receive_async(here.handle, &good, 1, nullptr, nullptr) != 0, "01_075: no callback");
    }
}

// 01_097, 01_098
void send_and_receive_refuse_when_not_open()
{
    for (const generation api : all_generations) {
        async_end here(api);
        require(here.send(4) == ASYNC_SOCKET_SEND_SYNC_NOT_OPEN, "01_097: never opened");
        require(here.receive(4) != 0, "01_098: never opened");
        here.opened();
        here.close();
        require(here.send(4) == ASYNC_SOCKET_SEND_SYNC_NOT_OPEN, "01_097: closed");
        require(here.receive(4) != 0, "01_098: closed");
        require(here.sends == 0 && here.receives == 0, "nobody was told");
    }
}

// A refusal for a bad argument is an error in the log.
void a_bad_argument_is_logged()
{
    const message_log log(ASYNC_SOCKET_LOG_INFO);
    require(async_socket_create(nullptr) == nullptr && log.count() == 1, "one message");
    require(log.last_level() == ASYNC_SOCKET_LOG_ERROR, "an error");
    require(log.last() == "async_socket_create: execution_engine is NULL", "that says what it was");
}

// The parts of as_wait and as_wake that tasks have no use for.
void what_is_no_word_is_not_waited_for()
{
    std::uint32_t words[2] = {0, 0};
    // Only its address is looked at.
    auto* const between = reinterpret_cast<std::uint32_t*>(reinterpret_cast<std::uintptr_t>(words) + 1);
    require(as_wait(nullptr, 0, AS_NEVER).how == AS_INVALID, "no word");
    require(as_wait(between, 0, AS_NEVER).how == AS_INVALID, "between two");
    require(as_wait(&words[0], 0, 0).how == AS_TIMED_OUT, "its time is over");
    require(as_wait(&words[0], 1, 0).how == AS_DONE, "it is another");
    as_wake(nullptr);
}

void a_thread_knows_whether_it_is_in_a_callback()
{
    const engine pool;
    async_end here(pool, generation::current);
    here.opened();
    bool is_inside = false;
    bool is_told = false;
    here.in_callback = [&] {
        is_inside = as_is_in_callback();
        is_told = true;
    };
    require(here.receive(4) == 0, "receive starts");
    peer_write(*here.peer, 4);
    wait_until("it is told", [&] { return is_told; });
    require(is_inside && !as_is_in_callback(), "there, and not here");
}

// 04_001, 04_002
void what_windows_does_not_have_is_refused()
{
    const engine pool;
    const async_end here(pool, generation::current);
    require(async_socket_create_with_transport(pool.handle(), nullptr, nullptr, nullptr, nullptr) == nullptr, "04_001");
    require(async_socket_create_with_transport_v1(pool.handle(), nullptr, nullptr, nullptr, nullptr, nullptr) ==
                nullptr,
            "04_001");
    require(async_socket_notify_io_async(here.handle, ASYNC_SOCKET_NOTIFY_IO_TYPE_IN, nullptr, nullptr) != 0, "04_002");
}

} // namespace

const std::vector<scenario> argument_scenarios = {
    {"create_refuses", create_refuses},
    {"open_refuses", open_refuses},
    {"close_and_destroy_ignore_null", close_and_destroy_ignore_null},
    {"send_and_receive_refuse", send_and_receive_refuse},
    {"send_and_receive_refuse_when_not_open", send_and_receive_refuse_when_not_open},
    {"a_bad_argument_is_logged", a_bad_argument_is_logged},
    {"what_is_no_word_is_not_waited_for", what_is_no_word_is_not_waited_for},
    {"a_thread_knows_whether_it_is_in_a_callback", a_thread_knows_whether_it_is_in_a_callback},
    {"what_windows_does_not_have_is_refused", what_windows_does_not_have_is_refused},
};

} // namespace sim
