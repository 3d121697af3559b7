// The deterministic scheduler: every simulated thread is a fiber, one runs at a time, and a seeded
// choice at every point says which. Nothing else decides, so a seed replays exactly.
#include <algorithm>
#include <memory>
#include <vector>

#include "model/breach.hpp"
#include "model/fiber.hpp"
#include "model/machine.hpp"
#include "model/random.hpp"
#include "model/thread.hpp"

namespace sim {

namespace {

struct task : thread {
    fiber stack;
    const char* name = "";
    std::function<void()> body;
    const void* key = nullptr; // what it waits for
    std::uint64_t deadline = for_ever;
    bool idle = false;
    bool timed_out = false;
};

class scheduler {
public:
    void run(const schedule& how, const std::function<void()>& body, bool (*network)());
    void spawn(const char* name, std::function<void()> body);
    void point(const char* where) noexcept;
    bool wait(const void* key, std::uint64_t end_ms, bool idle) noexcept;
    void wake(const void* key) noexcept;
    [[noreturn]] void end() noexcept;
    void end_others() noexcept;

    random dice{0};
    std::uint64_t clock = 0;
    task outside; // the program's own stack
    task* current = &outside;

private:
    static void enter();
    void choose_next(bool current_ends) noexcept;
    void make_something_ready() noexcept;
    bool reach_next_deadline() noexcept;
    [[noreturn]] void report_deadlock() noexcept;
    std::unique_ptr<task> fresh_task();

