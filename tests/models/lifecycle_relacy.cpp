// src/core/life/lifecycle.cpp, unchanged, run by relacy: under a scheduler that tries out the schedules, with
// loads that may see older values as far as the C++ memory model allows it. What the word protects is an
// rl::var, which stops the run when two accesses are not ordered, or when its memory is gone.
//
//   lifecycle_relacy                  every scenario must pass
//   lifecycle_relacy --a-bug-is-planted   at least one must not
#include "core/life/lifecycle.hpp"
#include "modelled_wait.hpp"
#include "relacy_search.hpp"

namespace {

using async_socket::core::lifecycle;
using models::passes;
using models::search;

// A socket, as far as the word protects it.
struct guarded {
    lifecycle life;
    rl::var<int> channel; // written by the opener and the closer, read by calls
    rl::var<int> traces;  // written by a call, read by the closer

    void write_channel(int value) { channel(RL_INFO).store(value); }
    void read_channel() const { (void)channel(RL_INFO).load(); }

    // socket::open up to its callback.
    lifecycle::visit open()
    {
        write_channel(1);
        return life.end_open();
    }
    // A send.
    void call()
    {
        lifecycle::visit visit(life);
        if (visit.is_inside()) {
            read_channel();
            traces(RL_INFO).store(1);
        }
    }
    // A receive, which does not touch what the send does.
    void other_call()
    {
        const lifecycle::visit visit(life);
        if (visit.is_inside()) {
            read_channel();
        }
    }
    // socket::close behind begin_close.
    void go_on_closing()
    {
        life.wait_for_calls();
        (void)traces(RL_INFO).load();
        write_channel(0);
        life.end_close();
    }
    void close()
    {
        if (life.begin_close()) {
            go_on_closing();
        }
    }
    void try_to_open()
    {
        if (life.begin_open()) {
            lifecycle::visit visit = open();
            read_channel(); // the open callback
        }
    }
};

// `threads` threads around one socket, which each scenario's before() brings into its first state.
template <typename Scenario, int threads>
struct scenario : rl::test_suite<Scenario, threads> {
    guarded* socket = nullptr;

    void create()
    {
        async_socket::backend::forget_sleepers();
        socket = new (RL_INFO) guarded;
        socket->write_channel(0);
        socket->traces(RL_INFO).store(0);
    }
    void create_open()
    {
        create();
        (void)socket->life.begin_open();
        (void)socket->open();
    }
    // What was created must be gone at the end, here or before.
    void after()
    {
        if (socket != nullptr) {
            rl::delete_impl(socket, RL_INFO);
        }
    }

    // socket::close_and_free
    void destroy()
    {
        while (!socket->life.retire()) {
            socket->close();
        }
        socket->read_channel();
        rl::delete_impl(socket, RL_INFO);
        socket = nullptr;
    }
};

struct call_and_close : scenario<call_and_close, 2> {
    static constexpr const char* title = "call and close";

    void before() { create_open(); }
    void thread(unsigned index) { index == 0 ? socket->call() : socket->close(); }
};

struct two_calls_and_close : scenario<two_calls_and_close, 3> {
    static constexpr const char* title = "two calls and close";

    void before() { create_open(); }
    void thread(unsigned index) { index == 0 ? socket->call() : index == 1 ? socket->other_call() : socket->close(); }
};

struct call_and_two_closers : scenario<call_and_two_closers, 3> {
    static constexpr const char* title = "call and two closers";

    void before() { create_open(); }
    void thread(unsigned index) { index == 0 ? socket->call() : socket->close(); }
};

struct open_and_call : scenario<open_and_call, 2> {
    static constexpr const char* title = "open and call";

    void before() { create(); }
    void thread(unsigned index) { index == 0 ? socket->try_to_open() : socket->call(); }
};

struct open_and_close : scenario<open_and_close, 2> {
    static constexpr const char* title = "open and close";

    void before() { create(); }
    void thread(unsigned index) { index == 0 ? socket->try_to_open() : socket->close(); }
};

struct two_openers_and_close : scenario<two_openers_and_close, 3> {
    static constexpr const char* title = "two openers and close";

    void before() { create_open(); }
    void thread(unsigned index) { index < 2 ? socket->try_to_open() : socket->close(); }
};

// The call may see the old `open` first and come in through the new one.
struct call_and_reopen : scenario<call_and_reopen, 2> {
    static constexpr const char* title = "call and reopen";

    void before() { create_open(); }
    void thread(unsigned index)
    {
        if (index == 0) {
            socket->call();
        } else {
            socket->close();
            socket->try_to_open();
        }
    }
};

struct close_and_open_elsewhere : scenario<close_and_open_elsewhere, 3> {
    static constexpr const char* title = "close and open elsewhere";

