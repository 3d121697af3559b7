#include "client.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>

#include "common/interrupt.hpp"
#include "progress.hpp"
#include "system_process.hpp"

namespace async_perf {

namespace {

constexpr std::chrono::milliseconds connect_timeout{10'000};
// How long a server may be silent, before the test and in it.
constexpr std::chrono::milliseconds greeting_patience{10'000};
constexpr std::chrono::milliseconds test_patience{30'000};
// How long it may take to notice Ctrl-C.
constexpr std::chrono::milliseconds tick{100};

request with_test_id(request asked)
{
    std::random_device random;
    asked.test_id = std::uint64_t{random()} << 32U | random();
    return asked;
}

} // namespace

client::client(const client_options& chosen, EXECUTION_ENGINE_HANDLE engine)
    : options_(chosen), engine_(engine), asked_(with_test_id(chosen.test))
{
}

client_result client::run()
{
    connect();
    wait_until_ready();
    const double cpu_before = system_process::cpu_seconds();
    measure();
    client_result measured = result();
    measured.cpu_seconds = system_process::cpu_seconds() - cpu_before;
    return measured;
}

void client::connect()
{
    for (std::uint32_t i = 0; i < asked_.streams; ++i) {
        const SOCKET_TRANSPORT_HANDLE transport = socket_transport_create_client();
        if (socket_transport_connect(transport, options_.host.c_str(), options_.port,
                                     static_cast<std::uint32_t>(connect_timeout.count())) != 0) {
            socket_transport_destroy(transport);
            throw std::runtime_error("cannot connect to " + to_string(tools::endpoint{options_.host, options_.port}));
        }
        streams_.push_back(std::make_unique<client_stream>(transport, asked_, [this] { bell_.ring(); }));
        streams_.back()->start(engine_, options_.mode);
    }
}

void client::wait_until_ready()
{
    while (!std::ranges::all_of(streams_, [](const auto& each) { return each->ready(); })) {
        bell_.wait_until(steady_clock::now() + tick);
        look_for_trouble(greeting_patience);
    }
    look_for_trouble(greeting_patience);
}

void client::measure()
{
    progress shown(asked_.test, options_.interval, options_.quiet);
    shown.begin(steady_clock::now());
    for (const auto& each : streams_) {
        each->go();
    }
    while (!std::ranges::all_of(streams_, [](const auto& each) { return each->connection().ended(); })) {
        bell_.wait_until(std::min(shown.next(), steady_clock::now() + tick));
        look_for_trouble(test_patience);
        const stream_result so_far = moved();
        shown.update(steady_clock::now(), so_far.bytes, so_far.operations);
    }
    look_for_trouble(test_patience);
}

// One stream that fails spoils the test.
void client::look_for_trouble(std::chrono::milliseconds patience)
{
    if (tools::interrupt::count() > 0) {
        throw std::runtime_error("interrupted");
    }
    for (const auto& each : streams_) {
        stream& connection = each->connection();
        if (connection.ended() && !connection.error().empty()) {
            throw std::runtime_error(connection.error());
        }
        if (!connection.ended() && connection.stalled(patience)) {
            throw std::runtime_error("the server does not answer");
        }
    }
}

stream_result client::moved() const
{
    stream_result sum;
    for (const auto& each : streams_) {
        sum.bytes += each->connection().bytes();
        sum.operations += each->connection().operations();
    }
    return sum;
}

client_result client::result() const
{
    client_result measured;
    measured.total = moved();
    for (const auto& each : streams_) {
        const stream& connection = each->connection();
        measured.streams.push_back({connection.bytes(), connection.operations(), connection.seconds()});
        measured.total.seconds = std::max(measured.total.seconds, connection.seconds());
        if (const histogram* const latencies = each->latencies()) {
            measured.latencies.add(*latencies);
        }
    }
    return measured;
}

} // namespace async_perf
