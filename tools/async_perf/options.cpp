#include "options.hpp"

#include <algorithm>

#include "common/command_line.hpp"

namespace async_perf {

namespace {

constexpr const char* description =
    "Measures TCP throughput and latency between two machines. Start it with --server on one of them,\n"
    "with --client and the name of the first on the other.";

constexpr const char* more_help = R"(
A HOST is a name, an address, unix:PATH or unix:@NAME. In a number of bytes K, M, G and T stand for multiples of
1024, in a rate of 1000.

Examples:
  async-perf -s
  async-perf -c server.example -P 4 -t 30
  async-perf -c server.example --bidir --rate 100M --json
  async-perf -c server.example --ping-pong -l 1K

Exit codes:
  0    the test has succeeded; --server: ended by Ctrl-C or SIGTERM; with --one-off: its test has succeeded
  1    the test has failed, or could not be started; --one-off: there was none; or what there was to say could not be
       written
  2    the command line makes no sense
  130  --client: interrupted; what was measured up to then was printed)";

constexpr std::uint64_t throughput_size = 64U << 10U;
constexpr std::uint64_t ping_pong_size = 64;
constexpr std::uint32_t default_outstanding = 4;
constexpr std::uint32_t most_threads = 1024;
constexpr std::uint16_t default_port = 5201;

struct command_line {
    common_options both;
    client_options client; // what is its own
    server_options server;
    std::uint16_t port = default_port;
    std::string host; // of the server, as the client is told it
    std::string bind;
    std::uint64_t size = 0; // 0: the default of the kind of test
    bool is_server = false;
    bool reverse = false;
    bool ping_pong = false;
};

std::optional<as::engine_options> parse_engine(const std::string& text)
{
    const std::size_t comma = text.find(',');
    std::uint32_t least = 0;
    std::uint32_t most = 0;
    if (comma == std::string::npos || !CLI::detail::lexical_cast(text.substr(0, comma), least) ||
        !CLI::detail::lexical_cast(text.substr(comma + 1), most)) {
        return std::nullopt;
    }
    const bool in_order = most == 0 || least <= most;
    const bool usable = least <= most_threads && most <= most_threads;
    return in_order && usable ? std::optional(as::engine_options{most, least}) : std::nullopt;
}

std::string check_engine(const std::string& text)
{
    return parse_engine(text) ? "" : "'" + text + "' is not MIN,MAX threads; a MAX of 0 means no maximum";
}

void describe_both(CLI::App& app, command_line& given)
{
    app.add_option("-p,--port", given.port, "The server's port (default 5201); 0 with --server: the system chooses")
        ->check(CLI::Range(0U, 65535U))
        ->type_name("PORT");
    app.add_option("-B,--bind", given.bind,
                   "Server: listen at this HOST only; client: connect from this address of this machine")
        ->type_name("HOST");
    tools::add_family(app, given.both.family, "");
    tools::add_keep_alive(app, given.both.keep_alive_seconds);
    const auto store = [&given](const std::string& text) { given.both.engine = *parse_engine(text); };
    app.add_option_function<std::string>("--engine", store, "Threads of the engine (default: the library's choice)")
        ->check(check_engine)
        ->type_name("MIN,MAX");
    app.add_flag("-J,--json", given.both.json,
                 "Client: one JSON document instead of text; server: a JSON line per event");
}

void describe_server(CLI::App& app, command_line& given)
{
    CLI::Option* const server =
        app.add_flag("-s,--server", given.is_server, "Wait for clients and do what they ask for");
    app.add_flag("-1,--one-off", given.server.one_off, "End after one test")->needs(server);
}

void describe_amount(CLI::App& app, CLI::Option* client, command_line& given)
{
    request& test = given.client.test;
    CLI::Option* const duration =
        tools::add_seconds(app, "-t,--duration", test.duration, "How long to send (default 10)");
    duration->needs(client);
    constexpr std::uint64_t most_bytes = std::uint64_t{1} << 60U;
    tools::add_scaled(app, "-n,--bytes", test.bytes, {1024, 1, most_bytes},
                      "How much to send on each connection, instead of how long; with --ping-pong in whole messages")
        ->needs(client)
        ->excludes(duration)
        ->type_name("BYTES");
    constexpr std::uint64_t most_bits = 1'000'000'000'000;
    tools::add_scaled(app, "-b,--rate", test.bits_per_second, {1000, 1, most_bits},
                      "How many bits a second to send on each connection (default: as many as it takes)")
        ->needs(client)
        ->type_name("BITS");
}

void describe_traffic(CLI::App& app, CLI::Option* client, command_line& given)
{
    request& test = given.client.test;
    app.add_option("-P,--streams", test.streams, "Connections at a time (default 1)")
        ->needs(client)
        ->check(CLI::Range(1U, most_streams))
        ->type_name("N");
    tools::add_scaled(
        app, "-l,--size", given.size, {1024, 1, largest_message},
        "Bytes of a message (default 64K, with --rate a tenth of a second's at most; 64 with --ping-pong)")
        ->needs(client)
        ->type_name("BYTES");
    CLI::Option* const outstanding =
        app.add_option("-o,--outstanding", test.outstanding, "Sends under way at a time on each connection (default 4)")
            ->needs(client)
            ->check(CLI::Range(1U, most_outstanding))
            ->type_name("N");
    CLI::Option* const reverse = app.add_flag("-R,--reverse", given.reverse, "The server sends")->needs(client);
    CLI::Option* const bidir = app.add_flag("--bidir", given.client.both_ways,
                                            "Both send: each connection is there once more for the way back");
    bidir->needs(client)->excludes(reverse);
    app.add_flag("--ping-pong", given.ping_pong, "Question and answer: measures latency instead of throughput")
        ->needs(client)
        ->excludes(outstanding)
        ->excludes(reverse)
        ->excludes(bidir)
        ->excludes(app.get_option("--rate"));
}

void describe_client(CLI::App& app, command_line& given)
{
    CLI::Option* const client = app.add_option("-c,--client", given.host, "Run a test with the server on HOST");
    client->type_name("HOST")->excludes(app.get_option("--server"));
    describe_amount(app, client, given);
    describe_traffic(app, client, given);
    CLI::Option* const interval =
        tools::add_seconds(app, "-i,--interval", given.client.interval, "How often to show progress (default 1)");
    interval->needs(client);
    app.add_flag("-q,--quiet", given.client.quiet, "Do not show progress")->needs(client);
}

// Of a rate at most a tenth of what a second has, so that it is kept.
std::uint64_t default_size(const command_line& given)
{
    if (given.ping_pong) {
        return ping_pong_size;
    }
    const std::uint64_t rate = given.client.test.bits_per_second;
    return rate == 0 ? throughput_size : std::clamp<std::uint64_t>(rate / 8 / 10, 1, throughput_size);
}

using parsed = std::variant<server_options, client_options, int>;

parsed client_of(const CLI::App& app, const command_line& given)
{
    client_options chosen = given.client;
    static_cast<common_options&>(chosen) = given.both;
    request& test = chosen.test;
    test.test = given.ping_pong ? kind::ping_pong : kind::throughput;
    test.flow = given.reverse ? direction::server_sends : direction::client_sends;
    test.message_size = static_cast<std::uint32_t>(given.size != 0 ? given.size : default_size(given));
    test.outstanding = given.ping_pong ? 1 : test.outstanding;
    if (is_too_slow(test)) {
        return tools::refuse(app, "--rate: less than a message in 10 seconds; choose a smaller --size");
    }
    if (chosen.both_ways && test.streams > most_streams / 2) {
        return tools::refuse(app, "--streams: at most " + std::to_string(most_streams / 2) + " with --bidir");
    }
    if (given.port == 0) {
        return tools::refuse(app, "--port: a client cannot connect to port 0");
    }
    const tools::parsed_endpoint target = tools::parse_host(given.host, given.port, tools::purpose::to_connect);
    if (!target.value) {
        return tools::refuse(app, "--client: " + target.error);
    }
    chosen.target = *target.value;
    if (app.count("--bind") != 0) {
        if (const std::string wrong = tools::check_address(given.bind); !wrong.empty()) {
            return tools::refuse(app, "--bind: " + wrong);
        }
        if (!chosen.target.path.empty()) {
            return tools::refuse(app, "--bind: nobody connects to a path from an address");
        }
        chosen.from = *as::address::parse(given.bind, 0);
    }
    return chosen;
}

parsed server_of(const CLI::App& app, const command_line& given)
{
    server_options chosen = given.server;
    static_cast<common_options&>(chosen) = given.both;
    chosen.where.port = given.port;
    if (app.count("--bind") != 0) {
        const tools::parsed_endpoint where = tools::parse_host(given.bind, given.port, tools::purpose::to_listen);
        if (!where.value) {
            return tools::refuse(app, "--bind: " + where.error);
        }
        chosen.where = *where.value;
    }
    return chosen;
}

} // namespace

parsed parse_options(int argc, const char* const* argv)
{
    command_line given;
    given.client.test.duration = std::chrono::seconds(10);
    given.client.test.outstanding = default_outstanding;
    CLI::App app(description, "async-perf");
    app.footer(more_help);
    tools::add_help_and_version(app);
    describe_server(app, given);
    describe_client(app, given);
    describe_both(app, given);
    if (const std::optional<int> exit_code = tools::parse(app, argc, argv)) {
        return *exit_code;
    }
    if (given.is_server) {
        return server_of(app, given);
    }
    if (app.count("--client") == 0) {
        return tools::refuse(app, "either --server or --client HOST is required");
    }
    return client_of(app, given);
}

} // namespace async_perf
