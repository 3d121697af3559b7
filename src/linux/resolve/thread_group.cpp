// Threads that end by themselves: each holds a reference to what they have in common, and joins the one that ended
// before it (departures.hpp).
#include <pthread.h>

#include <atomic>

#include "core/common/memory.hpp"
#include "core/resolve/system_calls.hpp"
#include "linux/engine/departures.hpp"
#include "linux/thread/thread.hpp"

namespace async_socket::backend {

class thread_group {
public:
    thread_group(thread_body body, void* context) noexcept : body_(body), context_(context) {}
    thread_group(const thread_group&) = delete;
    thread_group& operator=(const thread_group&) = delete;

    // 0, or errno.
    int start() noexcept
    {
        references_.fetch_add(1, std::memory_order_relaxed);
        const int error = linux_os::start_thread(run, this);
        if (error != 0) {
            references_.fetch_sub(1, std::memory_order_relaxed); // not the last one: the group is not closed
        }
        return error;
    }

    // Before the last reference is given back: whoever frees the group tells `waiter` of the thread that ends last.
    void tell_of_last_thread(linux_os::departures::last_one& waiter) noexcept { waiter_ = &waiter; }

    void release() noexcept
    {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) {
            return;
        }
        const pthread_t last = departures_.last(); // perhaps the calling one
        linux_os::departures::last_one* const waiter = waiter_;
        core::destroy(this);
        if (waiter != nullptr) {
            waiter->is(last);
        } else {
            linux_os::departures::let_go(last);
        }
    }

private:
    static void* run(void* self) noexcept
    {
        auto& group = *static_cast<thread_group*>(self);
        linux_os::name_this_thread("async_resolver");
        group.body_(group.context_);
        group.departures_.leave();
        group.release();
        return nullptr;
    }

    const thread_body body_;
    void* const context_;
    linux_os::departures departures_;
    linux_os::departures::last_one* waiter_ = nullptr;
    std::atomic<std::uint32_t> references_{1}; // its creator's, and one for each thread
};

thread_group* thread_group_create(thread_body body, void* context) noexcept
{
    return core::create<thread_group>(body, context);
}

std::uint32_t thread_group_start(thread_group& group) noexcept
{
    return static_cast<std::uint32_t>(group.start());
}

void thread_group_close(thread_group* group) noexcept
{
    group->release();
}

void thread_group_close_and_wait(thread_group* group) noexcept
{
    linux_os::departures::last_one last;
    group->tell_of_last_thread(last);
    group->release();
    last.wait();
}

} // namespace async_socket::backend
