// io_uring: one system call submits what the last completions asked for and waits for the next ones. The ring belongs
// to its thread (single issuer), which runs the kernel's part when it waits. A send that works is not told of, where
// nobody asks.
#include <cerrno>
#include <deque>
#include <liburing.h>
#include <vector>

#include "support/failure.hpp"
#include "support/loops.hpp"

namespace bench {

namespace {

constexpr unsigned submissions = 4096;
constexpr unsigned completions = 16384;

// What has ended; goes with the connection's address, whose last bits are free.
enum class ended : std::uint8_t { client_receive, client_send, server_receive, server_send };
constexpr std::uintptr_t ended_mask = 3;

struct alignas(64) connection {
    connection(trial& trial, std::size_t session_index)
        : index(session_index),
          client_buffer(trial.client_buffer(session_index)),
          server_buffer(trial.server_buffer(session_index)),
          messages(trial.workload().outstanding,
                   iovec{const_cast<char*>(trial.message().data()), trial.message().size()}) // only read from
    {
    }

    const std::size_t index;
    const std::span<char> client_buffer;
    const std::span<char> server_buffer;
    std::vector<iovec> messages;
    msghdr gathered{};
    int client = -1;
    int server = -1;
};

class loop {
public:
    explicit loop(trial& trial) : trial_(trial) {}

    void add(std::size_t index);
    void run();

private:
    [[nodiscard]] io_uring_sqe* entry();
    void make_ring();
    void start(connection& started);
    void send(connection& from, unsigned count);
    void receive(connection& of, bool is_client, bool was_short);
    void complete(const io_uring_cqe& completion);
    void client_received(connection& own, int bytes);
    void client_sent(connection& own, int bytes);
    void server_received(connection& own, int bytes);
    void close(connection& own, int& socket);

