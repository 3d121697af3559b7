#include "transport_workload.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <thread>

#include "c_pal/socket_transport.h"
#include "support/ending.hpp"
#include "verdict.hpp"

namespace faults {

using contract::bytes;

namespace {

constexpr std::uint32_t connect_limit_ms = 10'000;
constexpr std::size_t payload_size = std::size_t{8} << 20; // more than the system takes at once

struct destroyer {
    void operator()(SOCKET_TRANSPORT_HANDLE handle) const
    {
        const library_call inside;
        socket_transport_destroy(handle);
    }
};
using transport = std::unique_ptr<SOCKET_TRANSPORT_TAG, destroyer>;

// 0 without a socket.
std::uint16_t port_of(int socket, bool own)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    auto* const place = reinterpret_cast<sockaddr*>(&address);
    if ((own ? getsockname(socket, place, &size) : getpeername(socket, place, &size)) != 0) {
        return 0;
    }
    return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                               : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

std::uint16_t port_of(const transport& handle, bool own)
{
    return port_of(socket_transport_get_underlying_socket(handle.get()), own);
}

void require_closed(const transport& handle, verdict& found)
{
    found.require(!socket_transport_is_valid_socket(handle.get()), "open after a failure");
    found.require(socket_transport_get_underlying_socket(handle.get()) == -1, "a socket after a failure");
}

template <typename Create>
transport create(Create made, verdict& found)
{
    transport handle;
    (void)found.works_at_last("create", [&] {
        const library_call inside;
        handle.reset(made());
        return handle != nullptr;
    });
    return handle;
}

bool listen(const transport& server, verdict& found)
{
    return found.works_at_last("listen", [&] {
        int result = 0;
        {
            const library_call inside;
            result = socket_transport_listen(server.get(), 0);
        }
        if (result != 0) {
            require_closed(server, found);
        }
        return result == 0;
    });
}

bool connect(const transport& client, std::uint16_t port, verdict& found)
{
    int result = 0;
    {
        const library_call inside;
        result = socket_transport_connect(client.get(), "127.0.0.1", port, connect_limit_ms);
    }
    if (result != 0) {
        require_closed(client, found);
    }
    return result == 0;
}

void expect_nobody(const transport& server, verdict& found)
{
    (void)found.works_at_last("accept of nobody", [&] {
        const library_call inside;
        SOCKET_TRANSPORT_HANDLE nobody = nullptr;
        const SOCKET_ACCEPT_RESULT result = socket_transport_accept(server.get(), &nobody, 1);
        const test_call outside;
        found.require(nobody == nullptr, "somebody without a connection");
        return result == SOCKET_ACCEPT_NO_CONNECTION;
    });
}

// The other end of the client's connection: earlier ones may be there, of attempts that failed late.
transport accept(const transport& server, const transport& client)
{
    const std::uint16_t wanted = port_of(client, true);
    for (;;) {
        transport accepted;
        {
            const library_call inside;
            SOCKET_TRANSPORT_HANDLE next = nullptr;
            (void)socket_transport_accept(server.get(), &next, connect_limit_ms);
            accepted.reset(next);
        }
        if (!accepted || port_of(accepted, false) == wanted) {
            return accepted;
        }
    }
}

// Null if that does not work. One attempt for both ends: an accept without memory loses the connection.
transport connect_pair(const transport& server, const transport& client, verdict& found)
{
    const std::uint16_t port = port_of(server, true);
    transport accepted;
    (void)found.works_at_last("a connection", [&] {
        {
            const library_call inside;
            socket_transport_disconnect(client.get());
        }
        if (!connect(client, port, found)) {
            return false;
        }
        accepted = accept(server, client);
        return accepted != nullptr;
    });
    return accepted;
}

// What a receiving thread sees until the end of the stream. A receive that fails may be asked again.
class reader {
public:
    reader(const transport& from, verdict& found) : from_(from), found_(found), thread_([this] { run(); }) {}
    ~reader() { join(); }
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

