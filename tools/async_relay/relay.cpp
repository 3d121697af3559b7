#include "relay.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "common/network.hpp"

namespace async_relay {

namespace {

// What the source sends goes to the sink, and its end, too. The next receive starts when what came before has been
// taken: so a receiver that is slow slows its sender down, by TCP's own means, and memory stays bounded.
as::task<as::result> copy(as::stream& source, as::stream& sink, std::atomic<std::uint64_t>& moved,
                          std::atomic<std::uint64_t>& counted)
{
    std::array<std::byte, std::size_t{64} * 1024> room;
    for (;;) {
        const as::received got = co_await source.receive(room);
        if (got == as::how::end_of_stream) {
            co_return co_await sink.shutdown_send();
        }
        if (!got) {
            co_return got.outcome();
        }
        for (std::span<const std::byte> rest = got.data(); !rest.empty();) {
            const as::result sent = co_await sink.send_some(rest); // some, so that each movement is seen
            moved += sent.bytes();
            counted += sent.bytes();
            if (!sent) {
                co_return sent;
            }
            rest = rest.subspan(sent.bytes());
        }
    }
}

// How often it is looked whether anything has moved, in an idle time; but not more often than this.
constexpr int looks = 8;
constexpr std::chrono::milliseconds shortest{10}; // also before an accept that has failed is repeated

} // namespace

// A client and its target. Both are reset in the end, unless all has gone well.
struct relay::connection {
    explicit connection(as::stream&& accepted) noexcept : client(std::move(accepted)) {}
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection()
    {
        if (!is_whole) {
            client.reset();
            target.reset();
        }
    }

    // A number that changes when bytes move: into the system, or, where it tells that, on to a peer.
    [[nodiscard]] std::uint64_t progress() const noexcept
    {
        return moved - client.bytes_unacknowledged().bytes() - target.bytes_unacknowledged().bytes();
    }

    as::stream client;
    as::stream target;
    passage told{}; // between whom, as a PROXY header says it
    std::atomic<std::uint64_t> moved{0};
    std::atomic<int> running{2};       // directions
    std::array<as::result, 2> ended{}; // how each has
    bool is_whole = false;
};

relay::relay(as::engine& engine, const settings& chosen, targets& to, counters& counted, const report& told)
    : engine_(engine),
      settings_(chosen),
      targets_(to),
      counted_(counted),
      report_(told),
      places_(chosen.max_connections)
{
}

bool relay::accept_from(std::deque<as::listener>& all)
{
    for (const as::listener& each : all) {
        own_.add(each);
    }
    places_.expect(all.size());
    return std::all_of(all.begin(), all.end(), [&](as::listener& at) { return acceptors_.spawn(accept_clients(at)); });
}

as::task<> relay::accept_clients(as::listener& at)
{
    for (;;) {
        auto client = co_await at.accept();
        if (client) {
            if (!places_.take(*client, at)) {
                co_return; // whoever leaves goes on with both
            }
            begin(std::move(*client));
        } else if (client == as::how::closed_here || client == as::how::cancelled) {
            co_return;
        } else {
            ++counted_.dropped; // there was no memory for this one
            (void)co_await as::timer(engine_, as::within(shortest));
        }
    }
}

// It has a place, and leaves when it has ended.
void relay::begin(as::stream client)
{
    if (!connections_.spawn(take(std::move(client)))) {
        ++counted_.dropped;
        leave();
    }
}

void relay::leave()
{
    places_.give_back();
    for (std::size_t tries = places_.waiting_count(); tries != 0; --tries) { // some are listeners alone
        std::optional<places::waiting> next = places_.next();
        if (!next) {
            return;
        }
        if (next->client) {
            begin(std::move(next->client));
        }
        if (!acceptors_.spawn(accept_clients(*next->at))) {
            places_.wait_again(*next->at); // there is no memory; the next one to leave may have some
        }
    }
}

void relay::stop_accepting()
{
    places_.close();
    acceptors_.stop_and_join();
}

// There is one until all of a client is gone.
struct relay::place {
    ~place() { in.leave(); }

