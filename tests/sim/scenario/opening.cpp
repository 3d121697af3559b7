// When an async socket can be opened, and with what.
#include "async_end.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

// 01_015, 01_023: also from inside its own open callback.
void it_can_be_open_once_at_a_time()
{
    for (const generation api : {generation::handle, generation::transport, generation::current}) {
        async_end here(api);
        const auto open_again = [&here] {
            const auto must_not = [](void*, ASYNC_SOCKET_OPEN_RESULT) { require(false, "it is open already"); };
            connection* peer = nullptr;
            const SOCKET other = here.api == generation::handle ? INVALID_SOCKET : connect_pair(&peer);
            const auto number = reinterpret_cast<SOCKET_HANDLE>(other);
            SOCKET_TRANSPORT_HANDLE transport = nullptr;
            int result = 0;
            switch (here.api) {
            case generation::handle:
                result = async_socket_open_async_v1(here.handle, must_not, nullptr);
                break;
            case generation::transport:
                transport = socket_transport_create_from_socket(number);
                result = async_socket_open_async(here.handle, transport, must_not, nullptr);
                socket_transport_destroy(transport);
                break;
            case generation::current:
                result = async_socket_open_async_v3(here.handle, number, must_not, nullptr);
                (void)closesocket(other);
                break;
            }
            require(result != 0, "it is open");
        };
        here.in_callback = open_again;
        here.opened();
        here.in_callback = nullptr;
        open_again();
        require(here.receive(4) == 0, "and stays so");
    }
}

// 42_008: the handle generation's only socket is gone after a close; the others take a fresh connection.
void it_can_be_opened_again()
{
    for (const generation api : {generation::handle, generation::transport, generation::current}) {
        async_end here(api);
        here.opened().close();
        require(here.open() == (api != generation::handle), "42_008");
    }
}

// A transport that is not open is no connection.
void a_disconnected_transport_cannot_be_opened()
{
    const async_end here(generation::transport);
    connection* peer = nullptr;
    const SOCKET_TRANSPORT_HANDLE transport =
        socket_transport_create_from_socket(reinterpret_cast<SOCKET_HANDLE>(connect_pair(&peer)));
    socket_transport_disconnect(transport);
    const auto must_not = [](void*, ASYNC_SOCKET_OPEN_RESULT) { require(false, "there is no connection"); };
    require(async_socket_open_async(here.handle, transport, must_not, nullptr) != 0, "refused");
    socket_transport_destroy(transport);
}

// A socket can be bound to one pool, once; a refused one is still the caller's.
void a_socket_cannot_be_opened_twice()
{
    async_end here(generation::current);
    here.opened();
    const async_end other(generation::current);
    const auto must_not = [](void*, ASYNC_SOCKET_OPEN_RESULT) { require(false, "it is bound already"); };
    require(async_socket_open_async_v3(other.handle, reinterpret_cast<SOCKET_HANDLE>(here.socket), must_not, nullptr) !=
                0,
            "refused");
    require(here.receive(4) == 0, "the first is as it was");
}

// What is no byte stream is refused, and still the caller's.
void a_datagram_socket_cannot_be_opened()
{
    const auto must_not = [](void*, ASYNC_SOCKET_OPEN_RESULT) { require(false, "it is no byte stream"); };
    const SOCKET datagrams = WSASocketW(AF_INET, SOCK_DGRAM, 0, nullptr, 0, WSA_FLAG_OVERLAPPED);
    const auto number = reinterpret_cast<SOCKET_HANDLE>(datagrams);
    const async_end here(generation::current);
    require(async_socket_open_async_v3(here.handle, number, must_not, nullptr) != 0, "by handle");
    const async_end by_transport(generation::transport);
    const SOCKET_TRANSPORT_HANDLE transport = socket_transport_create_from_socket(number);
    require(async_socket_open_async(by_transport.handle, transport, must_not, nullptr) != 0, "by transport");
    socket_transport_destroy(transport); // closes it
}

} // namespace

const std::vector<scenario> opening_scenarios = {
    {"it_can_be_open_once_at_a_time", it_can_be_open_once_at_a_time},
    {"it_can_be_opened_again", it_can_be_opened_again},
    {"a_disconnected_transport_cannot_be_opened", a_disconnected_transport_cannot_be_opened},
    {"a_socket_cannot_be_opened_twice", a_socket_cannot_be_opened_twice},
    {"a_datagram_socket_cannot_be_opened", a_datagram_socket_cannot_be_opened},
};

} // namespace sim
