#include "server.hpp"

#include <array>
#include <cstdlib>
#include <exception>
#include <new>
#include <utility>

#include "common/interrupt.hpp"
#include "common/network.hpp"
#include "transfer.hpp"

namespace async_perf {

namespace {

// How long a client may wait for its other streams.
constexpr std::chrono::seconds go_patience{30};
// Further connections wait to be accepted.
constexpr std::size_t most_open = 2'000;

} // namespace

server::server(const server_options& chosen, as::engine& engine)
    : options_(chosen),
      engine_(engine),
      report_(chosen.json),
      tests_(report_, chosen.one_off),
      listener_(tools::open_listener(engine, chosen.where, chosen.family)),
      file_(chosen.where)
{
}

server::~server()
{
    listener_.close();
}

int server::run()
{
    report_.listening(*listener_.local_address());
    (void)as::run(as::when_any(accept_clients(), wait_for_the_end()));
    const bool was_told = is_over(); // otherwise it had no memory to go on
    listener_.close();
    clients_.stop_and_join();
    if (!was_told) {
        throw std::bad_alloc();
    }
    return options_.one_off && tests_.succeeded() == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

bool server::is_over()
{
    return tools::interrupt::count() > 0 || (options_.one_off && tests_.ended() > 0);
}

as::task<> server::wait_for_the_end()
{
    as::result waited = as::how::done;
    while (waited && !is_over()) {
        waited = co_await as::timer(engine_, as::within(tools::interrupt::between_looks));
        warn_of_shortage();
    }
}

// The listener waits until there is room, and the client with it.
void server::warn_of_shortage()
{
    const as::result_of<as_engine_statistics> told = engine_.statistics();
    if (told && told->accept_shortages != shortages_) {
        shortages_ = told->accept_shortages;
        report_.warning("a client waits", "there are no descriptors, or there is no memory, for it");
    }
}

as::task<> server::accept_clients()
{
    for (;;) {
        as::result_of<as::stream> client = as::result(as::how::no_room);
        if (clients_.size() < most_open) {
            client = co_await listener_.accept();
        }
        if (client == as::how::cancelled || client == as::how::closed_here) {
            co_return;
        }
        if (client && clients_.spawn(serve(std::move(*client)))) {
            continue;
        }
        (void)co_await as::timer(engine_, as::within(tools::interrupt::between_looks));
    }
}

as::task<> server::serve(as::stream client)
{
    std::string failure;
    std::string name;
    const char* problem = nullptr;
    try {
        tools::prepare(client, options_.keep_alive_seconds);
        const auto address = client.remote_address();
        name = address ? tools::text_of(*address) : "a client that has gone";
        failure = co_await serve_unknown(client, name);
        problem = failure.empty() ? nullptr : failure.c_str();
    } catch (const std::exception&) {
        problem = "there is no memory for it";
    }
    if (problem != nullptr) {
        report_.warning(name, problem);
    }
}

// Answers why there was no test; of a test it is told by itself.
as::task<std::string> server::serve_unknown(as::stream& client, const std::string& name)
{
    const as::deadline until = as::within(greeting_patience);
    std::array<std::byte, request_size> bytes{};
    if (const as::received got = co_await client.receive_exactly(bytes, until); !got) {
        co_return failure_of(got, role::server);
    }
    const std::optional<request> asked = decode_request(bytes);
    if (!asked) {
        co_return "the peer is no async-perf of this version"; // no reply: who knows what it would take that for
    }
    if (!possible(*asked)) {
        co_await refuse(client);
        co_return "the client asks for what cannot be done";
    }
    served_tests::stream mine(tests_, *asked, name);
    if (!mine.is_accepted()) {
        co_await refuse(client);
        co_return "the client asks for a stream that its test has not, or for a second test";
    }
    mine.failure = co_await serve_test(client, *asked, mine.counted);
    co_return "";
}

as::task<> server::refuse(as::stream& client)
{
    const as::deadline until = as::within(greeting_patience);
    const auto reply = encode(answer::refused);
    (void)co_await client.send(reply, until);
    (void)co_await client.drain_and_close(until);
}

as::task<std::string> server::serve_test(as::stream& client, const request& asked, meter& counted)
{
    const auto reply = encode(answer::accepted);
    std::array<std::byte, 1> started{};
    as::result ended = co_await client.send(reply, as::within(greeting_patience));
    if (ended) {
        ended = (co_await client.receive_exactly(started, as::within(go_patience))).outcome();
    }
    if (!ended) {
        co_return failure_of(ended, role::server);
    }
    if (started.front() != go) {
        co_return "the client does not keep to the protocol";
    }
    co_return co_await transfer(engine_, client, asked, role::server, counted);
}

} // namespace async_perf
