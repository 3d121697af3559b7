// Fast mode: what a callback starts and the system does at once has its callback on the same thread, after
// the first one has returned. A turn is the time that a thread of the pool spends for one completion and all
// that follows from it in this way.
//
// Requests that wait for the end of a callback are in lists of this module, not of the thread: the callback
// may block, and a closer then takes those of its socket back (take_back); and a callback that is going to
// wait in a close gives its thread's away (hand_over_all).
#pragma once

#include "win32/socket/request.hpp"
#include "win32/system/win.hpp"

namespace async_socket::win32 {

// Must have succeeded once before a turn begins. False if the system is out of thread-local storage.
[[nodiscard]] bool turn_prepare() noexcept;

class turn {
public:
    // `pool`: whose thread this is.
    explicit turn(PTP_POOL pool) noexcept;
    // Delivers what has come together, and what comes of that.
    ~turn();
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

    // Null outside of any.
    [[nodiscard]] static const turn* of_this_thread() noexcept;

    // Keeps a request that ended in the call that started it, if the calling thread has a turn of that pool,
    // and has not sent too much in it. False: the pool has to deliver.
    [[nodiscard]] static bool keep(PTP_POOL pool, request& ended) noexcept;
    // What any thread's turn has kept of these.
    static void take_back(const backend::channel& owner, request_list& taken) noexcept;
    // The first of this direction, whichever turn has kept it. Null if none has.
    [[nodiscard]] static request* take_back_one(const backend::channel& owner, core::direction way) noexcept;
    // The calling thread is going to block: whatever its turn has kept, the pool delivers.
    static void hand_over_all() noexcept;

private:
    // In the order of `keep`; null if there is none.
    [[nodiscard]] request* next() noexcept;

    const PTP_POOL pool_;
    std::uint32_t kept_ = 0; // so many, unless some were taken back
    std::uint64_t sent_ = 0; // bytes
};

} // namespace async_socket::win32
