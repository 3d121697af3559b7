// Short hand-written scenarios: that the simulation works, and what only it can show.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "api.hpp"
#include "model/breach.hpp"
#include "model/connection.hpp"
#include "simulation.hpp"

namespace {

using namespace sim;

void require(bool holds, const char* what)
{
    if (!holds) {
        breach("required: %s", what);
    }
}

// One async socket of the current generation, its peer, and what its callbacks were told.
struct end {
    EXECUTION_ENGINE_HANDLE engine = nullptr;
    ASYNC_SOCKET_HANDLE handle = nullptr;
    connection* peer = nullptr;
    int opened = 0;
    int sends = 0;
    int receives = 0;
    ASYNC_SOCKET_SEND_RESULT send_result{};
    ASYNC_SOCKET_RECEIVE_RESULT receive_result{};
    std::uint32_t bytes = 0;
    std::vector<unsigned char> memory = std::vector<unsigned char>(8192, 1);

    explicit end(std::uint32_t minimum = 1, std::uint32_t maximum = 0)
    {
        const EXECUTION_ENGINE_PARAMETERS parameters{minimum, maximum};
        engine = execution_engine_create(&parameters);
        handle = async_socket_create(engine);
        const SOCKET socket = connect_pair(&peer);
        const int result = async_socket_open_async_v3(
            handle, reinterpret_cast<SOCKET_HANDLE>(socket),
            [](void* context, ASYNC_SOCKET_OPEN_RESULT) { ++static_cast<end*>(context)->opened; }, this);
        require(result == 0 && opened == 1, "open succeeds and tells so once");
    }
    ~end()
    {
        async_socket_destroy(handle);
        execution_engine_dec_ref(engine);
    }
    end(const end&) = delete;
    end& operator=(const end&) = delete;

