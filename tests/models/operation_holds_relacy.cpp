// src/core/operation/operation_holds.cpp, unchanged, run by relacy: whoever cancels an operation touches it before its
// callback or not at all, and the callback waits for nobody who does not touch it.
#include "core/operation/operation_holds.hpp"
#include "modelled_wait.hpp"
#include "relacy_search.hpp"

namespace {

using async_socket::core::operation_holds;
using models::passes;
using models::search;

// What is ended by its callback, in which its memory goes.
struct operation {
    operation_holds holds;
    rl::var<int> state; // changed by its lane, under whose lock both sides are; here each has its own
    rl::var<int> other_state;
};

template <typename Scenario, int threads>
struct scenario : rl::test_suite<Scenario, threads> {
    operation* one = nullptr;

    void before()
    {
        async_socket::backend::forget_sleepers();
        one = new (RL_INFO) operation;
        one->state(RL_INFO).store(0);
        one->other_state(RL_INFO).store(0);
    }

    // as_operation_cancel
    void cancel(rl::var<int> operation::*touched)
    {
        if (one->holds.take()) {
            (one->*touched)(RL_INFO).store(1);
            one->holds.drop();
        }
    }
    // core::socket::finish, and the user's callback
    void call_back()
    {
        one->holds.end();
        (void)one->state(RL_INFO).load();
        (void)one->other_state(RL_INFO).load();
        one->state(RL_INFO).store(2);
        one->other_state(RL_INFO).store(2);
    }
    void after() { rl::delete_impl(one, RL_INFO); }
};

struct cancel_and_end : scenario<cancel_and_end, 2> {
    static constexpr const char* title = "cancel and end";

    void thread(unsigned index) { index == 0 ? cancel(&operation::state) : call_back(); }
};

// A deadline and a user, who know nothing of each other.
struct two_cancels_and_end : scenario<two_cancels_and_end, 3> {
    static constexpr const char* title = "two cancels and end";

    void thread(unsigned index)
    {
        if (index == 2) {
            call_back();
        } else {
            cancel(index == 0 ? &operation::state : &operation::other_state);
        }
    }
};

bool everything_passes()
{
    constexpr search all_schedules{rl::sched_full, 0, 0};
    constexpr search few_switches{rl::sched_bound, 4, 0};
    constexpr search at_random{rl::sched_random, 0, 50'000};
    return passes<cancel_and_end>(all_schedules) && passes<two_cancels_and_end>(few_switches) &&
           passes<two_cancels_and_end>(at_random);
}

} // namespace

int main(int count, char** arguments)
{
    return models::verdict(count, arguments, everything_passes);
}
