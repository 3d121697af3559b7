// A transport that listens and accepts.
#include "api.hpp"
#include "message_log.hpp"
#include "model/connection.hpp"
#include "model/network.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

class server {
public:
    server() : handle_(socket_transport_create_server()) {}
    ~server() { socket_transport_destroy(handle_); }
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    [[nodiscard]] SOCKET_TRANSPORT_HANDLE handle() const { return handle_; }
    server& listening()
    {
        require(socket_transport_listen(handle_, 80) == 0, "listens");
        return *this;
    }
    [[nodiscard]] SOCKET_ACCEPT_RESULT accept(std::uint32_t timeout_ms)
    {
        SOCKET_TRANSPORT_HANDLE accepted = nullptr;
        const SOCKET_ACCEPT_RESULT result = socket_transport_accept(handle_, &accepted, timeout_ms);
        require((result == SOCKET_ACCEPT_OK) == (accepted != nullptr), "a handle if accepted");
        if (accepted != nullptr) {
            const SOCKET_HANDLE socket = socket_transport_get_underlying_socket(accepted);
            const auto* const found = the_machine().handles.find<tcp_socket>(reinterpret_cast<HANDLE>(socket));
            const bool is_handle = !the_machine().how.layered_provider;
            require(found != nullptr && found->inheritable != is_handle, "no child process inherits what is a handle");
            require(found != nullptr && !found->non_blocking && found->event == nullptr, "a plain one");
        }
        socket_transport_destroy(accepted);
        return result;
    }

private:
    SOCKET_TRANSPORT_HANDLE handle_;
};

// The calls of listen that fail here, counted from its first: an event, a socket and its option, the option
// for both families, bind. Then, for IPv4 alone: a socket, its option, bind.
constexpr std::uint32_t first_socket = 2;
constexpr std::uint32_t first_bind = 5;
constexpr std::uint32_t second_bind = 8;
constexpr std::uint32_t address_is_taken = 0;
constexpr std::uint32_t there_is_no_ipv6 = 2;

void it_accepts_who_has_connected()
{
    server here;
    here.listening();
    require(peer_connects() && peer_connects(), "two peers");
    require(here.accept(0) == SOCKET_ACCEPT_OK && here.accept(0) == SOCKET_ACCEPT_OK, "both are accepted");
    require(here.accept(0) == SOCKET_ACCEPT_NO_CONNECTION, "without waiting for a third");
}

void it_waits_for_a_peer()
{
    server here;
    here.listening();
    require(here.accept(20) == SOCKET_ACCEPT_NO_CONNECTION, "nobody came");
    spawn_application_thread([] {
        sleep_ms(20);
        require(peer_connects(), "one comes");
    });
    require(here.accept(1000) == SOCKET_ACCEPT_OK, "it is accepted");
}

// Wine was seen to leave two threads waiting although peers had connected.
void it_looks_again_when_the_news_of_a_peer_is_lost()
{
    server here;
    here.listening();
    spawn_application_thread([] {
        sleep_ms(20);
        require(peer_connects(true), "one comes");
    });
    require(here.accept(1000) == SOCKET_ACCEPT_OK, "it is accepted");
}

void a_disconnect_ends_an_accept()
{
    server here;
    here.listening();
    bool ended = false;
    spawn_application_thread([&] {
        const message_log log(ASYNC_SOCKET_LOG_WARNING);
        require(here.accept(INFINITE) == SOCKET_ACCEPT_ERROR, "nobody was accepted");
        require(log.count() == 0, "no reason for a warning");
        ended = true;
    });
    sleep_ms(20);
    socket_transport_disconnect(here.handle());
    wait_until("the accept ends", [&] { return ended; });
    require(here.accept(0) == SOCKET_ACCEPT_ERROR, "it does not listen any more");
    require(socket_transport_listen(here.handle(), 80) == 0, "but can again");
}

