// The library of this project, through the interface of its own.
#include "async_socket/stream.h"

#include <atomic>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "async_socket/deadline.h"
#include "async_socket/engine.h"
#include "options.hpp"
#include "support/failure.hpp"
#include "support/run_on_engine.hpp"

namespace bench {

namespace {

std::vector<std::uint32_t> engine_threads; // kept, and the most callbacks at once; as many as --loops says if empty
bool receives_are_timed = false;

constexpr std::uint64_t never_reached_ms = 3'600'000;

void require_done(as_outcome outcome, const char* what)
{
    require(outcome.how == AS_DONE, what);
}

class connection;

// A send that may be under way. Its end and the start of the next one may be on two threads.
struct send_slot {
    as_operation operation{};
    as_buffer piece{};
    connection* owner = nullptr;
    std::atomic<bool> is_under_way{false};
};

// One end of a connection, and what it has under way.
struct end {
    as_stream* stream = nullptr;
    as_operation receiving{};
    as_buffer piece{};
    std::span<char> buffer;
    as_callback on_sent = nullptr;
    std::unique_ptr<send_slot[]> sends; // made with the first one: an end that never sends has none
};

// One connection: two streams, made anew for each connection of the session.
class connection {
public:
    connection(as_engine* engine, trial& trial, std::size_t index, countdown& active);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    void connect();
    void open_client() { adopt(client_, connected_.client); }
    void open_server();
    void start();

private:
    static void on_client_received(as_operation* operation, as_outcome outcome);
    static void on_server_received(as_operation* operation, as_outcome outcome);
    static void on_client_sent(as_operation* operation, as_outcome outcome);
    static void on_server_sent(as_operation* operation, as_outcome outcome);

    void adopt(end& adopted, native_socket connected) const;
    void receive(end& receiver);
    void send(end& sender, std::span<const char> bytes);
    void send_message() { send(client_, message_); }
    void make_slots(end& sender);
    [[nodiscard]] send_slot& free_slot(end& sender) const;
    void close(end& closed);

