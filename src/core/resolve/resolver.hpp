// Names to addresses, without waiting for them: a small pool of threads that ask the system's resolver, which blocks.
//
// Why threads, and of its own. getaddrinfo is the only function that finds a name as every other program of the machine
// does, and it takes as long as it likes, half a minute if a server is silent; nothing ends it before. The threads of
// the engine are not for that. Windows has a call that waits for nobody (GetAddrInfoEx), but its cancel cancels nothing
// on Wine, and on Windows it is done by threads as well, of which nobody knows how many there are. So both platforms do
// the same, and say so.
//
// How many. A lookup that finds all threads busy gets one more, up to `most_threads`; beyond that it waits in line,
// first come, first served. So a slow name does not hold up another one until as many as that are slow at once; nothing
// more is promised. A lookup that was abandoned counts until the system comes back. 16 is more than a server of names
// likes to be asked at once by one program, and costs nothing before it is needed: there is no thread before the first
// name, and one that nobody has needed for `idle_ms` ends. What needs no server gets no thread at all: addresses in the
// system's notation with a port, and the addresses of who listens, are answered by `start` itself.
//
// In a process that was forked off the threads are not here: starts are refused, nobody is waited for, and what the
// resolver has is left as it is.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "core/common/list.hpp"
#include "core/common/lock.hpp"
#include "core/common/process_mark.hpp"
#include "core/resolve/name_lookup.hpp"
#include "core/resolve/name_question.hpp"
#include "core/resolve/system_calls.hpp"

namespace async_socket::core {

class resolver {
public:
    struct limits {
        std::uint32_t most_threads = 16;
        std::uint32_t idle_ms = 10'000;
    };

    // By create.
    explicit resolver(limits how) noexcept : limits_(how) {}
    resolver(const resolver&) = delete;
    resolver& operator=(const resolver&) = delete;

    // Starts no thread. Null when memory is out, or the system's resolver cannot be had. `how.most_threads` is not 0.
    [[nodiscard]] static resolver* create(limits how) noexcept;

    // Any thread. Does not wait for the system's resolver. Nothing: the lookup is under way, and ends in its answer
    // function, which may have been called already. Otherwise it is over, and this is its answer: what was known at
    // once, or why it was refused (invalid, no_room, closed_here). No function is called then. The texts of the
    // question are copied; nobody looks at them afterwards. The lookup stays where it is until its answer begins or it
    // is abandoned. It is refused for want of threads only if there is none: one that is busy will come to it.
    [[nodiscard]] std::optional<name_answer> start(name_lookup& lookup, const name_question& question) noexcept;

    // Any thread, at any time from the start on, for as long as the lookup's memory is there. True: the answer function
    // is not called any more, and the lookup is the caller's again at once, whatever the system is still doing for it.
    // False: the answer has begun, or is over; it is not waited for.
    [[nodiscard]] bool abandon(name_lookup& lookup) noexcept;

    // Once, and the last call of all: of its user's no thread is in another one, or will be. Not by an answer function.
    // Whatever has no answer yet is abandoned; answers that have begun are waited for, the system's resolver is not.
    // Threads that are inside of it end when they come back, and take with them what they use.
    void close() noexcept;
    // The same, and returns when all threads have left the library, so that it can be unloaded. Takes as long as the
    // system's resolver does.
    void close_and_wait() noexcept;

private:
    // A thread that waits for work, on its stack.
    struct idler {
        idler* next_ = nullptr;
        std::atomic<std::uint32_t> is_called{0};
    };

    // ---- for callers

    [[nodiscard]] bool threads_are_gone() const noexcept;
    // False: there is no thread for it, nor can one be had.
    [[nodiscard]] bool put_in_line(name_job& added) noexcept;
    void end(void (*end_threads)(backend::thread_group*)) noexcept;
    void abandon_all() noexcept;
    void wait_for_answers() const noexcept;
    void release() noexcept;

    // ---- for threads

    static void run_thread(void* self) noexcept;
    // Waits for it. Null: the thread is not needed any more, and not counted.
    [[nodiscard]] name_job* take() noexcept;
    // False: nobody has called for long, and the thread is not counted any more.
    [[nodiscard]] bool is_called(idler& self) noexcept;
    void run(name_job& taken) noexcept;
    // Null if it was abandoned. Otherwise its answer has begun.
    [[nodiscard]] name_lookup* begin_answer(name_job& done) noexcept;
    void end_answer() noexcept;

    const limits limits_;
    const process_mark process_;
    backend::thread_group* group_ = nullptr;
    std::atomic<std::uint32_t> references_{1}; // the user's, and one for each thread

    lock lock_; // for all that follows
    bool is_closed_ = false;
    std::uint32_t threads_ = 0; // that will look at the line once more
    list<idler> idle_;          // only while nothing is in line; the one that came last is the first
    list<name_job> line_;
    list<name_job> with_system_;
    std::atomic<std::uint32_t> answers_{0}; // that have begun and not ended
};

} // namespace async_socket::core
