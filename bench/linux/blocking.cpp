// Threads that block: one for each end of each connection. --loops does not matter here.
#include <atomic>
#include <cerrno>
#include <deque>
#include <latch>
#include <sys/socket.h>
#include <thread>

#include "support/failure.hpp"
#include "support/trial.hpp"

namespace bench {

namespace {

// The thread's next connection.
class inbox {
public:
    void put(int socket) noexcept
    {
        socket_.store(socket, std::memory_order_release);
        socket_.notify_one();
    }
    // finished: there is none any more.
    [[nodiscard]] int take() noexcept
    {
        socket_.wait(empty, std::memory_order_acquire);
        return socket_.exchange(empty, std::memory_order_acquire);
    }

    static constexpr int finished = -2;

private:
    static constexpr int empty = -1;
    std::atomic<int> socket_{empty};
};

class connection {
public:
    connection(trial& trial, std::size_t index, std::latch& all_started)
        : all_started_(all_started),
          session_(trial[index]),
          message_(trial.message()),
          client_buffer_(trial.client_buffer(index)),
          server_buffer_(trial.server_buffer(index)),
          is_idle_(trial.workload().what == kind::idle)
    {
        connect();
    }

    void start()
    {
        server_thread_ = std::jthread([this] { run_server(); });
        client_thread_ = std::jthread([this] { run_client(); });
    }

private:
    void connect();
    void run_client();
    void run_server();
    void be_client(int socket);
    void be_server(int socket);
    void stream(int socket, unsigned count);
    void closed();

    std::latch& all_started_; // otherwise those that run would keep the processors from those that start
    session& session_;
    const std::span<const char> message_;
    const std::span<char> client_buffer_;
    const std::span<char> server_buffer_;
    const bool is_idle_;
    inbox for_client_;
    inbox for_server_;
    std::jthread server_thread_;
    std::jthread client_thread_;
};

void send_all(int socket, std::span<const char> bytes)
{
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    require(sent == static_cast<ssize_t>(bytes.size()), "send"); // a blocking one takes all
}

void connection::connect()
{
    const socket_pair pair = session_.connect();
    for_server_.put(pair.server);
    for_client_.put(pair.client);
}

void connection::run_client()
{
    all_started_.wait();
    for (int socket = for_client_.take(); socket != inbox::finished; socket = for_client_.take()) {
        if (is_idle_) {
            (void)for_client_.take(); // until the server has seen the end
            close_socket(socket);
            return;
        }
        be_client(socket);
        close_socket(socket);
        closed();
    }
}

void connection::run_server()
{
    for (int socket = for_server_.take(); socket != inbox::finished; socket = for_server_.take()) {
        be_server(socket);
        close_socket(socket);
        closed();
    }
}

void connection::be_client(int socket)
{
    const unsigned count = session_.client.opened();
    if (!session_.client.receives()) {
        stream(socket, count);
        return;
    }
    for (next then = next::send; then != next::close;) {
        if (then == next::send) {
            send_all(socket, message_);
            (void)session_.client.sent();
        }
        const ssize_t received = recv(socket, client_buffer_.data(), client_buffer_.size(), 0);
        require(received > 0, "the client's recv");
        then = session_.client.received(static_cast<std::size_t>(received));
    }
}

// Nothing is outstanding when a blocking send has returned; so there is no more than one.
void connection::stream(int socket, unsigned count)
{
    for (unsigned open = count; open > 0;) {
        send_all(socket, message_);
        if (session_.client.sent() != next::send) {
            --open;
        }
    }
}

void connection::be_server(int socket)
{
    for (;;) {
        const ssize_t received = recv(socket, server_buffer_.data(), server_buffer_.size(), 0);
        if (received == 0 || (received < 0 && errno == ECONNRESET)) {
            return;
        }
        require(received > 0, "the server's recv");
        const auto bytes = static_cast<std::size_t>(received);
        if (session_.server.received(bytes) == next::send) {
            send_all(socket, server_buffer_.first(bytes));
        }
    }
}

void connection::closed()
{
    const session::after after = session_.closed();
    if (after == session::after::again) {
        connect();
    } else if (after == session::after::over) {
        for_server_.put(inbox::finished);
        for_client_.put(inbox::finished);
    }
}

} // namespace

result run(const workload& work)
{
    trial trial(work);
    trial.note_memory();
    {
        std::latch all_started(1);
        std::deque<connection> connections;
        for (std::size_t i = 0; i < trial.size(); ++i) {
            connections.emplace_back(trial, i, all_started);
        }
        for (connection& each : connections) {
            each.start();
        }
        all_started.count_down();
        trial.measure();
    }
    return trial.outcome();
}

} // namespace bench