    ASYNC_SOCKET_SEND_SYNC_RESULT send(std::uint32_t bytes_to_send, std::uint32_t pieces = 1)
    {
        std::vector<ASYNC_SOCKET_BUFFER> array(pieces);
        for (std::uint32_t i = 0; i < pieces; ++i) {
            array[i] = {&memory[i * (bytes_to_send / pieces)], bytes_to_send / pieces};
        }
        return async_socket_send_async(
            handle, array.data(), pieces,
            [](void* context, ASYNC_SOCKET_SEND_RESULT result) {
                auto& self = *static_cast<end*>(context);
                ++self.sends;
                self.send_result = result;
            },
            this);
    }
    int receive(std::uint32_t most)
    {
        ASYNC_SOCKET_BUFFER piece{memory.data(), most};
        return async_socket_receive_async(
            handle, &piece, 1,
            [](void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t received) {
                auto& self = *static_cast<end*>(context);
                ++self.receives;
                self.receive_result = result;
                self.bytes = received;
            },
            this);
    }
    void wait_for_receives(int count)
    {
        wait_until("the receive ends", [&] { return receives == count; });
    }
    void wait_for_sends(int count)
    {
        wait_until("the send ends", [&] { return sends == count; });
    }
};

void bytes_arrive_both_ways()
{
    end here;
    require(here.receive(100) == 0, "receive starts");
    peer_write(*here.peer, 40);
    here.wait_for_receives(1);
    require(here.receive_result == ASYNC_SOCKET_RECEIVE_OK && here.bytes >= 4 && here.bytes <= 40, "bytes came");
    require(here.send(3000, 3) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
    here.wait_for_sends(1);
    require(here.send_result == ASYNC_SOCKET_SEND_OK && here.peer->sent.size() == 3000, "bytes left");
}

// Whoever closes cancels first: on Wine the send to a peer that does not read would never end.
void close_ends_a_send_to_a_peer_that_does_not_read()
{
    end here;
    peer_stall(*here.peer, true);
    require(here.send(8000) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
    async_socket_close(here.handle);
    require(here.sends == 1 && here.send_result == ASYNC_SOCKET_SEND_ERROR, "the send ended before close did");
}

// 01_042: each environment that was initialized is destroyed; the machine counts them at the end.
void close_destroys_the_environment()
{
    end here;
    require(the_machine().environments == 1, "open has made an environment");
    async_socket_close(here.handle);
    require(the_machine().environments == 0, "close has destroyed it");
}

// 01_063: a callback without an OVERLAPPED is ignored.
void a_callback_without_an_operation_is_ignored()
{
    end here;
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
    end here;
    the_machine().false_bytes = 100;
    require(here.receive(40) == 0, "receive starts");
    peer_write(*here.peer, 400);
    here.wait_for_receives(1);
    require(here.receive_result == ASYNC_SOCKET_RECEIVE_ERROR && here.bytes > 40, "01_095");
    the_machine().false_bytes = 0;
}

// 01_102: a send that succeeded with another number of bytes is an error.
void a_send_of_fewer_bytes_is_an_error()
{
    end here;
    the_machine().false_bytes = -1;
    require(here.send(40) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
    here.wait_for_sends(1);
    require(here.send_result == ASYNC_SOCKET_SEND_ERROR, "01_102");
    the_machine().false_bytes = 0;
}

// 01_105, 01_099, 01_106, 01_100: what the system refuses is refused, its announcement is taken back
// (the machine would find close waiting for ever), and its callback is never called. 42_002
void what_the_system_refuses_is_refused()
{
    end here;
    for (std::uint32_t choice = 0; choice < 4; ++choice) {
        // The calls of a receive: event, memory, WSARecv.
        the_machine().faults = {the_machine().fallible_calls + 3, false, choice, 0};
        require(here.receive(40) != 0, "01_105: receive is refused");
        the_machine().faults = {the_machine().fallible_calls + 3, false, choice, 0};
        const ASYNC_SOCKET_SEND_SYNC_RESULT sent = here.send(40);
        require(sent == (choice == 0 ? ASYNC_SOCKET_SEND_SYNC_NOT_OPEN : ASYNC_SOCKET_SEND_SYNC_ERROR), "01_106");
    }
    the_machine().faults = {};
    async_socket_close(here.handle);
    require(here.receives == 0 && here.sends == 0, "nobody was told");
}

// 01_003: no memory, no async socket; the engine's references stay balanced.
void create_without_memory_fails()
{
    const end here;
    the_machine().faults = {the_machine().fallible_calls + 1, false, 0, 0};
    require(async_socket_create(here.engine) == nullptr, "01_003: NULL");
    require(std::strcmp(the_machine().failed_call, "malloc") == 0, "it was the memory that failed");
    the_machine().faults = {};
}

// A receive on a silent connection outlives the thread that issued it.
void a_receive_survives_its_thread()
{
    end here;
    spawn_application_thread([&here] { require(here.receive(40) == 0, "receive starts"); });
    sleep_ms(60000); // several pool threads come and go meanwhile
    require(here.receives == 0, "it is still pending");
    peer_write(*here.peer, 4);
    here.wait_for_receives(1);
    require(here.receive_result == ASYNC_SOCKET_RECEIVE_OK && here.bytes == 4, "it got the bytes");
}

struct scenario {
    const char* name;
    void (*body)();
};

constexpr scenario scenarios[] = {
    {"bytes_arrive_both_ways", bytes_arrive_both_ways},
    {"close_ends_a_send_to_a_peer_that_does_not_read", close_ends_a_send_to_a_peer_that_does_not_read},
    {"close_destroys_the_environment", close_destroys_the_environment},
    {"a_callback_without_an_operation_is_ignored", a_callback_without_an_operation_is_ignored},
    {"more_bytes_than_asked_for_is_an_error", more_bytes_than_asked_for_is_an_error},
    {"a_send_of_fewer_bytes_is_an_error", a_send_of_fewer_bytes_is_an_error},
    {"what_the_system_refuses_is_refused", what_the_system_refuses_is_refused},
    {"create_without_memory_fails", create_without_memory_fails},
    {"a_receive_survives_its_thread", a_receive_survives_its_thread},
};

constexpr std::uint64_t schedules_of_each = 200;

} // namespace

// Each scenario under many schedules, as Windows and as Wine.
int main()
{
    for (const scenario& scenario : scenarios) {
        for (std::uint64_t seed = 0; seed < schedules_of_each; ++seed) {
            behaviour world;
            world.wine = seed % 2 == 0;
            schedule how;
            how.seed = seed;
            simulate(how, world, {}, scenario.body);
        }
        (void)std::printf("ok: %s\n", scenario.name);
    }
    return 0;
}
