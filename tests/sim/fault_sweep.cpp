// Every fallible system call of every scenario fails: the first, the second, ... each once and then for
// ever, with each error code that the call distinguishes, in each generation of the API and in the library's own
// interface (own_sweep.cpp), on Windows and on Wine, with messages off and on.
//
// After each run: what was refused has been logged and its callback never came; what was accepted has
// ended once; the object can still be used once the system has recovered, closed and destroyed; nothing
// is left (the machine looks).
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include "api.hpp"
#include "core/resolve/resolver.hpp"
#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/network.hpp"
#include "simulation.hpp"
#include "sweep.hpp"

namespace sim {

void require(bool holds, const char* what)
{
    if (!holds) {
        breach("required: %s (the call that failed: %s)", what,
               the_machine().failed_call != nullptr ? the_machine().failed_call : "none");
    }
}

} // namespace sim

namespace {

using namespace sim;

std::uint32_t messages = 0; // that the library logged
bool messages_are_on = false;

ASYNC_SOCKET_COMPLETION_MODE mode_of_run = ASYNC_SOCKET_COMPLETION_DOCUMENTED;

struct tally {
    int accepted = 0;
    int ended = 0;
};

// A refused call says why.
template <typename Call>
bool call_logged(const char* what, Call call)
{
    const std::uint32_t before = messages;
    const bool good = call();
    require(good || !messages_are_on || messages != before, what);
    return good;
}

// An async socket of one generation.
class subject {
public:
    explicit subject(generation api) : api_(api) {}
    subject(const subject&) = delete;
    subject& operator=(const subject&) = delete;

    // Each may fail, and leaves nothing behind then.
    bool create_engine()
    {
        const EXECUTION_ENGINE_PARAMETERS parameters{2, 4};
        return call_logged("a refused engine is logged", [&] {
            engine_ = execution_engine_create(&parameters);
            return engine_ != nullptr;
        });
    }
    bool create()
    {
        if (api_ == generation::handle) {
            socket_ = connect_pair(&peer);
        }
        return call_logged("a refused create is logged", [&] {
            handle_ = api_ == generation::handle
                          ? async_socket_create_v1(engine_, reinterpret_cast<SOCKET_HANDLE>(socket_))
                          : async_socket_create(engine_);
            if (handle_ == nullptr && api_ == generation::handle) {
                (void)closesocket(socket_); // still the caller's
            }
            return handle_ != nullptr && async_socket_set_completion_mode(handle_, mode_of_run) == 0;
        });
    }
    bool open();
    bool send(std::uint32_t pieces);
    bool receive(std::uint32_t pieces);
    void close() { async_socket_close(handle_); }
    void destroy()
    {
        async_socket_destroy(handle_);
        handle_ = nullptr;
        drop_transport();
        require(operations.accepted == operations.ended, "what was accepted has ended once, what was refused never");
    }
    void release_engine() { execution_engine_dec_ref(engine_); }

    // With a healthy system: everything works.
    void set_up() { require(create_engine() && create() && open(), "a healthy system"); }
    void check_that_it_works();

    connection* peer = nullptr;
    tally operations;
    bool close_in_callback = false;

private:
    void drop_transport() { socket_transport_destroy(std::exchange(transport_, nullptr)); }
    void ended()
    {
        ++operations.ended;
        if (close_in_callback) {
            close_in_callback = false;
            close();
        }
    }

