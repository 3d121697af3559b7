// as_stream_drain_and_close: a stream ends so that what was sent arrives.
#include "model/network.hpp"
#include "model/thread.hpp"
#include "scenario.hpp"
#include "stream_end.hpp"

namespace sim {

namespace {

// A drain, and what its callback was told.
struct drain_end {
    as_outcome start(stream_end& drained, as_deadline deadline = AS_NEVER)
    {
        const as_outcome answer = as_stream_drain_and_close(drained.handle, &operation, deadline);
        if (is(answer, AS_DONE)) {
            drained.handle = nullptr; // it is not ours any more
        }
        return answer;
    }
    void begin(stream_end& drained, as_deadline deadline = AS_NEVER)
    {
        require(is(start(drained, deadline), AS_DONE), "a drain is accepted");
    }
    void cancel() { as_operation_cancel(&operation); }
    void wait() const
    {
        wait_until("the drain ends", [this] { return has_ended; });
        require(is(outcome, AS_DONE) == (outcome.code == 0), "with the reason");
    }
    void require_end(as_how how, std::uint64_t thrown_away = 0) const
    {
        wait();
        require(is(outcome, how) && outcome.bytes == thrown_away, "that end");
    }

    as_operation operation{on_end, this, {}};
    as_outcome outcome{};
    bool has_ended = false;

private:
    static void on_end(as_operation* operation, as_outcome told)
    {
        auto& self = *static_cast<drain_end*>(operation->context);
        require(&self.operation == operation && !self.has_ended, "once, with its operation");
        self.outcome = told;
        self.has_ended = true;
    }
};

void a_drain_lets_everything_arrive()
{
    const own_engine pool;
    stream_end end(pool);
    peer_stall(*end.peer, true);
    (void)end.send(600);
    drain_end drain;
    drain.begin(end);
    sleep_ms(10);
    require(!drain.has_ended && !end.peer->own_end, "the send comes first");
    peer_stall(*end.peer, false);
    wait_until("the peer sees the end", [&] { return end.peer->own_end; });
    sleep_ms(10);
    require(!drain.has_ended, "the peer goes on");
    peer_end(*end.peer);
    drain.require_end(AS_DONE);
    end.wait_for_all();
    require(ended(end.all.front(), AS_DONE, 600), "all of it");
}

void a_drain_throws_away_what_comes()
{
    const own_engine pool;
    stream_end end(pool);
    const piece_of_work& first = end.receive(4);
    drain_end drain;
    drain.begin(end);
    peer_write(*end.peer, 40'004); // more than is thrown away at once
    peer_end(*end.peer);
    drain.require_end(AS_DONE, 40'000);
    end.wait_for_all();
    require(ended(first, AS_DONE, 4), "what was asked for before");
}

// A peer may read nothing before it is rid of what it sends itself.
void a_drain_receives_while_its_sends_wait()
{
    const own_engine pool;
    stream_end end(pool);
    peer_stall(*end.peer, true);
    (void)end.send(600);
    drain_end drain;
    drain.begin(end);
    peer_write(*end.peer, 40'000);
    wait_until("all has been received", [&] { return end.peer->consumed == 40'000; });
    peer_end(*end.peer);
    sleep_ms(10);
    require(!drain.has_ended, "the send comes first");
    peer_stall(*end.peer, false);
    drain.require_end(AS_DONE, 40'000);
    end.wait_for_all();
    require(ended(end.all.front(), AS_DONE, 600), "all of it");
}

void a_drain_tells_of_a_loss()
{
    const own_engine pool;
    stream_end end(pool);
    drain_end drain;
    drain.begin(end);
    peer_reset(*end.peer);
    drain.wait();
    require(is(drain.outcome, AS_RESET), "it has not got everything");
}

void a_drain_ends_at_its_deadline()
{
    const own_engine pool;
    for (const bool reads : {true, false}) {
        stream_end end(pool);
        peer_stall(*end.peer, !reads);
        (void)end.send(600);
        const as_deadline until = as_in_ms(5);
        drain_end drain;
        drain.begin(end, until);
        drain.require_end(AS_TIMED_OUT);
        require(as_now() >= until, "never early");
        end.wait_for_all();
    }
}

void a_drain_is_cancelled_at_any_moment()
{
    const own_engine pool;
    for (std::uint64_t pause = 0; pause < 4; ++pause) {
        stream_end end(pool);
        peer_write(*end.peer, 20);
        if (pause != 1) {
            peer_end(*end.peer);
        }
        drain_end drain;
        drain.begin(end);
        if (pause > 1) {
            sleep_ms(pause);
        }
        bool has_cancelled = false;
        spawn_application_thread([&] {
            drain.cancel();
            has_cancelled = true;
        });
        drain.cancel();
        drain.wait();
        wait_until("both have cancelled", [&] { return has_cancelled; });
        require(is(drain.outcome, AS_CANCELLED) || (is(drain.outcome, AS_DONE) && drain.outcome.bytes == 20), "either");
    }
}

void a_drain_is_cancelled_while_it_is_started()
{
    const own_engine pool;
    stream_end end(pool);
    drain_end drain;
    bool has_cancelled = false;
    spawn_application_thread([&] {
        for (int i = 0; i < 5; ++i) {
            drain.cancel();
        }
        has_cancelled = true;
    });
    drain.begin(end);
    wait_until("it has cancelled", [&] { return has_cancelled; });
    drain.cancel();
    drain.require_end(AS_CANCELLED);
}

// Its shutdown is under way by then.
void a_drain_ends_if_nothing_can_be_received()
{
    const own_engine pool;
    stream_end end(pool);
    drain_end drain;
    the_machine().faults = {1, true, 0, 0, 0, "WSARecv"};
    drain.begin(end);
    the_machine().faults = {};
    drain.wait();
    require(!is(drain.outcome, AS_DONE), "with the reason");
}

// What is not begun leaves the stream to its owner.
void a_drain_is_refused()
{
    const own_engine pool;
    stream_end end(pool);
    drain_end drain;
    as_operation without_callback{};
    require(is(as_stream_drain_and_close(nullptr, &drain.operation, AS_NEVER), AS_INVALID), "no stream");
    require(is(as_stream_drain_and_close(end.handle, nullptr, AS_NEVER), AS_INVALID), "no operation");
    require(is(as_stream_drain_and_close(end.handle, &without_callback, AS_NEVER), AS_INVALID), "no callback");
    the_machine().faults = {1, true, 0, 0, 0, "shutdown"};
    require(is(drain.start(end), AS_CLOSED_HERE), "the system's reason");
    the_machine().faults = {};
    const piece_of_work& sent = end.send(8);
    end.wait_for_all();
    require(ended(sent, AS_DONE, 8), "it is as it was");
}

void a_drain_is_refused_while_the_stream_is_closed()
{
    const own_engine pool;
    stream_end end(pool);
    drain_end drain;
    as_stream* const stream = end.handle;
    bool is_inside = false;
    piece_of_work& received = end.receive(8);
    received.in_callback = [&] {
        is_inside = true;
        wait_until("the close has begun", [&] { return is(as_stream_bytes_to_receive(stream), AS_CLOSED_HERE); });
        require(is(as_stream_drain_and_close(stream, &drain.operation, AS_NEVER), AS_CLOSED_HERE), "it is closed");
    };
    peer_write(*end.peer, 8);
    wait_until("it is inside", [&] { return is_inside; });
    end.close();
    end.wait_for_all();
}

void a_drain_needs_memory()
{
    for (std::uint32_t call = 1; call < 40; ++call) {
        const own_engine pool;
        stream_end end(pool);
        peer_end(*end.peer);
        drain_end drain;
        the_machine().faults = {the_machine().fallible_calls + call, false, 0, 0};
        const as_outcome answer = drain.start(end, as_in_ms(1000));
        if (is(answer, AS_DONE)) {
            drain.wait();
        }
        the_machine().faults = {};
    }
}

// In the callback that has received the last that was wanted.
void a_drain_begins_in_a_callback()
{
    const own_engine pool(1, 1);
    stream_end end(pool);
    drain_end drain;
    piece_of_work& received = end.receive(4);
    received.in_callback = [&] { drain.begin(end); };
    peer_write(*end.peer, 4);
    peer_end(*end.peer);
    end.wait_for_all();
    drain.require_end(AS_DONE);
}

} // namespace

const std::vector<scenario> drain_scenarios = {
    {"a_drain_lets_everything_arrive", a_drain_lets_everything_arrive},
    {"a_drain_throws_away_what_comes", a_drain_throws_away_what_comes},
    {"a_drain_receives_while_its_sends_wait", a_drain_receives_while_its_sends_wait},
    {"a_drain_tells_of_a_loss", a_drain_tells_of_a_loss},
    {"a_drain_ends_at_its_deadline", a_drain_ends_at_its_deadline},
    {"a_drain_is_cancelled_at_any_moment", a_drain_is_cancelled_at_any_moment},
    {"a_drain_is_cancelled_while_it_is_started", a_drain_is_cancelled_while_it_is_started},
    {"a_drain_ends_if_nothing_can_be_received", a_drain_ends_if_nothing_can_be_received},
    {"a_drain_is_refused", a_drain_is_refused},
    {"a_drain_is_refused_while_the_stream_is_closed", a_drain_is_refused_while_the_stream_is_closed},
    {"a_drain_needs_memory", a_drain_needs_memory},
    {"a_drain_begins_in_a_callback", a_drain_begins_in_a_callback},
};

} // namespace sim