void the_systems_errors_are_told()
{
    server here;
    here.listening();
    // The third, a reset, is the end of that peer alone. The first and the last pass: it tries again.
    const SOCKET_ACCEPT_RESULT expected[] = {SOCKET_ACCEPT_OK, SOCKET_ACCEPT_INPROGRESS, SOCKET_ACCEPT_OK,
                                             SOCKET_ACCEPT_OK};
    for (std::uint32_t choice = 0; choice < 4; ++choice) {
        require(peer_connects(), "a peer");
        the_machine().faults = {the_machine().fallible_calls + 1, false, choice, 0};
        const message_log log(ASYNC_SOCKET_LOG_WARNING);
        require(here.accept(10) == expected[choice], "the error in our words");
        require((log.last() == "socket_transport_accept: error 10036 (words for 10036)") ==
                    (expected[choice] == SOCKET_ACCEPT_INPROGRESS),
                "a warning, if that ended it");
    }
    the_machine().faults = {};
}

// It waits for handles or memory as long as it may, and says so once.
void it_waits_for_room()
{
    for (const std::uint32_t choice : {0U, 3U}) {
        const message_log log(ASYNC_SOCKET_LOG_WARNING);
        server here;
        here.listening();
        require(peer_connects(), "a peer");
        the_machine().faults = {1, true, choice, 0, 0, "accept"};
        require(here.accept(0) == SOCKET_ACCEPT_PORT_EXHAUSTION, "no room");
        const ULONGLONG begin = GetTickCount64();
        std::uint32_t asked_before = the_machine().fallible_calls;
        require(here.accept(60) == SOCKET_ACCEPT_PORT_EXHAUSTION, "still none");
        require(the_machine().fallible_calls - asked_before >= 7, "it asks soon and again,");
        asked_before = the_machine().fallible_calls;
        require(here.accept(1000) == SOCKET_ACCEPT_PORT_EXHAUSTION, "still none");
        require(the_machine().fallible_calls - asked_before <= 30, "and then less often");
        require(GetTickCount64() - begin >= 1060, "it has waited");
        require(log.count() == 1, "one warning");
        spawn_application_thread([] {
            sleep_ms(200);
            the_machine().faults = {};
        });
        require(here.accept(1000) == SOCKET_ACCEPT_OK, "the connection has waited too");
        require(log.count() == 1, "not another one");
    }
}

void a_disconnect_ends_a_wait_for_room()
{
    server here;
    here.listening();
    require(peer_connects(), "a peer");
    the_machine().faults = {1, true, 3, 0, 0, "accept"};
    bool ended = false;
    spawn_application_thread([&] {
        require(here.accept(INFINITE) == SOCKET_ACCEPT_ERROR, "nobody was accepted");
        ended = true;
    });
    sleep_ms(200);
    socket_transport_disconnect(here.handle());
    wait_until("the accept ends", [&] { return ended; });
    the_machine().faults = {};
}

void what_cannot_be_made_plain_is_not_accepted()
{
    for (std::uint32_t call = 3; call <= 5; ++call) { // WSAEventSelect, ioctlsocket, memory
        server here;
        here.listening();
        require(peer_connects(), "a peer");
        the_machine().faults = {the_machine().fallible_calls + call, false, 0, 0};
        require(here.accept(10) == SOCKET_ACCEPT_ERROR, "an error");
        the_machine().faults = {};
    }
}

// Its sockets are no handles, so nothing can be said of whether they are inherited: they are accepted, and connected.
void sockets_of_a_layered_provider_are_as_good()
{
    the_machine().how.layered_provider = true;
    server here;
    here.listening();
    require(peer_connects(), "a peer");
    require(here.accept(10) == SOCKET_ACCEPT_OK, "is accepted");
}

void without_ipv6_it_listens_on_ipv4()
{
    server here;
    the_machine().faults = {the_machine().fallible_calls + first_bind, false, there_is_no_ipv6, 0};
    here.listening();
    the_machine().faults = {};
    require(peer_connects() && here.accept(10) == SOCKET_ACCEPT_OK, "and accepts");
}

