// WSASend, WSARecv, CancelIoEx, closesocket.
#include <algorithm>

#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/event.hpp"
#include "model/machine.hpp"
#include "model/thread.hpp"

namespace sim {

namespace {

constexpr DWORD most_buffers_on_wine = 1024;
constexpr std::uint32_t pass = 0; // the checks of a call found nothing

std::uint64_t bytes_in(const WSABUF* buffers, DWORD count) noexcept
{
    std::uint64_t sum = 0;
    for (DWORD i = 0; i < count; ++i) {
        sum += buffers[i].len;
    }
    return sum;
}

std::shared_ptr<operation> describe(const tcp_socket& socket, const WSABUF* buffers, DWORD count,
                                    OVERLAPPED* overlapped)
{
    std::shared_ptr<operation> fresh = describe(socket, overlapped);
    fresh->buffers.assign(buffers, buffers + count);
    fresh->total = bytes_in(buffers, count);
    return fresh;
}

// Of a connection that the peer has reset.
DWORD code_of_refusal() noexcept
{
    return the_machine().how.resets_are_aborts ? WSAECONNABORTED : WSAECONNRESET;
}

DWORD send_error(const connection& connection) noexcept
{
    if (connection.own_end) {
        return WSAESHUTDOWN;
    }
    return connection.reset ? code_of_refusal() : pass;
}

bool is_wine_8() noexcept
{
    return the_machine().how.wine && the_machine().how.wine_version == 8;
}

// Wine 8 lets a receive after a reset succeed with 0 bytes.
DWORD receive_error(const connection& connection) noexcept
{
    return connection.reset && !is_wine_8() ? code_of_refusal() : pass;
}

int wait_until_done(operation& blocking, LPDWORD moved) noexcept
{
    while (!blocking.done) {
        (void)wait(&blocking, for_ever);
    }
    if (blocking.code != NO_ERROR) {
        *moved = 0; // also where bytes were moved before the cancel
        return refuse(blocking.code == ERROR_OPERATION_ABORTED ? blocking.code : DWORD{WSAEINVAL});
    }
    *moved = static_cast<DWORD>(blocking.moved);
    disturb_last_error();
    return 0;
}

// The same, of a call that has room for the number of bytes.
int taken_on(const tcp_socket& socket, operation& operation, LPDWORD moved) noexcept
{
    const std::uint64_t bytes = operation.moved;
    const int result = sim::taken_on(socket, operation);
    if (result == 0 && moved != nullptr) {
        *moved = static_cast<DWORD>(bytes);
    }
    return result;
}

struct request {
    const char* call;
    const char* completes; // the fault of the completion
    tcp_socket& socket;
    LPWSABUF buffers;
    DWORD count;
    LPDWORD moved;
    OVERLAPPED* overlapped;
};

int start(const request& asked, operation_list& list)
{
    machine& here = the_machine();
    connection& connection = *asked.socket.stream;
    const std::shared_ptr<operation> started = describe(asked.socket, asked.buffers, asked.count, asked.overlapped);
    if (asked.overlapped == nullptr) {
        list.push_back(started);
        progress(connection);
        return wait_until_done(*started, asked.moved);
    }
    if (asked.count > most_buffers_on_wine && here.how.wine) {
        end_operation(*started, ERROR_MORE_DATA, 0xDDDD); // fails, and completes all the same
        (void)end_start(*started, false, false);
        return refuse(WSAEMSGSIZE);
    }
    const DWORD code = fault(asked.completes, {ERROR_NETNAME_DELETED, ERROR_OPERATION_ABORTED, ERROR_CONNECTION_ABORTED,
                                               error_handles_closed, ERROR_NO_SYSTEM_RESOURCES, error_alerted,
                                               ERROR_SEM_TIMEOUT, ERROR_HOST_UNREACHABLE});
    if (code != 0) {
        end_operation(*started, code, 0);
    } else {
        list.push_back(started);
        progress(connection);
    }
    return taken_on(asked.socket, *started, asked.moved);
}

DWORD common_error(const tcp_socket& socket, const char* call, const void* overlapped) noexcept
{
    if (socket.stream == nullptr) {
        return WSAENOTCONN;
    }
    if (socket.has_old_context) {
        breach("%s: the socket was connected by AcceptEx or ConnectEx, and not told so", call);
    }
    if (overlapped == nullptr && socket.non_blocking) {
        return WSAEWOULDBLOCK;
    }
    return fault(call, {WSAECONNRESET, WSAENOBUFS, WSAECONNABORTED, WSAENETDOWN});
}

// SO_LINGER {1, n}: the close blocks until the peer has read everything, for n seconds.
void linger_over(const connection& closing, const linger& how) noexcept
{
    static const char nobody_wakes_it = 0;
    const std::uint64_t end = now_ms() + (how.l_onoff != 0 ? std::uint64_t{1000} * how.l_linger : 0);
    while (!closing.reset && closing.read < closing.sent.size() && now_ms() < end) {
        (void)wait(&nobody_wakes_it, std::min(end, now_ms() + 10));
    }
}

} // namespace

std::shared_ptr<operation> describe(const tcp_socket& socket, OVERLAPPED* overlapped)
{
    auto fresh = std::make_shared<operation>();
    fresh->overlapped = overlapped;
    fresh->issuer = self().id;
    publish(fresh.get());
    if (overlapped == nullptr) {
        return fresh;
    }
    overlapped->Internal = STATUS_PENDING;
    fresh->event = overlapped->hEvent;
    fresh->io = socket.io;
    fresh->starting = true;
    if (socket.io != nullptr) { // otherwise the OVERLAPPED is the test's own
        the_machine().overlapped_in_use.push_back(overlapped);
        io_accept(*socket.io);
    }
    if (fresh->event != nullptr) {
        event* const event = the_machine().handles.find<sim::event>(fresh->event);
        if (event == nullptr) {
            breach("the event of an operation is closed");
        }
        ++event->operations;
        event->is_set = false;
    }
    return fresh;
}

int taken_on(const tcp_socket& socket, operation& operation) noexcept
{
    machine& here = the_machine();
    const bool at_once = operation.done && operation.code == NO_ERROR && !here.dice.one_in(here.how.pends_one_in);
    if (end_start(operation, at_once, socket.skips_completions)) {
        disturb_last_error();
        return 0;
    }
    return refuse(WSA_IO_PENDING);
}

} // namespace sim

