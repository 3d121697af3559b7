// sim_first_use: what the library sets up once in a process (Winsock, two thread-local slots), and what ends the
// process. Each run has a process of its own, so that it is the first to use the library.
#include <cstdio>
#include <cstring>

#include <sys/wait.h>
#include <unistd.h>

#include "api.hpp"
#include "async_socket/connect.h"
#include "async_socket/engine.h"
#include "async_socket/engine_end.h"
#include "async_socket/listener.h"
#include "async_socket/resolve.h"
#include "async_socket/statistics.h"
#include "async_socket/stream.h"
#include "core/connect/attempt.hpp"
#include "core/platform/system_address.hpp"
#include "core/resolve/resolver.hpp"
#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/module.hpp"
#include "scenario/async_end.hpp"
#include "scenario/message_log.hpp"
#include "scenario/requirement.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

// Destroyed after the library's static objects, which give back what a module must not leave behind.
struct last_look {
    bool is_unloaded = false;
    ~last_look()
    {
        if (is_unloaded && slots_in_use() != 0) {
            (void)std::fprintf(stderr, "%u slots are left\n", slots_in_use());
            _exit(1);
        }
    }
};
__attribute__((init_priority(101))) last_look last;

// Of each thread: its callbacks, its number, its turn.
constexpr std::size_t slots_of_the_library = 3;

// The next call that can fail does.
void fail_next_call()
{
    the_machine().faults = {the_machine().fallible_calls + 1, false, 0, 0};
}

void require_failed_call(const char* name)
{
    require(std::strcmp(the_machine().failed_call, name) == 0, name);
}

void require_that_it_works()
{
    the_machine().faults = {};
    async_end here(generation::transport);
    here.opened();
    require(here.send(8) == ASYNC_SOCKET_SEND_SYNC_OK, "send starts");
    here.wait_for_sends(1);
    require(here.send_result == ASYNC_SOCKET_SEND_OK, "sent");
}

void winsock_does_not_start(const message_log& log)
{
    fail_next_call();
    require(async_socket::core::resolver::create({}) == nullptr, "no resolver without Winsock");
    require_failed_call("WSAStartup");
    fail_next_call();
    require(socket_transport_create_client() == nullptr, "no transport without Winsock");
    require_failed_call("WSAStartup");
    fail_next_call();
    const as_address address = async_socket::backend::address_of({AS_IPV4, 80, 0, {127, 0, 0, 1}});
    async_socket::core::refusal why;
    require(!async_socket::backend::open_connecting(address, {}, why), "no socket without Winsock");
    require_failed_call("WSAStartup");
    const std::size_t messages = log.count();
    require(messages == 0 || log.last() == "WSAStartup failed: error 10091 (words for 10091)",
            "that message, if messages are on");
    require_that_it_works(); // the next call tries again
    require(log.count() == messages, "what works is not worth a message");
}

void there_are_no_slots(const message_log&)
{
    the_machine().faults = {the_machine().fallible_calls + 1, false, 0, 0};
    require(!as_is_in_callback(), "a thread without a slot is in no callback");
    for (std::size_t slot = 0; slot < slots_of_the_library; ++slot) {
        // A slot that was got stays: each attempt gets the one that failed before, and fails at the next.
        the_machine().faults = {the_machine().fallible_calls + (slot == 0 ? 1 : 2), false, 0, 0};
        require(execution_engine_create(nullptr) == nullptr, "no engine without each slot");
        require_failed_call("TlsAlloc");
    }
    require_that_it_works();
    require(!as_is_in_callback(), "with all of them it is none, either");
}

void threads_are_first_at_once(const message_log&)
{
    int made = 0;
    for (int i = 0; i < 3; ++i) {
        spawn_application_thread([&] {
            const EXECUTION_ENGINE_HANDLE engine = execution_engine_create(nullptr);
            require(engine != nullptr, "an engine");
            execution_engine_dec_ref(engine);
            const SOCKET_TRANSPORT_HANDLE transport = socket_transport_create_client();
            require(transport != nullptr, "a transport");
            socket_transport_destroy(transport);
            ++made;
        });
    }
    wait_until("all are done", [&] { return made == 3; });
    require(slots_in_use() == slots_of_the_library, "no slot is kept twice");
    require_that_it_works();
}