    void join()
    {
        if (thread_.joinable()) {
            thread_.join();
        }
    }
    [[nodiscard]] const bytes& seen() const { return seen_; }

private:
    void run()
    {
        const test_call outside;
        while (receive_some()) {
        }
    }
    bool receive_some()
    {
        bytes memory(100'000);
        SOCKET_BUFFER pieces[] = {{50'000, memory.data()}, {50'000, memory.data() + 50'000}};
        std::uint32_t received = 0;
        const bool works = found_.works_at_last("receive", [&] {
            const library_call inside;
            return socket_transport_receive(from_.get(), pieces, 2, &received, 0, nullptr) == SOCKET_RECEIVE_OK;
        });
        seen_.insert(seen_.end(), memory.begin(), memory.begin() + received);
        return works && received != 0;
    }

    const transport& from_;
    verdict& found_;
    bytes seen_;
    std::thread thread_;
};

// All of it, or an error that says why and a stream that ends early.
bool send(const transport& from, bytes& payload, verdict& found)
{
    const auto half = static_cast<std::uint32_t>(payload.size() / 2);
    const SOCKET_BUFFER pieces[] = {{half, payload.data()}, {half, payload.data() + half}};
    std::uint32_t sent = 0;
    SOCKET_SEND_RESULT result = SOCKET_SEND_OK;
    int error = 0;
    {
        const library_call inside;
        errno = 0;
        result = socket_transport_send(from.get(), pieces, 2, &sent, 0, nullptr);
        error = errno;
    }
    if (result == SOCKET_SEND_OK) {
        found.require(sent == payload.size(), "sent all, but the count is another");
        return true;
    }
    found.require(has_struck() && result == SOCKET_SEND_FAILED, "a send fails without a fault");
    found.require(error != 0 && error != EAGAIN && error != EINTR, "a send fails without a clear error");
    return false;
}

void talk(const transport& from, const transport& to, verdict& found)
{
    // Made once, for a sanitizer takes long over it. Nobody writes to it.
    static bytes payload = contract::pattern(payload_size, 3);
    verdict read;
    reader reading(to, read);
    const bool all_sent = send(from, payload, found);
    {
        const library_call inside;
        socket_transport_disconnect(from.get());
    }
    reading.join();
    found.require(read.text().empty(), read.text());
    const bytes& seen = reading.seen();
    found.require(seen.size() <= payload.size() && std::equal(seen.begin(), seen.end(), payload.begin()),
                  "received what was not sent");
    found.require(!all_sent || seen.size() == payload.size(), "sent all, but not all was received");
    require_closed(from, found);
}

// A disconnect ends a receive that has nothing to receive; with SO_LINGER at 0 seconds it resets.
void end_a_receive(const transport& from, bool resets, verdict& found)
{
    const linger abrupt{1, 0};
    if (resets) {
        (void)setsockopt(socket_transport_get_underlying_socket(from.get()), SOL_SOCKET, SO_LINGER, &abrupt,
                         sizeof abrupt);
    }
    SOCKET_RECEIVE_RESULT result = SOCKET_RECEIVE_OK;
    std::atomic<bool> has_returned{false};
    const std::uint32_t waits_before = calls_of("poll");
    std::thread waiting([&] {
        const library_call inside;
        unsigned char byte = 0;
        SOCKET_BUFFER piece{1, &byte};
        result = socket_transport_receive(from.get(), &piece, 1, nullptr, 0, nullptr);
        has_returned = true;
    });
    found.require(contract::becomes_true([&] { return has_returned || calls_of("poll") != waits_before; }),
                  "a receive without bytes neither waits nor fails");
    found.require(contract::ends_within(contract::ending_limit,
                                        [&] {
                                            const library_call inside;
                                            socket_transport_disconnect(from.get());
                                        }),
                  "a disconnect takes too long");
    waiting.join();
    found.require(result == SOCKET_RECEIVE_ERROR, "a receive survives the disconnect");
}

void ask_for_addresses(const transport& any, verdict& found)
{
    (void)found.works_at_last("local addresses", [&] {
        const library_call inside;
        char name[MAX_GET_HOST_NAME_LEN];
        LOCAL_ADDRESS* list = nullptr;
        std::uint32_t count = 0;
        const int result = socket_transport_get_local_address(any.get(), name, &list, &count);
        std::free(list);
        return result == 0;
    });
}

} // namespace

std::string run_transport_workload()
{
    const test_call outside;
    verdict found;
    const transport server = create(socket_transport_create_server, found);
    const transport client = create(socket_transport_create_client, found);
    if (!server || !client || !listen(server, found)) {
        return found.text();
    }
    expect_nobody(server, found);
    ask_for_addresses(client, found);
    for (const bool resets : {false, true}) {
        if (const transport accepted = connect_pair(server, client, found)) {
            end_a_receive(client, resets, found);
        }
    }
    if (const transport accepted = connect_pair(server, client, found)) {
        talk(client, accepted, found);
    }
    return found.text();
}

} // namespace faults
