// Ends the process when nothing goes on any more: a hang is a breach that nobody else can report.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace soak {

class watchdog {
public:
    // Prints and ends the process with status 1 when `patience` has passed without a sign.
    explicit watchdog(std::chrono::seconds patience);
    ~watchdog();
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;

    void give_sign();

private:
    void watch();

    const std::chrono::seconds patience_;
    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned signs_ = 0;
    bool over_ = false;
    std::thread thread_;
};

} // namespace soak
