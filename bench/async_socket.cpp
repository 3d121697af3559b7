// The library of this project, through its public C API, third generation.
#define ASYNC_SOCKET_API_VERSION 3
#include "c_pal/async_socket.h"
#include "async_socket/completion_mode.h"

#include <map>
#include <string>

#include "options.hpp"
#include "support/failure.hpp"
#include "support/run_on_engine.hpp"

namespace bench {

namespace {

std::vector<std::uint32_t> engine_threads; // least and most; as many as --loops says if empty
ASYNC_SOCKET_COMPLETION_MODE mode = ASYNC_SOCKET_COMPLETION_DOCUMENTED;

const std::map<std::string, ASYNC_SOCKET_COMPLETION_MODE> modes{{"documented", ASYNC_SOCKET_COMPLETION_DOCUMENTED},
                                                                {"fast", ASYNC_SOCKET_COMPLETION_FAST}};

void choose_mode(const std::string& name)
{
    mode = modes.at(name);
}

// One connection: two async sockets, which are opened again for each connection of the session.
class connection {
public:
    connection(EXECUTION_ENGINE_HANDLE engine, trial& trial, std::size_t index, countdown& active);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    void connect();
    void open_client();
    void open_server();
    void start();

private:
    static void on_opened(void* context, ASYNC_SOCKET_OPEN_RESULT result);
    static void on_client_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes);
    static void on_server_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes);
    static void on_client_sent(void* context, ASYNC_SOCKET_SEND_RESULT result);
    static void on_server_sent(void* context, ASYNC_SOCKET_SEND_RESULT result);

    void open(ASYNC_SOCKET_HANDLE socket, native_socket connected) const;
    void receive(ASYNC_SOCKET_HANDLE socket, std::span<char> into, ON_ASYNC_SOCKET_RECEIVE_COMPLETE then);
    void send(ASYNC_SOCKET_HANDLE socket, std::span<const char> bytes, ON_ASYNC_SOCKET_SEND_COMPLETE then);
    void send_message() { send(client_, message_, on_client_sent); }
    void close(ASYNC_SOCKET_HANDLE socket);

    session& session_;
    const std::span<const char> message_;
    const std::span<char> client_buffer_;
    const std::span<char> server_buffer_;
    countdown& active_;
    ASYNC_SOCKET_HANDLE client_;
    ASYNC_SOCKET_HANDLE server_;
    socket_pair connected_;
};

connection::connection(EXECUTION_ENGINE_HANDLE engine, trial& trial, std::size_t index, countdown& active)
    : session_(trial[index]),
      message_(trial.message()),
      client_buffer_(trial.client_buffer(index)),
      server_buffer_(trial.server_buffer(index)),
      active_(active),
      client_(async_socket_create(engine)),
      server_(async_socket_create(engine))
{
    require(client_ != nullptr && server_ != nullptr, "async_socket_create");
    require(async_socket_set_completion_mode(client_, mode) == 0, "async_socket_set_completion_mode");
    require(async_socket_set_completion_mode(server_, mode) == 0, "async_socket_set_completion_mode");
}

connection::~connection()
{
    async_socket_destroy(client_);
    async_socket_destroy(server_);
}

void connection::connect()
{
    connected_ = session_.connect();
}

void connection::open_client()
{
    open(client_, connected_.client);
}

// The server's receive is pending before the client's first message is on its way.
void connection::open_server()
{
    open(server_, connected_.server);
    receive(server_, server_buffer_, on_server_received);
}

void connection::start()
{
    if (session_.client.receives()) {
        receive(client_, client_buffer_, on_client_received);
    }
    for (unsigned count = session_.client.opened(); count > 0; --count) {
        send_message();
    }
}

void connection::on_opened(void* /*context*/, ASYNC_SOCKET_OPEN_RESULT result)
{
    require(result == ASYNC_SOCKET_OPEN_OK, "the open callback");
}

void connection::open(ASYNC_SOCKET_HANDLE socket, native_socket connected) const
{
#ifdef _WIN32
    const auto handle = reinterpret_cast<SOCKET_HANDLE>(connected);
#else
    const SOCKET_HANDLE handle = connected;
#endif
    require(async_socket_open_async(socket, handle, on_opened, nullptr) == 0, "async_socket_open_async");
}

