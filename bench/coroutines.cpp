// The library of this project, through its C++ interface: a coroutine for each end, which is what people write.
#include <cstddef>
#include <span>

#include "async_socket/async_socket.hpp"
#include "support/failure.hpp"
#include "support/run_on_engine.hpp"

namespace bench {

namespace {

class engine {
public:
    explicit engine(unsigned loops) : engine_({loops, loops}) {}

    [[nodiscard]] as::engine* handle() const noexcept { return &engine_; }

private:
    mutable as::engine engine_;
};

// One connection: two streams, made anew for each connection of the session.
class connection {
public:
    connection(as::engine* engine, trial& trial, std::size_t index, countdown& active)
        : engine_(*engine),
          session_(trial[index]),
          message_(trial.message()),
          client_buffer_(trial.client_buffer(index)),
          server_buffer_(trial.server_buffer(index)),
          active_(active)
    {
    }
    // Those of an idle connection are left open.
    ~connection() { ends_.stop_and_join(); }
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    void connect() { connected_ = session_.connect(); }
    void open_client() { client_ = adopt(connected_.client); }
    // Its receive is pending before the client's first message is on its way.
    void open_server()
    {
        server_ = adopt(connected_.server);
        spawn(serve());
    }
    void start()
    {
        const unsigned count = session_.client.opened();
        if (session_.client.receives()) {
            spawn(play());
            return;
        }
        for (unsigned i = 0; i != count; ++i) {
            spawn(pour());
        }
    }

private:
    [[nodiscard]] as::stream adopt(native_socket connected) const
    {
        auto adopted = as::stream::adopt(engine_, static_cast<as_socket>(connected));
        require(static_cast<bool>(adopted), "as::stream::adopt");
        return std::move(*adopted);
    }
    void spawn(as::task<> work) { require(ends_.spawn(std::move(work)), "to begin a coroutine"); }

    // A client that waits for each answer.
    as::task<> play()
    {
        for (next then = next::send; then != next::close;) {
            if (then == next::send) {
                require(static_cast<bool>(co_await client_.send(message_)), "the client's send");
                (void)session_.client.sent();
            }
            const as::received got = co_await client_.receive(client_buffer_);
            require(static_cast<bool>(got), "the client's receive");
            then = session_.client.received(got.bytes());
        }
        close(client_);
    }

    // One of the sends of a client that waits for nothing.
    as::task<> pour()
    {
        next then = next::send;
        while (then == next::send) {
            require(static_cast<bool>(co_await client_.send(message_)), "the client's send");
            then = session_.client.sent();
        }
        if (then == next::close) {
            close(client_);
        }
    }

    as::task<> serve()
    {
        for (;;) {
            const as::received got = co_await server_.receive(server_buffer_);
            if (got == as::how::end_of_stream || got == as::how::reset || got == as::how::cancelled) {
                break;
            }
            require(static_cast<bool>(got), "the server's receive");
            if (session_.server.received(got.bytes()) == next::send) {
                require(static_cast<bool>(co_await server_.send(got.data())), "the server's send");
            }
        }
        close(server_);
    }

    void close(as::stream& closed)
    {
        closed.close();
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

    as::engine& engine_;
    session& session_;
    const std::span<const char> message_;
    const std::span<char> client_buffer_;
    const std::span<char> server_buffer_;
    countdown& active_;
    socket_pair connected_;
    as::stream client_;
    as::stream server_;
    as::scope ends_;
};

} // namespace

result run(const workload& work)
{
    return run_on_engine<engine, connection>(work);
}

} // namespace bench
