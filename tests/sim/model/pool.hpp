// The thread pool and its I/O objects.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/breach.hpp"
#include "windows.h"

namespace sim {

struct callback_entry;

// What a pool makes callbacks for.
struct pool_object {
    // As InitializeThreadpoolEnvironment and its like left it, for the life of the object.
    explicit pool_object(const TP_CALLBACK_ENVIRON& environment, PVOID context) noexcept;
    virtual ~pool_object() = default;
    pool_object(const pool_object&) = delete;
    pool_object& operator=(const pool_object&) = delete;

    // The last that happens for a callback.
    void callback_has_returned() noexcept;
    virtual void call(PTP_CALLBACK_INSTANCE instance, const callback_entry& entry) noexcept = 0;

    TP_POOL* const pool;
    TP_CLEANUP_GROUP* const group;
    const PVOID context;
    const bool runs_long;
    bool holds_module;            // until it is closed and its last callback has returned
    std::uint32_t announced = 0;  // an I/O: started, and neither cancelled nor used by an operation
    std::uint32_t operations = 0; // an I/O: with the kernel
    std::uint32_t queued = 0;     // callbacks to come
    std::uint32_t callbacks = 0;  // running, and not detached
    std::uint32_t running = 0;    // running, detached or not
    bool closed = false;

    [[nodiscard]] std::uint32_t outstanding() const noexcept { return announced + operations + queued; }
};

// One callback to make: of an I/O with its operation, or of a work.
struct callback_entry {
    pool_object* object;
    std::shared_ptr<const void> cause; // published where it began

    OVERLAPPED* overlapped;
    ULONG code;
    ULONG_PTR bytes;
};

} // namespace sim

// A callback that is running: what PTP_CALLBACK_INSTANCE points to.
struct TP_CALLBACK_INSTANCE {
    sim::pool_object* object;
    bool detached = false;      // DisassociateCurrentThreadFromCallback
    bool runs_long = false;     // it, or its object, has said so
    bool frees_library = false; // when it returns
};

struct TP_POOL {
    std::uint32_t minimum = 0;
    std::uint32_t maximum = 0;
    std::vector<std::uint32_t> maxima; // all that it was given
    std::uint32_t threads = 0;
    std::uint32_t started = 0; // threads, ever
    std::uint32_t idle = 0;
    std::uint32_t busy = 0; // threads in a callback
    bool closed = false;
    std::vector<sim::callback_entry> queue;
};

struct TP_IO : sim::pool_object {
    TP_IO(const TP_CALLBACK_ENVIRON& environment, PVOID made_for, PTP_WIN32_IO_CALLBACK made)
    noexcept : pool_object(environment, made_for), callback(made)
    {
    }
    void call(PTP_CALLBACK_INSTANCE instance, const sim::callback_entry& entry) noexcept override;

    const PTP_WIN32_IO_CALLBACK callback;
};

struct TP_WORK : sim::pool_object {
    TP_WORK(const TP_CALLBACK_ENVIRON& environment, PVOID made_for, PTP_WORK_CALLBACK made)
    noexcept : pool_object(environment, made_for), callback(made)
    {
    }
    void call(PTP_CALLBACK_INSTANCE instance, const sim::callback_entry& entry) noexcept override;

    const PTP_WORK_CALLBACK callback;
};

struct TP_TIMER : sim::pool_object {
    TP_TIMER(const TP_CALLBACK_ENVIRON& environment, PVOID made_for, PTP_TIMER_CALLBACK made)
    noexcept : pool_object(environment, made_for), callback(made)
    {
    }
    void call(PTP_CALLBACK_INSTANCE instance, const sim::callback_entry& entry) noexcept override;

    const PTP_TIMER_CALLBACK callback;
    std::uint64_t due_ms = ~std::uint64_t{0}; // then it is not set
    std::shared_ptr<const void> cause;        // published where it was set
    bool is_watched = false;                  // a thread of the system's looks at the clock for it
};

// Of TrySubmitThreadpoolCallback: one callback, and closed from the beginning.
struct TP_SIMPLE : sim::pool_object {
    TP_SIMPLE(const TP_CALLBACK_ENVIRON& environment, PVOID made_for, PTP_SIMPLE_CALLBACK made)
    noexcept : pool_object(environment, made_for), callback(made)
    {
        closed = true;
    }
    void call(PTP_CALLBACK_INSTANCE instance, const sim::callback_entry& entry) noexcept override;

    const PTP_SIMPLE_CALLBACK callback;
};

struct TP_CLEANUP_GROUP {
    bool closed = false;
};

namespace sim {

// One more callback to make; perhaps one more thread.
void queue(callback_entry entry) noexcept;
// A callback of the pool's is going to block: another thread, unless one is free. False: there is none to be had.
bool may_run_long(TP_POOL& pool) noexcept;
// The memory of an OVERLAPPED is the library's again as soon as its callback begins.
void give_back(const OVERLAPPED* overlapped) noexcept;

template <typename Object>
Object& still_open(Object* object, const char* call) noexcept
{
    if (object == nullptr || object->closed) {
        breach("%s: it is closed", call);
    }
    return *object;
}

// The kernel takes an operation of `io` on: uses one announcement. Then gives it back, ended.
void io_accept(TP_IO& io) noexcept;
// It has ended, and there will be no completion: the announcement is the caller's again.
void io_skip(TP_IO& io, const OVERLAPPED* overlapped) noexcept;
void io_complete(TP_IO& io, std::shared_ptr<const void> cause, OVERLAPPED* overlapped, ULONG code,
                 ULONG_PTR bytes) noexcept;
// A callback without an operation, which the documents allow for (01_063). Uses an announcement.
void io_complete_nothing(TP_IO& io) noexcept;

} // namespace sim