    trial& trial_;
    io_uring ring_{};
    std::deque<connection> connections_;
    std::size_t active_ = 0;
};

void loop::add(std::size_t index)
{
    connections_.emplace_back(trial_, index);
    ++active_;
}

io_uring_sqe* loop::entry()
{
    io_uring_sqe* free = io_uring_get_sqe(&ring_);
    if (free == nullptr) {
        require(io_uring_submit(&ring_) >= 0, "io_uring_submit");
        free = io_uring_get_sqe(&ring_);
        require(free != nullptr, "io_uring_get_sqe");
    }
    return free;
}

void name(io_uring_sqe* entry, const connection& of, ended what)
{
    entry->user_data = reinterpret_cast<std::uintptr_t>(&of) | static_cast<std::uintptr_t>(what);
}

void loop::start(connection& started)
{
    const socket_pair pair = trial_[started.index].connect();
    started.client = pair.client;
    started.server = pair.server;
    receive(started, false, true);
    client& own = trial_[started.index].client;
    if (own.receives()) {
        receive(started, true, true);
    }
    if (const unsigned count = own.opened(); count > 0) {
        send(started, count);
    }
}

// After a short receive nothing is there, and the kernel need not try before it waits.
void loop::receive(connection& of, bool is_client, bool was_short)
{
    const std::span<char> into = is_client ? of.client_buffer : of.server_buffer;
    io_uring_sqe* const receive = entry();
    io_uring_prep_recv(receive, is_client ? of.client : of.server, into.data(), into.size(), 0);
    receive->ioprio = was_short ? IORING_RECVSEND_POLL_FIRST : 0;
    name(receive, of, is_client ? ended::client_receive : ended::server_receive);
}

// Sends of one socket would overtake each other if one was partial: what is outstanding is gathered.
void loop::send(connection& from, unsigned count)
{
    io_uring_sqe* const send = entry();
    if (count == 1) {
        const iovec& message = from.messages.front();
        io_uring_prep_send(send, from.client, message.iov_base, message.iov_len, MSG_NOSIGNAL | MSG_WAITALL);
    } else {
        from.gathered = {};
        from.gathered.msg_iov = from.messages.data();
        from.gathered.msg_iovlen = count;
        io_uring_prep_sendmsg(send, from.client, &from.gathered, MSG_NOSIGNAL | MSG_WAITALL);
    }
    if (trial_.workload().what != kind::stream) {
        send->flags |= IOSQE_CQE_SKIP_SUCCESS;
    }
    name(send, from, ended::client_send);
}

// The thread that makes the ring is its single issuer.
void loop::make_ring()
{
    io_uring_params parameters{};
    parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE;
    parameters.cq_entries = completions;
    const int error = io_uring_queue_init_params(submissions, &ring_, &parameters);
    errno = -error;
    require(error == 0, "io_uring_queue_init_params");
}

void loop::run()
{
    make_ring();
    for (connection& each : connections_) {
        start(each);
    }
    while (active_ > 0) {
        const int error = io_uring_submit_and_wait(&ring_, 1);
        require(error >= 0 || error == -EINTR, "io_uring_submit_and_wait");
        io_uring_cqe* completion = nullptr;
        unsigned head = 0;
        unsigned seen = 0;
        io_uring_for_each_cqe(&ring_, head, completion)
        {
            complete(*completion);
            ++seen;
        }
        io_uring_cq_advance(&ring_, seen);
    }
    for (const connection& each : connections_) {
        if (each.client >= 0) { // of an idle session
            close_socket(each.client);
        }
    }
    io_uring_queue_exit(&ring_);
}

void loop::complete(const io_uring_cqe& completion)
{
    auto& own = *reinterpret_cast<connection*>(static_cast<std::uintptr_t>(completion.user_data) & ~ended_mask);
    errno = completion.res < 0 ? -completion.res : 0;
    switch (static_cast<ended>(completion.user_data & ended_mask)) {
    case ended::client_receive:
        client_received(own, completion.res);
        break;
    case ended::client_send:
        client_sent(own, completion.res);
        break;
    case ended::server_receive:
        server_received(own, completion.res);
        break;
    case ended::server_send:
        require(completion.res > 0, "the server's send");
        break;
    }
}

void loop::client_received(connection& own, int bytes)
{
    require(bytes > 0, "the client's receive");
    const next then = trial_[own.index].client.received(static_cast<std::size_t>(bytes));
    if (then == next::close) {
        close(own, own.client);
        return;
    }
    if (then == next::send) {
        send(own, 1);
    }
    receive(own, true, true);
}

void loop::client_sent(connection& own, int bytes)
{
    require(bytes > 0, "the client's send");
    const std::size_t message = trial_.workload().message;
    require(static_cast<std::size_t>(bytes) % message == 0, "a complete send");
    unsigned more = 0;
    for (std::size_t count = static_cast<std::size_t>(bytes) / message; count > 0; --count) {
        const next then = trial_[own.index].client.sent();
        more += then == next::send ? 1 : 0;
        if (then == next::close) {
            close(own, own.client);
            return;
        }
    }
    if (more > 0) {
        send(own, more);
    }
}

void loop::server_received(connection& own, int bytes)
{
    if (bytes == 0 || bytes == -ECONNRESET) {
        close(own, own.server);
        return;
    }
    require(bytes > 0, "the server's receive");
    const auto count = static_cast<std::size_t>(bytes);
    if (trial_[own.index].server.received(count) == next::send) {
        io_uring_sqe* const echo = entry();
        io_uring_prep_send(echo, own.server, own.server_buffer.data(), count, MSG_NOSIGNAL | MSG_WAITALL);
        echo->flags |= IOSQE_CQE_SKIP_SUCCESS;
        name(echo, own, ended::server_send);
    }
    receive(own, false, count < own.server_buffer.size());
}

void loop::close(connection& own, int& socket)
{
    close_socket(socket);
    socket = -1;
    const session::after after = trial_[own.index].closed();
    if (after == session::after::again) {
        start(own);
    } else if (after == session::after::over) {
        --active_;
    }
}

} // namespace

result run(const workload& work)
{
    return run_on_loops<loop>(work);
}

} // namespace bench