using namespace sim;

int WSASend(SOCKET number, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags, LPOVERLAPPED overlapped,
            void* routine)
{
    const system_call here("WSASend", number, bytes_in(buffers, count));
    tcp_socket& socket = socket_of(number, "WSASend");
    if (flags != 0 || routine != nullptr || count == 0) { // 01_061
        breach("WSASend: flags, a routine or no buffers");
    }
    DWORD error = common_error(socket, "WSASend", overlapped);
    if (error == pass) {
        error = send_error(*socket.stream);
    }
    if (error != pass) {
        return refuse(error);
    }
    return start({"WSASend", "send completes", socket, buffers, count, sent, overlapped}, socket.stream->sends);
}

int WSARecv(SOCKET number, LPWSABUF buffers, DWORD count, LPDWORD received, LPDWORD flags, LPOVERLAPPED overlapped,
            void* routine)
{
    const system_call here("WSARecv", number, bytes_in(buffers, count));
    tcp_socket& socket = socket_of(number, "WSARecv");
    if (flags == nullptr || *flags != 0 || routine != nullptr || count == 0) { // 01_082
        breach("WSARecv: flags, a routine or no buffers");
    }
    *flags = 0; // a result, too: nothing special about what comes
    DWORD error = common_error(socket, "WSARecv", overlapped);
    if (error == pass) {
        error = receive_error(*socket.stream);
    }
    if (error != pass) {
        return refuse(error);
    }
    if (socket.stream->reset) { // Wine 8
        socket.stream->end_arrived = true;
        socket.stream->consumed = socket.stream->arrived;
        const auto ended = describe(socket, buffers, count, overlapped);
        end_operation(*ended, NO_ERROR, 0);
        return overlapped == nullptr ? wait_until_done(*ended, received) : taken_on(socket, *ended, received);
    }
    return start({"WSARecv", "receive completes", socket, buffers, count, received, overlapped},
                 socket.stream->receives);
}

BOOL CancelIoEx(HANDLE file, LPOVERLAPPED overlapped)
{
    const system_call here("CancelIoEx", reinterpret_cast<std::uintptr_t>(file));
    self().was_in_kernel = true;
    tcp_socket& socket = socket_of(reinterpret_cast<SOCKET>(file), "CancelIoEx");
    bool found = false;
    for (connection* const each : {socket.stream, socket.asking}) {
        found = (each != nullptr && (overlapped != nullptr ? cancel_one(*each, overlapped, ERROR_OPERATION_ABORTED)
                                                           : cancel_all(*each, ERROR_OPERATION_ABORTED))) ||
                found;
    }
    if (!found && !is_wine_8()) {
        fail_with(ERROR_NOT_FOUND);
        return FALSE;
    }
    disturb_last_error();
    return TRUE;
}

BOOL SetFileCompletionNotificationModes(HANDLE file, UCHAR flags)
{
    const system_call here("SetFileCompletionNotificationModes", reinterpret_cast<std::uintptr_t>(file), flags);
    tcp_socket& socket = socket_of(reinterpret_cast<SOCKET>(file), "SetFileCompletionNotificationModes");
    if (const DWORD code = fault("SetFileCompletionNotificationModes", {ERROR_INVALID_FUNCTION})) {
        fail_with(code);
        return FALSE;
    }
    socket.skips_completions = socket.skips_completions || (flags & FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0;
    disturb_last_error();
    return TRUE;
}

int closesocket(SOCKET number)
{
    const system_call here("closesocket", number);
    tcp_socket& socket = socket_of(number, "closesocket");
    if (socket.stream != nullptr) {
        linger_over(*socket.stream, socket.how_it_closes);
        socket.stream->was_thrown_away = socket.how_it_closes.l_onoff != 0 && socket.how_it_closes.l_linger == 0;
        close_own_end(*socket.stream);
    }
    if (socket.asking != nullptr) {
        close_own_end(*socket.asking);
    }
    (void)the_machine().handles.remove(reinterpret_cast<HANDLE>(number));
    disturb_last_error();
    return 0;
}