void connection::receive(ASYNC_SOCKET_HANDLE socket, std::span<char> into, ON_ASYNC_SOCKET_RECEIVE_COMPLETE then)
{
    ASYNC_SOCKET_BUFFER piece{into.data(), static_cast<std::uint32_t>(into.size())};
    require(async_socket_receive_async(socket, &piece, 1, then, this) == 0, "async_socket_receive_async");
}

void connection::send(ASYNC_SOCKET_HANDLE socket, std::span<const char> bytes, ON_ASYNC_SOCKET_SEND_COMPLETE then)
{
    // The API's pieces are not const, but what a send is given is only read.
    const ASYNC_SOCKET_BUFFER piece{const_cast<char*>(bytes.data()), static_cast<std::uint32_t>(bytes.size())};
    require(async_socket_send_async(socket, &piece, 1, then, this) == ASYNC_SOCKET_SEND_SYNC_OK,
            "async_socket_send_async");
}

void connection::on_client_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes)
{
    auto& own = *static_cast<connection*>(context);
    require(result == ASYNC_SOCKET_RECEIVE_OK, "the client's receive");
    const next then = own.session_.client.received(bytes);
    if (then == next::close) {
        own.close(own.client_);
        return;
    }
    own.receive(own.client_, own.client_buffer_, on_client_received);
    if (then == next::send) {
        own.send_message();
    }
}

// The receive that is pending while the echo is sent shares its memory, and gets nothing before the client has the
// whole echo.
void connection::on_server_received(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes)
{
    auto& own = *static_cast<connection*>(context);
    if (result == ASYNC_SOCKET_RECEIVE_ABANDONED) {
        own.close(own.server_);
        return;
    }
    require(result == ASYNC_SOCKET_RECEIVE_OK, "the server's receive");
    const next then = own.session_.server.received(bytes);
    own.receive(own.server_, own.server_buffer_, on_server_received);
    if (then == next::send) {
        own.send(own.server_, own.server_buffer_.first(bytes), on_server_sent);
    }
}

void connection::on_client_sent(void* context, ASYNC_SOCKET_SEND_RESULT result)
{
    auto& own = *static_cast<connection*>(context);
    require(result == ASYNC_SOCKET_SEND_OK, "the client's send");
    const next then = own.session_.client.sent();
    if (then == next::send) {
        own.send_message();
    } else if (then == next::close) {
        own.close(own.client_);
    }
}

void connection::on_server_sent(void* /*context*/, ASYNC_SOCKET_SEND_RESULT result)
{
    require(result == ASYNC_SOCKET_SEND_OK, "the server's send");
}

// In a callback of the socket: returns when the others of this socket have returned, and it can be opened again.
void connection::close(ASYNC_SOCKET_HANDLE socket)
{
    async_socket_close(socket);
    const session::after after = session_.closed();
    if (after == session::after::again) {
        connect();
        open_client();
        open_server();
        start();
    } else if (after == session::after::over) {
        active_.count_down();
    }
}

class engine {
public:
    explicit engine(unsigned loops)
    {
        const std::uint32_t least = engine_threads.empty() ? loops : engine_threads.front();
        const std::uint32_t most = engine_threads.empty() ? loops : engine_threads.back();
        const EXECUTION_ENGINE_PARAMETERS parameters{least, most};
        handle_ = execution_engine_create(&parameters);
        require(handle_ != nullptr, "execution_engine_create");
    }
    ~engine() { execution_engine_dec_ref(handle_); }
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    [[nodiscard]] EXECUTION_ENGINE_HANDLE handle() const noexcept { return handle_; }

private:
    EXECUTION_ENGINE_HANDLE handle_;
};

} // namespace

void add_options(CLI::App& app)
{
    app.add_option("--engine", engine_threads, "MIN,MAX: threads of the engine; without it, as many as --loops")
        ->delimiter(',')
        ->expected(2);
    app.add_option_function<std::string>("--mode", choose_mode, "how completions come to the callbacks")
        ->check(CLI::IsMember(modes));
}

result run(const workload& work)
{
    return run_on_engine<engine, connection>(work);
}

} // namespace bench