// A callback that cannot be noted could wait for itself for ever, if it closed: the process ends instead.
void there_is_no_memory_for_a_callbacks_slot(const message_log&)
{
    async_end here;
    self().no_memory_for_slots = true;
    (void)here.open();
    require(false, "the program has ended");
}

// The callback in which the last socket is destroyed has still to leave the library's code.
void it_is_unloaded_after_the_last_destroy(const message_log&)
{
    bool is_destroyed = false;
    async_end here;
    here.opened();
    here.in_callback = [&] {
        here.destroy();
        is_destroyed = true;
    };
    require(here.receive(4) == 0, "receive starts");
    peer_write(*here.peer, 4);
    while (!is_destroyed) { // no time passes
        const system_call waiting("(the program waits)");
    }
    const system_call unloading("(the program unloads the library)");
    release_module();
    last.is_unloaded = true;
}

// As destructors of static objects do. Nobody will ever run the callback that the destroy would wait for.
void everything_is_given_back_while_the_process_exits(const message_log&)
{
    const EXECUTION_ENGINE_HANDLE unused = execution_engine_create(nullptr);
    const EXECUTION_ENGINE_HANDLE unused_too = execution_engine_create(nullptr);
    const EXECUTION_ENGINE_HANDLE used = execution_engine_create(nullptr);
    const SOCKET_TRANSPORT_HANDLE transport = socket_transport_create_client();
    async_end here(used, generation::current);
    here.opened();
    require(here.receive(4) == 0, "receive starts");
    as_engine* engine = nullptr;
    as_stream* stream = nullptr;
    connection* peer = nullptr;
    const SOCKET socket = connect_pair(&peer);
    require(as_engine_create(nullptr, &engine).how == AS_DONE, "an engine");
    require(as_stream_adopt(engine, socket, &stream).how == AS_DONE, "a stream");
    sleep_ms(10);
    exit_process();
    here.close();
    here.destroy();
    as_socket released = INVALID_SOCKET;
    require(as_stream_release(stream, &released).how == AS_DONE && released == socket, "the socket");
    as_engine_end(engine);
    socket_transport_destroy(transport);
    execution_engine_dec_ref(used);
    execution_engine_dec_ref(unused_too);
    require(execution_engine_dec_ref_and_wait(unused) == EXECUTION_ENGINE_END_WAITED, "nobody is left");
}

void nobody_is_told(async_socket::core::name_lookup&, async_socket::core::name_answer) noexcept
{
    breach("an answer without a thread");
}

// None of its threads is there: in a process that was forked off (which Windows has not; the core's part is the same
// everywhere), and while the process exits.
void a_resolver_without_its_threads_is_left_as_it_is(const message_log&)
{
    using namespace async_socket::core;
    resolver* const of_another_process = resolver::create({});
    name_lookup inside(nobody_is_told);
    require(!of_another_process->start(inside, {"sa", "80"}), "under way");
    process_mark::begin_child();
    resolver* const of_this_one = resolver::create({});
    name_lookup inside_too(nobody_is_told);
    require(!of_this_one->start(inside_too, {"sa", "80"}), "under way");
    exit_process();
    for (resolver* const each : {of_another_process, of_this_one}) {
        name_lookup another(nobody_is_told);
        const std::optional<name_answer> refused = each->start(another, {"9a", "80"});
        require(refused && refused->outcome.how == ending::closed_here, "refused, even what takes no thread");
        require(each->abandon(each == of_this_one ? inside_too : inside), "nobody will tell");
        each->close_and_wait();
        each->close();
    }
}

void nobody_is_called(as_operation*, as_outcome)
{
    breach("a callback in another process");
}

