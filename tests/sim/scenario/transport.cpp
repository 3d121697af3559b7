// A transport as a client: connect, blocking and overlapped calls, disconnect.
#include <array>

#include "api.hpp"
#include "async_end.hpp"
#include "core/common/process_mark.hpp"
#include "model/connection.hpp"
#include "model/event.hpp"
#include "model/network.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

class client {
public:
    client() : handle_(socket_transport_create_client()) {}
    explicit client(SOCKET socket)
        : handle_(socket_transport_create_from_socket(reinterpret_cast<SOCKET_HANDLE>(socket)))
    {
    }
    ~client() { socket_transport_destroy(handle_); }
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    [[nodiscard]] SOCKET_TRANSPORT_HANDLE handle() const { return handle_; }
    // Each letter of the host is an address (model/network.hpp).
    [[nodiscard]] bool connect(const char* host, std::uint32_t timeout_ms = 1000)
    {
        const bool connected = socket_transport_connect(handle_, host, 80, timeout_ms) == 0;
        require(connected == socket_transport_is_valid_socket(handle_), "open if connected");
        return connected;
    }

private:
    SOCKET_TRANSPORT_HANDLE handle_;
};

// Eight bytes, as a piece of a send or receive.
struct eight_bytes {
    std::array<unsigned char, 8> bytes{1, 2, 3, 4, 5, 6, 7, 8};
    SOCKET_BUFFER piece{8, bytes.data()};
    std::uint32_t moved = 77;
};

void it_connects()
{
    for (const char* const host : {"a", "w", "ra", "uw", "qruwa"}) {
        client here;
        require(here.connect(host), "connects");
        require(socket_transport_get_underlying_socket(here.handle()) != no_socket, "has a socket");
        eight_bytes data;
        peer_write(*the_machine().connections.back(), 4);
        require(socket_transport_receive(here.handle(), &data.piece, 1, nullptr, 0, nullptr) == SOCKET_RECEIVE_OK,
                "which blocks until bytes come");
        require(socket_transport_connect(here.handle(), "a", 80, 10) != 0, "is connected already");
        require(socket_transport_is_valid_socket(here.handle()), "and stays so");
    }
}

void it_does_not_connect_to_who_refuses()
{
    for (const char* const host : {"x", "r", "q", "u", "uuu"}) {
        client here;
        require(!here.connect(host, 30), "refused, or no answer in time");
        require(here.connect("a"), "it can be used for another try");
    }
}

void its_time_is_shared_by_the_addresses()
{
    client here;
    const std::uint64_t begin = now_ms();
    require(!here.connect("uu", 1000), "nobody answers");
    const std::uint64_t took = now_ms() - begin;
    require(took >= 1000 && took < 1100, "the time is that of all together");
    require(!here.connect("u", 0), "no time, no answer");
    require(here.connect("a", 0), "but one that comes at once");
}

void what_is_no_connection_is_refused()
{
    client here;
    require(socket_transport_create_from_socket(nullptr) == nullptr, "NULL is no socket");
    require(socket_transport_create_from_socket(no_socket) == nullptr, "nor is the invalid one");
    require(socket_transport_connect(nullptr, "a", 80, 10) != 0, "no handle");
    require(socket_transport_connect(here.handle(), nullptr, 80, 10) != 0, "no host");
    require(socket_transport_connect(here.handle(), "", 80, 10) != 0, "an empty host");
    require(socket_transport_connect(here.handle(), "a", 0, 10) != 0, "no port");
    socket_transport_disconnect(nullptr);
    socket_transport_destroy(nullptr);
    require(!socket_transport_is_valid_socket(nullptr), "NULL is not open");
    require(socket_transport_get_underlying_socket(nullptr) == no_socket, "and has no socket");
    require(!socket_transport_is_valid_socket(here.handle()), "it is not connected");
    require(socket_transport_get_underlying_socket(here.handle()) == no_socket, "and has no socket either");
}