    void before() { create_open(); }
    void thread(unsigned index) { index == 0 ? socket->call() : index == 1 ? socket->close() : socket->try_to_open(); }
};

// The open callback runs, and the socket is destroyed meanwhile.
struct destroy_during_open : scenario<destroy_during_open, 2> {
    static constexpr const char* title = "destroy during open";

    void before()
    {
        create();
        (void)socket->life.begin_open();
    }
    void thread(unsigned index)
    {
        if (index == 0) {
            guarded& opening = *socket;
            lifecycle::visit visit = opening.open();
            opening.read_channel();
            visit.end();
        } else {
            destroy();
        }
    }
};

struct destroy_during_failed_open : scenario<destroy_during_failed_open, 2> {
    static constexpr const char* title = "destroy during failed open";

    void before()
    {
        create();
        (void)socket->life.begin_open();
    }
    void thread(unsigned index)
    {
        if (index == 0) {
            guarded& opening = *socket;
            opening.write_channel(2);
            opening.life.abandon_open();
        } else {
            destroy();
        }
    }
};

struct destroy_during_close : scenario<destroy_during_close, 2> {
    static constexpr const char* title = "destroy during close";

    void before()
    {
        create_open();
        (void)socket->life.begin_close();
    }
    void thread(unsigned index)
    {
        if (index == 0) {
            socket->go_on_closing();
        } else {
            destroy();
        }
    }
};

// A call is inside, a close waits for it, and a destroy for both.
struct destroy_during_call_and_close : scenario<destroy_during_call_and_close, 3> {
    static constexpr const char* title = "destroy during call and close";

    lifecycle::visit* visit = nullptr;

    void before()
    {
        create_open();
        visit = new (RL_INFO) lifecycle::visit(socket->life);
        (void)socket->life.begin_close();
    }
    void thread(unsigned index)
    {
        if (index == 0) {
            socket->traces(RL_INFO).store(1);
            visit->end();
        } else if (index == 1) {
            socket->go_on_closing();
        } else {
            destroy();
        }
    }
    void after()
    {
        rl::delete_impl(visit, RL_INFO);
        scenario::after();
    }
};

// The same call, but it is inside still when the word is closed: the last to wait for it is the destroy.
struct destroy_during_late_leave : scenario<destroy_during_late_leave, 2> {
    static constexpr const char* title = "destroy during late leave";

    lifecycle::visit* visit = nullptr;

    void before()
    {
        create_open();
        visit = new (RL_INFO) lifecycle::visit(socket->life);
        (void)socket->life.begin_close();
        socket->life.end_close();
    }
    void thread(unsigned index) { index == 0 ? visit->end() : destroy(); }
    void after()
    {
        rl::delete_impl(visit, RL_INFO);
        scenario::after();
    }
};

struct close_with_a_timeout : scenario<close_with_a_timeout, 2> {
    static constexpr const char* title = "close with a timeout";

    void before() { create_open(); }
    void thread(unsigned index)
    {
        if (index == 0) {
            socket->call();
        } else if (socket->life.begin_close()) {
            if (socket->life.wait_for_calls(1)) {
                (void)socket->traces(RL_INFO).load();
                socket->write_channel(0);
            } else {
                socket->life.wait_for_calls();
            }
            socket->life.end_close();
        }
    }
};

template <typename... Scenarios>
bool all_pass(const search& how)
{
    return (passes<Scenarios>(how) && ...);
}

bool everything_passes()
{
    constexpr search by_chance{rl::sched_random, 0, 100000};
    constexpr search at_most_three_preemptions{rl::sched_bound, 3, 0};
    constexpr search all_schedules{rl::sched_full, 0, 0};
    return all_pass<call_and_close, open_and_call, open_and_close, destroy_during_failed_open, destroy_during_close,
                    destroy_during_late_leave, call_and_reopen, destroy_during_open, close_with_a_timeout>(
               all_schedules) &&
           all_pass<two_calls_and_close, call_and_two_closers, two_openers_and_close, close_and_open_elsewhere,
                    destroy_during_call_and_close>(at_most_three_preemptions) &&
           all_pass<call_and_close, open_and_call, open_and_close, destroy_during_failed_open, destroy_during_close,
                    destroy_during_late_leave, call_and_reopen, destroy_during_open, close_with_a_timeout,
                    two_calls_and_close, call_and_two_closers, two_openers_and_close, close_and_open_elsewhere,
                    destroy_during_call_and_close>(by_chance);
}

} // namespace

int main(int count, char** arguments)
{
    return models::verdict(count, arguments, everything_passes);
}
