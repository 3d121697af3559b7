// libevent, as fast as it goes: persistent, edge-triggered events on memory of ours, no bufferevents, no locks.
#include <deque>
#include <memory>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "linux/non_blocking_end.hpp"
#include "support/failure.hpp"
#include "support/loops.hpp"

namespace bench {

namespace {

struct free_event_base {
    void operator()(event_base* base) const noexcept { event_base_free(base); }
};

std::unique_ptr<event_base, free_event_base> make_base()
{
    event_config* const config = event_config_new();
    require(config != nullptr, "event_config_new");
    (void)event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    std::unique_ptr<event_base, free_event_base> base(event_base_new_with_config(config));
    event_config_free(config);
    require(base != nullptr, "event_base_new_with_config");
    return base;
}

class loop {
public:
    explicit loop(trial& trial) : trial_(trial), base_(make_base()) {}

    void add(std::size_t index);
    void run();

private:
    struct watched {
        loop& owner;
        non_blocking_end end;
        event registration;
        event turn; // ends at once, after the sockets have been looked at
    };
    struct connection {
        watched client;
        watched server;
    };

    static void on_event(evutil_socket_t socket, short what, void* context);
    static void on_turn(evutil_socket_t socket, short what, void* context);

    void open(connection& opened);
    void watch(watched& end, int socket);
    void obey(watched& end, non_blocking_end::wish wish);
    void close(watched& end);

    trial& trial_;
    const std::unique_ptr<event_base, free_event_base> base_;
    std::deque<connection> connections_;
    std::size_t active_ = 0;
};

void loop::add(std::size_t index)
{
    connections_.push_back({{*this, {trial_, index, true}, {}, {}}, {*this, {trial_, index, false}, {}, {}}});
    open(connections_.back());
    ++active_;
}

void loop::open(connection& opened)
{
    const socket_pair pair = trial_[opened.client.end.session_index()].connect();
    watch(opened.client, pair.client);
    watch(opened.server, pair.server);
}

void loop::watch(watched& end, int socket)
{
    end.end.open(socket);
    constexpr short for_good = EV_READ | EV_WRITE | EV_ET | EV_PERSIST;
    require(event_assign(&end.registration, base_.get(), socket, for_good, on_event, &end) == 0, "event_assign");
    require(event_add(&end.registration, nullptr) == 0, "event_add");
    require(evtimer_assign(&end.turn, base_.get(), on_turn, &end) == 0, "evtimer_assign");
}

void loop::run()
{
    for (connection& each : connections_) {
        obey(each.client, each.client.end.start());
    }
    if (active_ > 0) {
        require(event_base_dispatch(base_.get()) >= 0, "event_base_dispatch");
    }
    for (connection& each : connections_) {
        if (each.client.end.socket() >= 0) { // of an idle session
            (void)event_del(&each.client.registration);
            close_socket(each.client.end.socket());
        }
    }
}

void loop::on_event(evutil_socket_t /*socket*/, short what, void* context)
{
    auto& end = *static_cast<watched*>(context);
    // libevent does not say whether it was the end. Only a stream can have bytes and its end in one event.
    const bool may_be_end = end.owner.trial_.workload().what == kind::stream;
    if ((what & EV_READ) != 0) {
        end.owner.obey(end, end.end.on_readable(may_be_end));
    }
    if ((what & EV_WRITE) != 0 && end.end.socket() >= 0) {
        end.owner.obey(end, end.end.on_writable());
    }
}

void loop::on_turn(evutil_socket_t /*socket*/, short /*what*/, void* context)
{
    auto& end = *static_cast<watched*>(context);
    end.owner.obey(end, end.end.on_turn());
}

// Not event_active: what is made active by a callback runs before libevent looks at the sockets again.
void loop::obey(watched& end, non_blocking_end::wish wish)
{
    if (wish == non_blocking_end::wish::again) {
        constexpr timeval at_once{0, 0};
        require(event_add(&end.turn, &at_once) == 0, "event_add");
    } else if (wish == non_blocking_end::wish::close) {
        close(end);
    }
}

void loop::close(watched& end)
{
    (void)event_del(&end.registration);
    close_socket(end.end.socket());
    end.end.closed();
    const session::after after = trial_[end.end.session_index()].closed();
    if (after == session::after::again) {
        connection& mine = connections_[end.end.session_index() / trial_.workload().loops];
        open(mine);
        obey(mine.client, mine.client.end.start());
    } else if (after == session::after::over && --active_ == 0) {
        (void)event_base_loopbreak(base_.get());
    }
}

} // namespace

result run(const workload& work)
{
    return run_on_loops<loop>(work);
}

} // namespace bench
