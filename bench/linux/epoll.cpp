// The limit: raw epoll, edge-triggered, each socket registered once.
#include <array>
#include <deque>
#include <sys/epoll.h>
#include <unistd.h>
#include <vector>

#include "linux/non_blocking_end.hpp"
#include "support/failure.hpp"
#include "support/loops.hpp"

namespace bench {

namespace {

class loop {
public:
    explicit loop(trial& trial) : trial_(trial), epoll_(epoll_create1(0)) { require(epoll_ >= 0, "epoll_create1"); }
    ~loop() { (void)::close(epoll_); }
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    void add(std::size_t index);
    void run();

private:
    struct connection {
        non_blocking_end client;
        non_blocking_end server;
    };

    void open(connection& opened);
    void watch(non_blocking_end& end, int socket) const;
    void look_at(const epoll_event& event);
    void obey(non_blocking_end& end, non_blocking_end::wish wish);
    void take_turns();
    void close(non_blocking_end& end);

    trial& trial_;
    const int epoll_;
    std::deque<connection> connections_;
    std::vector<non_blocking_end*> waiting_for_turn_;
    std::size_t active_ = 0;
};

void loop::add(std::size_t index)
{
    connections_.push_back({{trial_, index, true}, {trial_, index, false}});
    open(connections_.back());
    ++active_;
}

void loop::open(connection& opened)
{
    const socket_pair pair = trial_[opened.client.session_index()].connect();
    watch(opened.client, pair.client);
    watch(opened.server, pair.server);
}

void loop::watch(non_blocking_end& end, int socket) const
{
    end.open(socket);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &end;
    require(epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) == 0, "epoll_ctl");
}

void loop::run()
{
    for (connection& each : connections_) {
        obey(each.client, each.client.start());
    }
    std::array<epoll_event, 256> events{};
    while (active_ > 0) {
        const int timeout = waiting_for_turn_.empty() ? -1 : 0;
        const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout);
        require(count >= 0, "epoll_wait");
        for (int i = 0; i < count; ++i) {
            look_at(events[static_cast<std::size_t>(i)]);
        }
        take_turns();
    }
    // An idle session's client is left.
    for (connection& each : connections_) {
        if (each.client.socket() >= 0) {
            close_socket(each.client.socket());
        }
    }
}

// The event may be of the connection that the end had before: then there is nothing to read, which is no harm.
void loop::look_at(const epoll_event& event)
{
    auto& end = *static_cast<non_blocking_end*>(event.data.ptr);
    const bool is_end = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if ((is_end || (event.events & EPOLLIN) != 0) && end.socket() >= 0) {
        obey(end, end.on_readable(is_end));
    }
    if ((event.events & EPOLLOUT) != 0 && end.socket() >= 0) {
        obey(end, end.on_writable());
    }
}

void loop::obey(non_blocking_end& end, non_blocking_end::wish wish)
{
    if (wish == non_blocking_end::wish::again) {
        waiting_for_turn_.push_back(&end);
    } else if (wish == non_blocking_end::wish::close) {
        close(end);
    }
}

void loop::take_turns()
{
    for (std::size_t left = waiting_for_turn_.size(); left > 0; --left) {
        non_blocking_end& end = *waiting_for_turn_.front();
        waiting_for_turn_.erase(waiting_for_turn_.begin());
        obey(end, end.on_turn());
    }
}

void loop::close(non_blocking_end& end)
{
    close_socket(end.socket()); // which also ends its registration
    end.closed();
    session& own = trial_[end.session_index()];
    const session::after after = own.closed();
    if (after == session::after::again) {
        connection& mine = connections_[end.session_index() / trial_.workload().loops];
        open(mine);
        obey(mine.client, mine.client.start());
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
