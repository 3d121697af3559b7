// libuv: small messages by uv_try_write, which is the fastest and tells nobody of the end; --write request: by
// uv_write, whose callback does. Streams by uv_write. Requests are used again.
#include <deque>
#include <span>
#include <string>
#include <vector>

#include <uv.h>

#include "options.hpp"
#include "support/failure.hpp"
#include "support/loops.hpp"

namespace bench {

namespace {

std::string write_by = "try";

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
    static void on_message_written(uv_write_t* request, int status);
    static void on_echo_written(uv_write_t* request, int status);
    static void on_closed(uv_handle_t* handle);

    void open(uv_tcp_t& end, int socket);
    void stream_message(uv_write_t& request);
    void send_message();
    void send_echo(std::span<const char> bytes);

    uv_loop_t& loop_;
    session& session_;
    const std::span<const char> message_;
    const std::span<char> client_buffer_;
    const std::span<char> server_buffer_;
    std::vector<uv_write_t> requests_; // as many as may be outstanding
    uv_write_t echo_request_{};
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

void write_at_once(uv_tcp_t& end, std::span<const char> bytes)
{
    const uv_buf_t buffer = to_write(bytes);
    const int written = uv_try_write(reinterpret_cast<uv_stream_t*>(&end), &buffer, 1);
    require(written == static_cast<int>(bytes.size()), "uv_try_write of a small message");
}

void write(uv_write_t& request, uv_tcp_t& end, std::span<const char> bytes, uv_write_cb then)
{
    const uv_buf_t buffer = to_write(bytes);
    require_success(uv_write(&request, reinterpret_cast<uv_stream_t*>(&end), &buffer, 1, then), "uv_write");
}

connection::connection(uv_loop_t& loop, trial& trial, std::size_t index)
    : loop_(loop),
      session_(trial[index]),
      message_(trial.message()),
      client_buffer_(trial.client_buffer(index)),
      server_buffer_(trial.server_buffer(index)),
      requests_(trial.workload().outstanding)
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
            stream_message(requests_[count - 1]);
        }
        return;
    }
    require_success(uv_read_start(stream, give_client_buffer, on_client_read), "uv_read_start");
    (void)session_.client.opened();
    send_message();
}

void connection::close_client_if_open()
{
    auto* const handle = reinterpret_cast<uv_handle_t*>(&client_);
    if (uv_is_closing(handle) == 0) {
        uv_close(handle, nullptr);
    }
}

void connection::stream_message(uv_write_t& request)
{
    write(request, client_, message_, on_message_written);
}

void connection::send_message()
{
    if (write_by == "request") {
        stream_message(requests_.front());
    } else {
        write_at_once(client_, message_);
        (void)session_.client.sent();
    }
}

void connection::send_echo(std::span<const char> bytes)
{
    if (write_by == "request") {
        write(echo_request_, server_, bytes, on_echo_written);
    } else {
        write_at_once(server_, bytes);
    }
}

void connection::on_message_written(uv_write_t* request, int status)
{
    require_success(status, "the client's write callback");
    connection& own = connection_of(request->handle);
    const next then = own.session_.client.sent();
    if (then == next::send) {
        own.stream_message(*request);
    } else if (then == next::close) {
        uv_close(reinterpret_cast<uv_handle_t*>(&own.client_), on_closed);
    }
}

void connection::on_echo_written(uv_write_t* /*request*/, int status)
{
    require_success(status, "the server's write callback");
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
        own.send_message();
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
        connection_of(stream).send_echo({buffer->base, bytes});
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

void add_options(CLI::App& app)
{
    app.add_option("--write", write_by, "how small messages are written")->check(CLI::IsMember({"try", "request"}));
}

result run(const workload& work)
{
    return run_on_loops<loop>(work);
}

} // namespace bench
