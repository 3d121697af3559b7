#include "client.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <random>
#include <utility>

#include "common/interrupt.hpp"
#include "common/network.hpp"
#include "system_process.hpp"
#include "transfer.hpp"

namespace async_perf {

namespace {

std::uint64_t any_test_id()
{
    std::random_device random;
    return std::uint64_t{random()} << 32U | random();
}

} // namespace

client::client(const client_options& chosen, as::engine& engine)
    : options_(chosen), engine_(engine), progress_(chosen.test.test, chosen.interval, !chosen.quiet, chosen.json)
{
    request asked = chosen.test;
    asked.test_id = any_test_id();
    asked.streams *= chosen.both_ways ? 2 : 1;
    for (std::uint32_t i = 0; i < asked.streams; ++i) {
        if (chosen.both_ways) {
            asked.flow = i % 2 == 0 ? direction::client_sends : direction::server_sends;
        }
        parts_.emplace_back(asked);
    }
}

client_result client::run()
{
    as::run(run_all());
    return result();
}

as::task<> client::run_all()
{
    co_await all_do(&client::connect);
    if (has_failed()) {
        co_return;
    }
    const double cpu_before = system_process::cpu_seconds();
    progress_.begin(meter::clock::now());
    is_measuring_ = true;
    co_await all_do(&client::measure);
    progress_.end(meter::clock::now(), so_far());
    cpu_seconds_ = system_process::cpu_seconds() - cpu_before;
}

// One that fails spoils the test.
as::task<> client::all_do(step what)
{
    as::scope all;
    for (part& each : parts_) {
        if (!all.spawn((this->*what)(each))) {
            fail("there is no memory for it");
        }
    }
    co_await as::when_any(all.joined(), watch());
}

as::task<> client::connect(part& one)
{
    as::connect_options options;
    options.family = options_.family;
    options.from = options_.from.family() != as::family::none ? &options_.from : nullptr;
    std::array<as_attempt, 8> attempts;
    options.attempts = attempts;
    try {
        as::connected made =
            co_await tools::connect_to(engine_, options_.target, as::within(greeting_patience), options);
        if (made) {
            one.connection = std::move(*made);
            fail(co_await greet(one));
        } else if (made == as::how::cancelled) {
            fail("interrupted");
        } else {
            fail("cannot connect to " + to_string(options_.target) + ": " + tools::reason_of(made));
        }
    } catch (const std::exception&) {
        fail("there is no memory for it");
    }
}

as::task<std::string> client::greet(part& one)
{
    tools::prepare(one.connection, options_.keep_alive_seconds);
    const as::deadline until = as::within(greeting_patience);
    const auto request = encode(one.asked);
    std::array<std::byte, reply_size> reply{};
    as::result ended = co_await one.connection.send(request, until);
    if (ended) {
        ended = (co_await one.connection.receive_exactly(reply, until)).outcome();
    }
    if (!ended) {
        co_return failure_of(ended, role::client);
    }
    const std::optional<answer> answered = decode_answer(reply);
    if (!answered) {
        co_return "the peer is no async-perf of this version";
    }
    co_return *answered == answer::accepted ? "" : "the server refuses the test";
}

as::task<> client::measure(part& one)
{
    try {
        const std::array<std::byte, 1> starting{go};
        const as::result sent = co_await one.connection.send(starting, as::within(greeting_patience));
        if (sent) {
            fail(co_await transfer(engine_, one.connection, one.asked, role::client, one.counted));
        } else {
            fail(failure_of(sent, role::client));
        }
    } catch (const std::exception&) {
        fail("there is no memory for it");
    }
}

// Until it is stopped, or something has failed, which stops the others.
as::task<> client::watch()
{
    for (;;) {
        const auto now = meter::clock::now();
        if (is_measuring_) {
            progress_.update(now, so_far());
        }
        if (tools::interrupt::count() > 0) {
            fail("interrupted");
        }
        if (has_failed()) {
            co_return;
        }
        meter::clock::duration wait = tools::interrupt::between_looks;
        if (is_measuring_) {
            wait = std::min(wait, progress_.next() - now);
        }
        if (const as::result waited = co_await as::timer(engine_, as::within(wait)); !waited) {
            fail(waited == as::how::cancelled ? "" : failure_of(waited, role::client));
            co_return;
        }
    }
}

void client::fail(std::string_view reason) noexcept
{
    const std::lock_guard lock(mutex_);
    if (reason.empty() || has_failed_) {
        return;
    }
    has_failed_ = true;
    try {
        failure_ = reason;
    } catch (const std::exception&) { // there is no memory for it, as for whatever has failed
    }
}

bool client::has_failed()
{
    const std::lock_guard lock(mutex_);
    return has_failed_;
}

moved client::so_far() const
{
    moved sum;
    for (const part& each : parts_) {
        sum.bytes += each.counted.bytes();
        sum.operations += each.counted.operations();
    }
    return sum;
}

client_result client::result()
{
    client_result measured;
    measured.failure = has_failed_ && failure_.empty() ? "there is no memory for it" : failure_;
    measured.total = so_far();
    measured.cpu_seconds = cpu_seconds_;
    measured.intervals = progress_.intervals();
    for (const part& each : parts_) {
        if (each.counted.was_begun()) {
            const moved sum = each.counted.sum();
            measured.streams.push_back({each.asked.flow, sum});
            measured.total.seconds = std::max(measured.total.seconds, sum.seconds);
            measured.latencies.add(each.counted.latencies);
        }
    }
    return measured;
}

} // namespace async_perf