    relay& in;
};

as::task<> relay::take(as::stream client)
{
    const place taken{*this};
    connection it(std::move(client));
    ++counted_.total;
    try {
        const as::result ended = co_await pass_on(it);
        it.is_whole = static_cast<bool>(ended);
        counted_.dropped += ended == as::how::no_room ? 1 : 0;
    } catch (const std::exception&) { // there was no memory
        ++counted_.dropped;
    }
    counted_.resets += it.is_whole ? 0 : 1;
}

as::task<as::result> relay::pass_on(connection& it)
{
    tools::prepare(it.client, settings_.keep_alive_seconds);
    header_room room;
    std::span<const char> early; // what has come with the client's header
    if (settings_.expects_proxy_header) {
        const as::deadline until = as::within(settings_.connect_timeout);
        if (const as::result read = co_await read_header(it.client, room, it.told, early, until); !read) {
            ++counted_.bad_headers;
            report_.warning("a client sends no PROXY header, it is reset");
            co_return read;
        }
    } else {
        it.told = {*it.client.remote_address(), *it.client.local_address()};
    }
    if (const as::result reached = co_await reach_target(it); !reached) {
        co_return reached;
    }
    tools::prepare(it.target, settings_.keep_alive_seconds);
    const std::string header = header_of(settings_.sends_proxy_header, it.told);
    if (const as::result sent = co_await it.target.send(as::gather(header, early)); !sent) {
        co_return sent;
    }
    counted_.bytes_to_target += early.size();
    co_return co_await copy_both_ways(it);
}

as::task<as::result> relay::reach_target(connection& it)
{
    const std::vector<target*> order = targets_.in_turn();
    std::array<as_attempt, 8> attempts;
    for (target* const each : order) {
        as::connect_options options = settings_.connecting;
        options.attempts = attempts;
        as::connected made =
            co_await tools::connect_to(engine_, each->where, as::within(settings_.connect_timeout), options);
        const bool is_itself = made && own_.is_at_the_end_of(*made);
        if (made && !is_itself) {
            each->answers();
            it.target = std::move(*made);
            co_return as::how::done;
        }
        if (made == as::how::cancelled) {
            co_return as::how::cancelled;
        }
        each->fails(is_itself);
        report_.warning("cannot connect to " + to_string(each->where) +
                        (each == order.back() ? ", the client is reset: " : ", the next one is asked: ") +
                        (is_itself ? "that is this relay itself" : tools::reason_of(made)));
    }
    ++counted_.connect_errors;
    co_return as::how::refused; // whatever the reason of the last one was
}

as::task<as::result> relay::copy_both_ways(connection& it)
{
    as::scope both;
    if (!both.spawn(copy_one_way(both, it, true)) || !both.spawn(copy_one_way(both, it, false)) ||
        !both.spawn(watch(both, it))) {
        both.stop();
    }
    co_await both.joined();
    co_return it.ended[0] ? it.ended[1] : it.ended[0];
}

as::task<> relay::copy_one_way(as::scope& both, connection& it, bool is_to_target)
{
    as::stream& source = is_to_target ? it.client : it.target;
    as::stream& sink = is_to_target ? it.target : it.client;
    as::result& ended = it.ended[is_to_target ? 0 : 1];
    ended = co_await copy(source, sink, it.moved, is_to_target ? counted_.bytes_to_target : counted_.bytes_to_client);
    if (!ended || --it.running == 0) {
        both.stop(); // the other direction, or the watch alone
    }
}

// Ends the connection when nothing has moved for too long. It counts looks and not time, so that a program that was
// stopped for a while takes nobody for idle.
as::task<> relay::watch(as::scope& both, connection& it)
{
    const auto half_closed = std::min(settings_.idle_timeout, settings_.half_close_timeout);
    const auto between = std::max(half_closed / looks, shortest);
    std::uint64_t seen = it.progress();
    int running = it.running;
    for (auto still = between; co_await as::timer(engine_, as::within(between)); still += between) {
        const std::uint64_t progress = it.progress();
        const int running_now = it.running;
        if (progress != seen || running_now != running) {
            seen = progress;
            running = running_now;
            still = {};
        } else if (still >= (running < 2 ? half_closed : settings_.idle_timeout)) {
            ++counted_.idle;
            both.stop();
        }
    }
}

} // namespace async_relay
