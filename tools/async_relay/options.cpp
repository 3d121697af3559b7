#include "options.hpp"

#include "common/command_line.hpp"

namespace async_relay {

namespace {

std::string check_listen(const std::string& text)
{
    return tools::parse_endpoint(text) ? ""
                                       : "'" + text + "' is not [HOST:]PORT; an IPv6 address needs brackets: [::1]:80";
}

std::string check_target(const std::string& text)
{
    const auto target = tools::parse_endpoint(text);
    const bool usable = target && !target->host.empty() && target->port != 0;
    return usable ? "" : "'" + text + "' is not HOST:PORT; an IPv6 address needs brackets: [::1]:80";
}

void add_endpoint(CLI::App& app, const std::string& name, tools::endpoint& value,
                  std::string (*check)(const std::string&), const std::string& form, const std::string& help)
{
    const auto store = [&value](const std::string& text) {
        value = tools::parse_endpoint(text).value_or(tools::endpoint{});
    };
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
    tools::add_seconds(app, "--connect-timeout", chosen.connect_timeout,
                       "Give up connecting to the target (default 10)");
    tools::add_seconds(app, "--idle-timeout", chosen.idle_timeout,
                       "Reset a connection that moved no byte for so long (default: never)");
    CLI::Option* const quiet = app.add_flag("--quiet", chosen.quiet, "Print errors only");
    tools::add_seconds(app, "--stats", chosen.stats_interval, "Print statistics so often (default: at the end only)");
    app.get_option("--stats")->excludes(quiet);
    app.add_flag("--json", chosen.json, "Print JSON lines instead of text");
}

} // namespace

std::variant<options, int> parse_options(int argc, const char* const* argv)
{
    options chosen;
    CLI::App app("Relays TCP connections. Ctrl-C: accept no more, let the open connections end; again: reset them.",
                 "async-relay");
    tools::add_help_and_version(app);
    describe(app, chosen);
    if (const std::optional<int> exit_code = tools::parse(app, argc, argv)) {
        return *exit_code;
    }
    return chosen;
}

} // namespace async_relay