// The same of operations of an engine: they are not begun, and what was under way does not end.
void an_engine_of_another_process_does_nothing(const message_log&)
{
    as_engine* engine = nullptr;
    require(as_engine_create(nullptr, &engine).how == AS_DONE, "an engine");
    as_operation inside{nobody_is_called, nullptr, {}};
    as_operation refused{nobody_is_called, nullptr, {}};
    const as_question slow{"sa", "80", AS_NO_FAMILY, 0};
    std::uint32_t count = 0;
    require(as_resolve(engine, &slow, &inside, nullptr, 0, &count, AS_NEVER).how == AS_DONE, "under way");
    async_socket::core::process_mark::begin_child();
    require(as_resolve(engine, &slow, &refused, nullptr, 0, &count, AS_NEVER).how == AS_NOT_AVAILABLE, "refused");
    const as_target there{"9a", "80", AS_NO_FAMILY, 0, nullptr};
    as_address address{};
    (void)as_address_loopback(&address, AS_IPV4, 0);
    as_stream* stream = nullptr;
    as_listener* listener = nullptr;
    require(as_connect(engine, &there, nullptr, &refused, &stream, AS_NEVER).how == AS_NOT_AVAILABLE, "nor is a name");
    require(as_connect_address(engine, &address, &refused, &stream, AS_NEVER).how == AS_NOT_AVAILABLE,
            "nor an address");
    require(as_listener_open(engine, &address, 1, nullptr, &listener).how == AS_NOT_AVAILABLE, "nor a listener");
    as_engine_statistics numbers = AS_ENGINE_STATISTICS;
    require(as_engine_get_statistics(engine, &numbers).how == AS_NOT_AVAILABLE, "nor are there numbers");
    as_engine* own = nullptr;
    require(as_engine_create(nullptr, &own).how == AS_DONE, "an engine of this process");
    as_operation_cancel(&inside);
    as_engine_end(engine);
    exit_process();
    require(as_resolve(own, &slow, &refused, nullptr, 0, &count, AS_NEVER).how == AS_CLOSED_HERE, "it is exiting");
    as_engine_end(own);
}

struct first_use {
    const char* name;
    void (*body)(const message_log& log);
    bool ends_the_program;
    std::size_t messages; // then
};

constexpr first_use first_uses[] = {
    {"winsock_does_not_start", winsock_does_not_start, false, 0},
    {"there_are_no_slots", there_are_no_slots, false, 0},
    {"threads_are_first_at_once", threads_are_first_at_once, false, 0},
    {"there_is_no_memory_for_a_callbacks_slot", there_is_no_memory_for_a_callbacks_slot, true, 1},
    {"it_is_unloaded_after_the_last_destroy", it_is_unloaded_after_the_last_destroy, false, 0},
    {"everything_is_given_back_while_the_process_exits", everything_is_given_back_while_the_process_exits, true, 0},
    {"a_resolver_without_its_threads_is_left_as_it_is", a_resolver_without_its_threads_is_left_as_it_is, true, 0},
    {"an_engine_of_another_process_does_nothing", an_engine_of_another_process_does_nothing, true, 0},
};

constexpr std::uint64_t schedules_of_each = 40;

void run_here(const first_use& use, std::uint64_t seed)
{
    schedule how;
    how.seed = seed;
    behaviour world;
    world.wine = seed % 2 == 0;
    const bool messages_are_on = seed / 2 % 2 == 0;
    const message_log log(messages_are_on ? ASYNC_SOCKET_LOG_INFO : ASYNC_SOCKET_LOG_OFF);
    const bool ended = simulate_first_use(how, world, [&] { use.body(log); });
    require(ended == use.ends_the_program, "the library ends the program if it must, and only then");
    require(!ended || log.count() == (messages_are_on ? use.messages : 0), "and says why");
    the_machine().process_exits = !last.is_unloaded; // with the module go its static objects, now
}

// The process of one run has ended without a breach.
bool ended_well(pid_t process)
{
    int status = 0;
    return process > 0 && waitpid(process, &status, 0) == process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace

} // namespace sim

int main()
{
    for (const sim::first_use& use : sim::first_uses) {
        for (std::uint64_t seed = 0; seed < sim::schedules_of_each; ++seed) {
            const pid_t process = fork();
            if (process == 0) {
                sim::run_here(use, seed);
                return 0;
            }
            if (!sim::ended_well(process)) {
                (void)std::fprintf(stderr, "%s, seed %llu: failed\n", use.name, static_cast<unsigned long long>(seed));
                return 1;
            }
        }
        (void)std::printf("ok: %s\n", use.name);
        (void)std::fflush(stdout); // or the next process prints it again
    }
    return 0;
}
