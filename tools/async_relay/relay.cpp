#include "relay.hpp"

#include <algorithm>
#include <thread>

#include "common/interrupt.hpp"

namespace async_relay {

namespace {

// How long the main thread waits before it looks for Ctrl-C and at the clock.
constexpr std::chrono::milliseconds tick{50};

constexpr int exit_drained = 0;
constexpr int exit_interrupted_twice = 130;

} // namespace

relay::relay(const options& chosen, as_engine* engine)
    : options_(chosen),
      engine_(engine),
      report_(chosen.json, chosen.quiet),
      next_stats_(std::chrono::steady_clock::now() + chosen.stats_interval),
      connections_([this] { acceptor_.fill(); }),
      acceptor_(
          engine, chosen.listen, [this] { return room(); }, [this](as_stream* client) { take(client); })
{
}

int relay::run() noexcept
{
    report_.listening(acceptor_.address(), options_.target);
    while (tools::interrupt::count() == 0) {
        acceptor_.fill(); // the first time, and whenever something was missing
        std::this_thread::sleep_for(tick);
        watch();
    }
    acceptor_.close();
    const bool drained = drain();
    report_.counts(connections_.size(), counted_);
    return drained ? exit_drained : exit_interrupted_twice;
}

std::size_t relay::room() const
{
    return options_.max_connections - std::min<std::size_t>(connections_.size(), options_.max_connections);
}

// On a thread of the engine.
void relay::take(as_stream* client)
{
    ++counted_.total;
    connections_.create(client, counted_)->connect(engine_, options_, [this](const std::string& why) {
        ++counted_.connect_errors;
        report_.warning("cannot connect to " + to_string(options_.target) + ", the client is reset: " + why);
    });
}

// False if the user did not want to wait.
bool relay::drain()
{
    bool is_patient = true;
    while (!connections_.wait_for_none(tick)) {
        if (is_patient && tools::interrupt::count() > 1) {
            is_patient = false;
            connections_.reset_all();
        }
        watch();
    }
    return is_patient;
}

void relay::watch()
{
    const auto now = std::chrono::steady_clock::now();
    if (options_.stats_interval.count() != 0 && now >= next_stats_) {
        next_stats_ += options_.stats_interval;
        report_.counts(connections_.size(), counted_);
    }
}

} // namespace async_relay
