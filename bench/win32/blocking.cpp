// Blocking calls, a thread for each end: no completion, no event loop, and as many stacks as ends.
#include <deque>
#include <thread>

#include "support/failure.hpp"
#include "support/trial.hpp"
#include "win32/gate.hpp"

namespace bench {

namespace {

// 0: the end of the stream; the client's close is a reset.
std::size_t receive(SOCKET socket, std::span<char> buffer) noexcept
{
    const int got = recv(socket, buffer.data(), static_cast<int>(buffer.size()), 0);
    require(got >= 0 || WSAGetLastError() == WSAECONNRESET || WSAGetLastError() == WSAECONNABORTED, "recv");
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

void send_all(SOCKET socket, std::span<const char> bytes) noexcept
{
    const int sent = send(socket, bytes.data(), static_cast<int>(bytes.size()), 0); // blocks until all are sent
    require(sent >= 0 && static_cast<std::size_t>(sent) == bytes.size(), "send");
}

// One session: a thread for each end, which is given one connection after the other.
class pair_of_threads {
public:
    pair_of_threads(trial& trial, std::size_t index)
        : session_(trial[index]),
          message_(trial.message()),
          client_buffer_(trial.client_buffer(index)),
          server_buffer_(trial.server_buffer(index)),
          connected_(session_.connect()),
          client_([this] { work(client_may_go_, &pair_of_threads::talk); }),
          server_([this] { work(server_may_go_, &pair_of_threads::serve); })
    {
    }

    void start()
    {
        server_may_go_.open();
        client_may_go_.open();
    }

private:
    void work(win32::gate& may_go, void (pair_of_threads::*use_connection)() noexcept);
    void talk() noexcept;
    void serve() noexcept;
    void one_closed();

    session& session_;
    const std::span<const char> message_;
    const std::span<char> client_buffer_;
    const std::span<char> server_buffer_;
    socket_pair connected_;
    bool is_over_ = false;
    win32::gate client_may_go_;
    win32::gate server_may_go_;
    std::jthread client_;
    std::jthread server_;
};

void pair_of_threads::work(win32::gate& may_go, void (pair_of_threads::*use_connection)() noexcept)
{
    for (may_go.pass(); !is_over_; may_go.pass()) {
        (this->*use_connection)();
    }
}

void pair_of_threads::one_closed()
{
    const session::after after = session_.closed();
    if (after == session::after::again) {
        connected_ = session_.connect();
        start();
    } else if (after == session::after::over) {
        is_over_ = true;
        start();
    }
}

// The sends that a stream has outstanding go out one after the other: a call returns when its bytes are taken.
void pair_of_threads::talk() noexcept
{
    const SOCKET socket = connected_.client;
    client& client = session_.client;
    unsigned to_send = client.opened();
    if (to_send == 0) {
        return; // idle
    }
    next what = next::nothing;
    while (what != next::close) {
        to_send += what == next::send ? 1 : 0;
        if (to_send != 0) {
            --to_send;
            send_all(socket, message_);
            what = client.sent();
        } else {
            const std::size_t got = receive(socket, client_buffer_);
            require(got != 0, "an echo");
            what = client.received(got);
        }
    }
    close_socket(socket);
    one_closed();
}

void pair_of_threads::serve() noexcept
{
    const SOCKET socket = connected_.server;
    while (const std::size_t got = receive(socket, server_buffer_)) {
        if (session_.server.received(got) == next::send) {
            send_all(socket, server_buffer_.first(got));
        }
    }
    close_socket(socket);
    one_closed();
}

} // namespace

result run(const workload& work)
{
    trial trial(work);
    trial.note_memory();
    {
        std::deque<pair_of_threads> pairs;
        for (std::size_t i = 0; i < trial.size(); ++i) {
            pairs.emplace_back(trial, i);
        }
        for (pair_of_threads& each : pairs) {
            each.start();
        }
        trial.measure();
    }
    return trial.outcome();
}

} // namespace bench
