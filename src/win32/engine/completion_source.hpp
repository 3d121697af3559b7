// Where the callbacks of one open socket come from: completions of the system's, and what is posted.
//
//   announce   a completion will come        withdraw   it will not: the call was refused, or skips it
//   post       a request that ended without a completion gets a callback
//
// This source is a thread-pool I/O object with a work object beside it. One of completion ports and threads of the
// library's own has nothing to announce or withdraw, and posts to a port: which source it is will be a constant that
// these functions look at, not a virtual call. Nobody waits for a source: a close waits for `undelivered`, and what
// is left then are threads on their way out, which touch nothing of ours. The system keeps its objects for them.
#pragma once

#include "win32/engine/callback_environment.hpp"
#include "win32/socket/request.hpp"
#include "win32/system/unique_handle.hpp"
#include "win32/thread/srw_lock.hpp"

namespace async_socket::win32 {

class completion_source {
public:
    explicit completion_source(PTP_POOL threadpool) noexcept : environment_(threadpool) {}
    completion_source(const completion_source&) = delete;
    completion_source& operator=(const completion_source&) = delete;

    // Once, first. From then on each completion calls `target.completed(request)`, and each post
    // `target.posted(request)`, as the last thing of a callback of the pool's. False: nothing has changed.
    template <typename Target>
    [[nodiscard]] bool bind(SOCKET socket, Target& target) noexcept
    {
        return bind(socket, on_completion<Target>, on_post<Target>, &target);
    }

    // The same without a socket: for posts only.
    template <typename Target>
    [[nodiscard]] bool bind(Target& target) noexcept
    {
        return bind_posts(on_post<Target>, &target);
    }

    void announce() noexcept { StartThreadpoolIo(io_.get()); }
    void withdraw() noexcept { CancelThreadpoolIo(io_.get()); }
    void post(request& ended) noexcept;

private:
    [[nodiscard]] bool bind(SOCKET socket, PTP_WIN32_IO_CALLBACK completed, PTP_WORK_CALLBACK posted,
                            void* target) noexcept;
    [[nodiscard]] bool bind_posts(PTP_WORK_CALLBACK posted, void* target) noexcept;
    [[nodiscard]] request& next_posted() noexcept;

    template <typename Target>
    static VOID CALLBACK on_completion(PTP_CALLBACK_INSTANCE /*instance*/, PVOID target, PVOID overlapped,
                                       ULONG io_result, ULONG_PTR bytes, PTP_IO /*io*/) noexcept
    {
        if (overlapped != nullptr) {                  // 01_063
            request& whose = request::of(overlapped); // 01_064
            whose.code = io_result;
            whose.bytes = bytes;
            static_cast<Target*>(target)->completed(whose);
        }
    }

    template <typename Target>
    static VOID CALLBACK on_post(PTP_CALLBACK_INSTANCE /*instance*/, PVOID target, PTP_WORK /*work*/) noexcept
    {
        Target& whole = *static_cast<Target*>(target);
        whole.posted(whole.source().next_posted());
    }

    callback_environment environment_;
    unique_threadpool_io io_; // 01_059
    unique_threadpool_work work_;
    srw_lock lock_;
    request_list posted_; // one callback of work_ each
};

// One completion is announced until the end of the scope, and for good once the system has promised it (01_060, 01_081;
// 01_099, 01_100, 01_105, 01_106). One announcement too many would keep the socket's memory for ever, one too few would
// free it under the system.
class announcement {
public:
    explicit announcement(completion_source& source) noexcept : source_(source) { source_.announce(); }
    ~announcement()
    {
        if (!promised_) {
            source_.withdraw();
        }
    }
    announcement(const announcement&) = delete;
    announcement& operator=(const announcement&) = delete;

    void promised() noexcept { promised_ = true; }

private:
    completion_source& source_;
    bool promised_ = false;
};

} // namespace async_socket::win32