    schedule how_;
    bool (*network_)() = nullptr;
    bool network_runs_ = false;
    bool finished_ = false;
    std::uint32_t points_ = 0;
    std::uint32_t next_id_ = 0;
    std::vector<std::unique_ptr<task>> tasks_;
    std::vector<std::unique_ptr<task>> unused_; // their stacks are used again
    std::vector<task*> ready_;                  // the current one among them
    std::vector<task*> waiting_;
};

scheduler the_scheduler;

void scheduler::run(const schedule& how, const std::function<void()>& body, bool (*network)())
{
    how_ = how;
    dice = random(how.seed);
    clock = 1000;
    network_ = network;
    finished_ = false;
    points_ = 0;
    next_id_ = 0;
    current = &outside;
    spawn("main", body);
    choose_next(false);
    current = &outside;
    for (auto& ended : tasks_) {
        unused_.push_back(std::move(ended));
    }
    tasks_.clear();
    waiting_.clear(); // idle threads of pools that were never closed; the check for leaks tells
}

std::unique_ptr<task> scheduler::fresh_task()
{
    if (unused_.empty()) {
        return std::make_unique<task>();
    }
    std::unique_ptr<task> task = std::move(unused_.back());
    unused_.pop_back();
    static_cast<thread&>(*task) = thread{};
    task->key = nullptr;
    task->deadline = for_ever;
    task->idle = false;
    return task;
}

void scheduler::spawn(const char* name, std::function<void()> body)
{
    std::unique_ptr<task> task = fresh_task();
    task->id = ++next_id_;
    task->name = name;
    task->body = std::move(body);
    task->stack.prepare(enter);
    trace("begins: thread", task->id);
    ready_.push_back(task.get());
    tasks_.push_back(std::move(task));
}

void scheduler::enter()
{
    scheduler& all = the_scheduler;
    fiber::arrived(all.current->stack);
    all.current->body();
    all.current->body = nullptr;
    trace("ends: thread", all.current->id);
    all.ready_.erase(std::find(all.ready_.begin(), all.ready_.end(), all.current));
    all.choose_next(true);
}

// Goes on with a thread that can run, which may be the current one.
void scheduler::choose_next(bool current_ends) noexcept
{
    while (ready_.empty() && !finished_) {
        make_something_ready();
    }
    task* const next = finished_ ? &outside : ready_[dice.below(ready_.size())];
    if (next != current) {
        task* const from = current;
        current = next;
        fiber::switch_to(from->stack, next->stack, current_ends);
    }
}

// No thread can run: the network moves, else time passes, else this is the end or a deadlock.
void scheduler::make_something_ready() noexcept
{
    network_runs_ = true;
    const bool moved = network_();
    network_runs_ = false;
    if (moved || reach_next_deadline()) {
        return;
    }
    if (!std::all_of(waiting_.begin(), waiting_.end(), [](const task* task) { return task->idle; })) {
        report_deadlock();
    }
    finished_ = true;
}

bool scheduler::reach_next_deadline() noexcept
{
    std::uint64_t first = for_ever;
    for (const task* task : waiting_) {
        first = std::min(first, task->deadline);
    }
    if (first == for_ever) {
        return false;
    }
    clock = std::max(clock, first);
    trace("time is", clock);
    for (std::size_t i = 0; i < waiting_.size();) {
        task* const task = waiting_[i];
        if (task->deadline > clock) {
            ++i;
            continue;
        }
        task->timed_out = true;
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
        ready_.push_back(task);
    }
    return true;
}

void scheduler::report_deadlock() noexcept
{
    for (const task* task : waiting_) {
        trace(task->idle ? "waits for work: thread" : "waits for ever: thread", task->id,
              reinterpret_cast<std::uintptr_t>(task->key));
    }
    breach("deadlock: no thread can run, and no event is left that could change that");
}

void scheduler::point(const char* where) noexcept
{
    if (current == &outside || network_runs_) {
        return;
    }
    if (++points_ > how_.most_points) {
        breach("no end: still running after %u points, now at %s", how_.most_points, where);
    }
    if (dice.one_in(how_.network_one_in)) {
        network_runs_ = true;
        (void)network_();
        network_runs_ = false;
    }
    if (dice.one_in(how_.time_one_in)) {
        (void)reach_next_deadline();
    }
    if (ready_.size() > 1 && dice.one_in(how_.switch_one_in)) {
        choose_next(false);
    }
}

bool scheduler::wait(const void* key, std::uint64_t end_ms, bool idle) noexcept
{
    if (current == &outside) {
        breach("the program's own stack waits");
    }
    task& here = *current;
    here.key = key;
    here.deadline = end_ms;
    here.idle = idle;
    here.timed_out = false;
    ready_.erase(std::find(ready_.begin(), ready_.end(), &here));
    waiting_.push_back(&here);
    choose_next(false);
    return !here.timed_out;
}

void scheduler::wake(const void* key) noexcept
{
    for (std::size_t i = 0; i < waiting_.size();) {
        task* const task = waiting_[i];
        if (task->key != key) {
            ++i;
            continue;
        }
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
        ready_.push_back(task);
    }
}

void scheduler::end() noexcept
{
    finished_ = true;
    choose_next(false);
    breach("a thread runs on after the end of the program");
}

void scheduler::end_others() noexcept
{
    ready_.assign(1, current);
    waiting_.clear();
}

} // namespace

const int patience = 1;

thread& self() noexcept
{
    return *the_scheduler.current;
}

void run(const schedule& how, const std::function<void()>& body, bool (*network)())
{
    the_scheduler.run(how, body, network);
}

void end_program() noexcept
{
    the_scheduler.end();
}

void end_other_threads() noexcept
{
    the_scheduler.end_others();
}

void spawn(const char* name, std::function<void()> body, bool)
{
    the_scheduler.spawn(name, std::move(body));
}

void point(const char* where) noexcept
{
    the_scheduler.point(where);
}

bool wait(const void* key, std::uint64_t end_ms, bool idle) noexcept
{
    return the_scheduler.wait(key, end_ms, idle);
}

void wake(const void* key) noexcept
{
    the_scheduler.wake(key);
}

std::uint64_t now_ms() noexcept
{
    return the_scheduler.clock;
}

// One runs at a time, so there is nothing to lock.
model_lock::model_lock() noexcept = default;
model_lock::~model_lock() {}
void publish(const void*) noexcept {}
void observe(const void*) noexcept {}

// What library_shims.hpp asks for.
void atomic_point(const volatile void* address) noexcept
{
    (void)address; // addresses differ between two runs of one seed
    trace("atomic");
    point("atomic");
}

void atomic_change(const volatile void* address) noexcept
{
    count("read-modify-write");
    atomic_point(address);
}

bool weak_exchange_fails() noexcept
{
    return the_scheduler.current != &the_scheduler.outside && the_scheduler.dice.one_in(32);
}

} // namespace sim
