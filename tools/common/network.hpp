// From what a command line says to what the library takes: listening at an endpoint, connecting to one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "async_socket/connect.hpp"
#include "async_socket/engine.hpp"
#include "async_socket/listener.hpp"
#include "async_socket/task.hpp"
#include "common/endpoint.hpp"

namespace tools {

// At all addresses of the endpoint that this machine has, or those of one family. All of a port 0 have the same. A file
// of a listener that is gone does not stand in the way.
as::task<as::result_of<as::listener>> listen_at(as::engine& engine, endpoint where, as::family family);

// The same for a thread that has nothing else to do. Throws std::runtime_error with the reason.
as::listener open_listener(as::engine& engine, const endpoint& where, as::family family);

// What a listener at a path leaves behind when it is closed. Of other listeners there is nothing.
class socket_file {
public:
    // It listens there now.
    explicit socket_file(const endpoint& where);
    // Removes it, but not another one that is in its place by now.
    ~socket_file();
    socket_file(const socket_file&) = delete;
    socket_file& operator=(const socket_file&) = delete;

private:
    std::string path_;
    std::filesystem::file_time_type made_;
};

// The endpoint itself stays until it has ended.
as::task<as::connected> connect_to(as::engine& engine, const endpoint& where, as::deadline until,
                                   as::connect_options options);

// "timed out"; of several addresses, each with its own reason.
std::string reason_of(const as::connected& failed);
std::string reason_of(const as::result& failed);

// An address as command lines have it: "[::1]:80", "unix:/path".
std::string text_of(const as::address& address);

// What all streams of the tools have: small pieces leave at once; the peer is asked whether it is still there when it
// was silent for so long, if that is not 0.
void prepare(as::stream& stream, std::uint64_t keep_alive_seconds);

} // namespace tools