    as_engine* const engine_;
    session& session_;
    const std::span<const char> message_;
    const std::size_t most_sends_;
    const as_deadline deadline_;
    countdown& active_;
    end client_;
    end server_;
    socket_pair connected_;
};

// An echo may overtake the callback of the send before it, so there are a few more than may be outstanding.
constexpr std::size_t sends_to_spare = 4;

connection::connection(as_engine* engine, trial& trial, std::size_t index, countdown& active)
    : engine_(engine),
      session_(trial[index]),
      message_(trial.message()),
      most_sends_(trial.workload().outstanding + sends_to_spare),
      deadline_(receives_are_timed ? as_in_ms(never_reached_ms) : AS_NEVER),
      active_(active)
{
    client_.buffer = trial.client_buffer(index);
    server_.buffer = trial.server_buffer(index);
    client_.receiving = {on_client_received, this, {0}};
    server_.receiving = {on_server_received, this, {0}};
    client_.on_sent = on_client_sent;
    server_.on_sent = on_server_sent;
}

// Those of an idle connection are left open.
connection::~connection()
{
    as_stream_close(client_.stream);
    as_stream_close(server_.stream);
}

void connection::connect()
{
    connected_ = session_.connect();
}

void connection::adopt(end& adopted, native_socket connected) const
{
    require_done(as_stream_adopt(engine_, static_cast<as_socket>(connected), &adopted.stream), "as_stream_adopt");
}

// The server's receive is pending before the client's first message is on its way.
void connection::open_server()
{
    adopt(server_, connected_.server);
    receive(server_);
}

void connection::start()
{
    if (session_.client.receives()) {
        receive(client_);
    }
    for (unsigned count = session_.client.opened(); count > 0; --count) {
        send_message();
    }
}

void connection::receive(end& receiver)
{
    receiver.piece = as_buffer_of(receiver.buffer.data(), receiver.buffer.size());
    require_done(as_stream_receive(receiver.stream, &receiver.receiving, &receiver.piece, 1, deadline_),
                 "as_stream_receive");
}

send_slot& connection::free_slot(end& sender) const
{
    for (std::size_t i = 0; i != most_sends_; ++i) {
        if (!sender.sends[i].is_under_way.load(std::memory_order_acquire)) {
            return sender.sends[i];
        }
    }
    fail("to find a send that has ended");
}

void connection::make_slots(end& sender)
{
    sender.sends = std::make_unique<send_slot[]>(most_sends_);
    for (std::size_t i = 0; i != most_sends_; ++i) {
        sender.sends[i].owner = this;
        sender.sends[i].operation.on_end = sender.on_sent;
        sender.sends[i].operation.context = &sender.sends[i];
    }
}

void connection::send(end& sender, std::span<const char> bytes)
{
    if (!sender.sends) {
        make_slots(sender);
    }
    send_slot& slot = free_slot(sender);
    slot.is_under_way.store(true, std::memory_order_relaxed);
    // A buffer is not const, but what a send is given is only read.
    slot.piece = as_buffer_of(const_cast<char*>(bytes.data()), bytes.size());
    require_done(as_stream_send(sender.stream, &slot.operation, &slot.piece, 1, AS_NEVER), "as_stream_send");
}

void connection::on_client_received(as_operation* operation, as_outcome outcome)
{
    auto& own = *static_cast<connection*>(operation->context);
    require_done(outcome, "the client's receive");
    const next then = own.session_.client.received(static_cast<std::size_t>(outcome.bytes));
    if (then == next::close) {
        own.close(own.client_);
        return;
    }
    own.receive(own.client_);
    if (then == next::send) {
        own.send_message();
    }
}

// The receive that is pending while the echo is sent shares its memory, and gets nothing before the client has the
// whole echo.
void connection::on_server_received(as_operation* operation, as_outcome outcome)
{
    auto& own = *static_cast<connection*>(operation->context);
    if (outcome.how == AS_END_OF_STREAM || outcome.how == AS_RESET) {
        own.close(own.server_);
        return;
    }
    require_done(outcome, "the server's receive");
    const auto bytes = static_cast<std::size_t>(outcome.bytes);
    const next then = own.session_.server.received(bytes);
    own.receive(own.server_);
    if (then == next::send) {
        own.send(own.server_, own.server_.buffer.first(bytes));
    }
}

void connection::on_client_sent(as_operation* operation, as_outcome outcome)
{
    auto& slot = *static_cast<send_slot*>(operation->context);
    connection& own = *slot.owner;
    require_done(outcome, "the client's send");
    slot.is_under_way.store(false, std::memory_order_release);
    const next then = own.session_.client.sent();
    if (then == next::send) {
        own.send_message();
    } else if (then == next::close) {
        own.close(own.client_);
    }
}

void connection::on_server_sent(as_operation* operation, as_outcome outcome)
{
    require_done(outcome, "the server's send");
    static_cast<send_slot*>(operation->context)->is_under_way.store(false, std::memory_order_release);
}

// In a callback of the stream: returns when the others of this stream have returned.
void connection::close(end& closed)
{
    as_stream_close(std::exchange(closed.stream, nullptr));
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
        as_engine_options options = AS_ENGINE_OPTIONS;
        options.threads = engine_threads.empty() ? loops : engine_threads.front();
        options.callbacks = engine_threads.empty() ? loops : engine_threads.back();
        require_done(as_engine_create(&options, &handle_), "as_engine_create");
    }
    ~engine() { as_engine_end(handle_); }
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    [[nodiscard]] as_engine* handle() const noexcept { return handle_; }

private:
    as_engine* handle_ = nullptr;
};

} // namespace

void add_options(CLI::App& app)
{
    app.add_option("--engine", engine_threads, "KEPT,MOST: threads of the engine; without it, as many as --loops")
        ->delimiter(',')
        ->expected(2);
    app.add_flag("--timed", receives_are_timed, "each receive has a deadline, which never comes");
}

result run(const workload& work)
{
    return run_on_engine<engine, connection>(work);
}

} // namespace bench
