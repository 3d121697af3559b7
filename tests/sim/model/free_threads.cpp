// Real threads, for the sanitizers: the model is under one mutex, the library's own atomics are real.
// The seed decides what is done, not in which order.
//
// TSan is told to take no notice of that mutex, which would order every call of the system with every other. It sees
// the orders that the model names (publish, observe), the library's own, and none between threads of the pool. The
// model and the tests are compiled without its instrumentation: what they share is under the mutex.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "model/breach.hpp"
#include "model/random.hpp"
#include "model/thread.hpp"

#ifdef SIM_UNDER_TSAN
extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
void AnnotateIgnoreSyncBegin(const char* file, int line);
void AnnotateIgnoreSyncEnd(const char* file, int line);
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif

namespace sim {

namespace {

#ifdef SIM_UNDER_TSAN
void begin_ignoring_order() noexcept
{
    AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
}

void end_ignoring_order() noexcept
{
    AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
}

// What the C library is called for in the model, too.
void begin_ignoring_all() noexcept
{
    begin_ignoring_order();
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
}

void end_ignoring_all() noexcept
{
    AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
    AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
    end_ignoring_order();
}

void acquire(const void* address) noexcept
{
    __tsan_acquire(const_cast<void*>(address));
}

void release(const void* address) noexcept
{
    __tsan_release(const_cast<void*>(address));
}
#else
void begin_ignoring_order() noexcept {}
void end_ignoring_order() noexcept {}
void begin_ignoring_all() noexcept {}
void end_ignoring_all() noexcept {}
void acquire(const void*) noexcept {}
void release(const void*) noexcept {}
#endif

using real_clock = std::chrono::steady_clock;

constexpr std::chrono::microseconds one_ms{2}; // of the machine's time
constexpr std::uint64_t first_ms = 1000;
constexpr std::chrono::seconds longest_run{120};

struct waiter {
    const void* key;
    bool woken;
    const thread& who;
};

std::recursive_mutex model_mutex;
std::condition_variable_any something_woken;
std::list<waiter*> waiters;      // under the mutex, as everything here
std::deque<std::thread> running; // in the order of their beginning
std::uint32_t next_id = 0;
std::atomic<bool> stop_network{false};
real_clock::time_point begin_of_run;

real_clock::time_point real_time(std::uint64_t time_ms) noexcept
{
    return begin_of_run + one_ms * static_cast<std::int64_t>(time_ms - first_ms);
}

thread_local thread this_thread;
thread_local std::uint32_t lock_depth = 0;
thread_local random yields{0};

std::uint32_t fresh_id() noexcept
{
    const model_lock lock;
    return ++next_id;
}

void start(std::function<void()> body, bool is_ordered)
{
    auto begun = std::make_shared<char>();
    if (is_ordered) {
        release(begun.get());
    }
    const model_lock lock;
    running.emplace_back([body = std::move(body), begun = std::move(begun)] {
        acquire(begun.get());
        this_thread = thread{};
        this_thread.id = fresh_id();
        yields = random(this_thread.id);
        body();
    });
}

// Joins whoever has begun, until nobody is left.
void join_all()
{
    for (;;) {
        std::thread next;
        {
            const model_lock lock;
            if (running.empty()) {
                return;
            }
            next = std::move(running.front());
            running.pop_front();
        }
        next.join();
    }
}

// The trace may have lost the beginning of a wait among the calls of who still runs.
[[noreturn]] void report_no_end() noexcept
{
    const model_lock lock;
    for (const waiter* each : waiters) {
        trace("waits: thread", each->who.id);
        trace(each->who.call);
    }
    breach("no end: a thread waits for ever, or the run never ends");
}

void play_network(bool (*network)())
{
    while (!stop_network.load()) {
        if (!network()) {
            std::this_thread::sleep_for(one_ms);
        }
        if (real_clock::now() - begin_of_run > longest_run) {
            report_no_end();
        }
    }
}

} // namespace

const int patience = 1000;

thread& self() noexcept
{
    return this_thread;
}

void run(const schedule&, const std::function<void()>& body, bool (*network)())
{
    begin_of_run = real_clock::now();
    next_id = 0;
    stop_network.store(false);
    std::thread outside([network] { play_network(network); });
    start(body, true);
    join_all();
    stop_network.store(true);
    outside.join();
}

void end_program() noexcept
{
    breach("the library has ended the program");
}

void end_other_threads() noexcept
{
    breach("the end of a process is for deterministic runs");
}

void spawn(const char*, std::function<void()> body, bool is_ordered)
{
    start(std::move(body), is_ordered);
}

void point(const char*) noexcept
{
    if (yields.one_in(8)) {
        std::this_thread::yield();
    }
}

bool wait(const void* key, std::uint64_t end_ms, bool) noexcept
{
    if (lock_depth != 1) {
        breach("a wait with the model locked %u times", lock_depth);
    }
    waiter here{key, false, this_thread};
    const auto place = waiters.insert(waiters.end(), &here);
    bool in_time = true;
    while (!here.woken && in_time) {
        if (end_ms == for_ever) {
            something_woken.wait(model_mutex);
        } else {
            in_time = something_woken.wait_until(model_mutex, real_time(end_ms)) == std::cv_status::no_timeout;
        }
    }
    waiters.erase(place);
    return here.woken;
}

void wake(const void* key) noexcept
{
    bool any = false;
    for (waiter* each : waiters) {
        if (each->key == key) {
            each->woken = true;
            any = true;
        }
    }
    if (any) {
        something_woken.notify_all();
    }
}

std::uint64_t now_ms() noexcept
{
    return static_cast<std::uint64_t>((real_clock::now() - begin_of_run) / one_ms) + first_ms;
}

model_lock::model_lock() noexcept
{
    if (lock_depth == 0) {
        begin_ignoring_all();
    }
    model_mutex.lock();
    ++lock_depth;
}

model_lock::~model_lock()
{
    --lock_depth;
    model_mutex.unlock();
    if (lock_depth == 0) {
        end_ignoring_all();
    }
}

void publish(const void* key) noexcept
{
    if (lock_depth != 0) {
        end_ignoring_order();
    }
    release(key);
    if (lock_depth != 0) {
        begin_ignoring_order();
    }
}

void observe(const void* key) noexcept
{
    if (lock_depth != 0) {
        end_ignoring_order();
    }
    acquire(key);
    if (lock_depth != 0) {
        begin_ignoring_order();
    }
}

} // namespace sim