void send_and_receive_check_their_arguments()
{
    client here;
    eight_bytes data;
    require(socket_transport_send(nullptr, &data.piece, 1, nullptr, 0, nullptr) == SOCKET_SEND_INVALID_ARG, "handle");
    require(socket_transport_send(here.handle(), nullptr, 1, nullptr, 0, nullptr) == SOCKET_SEND_INVALID_ARG, "data");
    require(socket_transport_send(here.handle(), &data.piece, 0, nullptr, 0, nullptr) == SOCKET_SEND_INVALID_ARG, "0");
    require(socket_transport_receive(nullptr, &data.piece, 1, nullptr, 0, nullptr) == SOCKET_RECEIVE_INVALID_ARG,
            "handle");
    require(socket_transport_receive(here.handle(), nullptr, 1, nullptr, 0, nullptr) == SOCKET_RECEIVE_INVALID_ARG,
            "data");
    require(socket_transport_receive(here.handle(), &data.piece, 0, nullptr, 0, nullptr) == SOCKET_RECEIVE_INVALID_ARG,
            "0");
    SetLastError(ERROR_IO_PENDING);
    require(socket_transport_send(here.handle(), &data.piece, 1, nullptr, 0, nullptr) == SOCKET_SEND_ERROR, "not open");
    require(GetLastError() == WSAENOTCONN, "the last error is not stale");
    SetLastError(ERROR_IO_PENDING);
    require(socket_transport_receive(here.handle(), &data.piece, 1, nullptr, 0, nullptr) == SOCKET_RECEIVE_ERROR,
            "not open");
    require(GetLastError() == WSAENOTCONN, "the last error is not stale");
}

void blocking_calls_move_bytes()
{
    connection* peer = nullptr;
    const client here(connect_pair(&peer));
    for (const bool counted : {true, false}) {
        eight_bytes data;
        std::uint32_t* const moved = counted ? &data.moved : nullptr;
        require(socket_transport_send(here.handle(), &data.piece, 1, moved, 0, nullptr) == SOCKET_SEND_OK, "sent");
        require(data.moved == (counted ? 8 : 77), "all, and told if asked");
        peer_write(*peer, 4);
        require(socket_transport_receive(here.handle(), &data.piece, 1, moved, 0, nullptr) == SOCKET_RECEIVE_OK, "got");
        require(data.moved == (counted ? 4 : 77), "what was there, and told if asked");
    }
    require(peer->sent.size() == 16, "twice eight bytes went out");
}

// Overlapped calls of the user's own: the result says whether the system has them.
void overlapped_calls_move_bytes()
{
    connection* peer = nullptr;
    const client here(connect_pair(&peer));
    for (const bool counted : {true, false}) {
        eight_bytes data;
        std::uint32_t* const moved = counted ? &data.moved : nullptr;
        const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
        OVERLAPPED overlapped{};
        overlapped.hEvent = event;
        const SOCKET_SEND_RESULT sent = socket_transport_send(here.handle(), &data.piece, 1, moved, 0, &overlapped);
        require(sent == SOCKET_SEND_OK ? data.moved == (counted ? 8 : 77)
                                       : sent == SOCKET_SEND_FAILED && GetLastError() == WSA_IO_PENDING,
                "sent, or on its way");
        require(WaitForMultipleObjects(1, &event, FALSE, INFINITE) == WAIT_OBJECT_0, "it ends");

        data.moved = 77;
        peer_write(*peer, 8);
        const SOCKET_RECEIVE_RESULT got =
            socket_transport_receive(here.handle(), &data.piece, 1, moved, 0, &overlapped);
        require(got == SOCKET_RECEIVE_OK || got == SOCKET_RECEIVE_WOULD_BLOCK, "received, or on its way");
        const bool knows_none = !counted || got == SOCKET_RECEIVE_WOULD_BLOCK;
        require(knows_none ? data.moved == (counted ? 0 : 77) : data.moved >= 4, "the count of what was received");
        require(WaitForMultipleObjects(1, &event, FALSE, INFINITE) == WAIT_OBJECT_0, "it ends");
        (void)CloseHandle(event);
    }
}

// A call that blocks for a peer that is silent, or does not read, ends with the connection.
void a_disconnect_ends_blocking_calls()
{
    for (const bool is_send : {true, false}) {
        connection* peer = nullptr;
        client here(connect_pair(&peer));
        peer_stall(*peer, true);
        bool ended = false;
        spawn_application_thread([&] {
            std::vector<unsigned char> memory(8000);
            SOCKET_BUFFER piece{8000, memory.data()};
            std::uint32_t moved = 0;
            if (is_send) {
                const auto result = socket_transport_send(here.handle(), &piece, 1, &moved, 0, nullptr);
                require(result == SOCKET_SEND_FAILED || result == SOCKET_SEND_ERROR, "it failed");
            } else {
                const auto result = socket_transport_receive(here.handle(), &piece, 1, &moved, 0, nullptr);
                require(result == SOCKET_RECEIVE_ERROR, "it failed");
            }
            ended = true;
        });
        socket_transport_disconnect(here.handle());
        require(!socket_transport_is_valid_socket(here.handle()), "it is closed");
        wait_until("the call ends", [&] { return ended; });
    }
}

