// A thread pool of the system's.
#pragma once

#include "win32/completion_target.hpp"
#include "workload.hpp"

namespace bench::win32 {

class thread_pool {
public:
    explicit thread_pool(const workload& work); // --engine tells the size
    ~thread_pool();                             // everything that was started has to have ended
    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;

    // What a socket is to the pool.
    class binding {
    public:
        binding(thread_pool& pool, SOCKET socket, completion_target& target);
        ~binding() { CloseThreadpoolIo(io_); } // when nothing is under way; in a callback, too
        binding(const binding&) = delete;
        binding& operator=(const binding&) = delete;

        void expect() noexcept { StartThreadpoolIo(io_); }
        void do_not_expect() noexcept { CancelThreadpoolIo(io_); }

    private:
        PTP_IO io_;
    };

    // Tells the target, in one of the threads, that it may begin.
    void post(completion_target& target) noexcept;

private:
    PTP_POOL pool_;
    TP_CALLBACK_ENVIRON environment_{};
};

} // namespace bench::win32
