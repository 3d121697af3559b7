#include "options.hpp"

#include "common/command_line.hpp"

namespace async_relay {

namespace {

constexpr const char* description =
    "Relays TCP connections. Ctrl-C: accept no more, let the open connections end; again: reset them.";

constexpr const char* more_help = R"(
An address is HOST:PORT, [IPV6]:PORT, unix:PATH or unix:@NAME.

Examples:
  async-relay -l 8080 -t localhost:80
  async-relay -l 443 -t a.example:443 -t b.example:443 --idle-timeout 300 --metrics localhost:9100
  async-relay -l localhost:5432 -t unix:/run/postgresql/.s.PGSQL.5432

Exit codes:
  0    ended by Ctrl-C or SIGTERM, all connections have ended by themselves
  1    could not start, or could not write what it had to say
  2    the command line makes no sense
  3    ended the same way, but connections were left after --drain-timeout, and were reset
  130  the second Ctrl-C has reset the connections)";

std::string check_version(const std::string& text)
{
    return text == "v1" || text == "v2" ? "" : "'" + text + "' is neither v1 nor v2";
}

void describe_network(CLI::App& app, options& chosen)
{
    tools::add_endpoints(
        app, "-l,--listen", chosen.listen, tools::purpose::to_listen,
        "Accept connections here; no HOST: on all interfaces; port 0: the system chooses; may be there "
        "several times")
        ->required();
    tools::add_endpoints(app, "-t,--target", chosen.targets, tools::purpose::to_connect,
                         "Pass each connection on to this address; several are taken by turns, and one that cannot be "
                         "reached is left alone for 10 seconds")
        ->required();
    tools::add_family(app, chosen.family, ", on both ends");
    tools::add_address(app, "-b,--bind", chosen.from, "Connect to targets from this address of this machine");
    tools::add_keep_alive(app, chosen.keep_alive_seconds);
    app.add_flag("--accept-proxy", chosen.expects_proxy_header,
                 "Clients begin with a header of the PROXY protocol, version 1 or 2; those that do not are reset");
    const auto store_version = [&chosen](const std::string& text) {
        chosen.sends_proxy_header = text == "v1" ? proxy_version::v1 : proxy_version::v2;
    };
    app.add_option_function<std::string>("--send-proxy", store_version,
                                         "Tell targets by such a header who the client is")
        ->check(check_version)
        ->type_name("v1|v2");
}

void describe_limits(CLI::App& app, options& chosen)
{
    app.add_option("--threads", chosen.threads, "Threads that move the bytes (default: the library's choice)")
        ->check(CLI::Range(1U, 1024U))
        ->type_name("N");
    app.add_option("-m,--max-connections", chosen.max_connections,
                   "Connections at a time; further ones wait to be accepted (default 1000)")
        ->check(CLI::Range(1U, 1'000'000U))
        ->type_name("N");
    tools::add_seconds(app, "--connect-timeout", chosen.connect_timeout,
                       "Give up connecting to a target, or waiting for a PROXY header (default 10)");
    tools::add_seconds(app, "--idle-timeout", chosen.idle_timeout,
                       "Reset a connection that moved no byte for so long (default: never)");
    tools::add_seconds(app, "--half-close-timeout", chosen.half_close_timeout,
                       "The same when one of the two directions has ended (default 600)");
    tools::add_seconds(app, "--drain-timeout", chosen.drain_timeout,
                       "How long the connections have after Ctrl-C, before they are reset (default 60)");
}

void describe_output(CLI::App& app, options& chosen)
{
    tools::add_endpoints(app, "--metrics", chosen.metrics, tools::purpose::to_listen,
                         "Serve counters for Prometheus at http://HOST:PORT/metrics")
        ->expected(1);
    CLI::Option* const quiet = app.add_flag("-q,--quiet", chosen.quiet, "Print errors only");
    tools::add_seconds(app, "--stats", chosen.stats_interval, "Print statistics so often (default: at the end only)")
        ->excludes(quiet);
    app.add_flag("-j,--json", chosen.json, "Print JSON lines instead of text");
}

} // namespace

std::variant<options, int> parse_options(int argc, const char* const* argv)
{
    options chosen;
    CLI::App app(description, "async-relay");
    app.footer(more_help);
    tools::add_help_and_version(app);
    describe_network(app, chosen);
    describe_limits(app, chosen);
    describe_output(app, chosen);
    if (const std::optional<int> exit_code = tools::parse(app, argc, argv)) {
        return *exit_code;
    }
    return chosen;
}

} // namespace async_relay
