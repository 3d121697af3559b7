#include "common/network.hpp"

#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "async_socket/run.hpp"

namespace tools {

namespace {

// "@name" is abstract: no file, and its first byte is 0.
as::result_of<as::address> address_of_path(std::string path)
{
    if (path.front() == '@') {
        path.front() = '\0';
    }
    return as::address::unix_domain({path.data(), path.size()});
}

bool is_file(const endpoint& where)
{
    return !where.path.empty() && where.path.front() != '@';
}

as::task<as::result_of<as::listener>> listen_at_path(as::engine& engine, const endpoint& where)
{
    const auto address = address_of_path(where.path);
    if (!address) {
        co_return as::result(address.outcome());
    }
    auto opened = as::listener::open(engine, *address);
    std::error_code ignored;
    if (opened || !is_file(where) || !std::filesystem::is_socket(where.path, ignored)) {
        co_return opened;
    }
    if (co_await as::connect(engine, *address) != as::how::refused) {
        co_return opened; // somebody is there
    }
    std::filesystem::remove(where.path, ignored);
    co_return as::listener::open(engine, *address);
}

} // namespace

as::task<as::result_of<as::listener>> listen_at(as::engine& engine, endpoint where, as::family family)
{
    if (!where.path.empty()) {
        co_return co_await listen_at_path(engine, where);
    }
    as::listener_options options;
    options.family = family;
    co_return co_await as::listen(engine, where.host, std::to_string(where.port), options);
}

as::listener open_listener(as::engine& engine, const endpoint& where, as::family family)
{
    auto opened = as::run(listen_at(engine, where, family));
    if (!opened) {
        throw std::runtime_error(
            "cannot listen on " + to_string(where) + ": " +
            (opened == as::how::unreachable ? "not an address of this machine" : reason_of(opened)));
    }
    return std::move(*opened);
}

socket_file::socket_file(const endpoint& where) : path_(is_file(where) ? where.path : std::string())
{
    std::error_code ignored;
    made_ = std::filesystem::last_write_time(path_, ignored);
}

socket_file::~socket_file()
{
    std::error_code ignored;
    if (!path_.empty() && std::filesystem::last_write_time(path_, ignored) == made_) {
        std::filesystem::remove(path_, ignored);
    }
}

as::task<as::connected> connect_to(as::engine& engine, const endpoint& where, as::deadline until,
                                   as::connect_options options)
{
    if (where.path.empty()) {
        co_return co_await as::connect(engine, where.host, std::to_string(where.port), until, options);
    }
    const auto address = address_of_path(where.path);
    if (!address) {
        co_return as::result(address.outcome());
    }
    options.from = nullptr;
    co_return co_await as::connect(engine, *address, until, options);
}

std::string reason_of(const as::result& failed)
{
    return failed.message().c_str();
}

std::string reason_of(const as::connected& failed)
{
    if (failed.attempts().empty()) {
        return reason_of(static_cast<const as::result&>(failed));
    }
    std::string all;
    for (const as_attempt& each : failed.attempts()) {
        const std::string where = as::address(each.address).text().c_str();
        all += (all.empty() ? "" : "; ") + where + ": " + reason_of(as::result(each.outcome));
    }
    return all;
}

std::string text_of(const as::address& address)
{
    const bool is_path = address.family() == as::family::unix_domain;
    return (is_path ? "unix:" : "") + std::string(address.text().c_str());
}

void prepare(as::stream& stream, std::uint64_t keep_alive_seconds)
{
    (void)stream.set(as::option::no_delay, 1);
    if (keep_alive_seconds != 0) {
        (void)stream.set(as::option::keep_alive, 1);
        (void)stream.set(as::option::keep_alive_idle, keep_alive_seconds);
    }
}

} // namespace tools
