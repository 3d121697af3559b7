// Both ends of a TCP connection: ours, which a SOCKET names, and the peer's, which the test plays. It
// outlives the SOCKET, as the system's half does while bytes are on their way.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "model/handles.hpp"
#include "model/pool.hpp"
#include "winsock2.h"

namespace sim {

// Wine's own codes.
constexpr DWORD error_handles_closed = 676;
constexpr DWORD error_alerted = 739;

// One WSASend or WSARecv that the kernel has taken on.
struct operation : std::enable_shared_from_this<operation> {
    OVERLAPPED* overlapped = nullptr; // null: the call blocks until `done`
    HANDLE event = nullptr;
    TP_IO* io = nullptr;
    std::vector<WSABUF> buffers; // captured: the caller's array is its own again
    std::uint64_t total = 0;
    std::uint64_t moved = 0;
    std::uint32_t issuer = 0; // the thread
    bool done = false;
    DWORD code = NO_ERROR;
    bool starting = false;             // its call has not returned: whether there will be a completion is open
    bool was_missed = false;           // by a cancel
    SOCKET accepting = INVALID_SOCKET; // of an AcceptEx: the socket that the connection will be
};

using operation_list = std::deque<std::shared_ptr<operation>>;

struct connection {
    std::uint32_t id = 0;
    bool has_socket = true;

    // From the peer to us. A byte's value follows from its position: peer_byte().
    std::uint64_t written = 0;  // by the peer
    std::uint64_t arrived = 0;  // here
    std::uint64_t consumed = 0; // by receives
    bool peer_ended = false;    // the peer has said that nothing more comes
    bool end_arrived = false;

    // From us to the peer.
    std::vector<unsigned char> sent; // everything that ever left
    std::uint64_t read = 0;          // by the peer
    bool own_end = false;            // shutdown or close on our side
    bool was_thrown_away = false;    // closed so that the peer sees a reset: lingering without a time
    bool stalled = false;            // the peer does not read
    bool peer_gone = false;          // closed: what we send is answered with a reset

    bool reset = false;
    bool send_was_cut = false; // by the end of its thread, or for a reason of the system's own
    operation_list receives;
    operation_list sends;
    operation_list ending; // cancelled, and it will be told some time; their codes are set
};

// A SOCKET of either kind.
struct tcp_socket : object {
    connection* stream = nullptr; // null: not connected
    TP_IO* io = nullptr;          // not null once bound to a pool, for good
    bool non_blocking = false;
    bool skips_completions = false; // of operations that succeed at once
    bool inheritable = false;       // by child processes
    int family = AF_INET;
    int type = SOCK_STREAM;
    linger how_it_closes{};
    std::map<std::pair<int, int>, DWORD> options; // level and name; those that are one number
    HANDLE event = nullptr;                       // of WSAEventSelect, with the events that set it
    long event_mask = 0;
    long events = 0; // that have come, and that nobody has taken

    // Connecting.
    bool connecting = false;
    DWORD connect_error = NO_ERROR;
    bool refused_silently = false; // SO_ERROR does not say so
    std::uint64_t connect_end = 0; // the time at which it is known

    // What AcceptEx and ConnectEx have started: receives for which nothing ever arrives. Null before the first.
    connection* asking = nullptr;
    bool has_old_context = false; // by one of them, so that it is no connected socket to most calls

    // Listening.
    bool is_bound = false;
    std::uint16_t port = 0; // in the network's order
    bool listening = false;
    int room_asked_for = 0;
    std::uint32_t backlog = 0;
};

// The value of byte `position` of what the peer of connection `id` sends: four bytes spell both.
[[nodiscard]] unsigned char peer_byte(std::uint32_t id, std::uint64_t position) noexcept;

// ---- the peer, for tests -------------------------------------------------------------------------

// A connected pair: the SOCKET is the caller's, the connection stands for the peer.
SOCKET connect_pair(connection** peer);
void peer_write(connection& connection, std::uint32_t bytes) noexcept;
void peer_end(connection& connection) noexcept;   // sends no more, still reads
void peer_close(connection& connection) noexcept; // neither
void peer_reset(connection& connection) noexcept;
void peer_stall(connection& connection, bool stalled) noexcept;

// ---- sockets -------------------------------------------------------------------------------------

// Null if it is none.
tcp_socket* find_socket(SOCKET number) noexcept;
// A breach if it is none.
tcp_socket& socket_of(SOCKET number, const char* call) noexcept;
// A call of Winsock fails: what it returns.
int refuse(DWORD code) noexcept;
// A fresh one of the machine's.
connection& new_connection();
// What the event of WSAEventSelect is for has come.
void tell_event(tcp_socket& socket, long what) noexcept;
// Connects whose time has come end. When the next one does, or for_ever.
std::uint64_t end_connects() noexcept;

// ---- the network ---------------------------------------------------------------------------------

// One step of whatever is on its way. False: nothing is.
bool network_step();

// A thread ends, and with it every operation with an event that it issued; on Wine, perhaps, one without.
void end_operations_of_thread(std::uint32_t thread) noexcept;

// The kernel takes an operation of the socket's on. Null for the OVERLAPPED: the call blocks.
std::shared_ptr<operation> describe(const tcp_socket& socket, OVERLAPPED* overlapped);
// What an overlapped call returns for one that the system has taken on, ended or not: 0, or SOCKET_ERROR.
int taken_on(const tcp_socket& socket, operation& operation) noexcept;

// Ends what can be ended: receives from what arrived, sends into the room there is.
void progress(connection& connection) noexcept;
void end_operation(operation& ended, DWORD code, std::uint64_t bytes) noexcept;
// The call that started it returns; `succeeded_at_once` is its answer, and the result.
bool end_start(operation& started, bool succeeded_at_once, bool skips_completions) noexcept;
// All operations of both directions, now or later. True: there was one, and it was not missed.
bool cancel_all(connection& connection, DWORD code) noexcept;
// The one that this OVERLAPPED is for.
bool cancel_one(connection& connection, const OVERLAPPED* overlapped, DWORD code) noexcept;
// Our side closes, or is closed.
void close_own_end(connection& connection) noexcept;

} // namespace sim
