// src/linux/thread/waiter_count.hpp, unchanged, run by relacy: nobody falls asleep unseen.
#include "linux/thread/waiter_count.hpp"
#include "relacy_search.hpp"

namespace {

using models::passes;
using models::search;

// One thread waits for the word to become 1, and one makes it so.
struct wait_and_wake : rl::test_suite<wait_and_wake, 2> {
    static constexpr const char* title = "wait and wake";

    struct shared {
        std::atomic<std::uint32_t> word{0};
        async_socket::linux_os::waiter_count waiters;
    };

    shared* both = nullptr;
    bool sleeps = false;
    bool is_seen = false;

    void before()
    {
        both = new (RL_INFO) shared;
        sleeps = false;
        is_seen = false;
    }
    void thread(unsigned index)
    {
        if (index == 0) {
            both->waiters.add();
            sleeps = both->word.load(std::memory_order_relaxed) == 0; // the system's look, ordered by nothing
        } else {
            both->word.fetch_add(1, std::memory_order_relaxed);
            is_seen = both->waiters.any();
        }
    }
    void after() const
    {
        RL_ASSERT(!sleeps || is_seen);
        rl::delete_impl(both, RL_INFO);
    }
};

// A second waiter comes and goes meanwhile: what he does to the count orders nothing of his own.
struct wait_and_wake_among_others : rl::test_suite<wait_and_wake_among_others, 3> {
    static constexpr const char* title = "wait and wake among others";

    wait_and_wake inner;

    void before() { inner.before(); }
    void thread(unsigned index)
    {
        if (index < 2) {
            inner.thread(index);
        } else {
            inner.both->waiters.add();
            inner.both->waiters.remove();
        }
    }
    void after() const { inner.after(); }
};

bool everything_passes()
{
    constexpr search all_schedules{rl::sched_full, 0, 0};
    return passes<wait_and_wake>(all_schedules) && passes<wait_and_wake_among_others>(all_schedules);
}

} // namespace

int main(int count, char** arguments)
{
    return models::verdict(count, arguments, everything_passes);
}
