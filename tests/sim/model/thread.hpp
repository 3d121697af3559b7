// Simulated threads. Two implementations: fibers.cpp (deterministic: one runs at a time, a seeded
// choice at every point says which) and free_threads.cpp (real threads).
#pragma once

#include <array>
#include <csetjmp>
#include <cstdint>
#include <functional>

struct TP_CALLBACK_INSTANCE;

namespace sim {

// What Windows keeps for a thread.
struct thread {
    std::uint32_t id = 0;
    std::uint32_t last_error = 0;
    const char* call = ""; // the system call that it made last
    std::array<void*, 6> slots{};
    bool no_memory_for_slots = false;         // setting one fails
    TP_CALLBACK_INSTANCE* callback = nullptr; // the pool callback that it runs, if any
    std::jmp_buf* end = nullptr;              // of a thread that the library has started: where it goes to end
    // Set by calls that only a closer or opener makes: the workload's proof that it is inside.
    bool was_in_kernel = false;
};

// By how much a test's patience is longer than where time only passes when nobody can run.
extern const int patience;

constexpr std::uint64_t for_ever = ~std::uint64_t{0};

[[nodiscard]] thread& self() noexcept;

// How the scheduler of one run decides; deterministic runs only.
struct schedule {
    std::uint64_t seed = 0;
    std::uint32_t switch_one_in = 2;    // at a point: another thread runs
    std::uint32_t network_one_in = 8;   // at a point: something happens on the network
    std::uint32_t time_one_in = 1000;   // at a point: the next timeout is reached
    std::uint32_t most_points = 400000; // more is taken for an endless loop
};

// Runs `body` as the first simulated thread and returns when all have ended. `network` makes one step
// of the world outside and says whether there was one to make.
void run(const schedule& how, const std::function<void()>& body, bool (*network)());

// All threads stop where they are, and run() returns.
[[noreturn]] void end_program() noexcept;

// The process exits: all threads but the calling one are gone, wherever they were. Deterministic runs only.
void end_other_threads() noexcept;

// `is_ordered`: the new thread sees what this one has done.
void spawn(const char* name, std::function<void()> body, bool is_ordered = false);

// A moment at which another thread may run.
void point(const char* where) noexcept;

// Every part of the model is used under this one lock. It is recursive.
class model_lock {
public:
    model_lock() noexcept;
    ~model_lock();
    model_lock(const model_lock&) = delete;
    model_lock& operator=(const model_lock&) = delete;
};

// What a thread did before it published `key`, whoever observes the same key afterwards sees: the order that the system
// promises there. Nothing else of the model orders anything for TSan, not even the lock above, so that TSan sees what
// the library takes for ordered without a reason. `key` is the address of something that lives that long.
void publish(const void* key) noexcept;
void observe(const void* key) noexcept;

[[nodiscard]] std::uint64_t now_ms() noexcept;

// Both under the lock, which a wait gives up meanwhile. It lasts until now_ms() is `end_ms`, which may be over already:
// real time goes on between two looks at the clock, so what is left of a time is nobody's to reckon. False: it is over.
// An `idle` wait is one that may last for ever without being a deadlock: that of a pool thread without work.
bool wait(const void* key, std::uint64_t end_ms, bool idle = false) noexcept;
void wake(const void* key) noexcept;

// A simulated system call: a point before it and one after it, the lock in between.
class system_call {
public:
    explicit system_call(const char* name, std::uint64_t first = 0, std::uint64_t second = 0) noexcept;
    ~system_call();
    system_call(const system_call&) = delete;
    system_call& operator=(const system_call&) = delete;

private:
    const char* name_;
    alignas(model_lock) unsigned char lock_[sizeof(model_lock)];
};

} // namespace sim
