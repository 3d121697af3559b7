// async-relay: accepts TCP connections and passes each one on to a target.
//
// Where to read: relay.cpp is what it does, and shows how the library is used; this is its life from the first line to
// Ctrl-C.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "async_socket/async_socket.hpp"
#include "async_socket/log.h"
#include "common/descriptors.hpp"
#include "common/interrupt.hpp"
#include "common/network.hpp"
#include "common/program.hpp"
#include "metrics.hpp"
#include "options.hpp"
#include "relay.hpp"
#include "report.hpp"

namespace {

using namespace async_relay;

constexpr int exit_cut_off = 3;
constexpr int exit_interrupted_twice = 130;

// Two for each connection, and some for the program itself, its listeners and whom they have accepted too early.
std::size_t connections_for(std::size_t descriptors, std::size_t listeners)
{
    const std::size_t of_the_program = 63 + listeners;
    return descriptors > of_the_program ? std::max<std::size_t>((descriptors - of_the_program) / 2, 1) : 1;
}

settings settings_of(const options& chosen)
{
    const std::size_t descriptors = tools::raise_descriptor_limit();
    const std::size_t most = std::min(chosen.max_connections, connections_for(descriptors, chosen.listen.size()));
    if (most < chosen.max_connections) {
        print_error("the system allows " + std::to_string(descriptors) + " descriptors, so at most " +
                    std::to_string(most) + " connections at a time");
    }
    as::connect_options connecting;
    connecting.family = chosen.family;
    connecting.from = chosen.from.family() != as::family::none ? &chosen.from : nullptr;
    return {most,
            chosen.connect_timeout,
            chosen.idle_timeout,
            chosen.half_close_timeout,
            chosen.keep_alive_seconds,
            chosen.expects_proxy_header,
            chosen.sends_proxy_header,
            connecting};
}

std::string names_of(const std::vector<tools::endpoint>& all)
{
    std::string names;
    for (const tools::endpoint& each : all) {
        names += (names.empty() ? "" : ", ") + to_string(each);
    }
    return names;
}

class program {
public:
    explicit program(const options& chosen)
        : chosen_(chosen),
          engine_({chosen.threads, chosen.threads}),
          settings_(settings_of(chosen)),
          targets_(chosen.targets),
          report_(chosen.json, chosen.quiet, names_of(chosen.targets)),
          relay_(engine_, settings_, targets_, counted_, report_),
          metrics_(engine_, relay_, targets_, counted_),
          next_stats_(std::chrono::steady_clock::now() + chosen.stats_interval)
    {
    }

    int run()
    {
        begin();
        while (tools::interrupt::count() == 0) {
            watch();
        }
        relay_.stop_accepting();
        close_listeners();
        const int exit_code = drain();
        report_.counts(relay_.open(), counted_);
        metrics_.stop();
        return exit_code; // nobody waits for the engine, which may look up a name for a client that is gone
    }

private:
    void begin()
    {
        for (const tools::endpoint& each : chosen_.metrics) {
            metrics_listeners_.push_back(tools::open_listener(engine_, each, chosen_.family));
            metrics_files_.emplace_back(each);
        }
        for (const tools::endpoint& each : chosen_.listen) {
            listeners_.push_back(tools::open_listener(engine_, each, chosen_.family));
            files_.emplace_back(each);
        }
        for (as::listener& each : metrics_listeners_) {
            require(metrics_.serve(each));
        }
        require(relay_.accept_from(listeners_));
        for (const as::listener& each : listeners_) {
            report_.listening(*each.local_address());
        }
    }

    void close_listeners()
    {
        for (as::listener& each : listeners_) {
            each.close();
        }
        files_.clear();
    }

    static void require(bool has_memory)
    {
        if (!has_memory) {
            throw std::bad_alloc();
        }
    }

    int drain()
    {
        const auto end = std::chrono::steady_clock::now() + chosen_.drain_timeout;
        while (relay_.open() != 0) {
            const bool is_late = std::chrono::steady_clock::now() >= end;
            if (is_late || tools::interrupt::count() > 1) {
                relay_.reset_all();
                return is_late ? exit_cut_off : exit_interrupted_twice;
            }
            watch();
        }
        relay_.join();
        return EXIT_SUCCESS;
    }

    void watch()
    {
        std::this_thread::sleep_for(tools::interrupt::between_looks);
        const auto now = std::chrono::steady_clock::now();
        if (chosen_.stats_interval.count() != 0 && now >= next_stats_) {
            next_stats_ += chosen_.stats_interval;
            report_.counts(relay_.open(), counted_);
        }
    }

    const options& chosen_;
    as::engine engine_;
    const settings settings_;
    targets targets_;
    counters counted_;
    const report report_;
    std::deque<as::listener> listeners_; // longer than those who accept
    std::deque<tools::socket_file> files_;
    std::deque<as::listener> metrics_listeners_;
    std::deque<tools::socket_file> metrics_files_;
    relay relay_;
    metrics metrics_;
    std::chrono::steady_clock::time_point next_stats_;
};

} // namespace

int main(int argc, char** argv)
{
    // What the library would warn of, a peer that went away, is daily business here; the rest the program says itself.
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    return tools::run_program("async-relay", [argc, argv] {
        const auto parsed = parse_options(argc, argv);
        const options* const chosen = std::get_if<options>(&parsed);
        return chosen != nullptr ? program(*chosen).run() : std::get<int>(parsed);
    });
}
