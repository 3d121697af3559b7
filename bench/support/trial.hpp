// One run of a workload: its sessions, its memory, and the main thread's part, which is to take the times.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>

#include "support/session.hpp"
#include "support/window.hpp"
#include "workload.hpp"

namespace bench {

class trial {
public:
    explicit trial(const workload& work);

    [[nodiscard]] const bench::workload& workload() const noexcept { return work_; }
    [[nodiscard]] std::size_t size() const noexcept { return sessions_.size(); }
    [[nodiscard]] session& operator[](std::size_t index) noexcept { return sessions_[index]; }

    // What all clients send.
    [[nodiscard]] std::span<const char> message() const noexcept { return {message_.get(), work_.message}; }
    // Memory for the receives of one end, which nobody has written to yet.
    [[nodiscard]] std::span<char> buffer(std::size_t end) noexcept;
    [[nodiscard]] std::span<char> client_buffer(std::size_t session) noexcept { return buffer(2 * session); }
    [[nodiscard]] std::span<char> server_buffer(std::size_t session) noexcept { return buffer(2 * session + 1); }

    // To be called before the first connection is made, when all threads and loops are: what the process has now
    // is not the connections'.
    void note_memory();
    // Warms up, measures, tells the sessions to come to an end. Other threads do the work meanwhile, and may still
    // be at it when this returns. Of a workload that ends by a number it only says when the measured time begins.
    void measure();
    // What came of it. After measure(), when all sessions are over.
    [[nodiscard]] result outcome();

private:
    struct totals {
        std::uint64_t operations = 0;
        std::uint64_t bytes = 0;
        double cpu_seconds = 0;
        double idle_seconds = 0;
        std::chrono::steady_clock::time_point time;
    };

    [[nodiscard]] totals take() const;
    void note(const totals& end);

    const bench::workload work_;
    window window_;
    latencies samples_;
    std::deque<session> sessions_;
    std::unique_ptr<char[]> message_;
    std::unique_ptr<char[]> buffers_;
    std::uint64_t memory_without_connections_ = 0;
    totals begin_;
    result measured_;
};

} // namespace bench