// Handles or memory; the first choice of WSASocketW and the second.
void what_is_out_for_a_moment_is_not_taken_for_no_ipv6()
{
    for (const std::uint32_t choice : {0U, 1U}) {
        server here;
        the_machine().faults = {the_machine().fallible_calls + first_socket, false, choice, 0};
        require(socket_transport_listen(here.handle(), 80) != 0, "refused, and does not listen on IPv4 alone");
        the_machine().faults = {};
        here.listening();
    }
}

void a_port_that_is_taken_is_refused()
{
    server here;
    the_machine().faults = {the_machine().fallible_calls + first_bind, false, address_is_taken, 0};
    require(socket_transport_listen(here.handle(), 80) != 0, "not both families, so none");
    the_machine().faults = {the_machine().fallible_calls + first_bind, true, there_is_no_ipv6, 0};
    require(socket_transport_listen(here.handle(), 80) != 0, "nothing works");
    the_machine().faults = {};
    require(!socket_transport_is_valid_socket(here.handle()), "it does not listen");
    here.listening();
}

void neither_family_can_be_bound()
{
    server here;
    const std::uint32_t before = the_machine().fallible_calls;
    the_machine().faults = {before + first_bind, false, there_is_no_ipv6, 0, before + second_bind};
    require(socket_transport_listen(here.handle(), 80) != 0, "refused");
    the_machine().faults = {};
}

void it_listens_once()
{
    server here;
    here.listening();
    require(socket_transport_listen(here.handle(), 80) != 0, "already listening");
    require(peer_connects() && here.accept(10) == SOCKET_ACCEPT_OK, "and still is");
}

void what_is_no_server_is_refused()
{
    server here;
    SOCKET_TRANSPORT_HANDLE accepted = nullptr;
    const SOCKET_TRANSPORT_HANDLE client = socket_transport_create_client();
    require(socket_transport_listen(nullptr, 80) != 0 && socket_transport_listen(client, 80) != 0, "listen");
    require(socket_transport_accept(nullptr, &accepted, 0) == SOCKET_ACCEPT_ERROR, "accept of NULL");
    require(socket_transport_accept(client, &accepted, 0) == SOCKET_ACCEPT_ERROR, "accept of a client");
    require(socket_transport_accept(here.handle(), nullptr, 0) == SOCKET_ACCEPT_ERROR, "accept into nothing");
    require(here.accept(0) == SOCKET_ACCEPT_ERROR, "accept without listening");
    require(socket_transport_connect(here.handle(), "a", 80, 10) != 0, "connect of a server");
    socket_transport_destroy(client);
}

} // namespace

const std::vector<scenario> listener_scenarios = {
    {"it_accepts_who_has_connected", it_accepts_who_has_connected},
    {"it_waits_for_a_peer", it_waits_for_a_peer},
    {"it_looks_again_when_the_news_of_a_peer_is_lost", it_looks_again_when_the_news_of_a_peer_is_lost},
    {"a_disconnect_ends_an_accept", a_disconnect_ends_an_accept},
    {"the_systems_errors_are_told", the_systems_errors_are_told},
    {"it_waits_for_room", it_waits_for_room},
    {"a_disconnect_ends_a_wait_for_room", a_disconnect_ends_a_wait_for_room},
    {"what_cannot_be_made_plain_is_not_accepted", what_cannot_be_made_plain_is_not_accepted},
    {"sockets_of_a_layered_provider_are_as_good", sockets_of_a_layered_provider_are_as_good},
    {"without_ipv6_it_listens_on_ipv4", without_ipv6_it_listens_on_ipv4},
    {"what_is_out_for_a_moment_is_not_taken_for_no_ipv6", what_is_out_for_a_moment_is_not_taken_for_no_ipv6},
    {"a_port_that_is_taken_is_refused", a_port_that_is_taken_is_refused},
    {"neither_family_can_be_bound", neither_family_can_be_bound},
    {"it_listens_once", it_listens_once},
    {"what_is_no_server_is_refused", what_is_no_server_is_refused},
};

} // namespace sim
