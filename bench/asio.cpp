// Asio, standalone: one io_context for each loop, which is told that one thread runs it.
#include <span>
#include <vector>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include "asio_loop.hpp"
#include "support/failure.hpp"
#include "support/loops.hpp"

namespace bench {

namespace {

using asio::ip::tcp;

// Handlers hold one pointer, and Asio keeps them in memory that it uses again: no operation allocates.
class connection {
public:
    connection(asio::io_context& context, trial& trial, std::size_t index);

    void open();
    void start();

private:
    void client_receive();
    void client_received(std::size_t bytes);
    void send(unsigned count);
    void sent(unsigned count);
    void server_receive();
    void server_received(const asio::error_code& error, std::size_t bytes);
    void close(tcp::socket& socket);

    session& session_;
    const std::vector<asio::const_buffer> messages_; // as many as may be outstanding
    const std::span<char> client_buffer_;
    const std::span<char> server_buffer_;
    tcp::socket client_;
    tcp::socket server_;
};

void require_success(const asio::error_code& error, const char* what)
{
    require(!error, what);
}

connection::connection(asio::io_context& context, trial& trial, std::size_t index)
    : session_(trial[index]),
      messages_(trial.workload().outstanding, asio::buffer(trial.message().data(), trial.message().size())),
      client_buffer_(trial.client_buffer(index)),
      server_buffer_(trial.server_buffer(index)),
      client_(context),
      server_(context)
{
}

void connection::open()
{
    const socket_pair pair = session_.connect();
    client_.assign(tcp::v4(), pair.client);
    server_.assign(tcp::v4(), pair.server);
    server_receive();
}

void connection::start()
{
    if (session_.client.receives()) {
        client_receive();
    }
    if (const unsigned count = session_.client.opened(); count > 0) {
        send(count);
    }
}

void connection::client_receive()
{
    client_.async_read_some(asio::buffer(client_buffer_.data(), client_buffer_.size()),
                            [this](const asio::error_code& error, std::size_t bytes) {
                                require_success(error, "the client's async_read_some");
                                client_received(bytes);
                            });
}

void connection::client_received(std::size_t bytes)
{
    const next then = session_.client.received(bytes);
    if (then == next::close) {
        close(client_);
        return;
    }
    if (then == next::send) {
        send(1);
    }
    client_receive();
}

// A stream may have one async_write at a time; what is outstanding goes out as one gathered write.
void connection::send(unsigned count)
{
    const auto written = [this, count](const asio::error_code& error, std::size_t /*bytes*/) {
        require_success(error, "the client's async_write");
        sent(count);
    };
    if (count == 1) {
        asio::async_write(client_, messages_.front(), written);
    } else {
        asio::async_write(client_, std::span(messages_).first(count), written);
    }
}

void connection::sent(unsigned count)
{
    unsigned more = 0;
    for (unsigned i = 0; i < count; ++i) {
        const next then = session_.client.sent();
        more += then == next::send ? 1 : 0;
        if (then == next::close) {
            close(client_);
            return;
        }
    }
    if (more > 0) {
        send(more);
    }
}

void connection::server_receive()
{
    server_.async_read_some(
        asio::buffer(server_buffer_.data(), server_buffer_.size()),
        [this](const asio::error_code& error, std::size_t bytes) { server_received(error, bytes); });
}

void connection::server_received(const asio::error_code& error, std::size_t bytes)
{
    if (error == asio::error::eof || error == asio::error::connection_reset) {
        close(server_);
        return;
    }
    require_success(error, "the server's async_read_some");
    if (session_.server.received(bytes) == next::send) {
        asio::async_write(server_, asio::buffer(server_buffer_.data(), bytes),
                          [](const asio::error_code& failure, std::size_t /*bytes*/) {
                              require_success(failure, "the server's async_write");
                          });
    }
    server_receive();
}

void connection::close(tcp::socket& socket)
{
    socket.close();
    if (session_.closed() == session::after::again) {
        open();
        start();
    }
}

} // namespace

result run(const workload& work)
{
    return run_on_loops<asio_loop<connection>>(work);
}

} // namespace bench
