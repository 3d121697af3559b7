#include "options.hpp"

#include <CLI/CLI.hpp>

#include "report.hpp"

namespace async_relay {

namespace {

constexpr int exit_bad_usage = 2;
constexpr double longest_seconds = 7 * 24 * 3600;

std::string check_listen(const std::string& text)
{
    return parse_endpoint(text) ? "" : "'" + text + "' is not [HOST:]PORT; an IPv6 address needs brackets: [::1]:80";
}

std::string check_target(const std::string& text)
{
    const auto target = parse_endpoint(text);
    const bool usable = target && !target->host.empty() && target->port != 0;
    return usable ? "" : "'" + text + "' is not HOST:PORT; an IPv6 address needs brackets: [::1]:80";
}

// Not CLI::Range, which lets "nan" pass.
std::string check_seconds(const std::string& text)
{
    double seconds = 0;
    const bool usable = CLI::detail::lexical_cast(text, seconds) && seconds >= 0.001 && seconds <= longest_seconds;
    return usable ? "" : "'" + text + "' is not a number of seconds from 0.001 to a week";
}

std::chrono::milliseconds to_milliseconds(double seconds)
{
    return std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(seconds * 1000));
}

void add_seconds(CLI::App& app, const std::string& name, std::chrono::milliseconds& value, const std::string& help)
{
    app.add_option_function<double>(
           name, [&value](double seconds) { value = to_milliseconds(seconds); }, help)
        ->check(check_seconds)
        ->type_name("SECONDS");
}

void add_endpoint(CLI::App& app, const std::string& name, endpoint& value, std::string (*check)(const std::string&),
                  const std::string& form, const std::string& help)
{
    const auto store = [&value](const std::string& text) { value = parse_endpoint(text).value_or(endpoint{}); };
    app.add_option_function<std::string>(name, store, help)->check(check)->type_name(form)->required();
}

void describe(CLI::App& app, options& chosen)
{
    add_endpoint(app, "--listen", chosen.listen, check_listen, "[HOST:]PORT",
                 "Accept connections here; no HOST: on all interfaces; port 0: the system chooses");
    add_endpoint(app, "--target", chosen.target, check_target, "HOST:PORT", "Pass each connection on to this address");
    app.add_option("--threads", chosen.threads, "Threads that move the bytes (default: the library's choice)")
        ->check(CLI::Range(1U, 1024U))
        ->type_name("N");
    app.add_option("--max-connections", chosen.max_connections,
                   "Connections at a time; further ones wait to be accepted (default 1000)")
        ->check(CLI::Range(1U, 1'000'000U))
        ->type_name("N");
    add_seconds(app, "--connect-timeout", chosen.connect_timeout, "Give up connecting to the target (default 10)");
    add_seconds(app, "--idle-timeout", chosen.idle_timeout,
                "Reset a connection that moved no byte for so long (default: never)");
    CLI::Option* const quiet = app.add_flag("--quiet", chosen.quiet, "Print errors only");
    add_seconds(app, "--stats", chosen.stats_interval, "Print statistics so often (default: at the end only)");
    app.get_option("--stats")->excludes(quiet);
    app.add_flag("--json", chosen.json, "Print JSON lines instead of text");
}

} // namespace

std::variant<options, int> parse_options(int argc, const char* const* argv)
{
    options chosen;
    CLI::App app("Relays TCP connections. Ctrl-C: accept no more, let the open connections end; again: reset them.",
                 "async-relay");
    app.set_version_flag("--version", "async-relay " ASYNC_RELAY_VERSION);
    app.set_help_flag("--help", "Print this help");
    describe(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            return app.exit(error); // --help or --version
        }
        print_error(std::string(error.what()) + " (see --help)");
        return exit_bad_usage;
    }
    return chosen;
}

} // namespace async_relay
