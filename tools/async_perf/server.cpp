#include "server.hpp"

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "common/interrupt.hpp"

namespace async_perf {

namespace {

// How long it may take to notice the end of a stream, or Ctrl-C.
constexpr std::chrono::milliseconds tick{20};
// How long a client may be silent, before the test and in it.
constexpr std::chrono::milliseconds greeting_patience{10'000};
constexpr std::chrono::milliseconds test_patience{30'000};
// Further connections wait to be accepted.
constexpr std::size_t most_open = 10'000;

} // namespace

server::server(const server_options& chosen, EXECUTION_ENGINE_HANDLE engine)
    : options_(chosen), engine_(engine), report_(chosen.json), listener_(tools::endpoint{chosen.bind, chosen.port})
{
}

int server::run()
{
    report_.listening(listener_.address());
    while (!done()) {
        accept_one();
        look_after_streams();
        report_tests();
    }
    listener_.close();
    interrupt_all();
    report_tests();
    return options_.one_off && succeeded_ == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

bool server::done() const
{
    return tools::interrupt::count() > 0 || (options_.one_off && succeeded_ + failed_ > 0);
}

void server::accept_one()
{
    if (streams_.size() >= most_open) {
        std::this_thread::sleep_for(tick);
        return;
    }
    if (const SOCKET_TRANSPORT_HANDLE accepted = listener_.accept(tick)) {
        streams_.emplace_back(accepted).start(engine_, options_.mode);
    }
}

void server::look_after_streams()
{
    for (server_stream& each : streams_) {
        const auto patience = each.asked() != nullptr ? test_patience : greeting_patience;
        if (!each.connection().ended() && each.connection().stalled(patience)) {
            each.connection().fail("the client does not answer");
        }
    }
    streams_.remove_if([this](server_stream& each) {
        const bool ended = each.connection().ended();
        if (ended) {
            end(each);
        }
        return ended;
    });
}

void server::interrupt_all()
{
    for (server_stream& each : streams_) {
        each.connection().fail("the server was interrupted");
        end(each);
    }
    streams_.clear();
}

void server::end(server_stream& ended)
{
    const stream& connection = ended.connection();
    if (ended.asked() == nullptr) {
        report_.warning(connection.peer_address(), connection.error());
        return;
    }
    served_test& test = tests_[ended.asked()->test_id];
    test.asked = *ended.asked();
    test.client = connection.peer_address();
    ++test.streams;
    test.bytes += connection.bytes();
    test.operations += connection.operations();
    test.seconds = std::max(test.seconds, connection.seconds());
    if (test.error.empty()) {
        test.error = connection.error();
    }
}

void server::report_tests()
{
    for (auto entry = tests_.begin(); entry != tests_.end();) {
        auto& [test_id, test] = *entry;
        if (runs(test_id)) {
            ++entry;
            continue;
        }
        if (test.error.empty() && test.streams != test.asked.streams) {
            test.error = "the client promised " + std::to_string(test.asked.streams) + " streams";
        }
        ++(test.error.empty() ? succeeded_ : failed_);
        report_.test(test);
        entry = tests_.erase(entry);
    }
}

// Has it a stream that goes on? A client lets none go before all are there.
bool server::runs(std::uint64_t test_id) const
{
    return std::ranges::any_of(streams_, [test_id](const server_stream& each) {
        return each.asked() != nullptr && each.asked()->test_id == test_id;
    });
}

} // namespace async_perf