// One that nobody answers, or somebody answers just then.
void a_disconnect_ends_a_connect()
{
    for (const char* host : {"u", "uuu", "w", "a", "ra"}) {
        client here;
        bool ended = false;
        bool connected = false;
        spawn_application_thread([&] {
            connected = socket_transport_connect(here.handle(), host, 80, INFINITE - 1) == 0;
            ended = true;
        });
        wait_until("the connect ends", [&] { // one that comes before the connect has no effect
            socket_transport_disconnect(here.handle());
            return ended;
        });
        require(!connected || *host != never_answers, "nobody has answered");
        socket_transport_disconnect(here.handle()); // in any case after the connect
        require(!socket_transport_is_valid_socket(here.handle()), "it is closed");
        require(here.connect("a"), "it can be used for another try");
    }
}

// What it waits for is its parent's, too. There are no forks on Windows; the core's part of them is the same
// everywhere.
void a_disconnect_in_another_process_ends_no_connect()
{
    client here;
    bool ended = false;
    spawn_application_thread([&] {
        const std::uint64_t begin = now_ms();
        require(socket_transport_connect(here.handle(), "u", 80, 1000) != 0, "nobody answers");
        require(now_ms() - begin >= 1000, "it has had its time");
        ended = true;
    });
    sleep_ms(20);
    async_socket::core::process_mark::begin_child();
    socket_transport_disconnect(here.handle());
    wait_until("the connect ends", [&] { return ended; });
}

// An async socket's operations are bound to the socket that the transport had.
void a_transport_in_use_cannot_be_connected_anew()
{
    async_end here(generation::transport);
    here.opened();
    socket_transport_disconnect(here.transport);
    require(socket_transport_connect(here.transport, "a", 80, 10) != 0, "an async socket is open on it");
    here.close();
    require(socket_transport_connect(here.transport, "a", 80, 10) == 0, "none is");
}

// The one that is destroyed while it connects is gone when the connect has ended, and no sooner.
void a_destroy_waits_for_a_connect()
{
    for (const char* const host : {"w", "a"}) { // it comes while the connect waits, or when it has just succeeded
        const SOCKET_TRANSPORT_HANDLE transport = socket_transport_create_client();
        bool ended = false;
        spawn_application_thread([&] {
            (void)socket_transport_connect(transport, host, 80, 1000);
            ended = true;
        });
        wait_until("it connects", [] { return the_machine().handles.count() != 0; });
        socket_transport_destroy(transport);
        wait_until("the connect ends", [&] { return ended; });
    }
}

// The one that destroys waits for the one that disconnects.
void it_is_destroyed_while_it_is_disconnected()
{
    connection* peer = nullptr;
    const SOCKET_TRANSPORT_HANDLE here =
        socket_transport_create_from_socket(reinterpret_cast<SOCKET_HANDLE>(connect_pair(&peer)));
    bool is_disconnecting = false;
    spawn_application_thread([&] {
        is_disconnecting = true;
        socket_transport_disconnect(here);
    });
    wait_until("it disconnects", [&] { return is_disconnecting; });
    socket_transport_destroy(here);
}

} // namespace

const std::vector<scenario> transport_scenarios = {
    {"it_connects", it_connects},
    {"it_does_not_connect_to_who_refuses", it_does_not_connect_to_who_refuses},
    {"its_time_is_shared_by_the_addresses", its_time_is_shared_by_the_addresses},
    {"what_is_no_connection_is_refused", what_is_no_connection_is_refused},
    {"send_and_receive_check_their_arguments", send_and_receive_check_their_arguments},
    {"blocking_calls_move_bytes", blocking_calls_move_bytes},
    {"overlapped_calls_move_bytes", overlapped_calls_move_bytes},
    {"a_disconnect_ends_blocking_calls", a_disconnect_ends_blocking_calls},
    {"a_disconnect_ends_a_connect", a_disconnect_ends_a_connect},
    {"a_disconnect_in_another_process_ends_no_connect", a_disconnect_in_another_process_ends_no_connect},
    {"a_transport_in_use_cannot_be_connected_anew", a_transport_in_use_cannot_be_connected_anew},
    {"a_destroy_waits_for_a_connect", a_destroy_waits_for_a_connect},
    {"it_is_destroyed_while_it_is_disconnected", it_is_destroyed_while_it_is_disconnected},
};

} // namespace sim
