// The thread pool and its I/O objects.
#pragma once

#include <cstdint>
#include <vector>

#include "windows.h"

namespace sim {

// What a pool makes callbacks for.
struct pool_object {
    TP_POOL* pool = nullptr;
    PVOID context = nullptr;
    std::uint32_t queued = 0;    // callbacks to come
    std::uint32_t callbacks = 0; // running, and not detached
    bool closed = false;
};

// One callback to make: of an I/O with its operation, or of a work.
struct callback_entry {
    TP_IO* io;
    OVERLAPPED* overlapped;
    ULONG code;
    ULONG_PTR bytes;
    TP_WORK* work;
};

} // namespace sim

// A callback that is running: what PTP_CALLBACK_INSTANCE points to.
struct TP_CALLBACK_INSTANCE {
    sim::pool_object* object;
    bool detached; // DisassociateCurrentThreadFromCallback
};

struct TP_POOL {
    std::uint32_t minimum = 0;
    std::uint32_t maximum = 0;
    std::vector<std::uint32_t> maxima; // all that it was given
    std::uint32_t threads = 0;
    std::uint32_t idle = 0;
    bool closed = false;
    std::vector<sim::callback_entry> queue;
};

struct TP_IO : sim::pool_object {
    PTP_WIN32_IO_CALLBACK callback = nullptr;
    std::uint32_t announced = 0;  // started, and neither cancelled nor used by an operation
    std::uint32_t operations = 0; // with the kernel
};

struct TP_WORK : sim::pool_object {
    PTP_WORK_CALLBACK callback = nullptr;
};

namespace sim {

// The kernel takes an operation of `io` on: uses one announcement. Then gives it back, ended.
void io_accept(TP_IO& io) noexcept;
// It has ended, and there will be no completion: the announcement is the caller's again.
void io_skip(TP_IO& io, const OVERLAPPED* overlapped) noexcept;
void io_complete(TP_IO& io, OVERLAPPED* overlapped, ULONG code, ULONG_PTR bytes) noexcept;
// A callback without an operation, which the documents allow for (01_063). Uses an announcement.
void io_complete_nothing(TP_IO& io) noexcept;

} // namespace sim
