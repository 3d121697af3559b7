// A completion port and its threads.
#pragma once

#include <thread>
#include <vector>

#include "win32/completion_target.hpp"
#include "workload.hpp"

namespace bench::win32 {

class completion_port {
public:
    explicit completion_port(const workload& work);
    ~completion_port(); // everything that was started has to have ended
    completion_port(const completion_port&) = delete;
    completion_port& operator=(const completion_port&) = delete;

    // What a socket is to the port.
    class binding {
    public:
        binding(completion_port& port, SOCKET socket, completion_target& target);
        void expect() noexcept {} // a thread pool wants to be told, a port does not
        void do_not_expect() noexcept {}
    };

    // Tells the target, in one of the threads, that it may begin.
    void post(completion_target& target) noexcept;

private:
    void loop() noexcept;

    HANDLE port_;
    std::vector<std::thread> threads_;
};

} // namespace bench::win32
