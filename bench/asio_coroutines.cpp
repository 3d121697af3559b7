// Asio, standalone, with its coroutines: one for each end of a connection, as in coroutines.cpp. Its streams have one
// async_write at a time, so there is no workload with several outstanding sends.
#include <cstddef>
#include <span>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include "asio_loop.hpp"
#include "support/failure.hpp"
#include "support/loops.hpp"

namespace bench {

namespace {

using asio::redirect_error;
using asio::use_awaitable;
using asio::ip::tcp;

class connection {
public:
    connection(asio::io_context& context, trial& trial, std::size_t index)
        : session_(trial[index]),
          message_(asio::buffer(trial.message().data(), trial.message().size())),
          client_buffer_(trial.client_buffer(index)),
          server_buffer_(trial.server_buffer(index)),
          client_(context),
          server_(context)
    {
        require(trial.workload().outstanding == 1, "one outstanding send");
    }

    void open()
    {
        const socket_pair pair = session_.connect();
        client_.assign(tcp::v4(), pair.client);
        server_.assign(tcp::v4(), pair.server);
        asio::co_spawn(server_.get_executor(), serve(), asio::detached);
    }

    void start()
    {
        const unsigned count = session_.client.opened();
        if (session_.client.receives()) {
            asio::co_spawn(client_.get_executor(), play(), asio::detached);
        } else if (count != 0) {
            asio::co_spawn(client_.get_executor(), pour(), asio::detached);
        }
    }

private:
    asio::awaitable<void> play()
    {
        for (next then = next::send; then != next::close;) {
            if (then == next::send) {
                co_await asio::async_write(client_, message_, use_awaitable);
                (void)session_.client.sent();
            }
            then = session_.client.received(co_await client_.async_read_some(of(client_buffer_), use_awaitable));
        }
        close(client_);
    }

    asio::awaitable<void> pour()
    {
        next then = next::send;
        while (then == next::send) {
            co_await asio::async_write(client_, message_, use_awaitable);
            then = session_.client.sent();
        }
        if (then == next::close) {
            close(client_);
        }
    }

    asio::awaitable<void> serve()
    {
        for (;;) {
            asio::error_code error;
            const std::size_t bytes =
                co_await server_.async_read_some(of(server_buffer_), redirect_error(use_awaitable, error));
            if (error == asio::error::eof || error == asio::error::connection_reset) {
                break;
            }
            require(!error, "the server's async_read_some");
            if (session_.server.received(bytes) == next::send) {
                co_await asio::async_write(server_, asio::buffer(server_buffer_.data(), bytes), use_awaitable);
            }
        }
        close(server_);
    }

    [[nodiscard]] static asio::mutable_buffer of(std::span<char> buffer)
    {
        return asio::buffer(buffer.data(), buffer.size());
    }

    void close(tcp::socket& socket)
    {
        socket.close();
        if (session_.closed() == session::after::again) {
            open();
            start();
        }
    }

    session& session_;
    const asio::const_buffer message_;
    const std::span<char> client_buffer_;
    const std::span<char> server_buffer_;
    tcp::socket client_;
    tcp::socket server_;
};

} // namespace

result run(const workload& work)
{
    return run_on_loops<asio_loop<connection>>(work);
}

} // namespace bench