    const generation api_;
    EXECUTION_ENGINE_HANDLE engine_ = nullptr;
    ASYNC_SOCKET_HANDLE handle_ = nullptr;
    SOCKET_TRANSPORT_HANDLE transport_ = nullptr;
    SOCKET socket_ = INVALID_SOCKET;
    int opened_ = 0;
    std::vector<unsigned char> memory_ = std::vector<unsigned char>(16384);
    bool last_was_good_ = false;
};

bool subject::open()
{
    const auto on_open = [](void* self, ASYNC_SOCKET_OPEN_RESULT) { ++static_cast<subject*>(self)->opened_; };
    const int opened_before = opened_;
    if (api_ != generation::handle) {
        drop_transport();
        socket_ = connect_pair(&peer);
    }
    const bool good = call_logged("a refused open is logged", [&] {
        const auto socket = reinterpret_cast<SOCKET_HANDLE>(socket_);
        switch (api_) {
        case generation::handle:
            return async_socket_open_async_v1(handle_, on_open, this) == 0;
        case generation::transport:
            transport_ = socket_transport_create_from_socket(socket);
            return transport_ != nullptr && async_socket_open_async(handle_, transport_, on_open, this) == 0;
        default:
            return async_socket_open_async_v3(handle_, socket, on_open, this) == 0;
        }
    });
    require(opened_ == opened_before + (good ? 1 : 0), "open tells of success, once, and of nothing else");
    const bool is_mine = api_ == generation::current || (api_ == generation::transport && transport_ == nullptr);
    if (!good && is_mine) {
        (void)closesocket(socket_);
    }
    return good;
}

std::vector<ASYNC_SOCKET_BUFFER> cut(std::vector<unsigned char>& memory, std::uint32_t pieces)
{
    std::vector<ASYNC_SOCKET_BUFFER> array(pieces);
    for (std::uint32_t i = 0; i < pieces; ++i) {
        array[i] = {&memory[std::size_t{i} * 4], 4};
    }
    return array;
}

bool subject::send(std::uint32_t pieces)
{
    const std::vector<ASYNC_SOCKET_BUFFER> array = cut(memory_, pieces);
    const bool good = call_logged("a refused send is logged", [&] {
        return async_socket_send_async(
                   handle_, array.data(), pieces,
                   [](void* context, ASYNC_SOCKET_SEND_RESULT result) {
                       auto& self = *static_cast<subject*>(context);
                       self.last_was_good_ = result == ASYNC_SOCKET_SEND_OK;
                       self.ended();
                   },
                   this) == ASYNC_SOCKET_SEND_SYNC_OK;
    });
    operations.accepted += good ? 1 : 0;
    return good;
}

bool subject::receive(std::uint32_t pieces)
{
    std::vector<ASYNC_SOCKET_BUFFER> array = cut(memory_, pieces);
    const bool good = call_logged("a refused receive is logged", [&] {
        return async_socket_receive_async(
                   handle_, array.data(), pieces,
                   [](void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes) {
                       auto& self = *static_cast<subject*>(context);
                       self.last_was_good_ = result == ASYNC_SOCKET_RECEIVE_OK;
                       require(self.last_was_good_ == (bytes != 0), "only a good receive has bytes");
                       self.ended();
                   },
                   this) == 0;
    });
    operations.accepted += good ? 1 : 0;
    return good;
}

void subject::check_that_it_works()
{
    require(receive(2), "a receive is accepted");
    peer_write(*peer, 8);
    wait_until("the receive ends", [this] { return operations.ended == operations.accepted; });
    require(last_was_good_, "the receive succeeds");
    require(send(2), "a send is accepted");
    wait_until("the send ends", [this] { return operations.ended == operations.accepted; });
    require(last_was_good_, "the send succeeds");
}

// ---- scenarios of the async socket ------------------------------------------------------------------

void engine(generation api, zone& faulty)
{
    subject here(api);
    faulty.enter();
    const bool made = here.create_engine();
    faulty.leave();
    if (made || here.create_engine()) {
        require(here.create() && here.open(), "an engine that was made works");
        here.check_that_it_works();
        here.destroy();
        here.release_engine();
    }
}

void create(generation api, zone& faulty)
{
    subject here(api);
    require(here.create_engine(), "engine");
    faulty.enter();
    const bool made = here.create();
    faulty.leave();
    require((made || here.create()) && here.open(), "a second create works");
    here.check_that_it_works();
    here.destroy();
    here.release_engine();
}

void open(generation api, zone& faulty)
{
    subject here(api);
    require(here.create_engine() && here.create(), "create");
    faulty.enter();
    const bool opened = here.open();
    faulty.leave();
    require(opened || here.open(), "a second open works");
    here.check_that_it_works();
    here.destroy();
    here.release_engine();
}

// A socket that was created and could not be opened.
void destroy_unopened(generation api, zone& faulty)
{
    subject here(api);
    require(here.create_engine() && here.create(), "create");
    faulty.enter();
    const bool opened = here.open();
    if (opened) {
        here.close();
    }
    here.destroy();
    faulty.leave();
    here.release_engine();
}

// Sends and receives of all shapes; then, on a healthy system, close and, but for the handle
// generation, another open.
template <std::uint32_t Sends, std::uint32_t Receives, std::uint32_t Pieces>
void transfer(generation api, zone& faulty)
{
    subject here(api);
    here.set_up();
    faulty.enter();
    for (std::uint32_t i = 0; i < Sends; ++i) {
        (void)here.send(Pieces);
    }
    for (std::uint32_t i = 0; i < Receives; ++i) {
        (void)here.receive(Pieces);
        peer_write(*here.peer, 8);
    }
    sleep_ms(20);
    faulty.leave();
    here.close();
    require(here.operations.accepted == here.operations.ended, "close waits for all callbacks");
    if (api != generation::handle) {
        require(here.open(), "open again");
        here.check_that_it_works();
    }
    here.destroy();
    here.release_engine();
}

// Pending operations, issued by a thread that ends, when the faults begin; closed under faults.
template <bool Destroy>
void close_under_faults(generation api, zone& faulty)
{
    subject here(api);
    here.set_up();
    peer_stall(*here.peer, true);
    bool issued = false;
    spawn_application_thread([&] {
        require(here.send(2000) && here.receive(1) && here.receive(1), "accepted");
        issued = true;
    });
    wait_until("all is issued", [&] { return issued; });
    faulty.enter();
    sleep_ms(5);
    if (Destroy) {
        here.destroy();
    } else {
        here.close();
    }
    faulty.leave();
    here.destroy();
    here.release_engine();
}

void close_in_callback(generation api, zone& faulty)
{
    subject here(api);
    here.set_up();
    here.close_in_callback = true;
    require(here.receive(1) && here.receive(1), "accepted");
    faulty.enter();
    peer_write(*here.peer, 8);
    sleep_ms(20);
    faulty.leave();
    here.destroy();
    here.release_engine();
}

// ---- scenarios of the transport ---------------------------------------------------------------------

void connect_to(const char* host, zone& faulty)
{
    faulty.enter();
    const SOCKET_TRANSPORT_HANDLE transport = socket_transport_create_client();
    if (transport != nullptr) {
        const bool connected = call_logged("a failed connect is logged",
                                           [&] { return socket_transport_connect(transport, host, 80, 1000) == 0; });
        require(connected == socket_transport_is_valid_socket(transport), "open if connected");
    }
    faulty.leave();
    if (transport != nullptr && !socket_transport_is_valid_socket(transport)) {
        require(socket_transport_connect(transport, "a", 80, 1000) == 0, "it can be used for another try");
    }
    socket_transport_destroy(transport);
}

void connect(generation, zone& faulty)
{
    connect_to("a", faulty);
}

// One refuses, one does not answer, one answers after a while.
void connect_to_several(generation, zone& faulty)
{
    connect_to("ruw", faulty);
}

void connect_to_nobody(generation, zone& faulty)
{
    connect_to("x", faulty);
}

void listen_and_accept(generation, zone& faulty)
{
    faulty.enter();
    const SOCKET_TRANSPORT_HANDLE server = socket_transport_create_server();
    SOCKET_TRANSPORT_HANDLE accepted = nullptr;
    bool listens = false;
    if (server != nullptr) {
        listens = call_logged("a failed listen is logged", [&] { return socket_transport_listen(server, 80) == 0; });
        (void)peer_connects();
        const SOCKET_ACCEPT_RESULT result = socket_transport_accept(server, &accepted, 10);
        require((result == SOCKET_ACCEPT_OK) == (accepted != nullptr), "a handle if accepted");
        socket_transport_destroy(std::exchange(accepted, nullptr));
        (void)socket_transport_accept(server, &accepted, 10);
        socket_transport_destroy(std::exchange(accepted, nullptr));
    }
    faulty.leave();
    if (server != nullptr) {
        require(listens || socket_transport_listen(server, 80) == 0, "another try");
        require(peer_connects() && socket_transport_accept(server, &accepted, 1000) == SOCKET_ACCEPT_OK, "accepts");
    }
    socket_transport_destroy(accepted);
    socket_transport_destroy(server);
}

void blocking_transfer(generation, zone& faulty)
{
    connection* peer = nullptr;
    const SOCKET socket = connect_pair(&peer);
    faulty.enter();
    const SOCKET_TRANSPORT_HANDLE transport =
        socket_transport_create_from_socket(reinterpret_cast<SOCKET_HANDLE>(socket));
    if (transport == nullptr) {
        (void)closesocket(socket);
        return faulty.leave();
    }
    unsigned char bytes[8] = {};
    SOCKET_BUFFER piece{sizeof bytes, bytes};
    std::uint32_t moved = 0;
    const SOCKET_SEND_RESULT sent = socket_transport_send(transport, &piece, 1, &moved, 0, nullptr);
    require(sent == SOCKET_SEND_OK ? moved == sizeof bytes : sent == SOCKET_SEND_FAILED, "sent whole or failed");
    peer_write(*peer, 8);
    const SOCKET_RECEIVE_RESULT received = socket_transport_receive(transport, &piece, 1, &moved, 0, nullptr);
    require(received == SOCKET_RECEIVE_OK ? moved != 0 : received == SOCKET_RECEIVE_ERROR, "received or failed");
    faulty.leave();
    socket_transport_disconnect(transport);
    require(socket_transport_send(transport, &piece, 1, &moved, 0, nullptr) == SOCKET_SEND_ERROR, "not open");
    require(WSAGetLastError() == WSAENOTCONN, "the last error is not stale");
    socket_transport_destroy(transport);
}

void local_addresses(generation, zone& faulty)
{
    const SOCKET_TRANSPORT_HANDLE transport = socket_transport_create_client();
    char host[MAX_GET_HOST_NAME_LEN];
    LOCAL_ADDRESS* list = nullptr;
    std::uint32_t count = 0;
    faulty.enter();
    const bool found = call_logged(
        "a failure is logged", [&] { return socket_transport_get_local_address(transport, host, &list, &count) == 0; });
    faulty.leave();
    const bool no_adapter = the_machine().failed_call != nullptr; // one of the codes of GetAdaptersAddresses
    require(!found || count == (no_adapter ? 0 : 2), "both addresses");
    free_library_memory(list);
    socket_transport_destroy(transport);
}

// ---- scenarios of names

struct one_lookup : async_socket::core::name_lookup {
    one_lookup() : name_lookup(told) {}

