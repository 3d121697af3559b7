#include "relay.hpp"

#include "common/interrupt.hpp"

namespace async_relay {

namespace {

// How long the main thread waits before it looks for Ctrl-C and at the clock.
constexpr std::chrono::milliseconds tick{50};

constexpr int exit_drained = 0;
constexpr int exit_interrupted_twice = 130;

} // namespace

relay::relay(const options& chosen, EXECUTION_ENGINE_HANDLE engine)
    : options_(chosen),
      engine_(engine),
      report_(chosen.json, chosen.quiet),
      listener_(chosen.listen),
      next_watch_(std::chrono::steady_clock::now()),
      next_stats_(next_watch_ + chosen.stats_interval),
      connector_([this](connection& accepted) { connect(accepted); })
{
}

int relay::run()
{
    report_.listening(listener_.address(), options_.target);
    accept_until_interrupted();
    const bool drained = drain();
    report_.counts(connections_.size(), counted_);
    return drained ? exit_drained : exit_interrupted_twice;
}

void relay::accept_until_interrupted()
{
    while (tools::interrupt::count() == 0) {
        if (connections_.wait_for_fewer_than(options_.max_connections, tick)) {
            accept_one();
        }
        watch();
    }
    listener_.close();
}

// False if the user did not want to wait.
bool relay::drain()
{
    while (!connections_.wait_for_fewer_than(1, tick)) {
        if (tools::interrupt::count() > 1) {
            connections_.reset_all();
            return false;
        }
        watch();
    }
    return true;
}

void relay::accept_one()
{
    if (const SOCKET_TRANSPORT_HANDLE client = listener_.accept(tick)) {
        ++counted_.total;
        connector_.add(connections_.create(client, counted_));
    }
}

// On a thread of the connector.
void relay::connect(connection& accepted)
{
    if (accepted.connect(options_.target, options_.connect_timeout)) {
        accepted.start(engine_);
        return;
    }
    ++counted_.connect_errors;
    report_.warning("cannot connect to " + to_string(options_.target) + ", the client is reset");
    accepted.reset();
}

void relay::watch()
{
    const auto now = std::chrono::steady_clock::now();
    if (now < next_watch_) {
        return;
    }
    next_watch_ = now + tick;
    if (options_.idle_timeout.count() != 0) {
        connections_.reset_idle(options_.idle_timeout);
    }
    if (options_.stats_interval.count() != 0 && now >= next_stats_) {
        next_stats_ += options_.stats_interval;
        report_.counts(connections_.size(), counted_);
    }
}

} // namespace async_relay
