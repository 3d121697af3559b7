#include "common/listener.hpp"

#include <thread>

namespace tools {

listener::listener(const endpoint& address)
{
    const auto [socket, error] = system_socket::listen(address);
    if (!socket) {
        throw std::runtime_error("cannot listen on " + to_string(address) + ": " + error);
    }
    socket_ = socket;
}

SOCKET_TRANSPORT_HANDLE listener::accept(std::chrono::milliseconds timeout)
{
    if (!system_socket::wait_for_connection(*socket_, timeout)) {
        return nullptr;
    }
    const auto [accepted, error] = system_socket::accept(*socket_);
    if (!accepted) {
        if (error == system_socket::accept_error::system) {
            // Out of sockets or memory. The connection is still there; do not spin on it.
            std::this_thread::sleep_for(timeout);
        }
        return nullptr;
    }
    const SOCKET_TRANSPORT_HANDLE transport = socket_transport_create_from_socket(*accepted);
    if (transport == nullptr) {
        system_socket::close(*accepted);
    }
    return transport;
}

void listener::close()
{
    if (socket_) {
        system_socket::close(*socket_);
        socket_.reset();
    }
}

} // namespace tools