    // How it ended, whoever said so.
    async_socket::core::ending ask(async_socket::core::resolver& by, const char* host)
    {
        const auto over = by.start(*this, {host, "80"});
        if (over) {
            return over->outcome.how;
        }
        wait_until("it ends", [this] { return has_ended; });
        return how;
    }

    bool has_ended = false;
    async_socket::core::ending how{};

private:
    static void told(name_lookup& self, async_socket::core::name_answer answer) noexcept
    {
        auto& here = static_cast<one_lookup&>(self);
        require((answer.outcome.how == async_socket::core::ending::done) == static_cast<bool>(answer.addresses),
                "addresses if found");
        const model_lock lock;
        here.how = answer.outcome.how;
        here.has_ended = true;
    }
};

// One more thread of the resolver's than there is, while the first one is busy.
void look_up(generation, zone& faulty)
{
    using async_socket::core::resolver;
    one_lookup first;
    one_lookup second;
    one_lookup third;
    faulty.enter();
    resolver* made = resolver::create({});
    if (made != nullptr) {
        const bool is_under_way = !made->start(first, {"sa", "80"});
        (void)second.ask(*made, "a");
        if (is_under_way) {
            wait_until("it ends", [&] { return first.has_ended; });
        }
    }
    faulty.leave();
    made = made != nullptr ? made : resolver::create({});
    require(third.ask(*made, "a") == async_socket::core::ending::done, "another try");
    made->close();
}

struct scenario {
    const char* name;
    bool in_each_generation;
    void (*body)(generation api, zone& faulty);
};

constexpr scenario scenarios[] = {
    {"engine", true, engine},
    {"create", true, create},
    {"open", true, open},
    {"destroy unopened", true, destroy_unopened},
    {"send", true, transfer<1, 0, 1>},
    {"sends", true, transfer<3, 0, 2>},
    {"send of many pieces", true, transfer<1, 0, 2100>},
    {"receive", true, transfer<0, 1, 1>},
    {"receives", true, transfer<0, 3, 2>},
    {"receive of many pieces", true, transfer<0, 1, 1030>},
    {"both ways", true, transfer<2, 2, 1>},
    {"close", true, close_under_faults<false>},
    {"destroy", true, close_under_faults<true>},
    {"close in a callback", true, close_in_callback},
    {"connect", false, connect},
    {"connect to several", false, connect_to_several},
    {"connect to nobody", false, connect_to_nobody},
    {"listen and accept", false, listen_and_accept},
    {"blocking transfer", false, blocking_transfer},
    {"local addresses", false, local_addresses},
    {"look up", false, look_up},
};

void run_once(const std::function<void(zone&)>& body, bool wine, zone& faulty)
{
    messages = 0;
    schedule how;
    how.seed = faulty.plan.first * 2 + (faulty.plan.for_ever ? 1 : 0);
    behaviour world;
    world.wine = wine;
    simulate(how, world, {}, [&] {
        async_socket_set_log_level(messages_are_on ? ASYNC_SOCKET_LOG_INFO : ASYNC_SOCKET_LOG_OFF);
        async_socket_set_log_callback([](ASYNC_SOCKET_LOG_LEVEL, const char* message) {
            ++messages;
            trace("log");
            (void)message;
        });
        body(faulty);
        require(messages_are_on || messages == 0, "a silent library says nothing");
        async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    });
}

// The runs of one scenario; how many there were.
std::uint32_t sweep(const std::function<void(zone&)>& body, bool wine)
{
    zone healthy;
    run_once(body, wine, healthy);
    const std::vector<std::uint32_t> codes(the_machine().codes.begin() + healthy.begin,
                                           the_machine().codes.begin() + healthy.end);
    const std::uint32_t most_codes = codes.empty() ? 0 : *std::max_element(codes.begin(), codes.end());
    std::uint32_t runs = 1;
    for (std::uint32_t call = 1; call <= codes.size(); ++call) {
        for (std::uint32_t choice = 0; choice < most_codes; ++choice) {
            zone once;
            once.plan = {call, false, choice, 0};
            run_once(body, wine, once);
            zone for_ever_after;
            for_ever_after.plan = {call, true, choice, 0};
            run_once(body, wine, for_ever_after);
            runs += 2;
        }
    }
    return runs;
}

// On Windows and on Wine.
std::uint32_t sweep_both(const std::function<void(zone&)>& body)
{
    return sweep(body, false) + sweep(body, true);
}

// In the generations that differ for it, and in both completion modes.
std::uint32_t sweep_all(const scenario& scenario)
{
    std::uint32_t runs = 0;
    for (const auto mode : {ASYNC_SOCKET_COMPLETION_DOCUMENTED, ASYNC_SOCKET_COMPLETION_FAST}) {
        mode_of_run = mode;
        for (const generation api : {generation::handle, generation::transport, generation::current}) {
            if (scenario.in_each_generation || api == generation::transport) {
                runs += sweep_both([&](zone& faulty) { scenario.body(api, faulty); });
            }
        }
    }
    return runs;
}

// With messages off and on.
std::uint32_t report(const char* name, const std::function<std::uint32_t()>& sweep_it)
{
    std::uint32_t runs = 0;
    for (const bool on : {false, true}) {
        messages_are_on = on;
        runs += sweep_it();
    }
    (void)std::printf("%-24s %5u runs\n", name, runs);
    (void)std::fflush(stdout);
    return runs;
}

} // namespace

int main(int count, char** arguments)
{
    const char* const only = count > 1 ? arguments[1] : nullptr;
    const auto is_asked_for = [only](const char* name) { return only == nullptr || std::strcmp(only, name) == 0; };
    std::uint32_t all = 0;
    for (const scenario& scenario : scenarios) {
        if (is_asked_for(scenario.name)) {
            all += report(scenario.name, [&] { return sweep_all(scenario); });
        }
    }
    for (const own_sweep_scenario& scenario : own_sweep_scenarios) {
        if (is_asked_for(scenario.name)) {
            all += report(scenario.name, [&] { return sweep_both(scenario.body); });
        }
    }
    (void)std::printf("%u runs, no breach\n", all);
    return all != 0 ? 0 : 1;
}
