// libuv: small answers by uv_try_write, streams by uv_write on requests that are used again.
#include <deque>
#include <span>
#include <vector>

#include <uv.h>

#include "support/failure.hpp"
#include "support/loops.hpp"

namespace bench {

namespace {

class connection {
public:
    connection(uv_loop_t& loop, trial& trial, std::size_t index);

    void open();
    void start();
    // After the loop has ended: an idle session's client is left.
    void close_client_if_open();

private:
    static void give_client_buffer(uv_handle_t* handle, std::size_t suggested, uv_buf_t* buffer);
    static void give_server_buffer(uv_handle_t* handle, std::size_t suggested, uv_buf_t* buffer);
    static void on_client_read(uv_stream_t* stream, ssize_t received, const uv_buf_t* buffer);
    static void on_server_read(uv_stream_t* stream, ssize_t received, const uv_buf_t* buffer);
    static void on_written(uv_write_t* request, int status);
    static void on_closed(uv_handle_t* handle);

    void open(uv_tcp_t& end, int socket);
    void write_message(uv_write_t& request);

    uv_loop_t& loop_;
    session& session_;
    const std::span<const char> message_;
    const std::span<char> client_buffer_;
    const std::span<char> server_buffer_;
    std::vector<uv_write_t> requests_;
    uv_tcp_t client_{};
    uv_tcp_t server_{};
};

connection& connection_of(const uv_stream_t* stream)
{
    return *static_cast<connection*>(stream->data);
}

void require_success(int status, const char* what)
{
    if (status < 0) {
        errno = -status;
        fail(what);
    }
}

uv_buf_t to_write(std::span<const char> bytes)
{
    // libuv only reads what it writes; its type serves reads too.
    return uv_buf_init(const_cast<char*>(bytes.data()), static_cast<unsigned>(bytes.size()));
}

void write_at_once(uv_stream_t* stream, std::span<const char> bytes)
{
    const uv_buf_t buffer = to_write(bytes);
    require(uv_try_write(stream, &buffer, 1) == static_cast<int>(bytes.size()), "uv_try_write of a small message");
}

connection::connection(uv_loop_t& loop, trial& trial, std::size_t index)
    : loop_(loop),
      session_(trial[index]),
      message_(trial.message()),
      client_buffer_(trial.client_buffer(index)),
      server_buffer_(trial.server_buffer(index)),
      requests_(trial.workload().what == kind::stream ? trial.workload().outstanding : 0)
{
}

void connection::open()
{
    const socket_pair pair = session_.connect();
    open(client_, pair.client);
    open(server_, pair.server);
    auto* const stream = reinterpret_cast<uv_stream_t*>(&server_);
    require_success(uv_read_start(stream, give_server_buffer, on_server_read), "uv_read_start");
}

void connection::open(uv_tcp_t& end, int socket)
{
    require_success(uv_tcp_init(&loop_, &end), "uv_tcp_init");
    require_success(uv_tcp_open(&end, socket), "uv_tcp_open");
    end.data = this;
}

void connection::start()
{
    auto* const stream = reinterpret_cast<uv_stream_t*>(&client_);
    if (!session_.client.receives()) {
        for (unsigned count = session_.client.opened(); count > 0; --count) {
            write_message(requests_[count - 1]);
        }
        return;
    }
    require_success(uv_read_start(stream, give_client_buffer, on_client_read), "uv_read_start");
    (void)session_.client.opened();
    write_at_once(stream, message_);
    (void)session_.client.sent();
}

void connection::close_client_if_open()
{
    auto* const handle = reinterpret_cast<uv_handle_t*>(&client_);
    if (uv_is_closing(handle) == 0) {
        uv_close(handle, nullptr);
    }
}

void connection::write_message(uv_write_t& request)
{
    const uv_buf_t buffer = to_write(message_);
    auto* const stream = reinterpret_cast<uv_stream_t*>(&client_);
    require_success(uv_write(&request, stream, &buffer, 1, on_written), "uv_write");
}

void connection::on_written(uv_write_t* request, int status)
{
    require_success(status, "the write callback");
    connection& own = connection_of(request->handle);
    const next then = own.session_.client.sent();
    if (then == next::send) {
        own.write_message(*request);
    } else if (then == next::close) {
        uv_close(reinterpret_cast<uv_handle_t*>(&own.client_), on_closed);
    }
}

void connection::give_client_buffer(uv_handle_t* handle, std::size_t /*suggested*/, uv_buf_t* buffer)
{
    const connection& own = *static_cast<connection*>(handle->data);
    *buffer = uv_buf_init(own.client_buffer_.data(), static_cast<unsigned>(own.client_buffer_.size()));
}

void connection::give_server_buffer(uv_handle_t* handle, std::size_t /*suggested*/, uv_buf_t* buffer)
{
    const connection& own = *static_cast<connection*>(handle->data);
    *buffer = uv_buf_init(own.server_buffer_.data(), static_cast<unsigned>(own.server_buffer_.size()));
}

void connection::on_client_read(uv_stream_t* stream, ssize_t received, const uv_buf_t* /*buffer*/)
{
    if (received == 0) {
        return; // libuv's way to say later
    }
    require_success(static_cast<int>(received), "the client's read");
    connection& own = connection_of(stream);
    const next then = own.session_.client.received(static_cast<std::size_t>(received));
    if (then == next::send) {
        write_at_once(stream, own.message_);
        (void)own.session_.client.sent();
    } else if (then == next::close) {
        uv_close(reinterpret_cast<uv_handle_t*>(stream), on_closed);
    }
}

void connection::on_server_read(uv_stream_t* stream, ssize_t received, const uv_buf_t* buffer)
{
    if (received == UV_EOF || received == UV_ECONNRESET) {
        uv_close(reinterpret_cast<uv_handle_t*>(stream), on_closed);
        return;
    }
    require_success(static_cast<int>(received), "the server's read");
    const auto bytes = static_cast<std::size_t>(received);
    if (bytes > 0 && connection_of(stream).session_.server.received(bytes) == next::send) {
        write_at_once(stream, {buffer->base, bytes});
    }
}

void connection::on_closed(uv_handle_t* handle)
{
    auto& own = *static_cast<connection*>(handle->data);
    if (own.session_.closed() == session::after::again) {
        own.open();
        own.start();
    }
}

class loop {
public:
    explicit loop(trial& trial) : trial_(trial) { require_success(uv_loop_init(&loop_), "uv_loop_init"); }
    ~loop() { require_success(uv_loop_close(&loop_), "uv_loop_close"); }
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    void add(std::size_t index) { connections_.emplace_back(loop_, trial_, index).open(); }

    // Ends when no handle reads or writes any more.
    void run()
    {
        for (connection& each : connections_) {
            each.start();
        }
        (void)uv_run(&loop_, UV_RUN_DEFAULT);
        for (connection& each : connections_) {
            each.close_client_if_open();
        }
        (void)uv_run(&loop_, UV_RUN_DEFAULT);
    }

private:
    trial& trial_;
    uv_loop_t loop_{};
    std::deque<connection> connections_;
};

} // namespace

result run(const workload& work)
{
    return run_on_loops<loop>(work);
}

} // namespace bench
