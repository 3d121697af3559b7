#include "options.hpp"

#include "common/command_line.hpp"

namespace async_perf {

namespace {

constexpr std::uint32_t throughput_size = 64U << 10U;
constexpr std::uint32_t ping_pong_size = 64;
constexpr std::uint32_t default_outstanding = 4;
constexpr std::uint32_t most_threads = 1024;

struct command_line {
    common_options both;
    client_options client; // what is its own
    server_options server;
    bool is_server = false;
    bool reverse = false;
    bool ping_pong = false;
    bool fast = false;
    std::optional<std::uint32_t> size;
};

std::optional<EXECUTION_ENGINE_PARAMETERS> parse_engine(const std::string& text)
{
    const std::size_t comma = text.find(',');
    EXECUTION_ENGINE_PARAMETERS threads{};
    if (comma == std::string::npos || !CLI::detail::lexical_cast(text.substr(0, comma), threads.min_thread_count) ||
        !CLI::detail::lexical_cast(text.substr(comma + 1), threads.max_thread_count)) {
        return std::nullopt;
    }
    const bool in_order = threads.max_thread_count == 0 || threads.min_thread_count <= threads.max_thread_count;
    const bool usable = threads.min_thread_count <= most_threads && threads.max_thread_count <= most_threads;
    return in_order && usable ? std::optional(threads) : std::nullopt;
}

std::string check_engine(const std::string& text)
{
    return parse_engine(text) ? "" : "'" + text + "' is not MIN,MAX threads; a MAX of 0 means no maximum";
}

std::string check_not_empty(const std::string& text)
{
    return text.empty() ? "the address is empty" : "";
}

void describe_both(CLI::App& app, command_line& given)
{
    app.add_option("--port", given.both.port, "The server's port (default 5201); 0 with --server: the system chooses")
        ->check(CLI::Range(0U, 65535U))
        ->type_name("PORT");
    const auto store_engine = [&given](const std::string& text) { given.both.engine = parse_engine(text); };
    app.add_option_function<std::string>("--engine", store_engine,
                                         "Threads of the engine (default: the library's choice)")
        ->check(check_engine)
        ->type_name("MIN,MAX");
    app.add_flag("--fast", given.fast, "The library's fast completion mode");
    app.add_flag("--json", given.both.json, "Client: one JSON document instead of text; server: a JSON line per event");
}

void describe_server(CLI::App& app, command_line& given)
{
    CLI::Option* const server = app.add_flag("--server", given.is_server, "Wait for clients and do what they ask for");
    app.add_option("--bind", given.server.bind, "Listen on this address only")
        ->needs(server)
        ->check(check_not_empty)
        ->type_name("ADDRESS");
    app.add_flag("--one-off", given.server.one_off, "End after one test")->needs(server);
}

void describe_traffic(CLI::App& app, CLI::Option* client, command_line& given)
{
    request& test = given.client.test;
    app.add_option("--streams", test.streams, "Connections at a time (default 1)")
        ->needs(client)
        ->check(CLI::Range(1U, most_streams))
        ->type_name("N");
    app.add_option("--size", given.size, "Bytes of a message (default 65536; 64 with --ping-pong)")
        ->needs(client)
        ->check(CLI::Range(1U, largest_message))
        ->type_name("BYTES");
    CLI::Option* const outstanding =
        app.add_option("--outstanding", test.outstanding, "Sends under way at a time on each connection (default 4)");
    outstanding->needs(client)->check(CLI::Range(1U, most_outstanding))->type_name("N");
    CLI::Option* const reverse = app.add_flag("--reverse", given.reverse, "The server sends");
    reverse->needs(client);
    app.add_flag("--ping-pong", given.ping_pong, "Question and answer: measures latency instead of throughput")
        ->needs(client)
        ->excludes(outstanding)
        ->excludes(reverse);
}

void describe_client(CLI::App& app, command_line& given)
{
    CLI::Option* const client = app.add_option("--client", given.client.host, "Run a test with the server on HOST");
    client->check(check_not_empty)->type_name("HOST")->excludes(app.get_option("--server"));
    describe_traffic(app, client, given);
    tools::add_seconds(app, "--duration", given.client.test.duration, "How long to send (default 10)")->needs(client);
    CLI::Option* const interval =
        tools::add_seconds(app, "--interval", given.client.interval, "How often to show progress (default 1)");
    interval->needs(client);
    app.add_flag("--quiet", given.client.quiet, "Do not show progress")->needs(client)->excludes(interval);
}

client_options client_of(const command_line& given)
{
    client_options chosen = given.client;
    static_cast<common_options&>(chosen) = given.both;
    chosen.test.test = given.ping_pong ? kind::ping_pong : kind::throughput;
    chosen.test.flow = given.reverse ? direction::server_sends : direction::client_sends;
    chosen.test.message_size = given.size.value_or(given.ping_pong ? ping_pong_size : throughput_size);
    chosen.test.outstanding = given.ping_pong ? 1 : given.client.test.outstanding;
    return chosen;
}

server_options server_of(const command_line& given)
{
    server_options chosen = given.server;
    static_cast<common_options&>(chosen) = given.both;
    return chosen;
}

} // namespace

std::variant<server_options, client_options, int> parse_options(int argc, const char* const* argv)
{
    command_line given;
    given.client.test.duration = std::chrono::seconds(10);
    given.client.test.outstanding = default_outstanding;
    CLI::App app("Measures TCP throughput and latency between two machines. Start it with --server on one of them,\n"
                 "with --client and the name of the first on the other.",
                 "async-perf");
    tools::add_help_and_version(app);
    describe_server(app, given);
    describe_client(app, given);
    describe_both(app, given);
    if (const std::optional<int> exit_code = tools::parse(app, argc, argv)) {
        return *exit_code;
    }
    given.both.mode = given.fast ? ASYNC_SOCKET_COMPLETION_FAST : ASYNC_SOCKET_COMPLETION_DOCUMENTED;
    if (given.is_server) {
        return server_of(given);
    }
    if (given.client.host.empty()) {
        return tools::refuse(app, "either --server or --client HOST is required");
    }
    if (given.both.port == 0) {
        return tools::refuse(app, "--port: a client cannot connect to port 0");
    }
    return client_of(given);
}

} // namespace async_perf
