#include "linux/socket/connection.hpp"

#include "linux/system/linger.hpp"
#include "linux/system/unique_fd.hpp"
#include "linux/transport/transport.hpp"

namespace async_socket::linux_os {

namespace {

backend::transport& transport_of(const backend::connection& connection) noexcept
{
    return backend::transport::of(*reinterpret_cast<core::transport*>(connection.transport));
}

} // namespace

int hold_socket(const backend::connection& connection) noexcept
{
    return connection.transport != nullptr ? transport_of(connection).hold_socket() : connection.socket;
}

void let_go_of_socket(const backend::connection& connection) noexcept
{
    if (connection.transport != nullptr) {
        backend::transport::let_go_of_socket(&transport_of(connection));
    }
}

bool is_connected(const backend::connection& connection) noexcept
{
    return connection.transport == nullptr || transport_of(connection).is_open();
}

void close(const backend::connection& connection, bool is_lost) noexcept
{
    if (connection.transport != nullptr) {
        transport_of(connection).disconnect();
    } else if (backend::is_connection(connection)) {
        if (!is_lost) {
            forget_lingering(connection.socket);
        }
        const unique_fd closing(connection.socket); // 42_006, 42_007
    }
}

} // namespace async_socket::linux_os

namespace async_socket::backend {

connection no_connection() noexcept
{
    return {nullptr, INVALID_SOCKET};
}

bool is_connection(const connection& connection) noexcept
{
    return connection.transport != nullptr || connection.socket >= 0;
}

void connection_close(const connection& connection) noexcept
{
    linux_os::close(connection, false);
}

} // namespace async_socket::backend
