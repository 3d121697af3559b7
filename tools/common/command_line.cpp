#include "common/command_line.hpp"

#include "common/print.hpp"

namespace tools {

namespace {

constexpr int exit_bad_usage = 2;
constexpr double longest_seconds = 7 * 24 * 3600;

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

} // namespace

CLI::Option* add_seconds(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                         const std::string& help)
{
    const auto store = [&value](double seconds) { value = to_milliseconds(seconds); };
    return app.add_option_function<double>(name, store, help)->check(check_seconds)->type_name("SECONDS");
}

CLI::Option* add_endpoints(CLI::App& app, const std::string& name, std::vector<endpoint>& value, purpose wanted,
                           const std::string& help)
{
    const auto check = [wanted](const std::string& text) { return parse_endpoint(text, wanted).error; };
    const auto store = [&value, wanted](const std::vector<std::string>& texts) {
        for (const std::string& each : texts) {
            value.push_back(parse_endpoint(each, wanted).value.value_or(endpoint{}));
        }
    };
    return app.add_option_function<std::vector<std::string>>(name, store, help)
        ->check(check)
        ->allow_extra_args(false)
        ->type_name(wanted == purpose::to_listen ? "[HOST:]PORT" : "HOST:PORT");
}

void add_help_and_version(CLI::App& app)
{
    app.set_version_flag("-V,--version", app.get_name() + " " ASYNC_SOCKET_TOOLS_VERSION);
    app.set_help_flag("-h,--help", "Print this help");
}

int refuse(const CLI::App& app, const std::string& reason)
{
    print_error(app.get_name(), reason + " (see --help)");
    return exit_bad_usage;
}

std::optional<int> parse(CLI::App& app, int argc, const char* const* argv)
{
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            return app.exit(error); // --help or --version
        }
        return refuse(app, error.what());
    }
    return std::nullopt;
}

} // namespace tools
