#include "common/command_line.hpp"

#include <cctype>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

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

// Nothing: it is no such number, or one that there is no room for.
std::optional<std::uint64_t> parse_scaled(const std::string& text, std::uint64_t unit)
{
    constexpr std::string_view suffixes = "KMGT";
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    auto [stopped, error] = std::from_chars(text.data(), end, number);
    std::size_t power = 0;
    if (error == std::errc() && stopped != end) {
        const auto upper = static_cast<char>(std::toupper(static_cast<unsigned char>(*stopped++)));
        power = suffixes.find(upper) + 1; // 0: none of them
        error = power == 0 ? std::errc::invalid_argument : error;
    }
    for (; power != 0 && error == std::errc(); --power) {
        error = number > UINT64_MAX / unit ? std::errc::result_out_of_range : error;
        number *= unit;
    }
    return error == std::errc() && stopped == end ? std::optional(number) : std::nullopt;
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

CLI::Option* add_scaled(CLI::App& app, const std::string& name, std::uint64_t& value, const scaled& allowed,
                        const std::string& help)
{
    const auto check = [allowed](const std::string& text) -> std::string {
        const std::optional<std::uint64_t> number = parse_scaled(text, allowed.unit);
        return number && *number >= allowed.least && *number <= allowed.most
                   ? ""
                   : "'" + text + "' is not a number from " + std::to_string(allowed.least) + " to " +
                         std::to_string(allowed.most) + ", K, M, G or T behind it allowed";
    };
    const auto store = [&value, allowed](const std::string& text) {
        value = parse_scaled(text, allowed.unit).value_or(0);
    };
    return app.add_option_function<std::string>(name, store, help)->check(check);
}

std::string check_address(const std::string& text)
{
    return as::address::parse(text, 0) ? "" : "'" + text + "' is no numeric address";
}

CLI::Option* add_address(CLI::App& app, const std::string& name, as::address& value, const std::string& help)
{
    const auto store = [&value](const std::string& text) { value = *as::address::parse(text, 0); };
    return app.add_option_function<std::string>(name, store, help)->check(check_address)->type_name("ADDRESS");
}

void add_family(CLI::App& app, as::family& value, const std::string& where)
{
    const auto only = [&value](as::family family) { return [&value, family] { value = family; }; };
    CLI::Option* const four = app.add_flag_callback("-4,--ipv4", only(as::family::ipv4), "IPv4 only" + where);
    app.add_flag_callback("-6,--ipv6", only(as::family::ipv6), "IPv6 only" + where)->excludes(four);
}

void add_keep_alive(CLI::App& app, std::uint64_t& seconds)
{
    app.add_option("--keepalive", seconds,
                   "Ask peers that were silent for so long whether they are there (default: do not)")
        ->check(CLI::Range(1U, 32767U))
        ->type_name("SECONDS");
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
    } catch (const CLI::CallForHelp&) {
        print(stdout, app.help());
        return EXIT_SUCCESS;
    } catch (const CLI::CallForVersion&) {
        print_line(stdout, app.version());
        return EXIT_SUCCESS;
    } catch (const CLI::ParseError& error) {
        return refuse(app, error.what());
    }
    return std::nullopt;
}

} // namespace tools
