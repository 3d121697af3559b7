#include "connection.hpp"

#include "common/system_socket.hpp"

namespace async_relay {

using std::chrono::steady_clock;

connection::connection(SOCKET_TRANSPORT_HANDLE client, statistics& counted)
    : counted_(counted),
      last_move_(steady_clock::now()),
      client_(client),
      target_(socket_transport_create_client()),
      to_target_(*this, client_, target_, counted.bytes_to_target),
      to_client_(*this, target_, client_, counted.bytes_to_client)
{
}

bool connection::connect(const tools::endpoint& target, std::chrono::milliseconds timeout)
{
    return socket_transport_connect(target_.transport(), target.host.c_str(), target.port,
                                    static_cast<std::uint32_t>(timeout.count())) == 0;
}

void connection::start(EXECUTION_ENGINE_HANDLE engine)
{
    if (!open(engine)) {
        reset();
        return;
    }
    moved_bytes(); // the time that connecting took does not count
    to_target_.start();
    to_client_.start();
}

bool connection::open(EXECUTION_ENGINE_HANDLE engine)
{
    const std::lock_guard lock(mutex_);
    if (reset_) {
        return false;
    }
    tools::system_socket::send_without_delay(client_.socket());
    tools::system_socket::send_without_delay(target_.socket());
    return client_.open(engine) && target_.open(engine);
}

void connection::reset()
{
    {
        const std::lock_guard lock(mutex_);
        if (reset_) {
            return;
        }
        reset_ = true;
        tools::system_socket::reset_on_close(client_.socket());
        tools::system_socket::reset_on_close(target_.socket());
    }
    ++counted_.resets;
    // Without the lock: a close waits for callbacks, and they may be waiting for the lock.
    client_.close();
    target_.close();
}

bool connection::pass_end(const tools::peer& source, std::uint64_t bytes_received, const tools::peer& sink)
{
    const std::lock_guard lock(mutex_);
    return !reset_ && !tools::system_socket::was_reset(source.socket(), bytes_received) &&
           tools::system_socket::end_sending(sink.socket());
}

std::chrono::milliseconds connection::idle_time() const
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - last_move_.load());
}

void connection::moved_bytes()
{
    last_move_ = steady_clock::now();
}

} // namespace async_relay
