#include "support/trial.hpp"

#include <algorithm>
#include <thread>

#include "process.hpp"
#include "support/processors.hpp"

namespace bench {

// The round trips of the first client are timed, and no other's: the clock costs the others nothing. Nor are those that
// end by their number, for whoever counts instructions.
trial::trial(const bench::workload& work)
    : work_(work),
      message_(std::make_unique_for_overwrite<char[]>(work.message)),
      buffers_(std::make_unique_for_overwrite<char[]>(std::size_t{2} * work.connections * work.receive_buffer))
{
    std::fill_n(message_.get(), work.message, 'x');
    const bool is_timed = work.what == kind::ping_pong && work.operations == 0;
    for (unsigned i = 0; i < work.connections; ++i) {
        sessions_.emplace_back(work_, window_, i == 0 && is_timed ? &samples_ : nullptr);
    }
}

std::span<char> trial::buffer(std::size_t end) noexcept
{
    return {buffers_.get() + end * work_.receive_buffer, work_.receive_buffer};
}

void trial::note_memory()
{
    if (work_.what == kind::idle) {
        memory_without_connections_ = process_private_bytes();
    }
}

trial::totals trial::take() const
{
    totals now;
    for (const session& each : sessions_) {
        now.operations += each.client.operations();
        now.bytes += each.server.bytes();
    }
    now.cpu_seconds = process_cpu_seconds();
    now.idle_seconds = processors_idle_seconds();
    now.time = std::chrono::steady_clock::now();
    return now;
}

void trial::measure()
{
    if (work_.operations != 0) {
        begin_ = take();
        return;
    }
    std::this_thread::sleep_for(work_.warm_up);
    begin_ = take();
    window_.open();
    std::this_thread::sleep_for(work_.duration);
    note(take());
    window_.end();
    if (work_.what == kind::idle) {
        const auto now = static_cast<double>(process_private_bytes());
        measured_.bytes_per_connection = (now - static_cast<double>(memory_without_connections_)) / work_.connections;
        for (const session& each : sessions_) {
            each.hang_up();
        }
    }
}

void trial::note(const totals& end)
{
    measured_.operations = end.operations - begin_.operations;
    measured_.bytes = end.bytes - begin_.bytes;
    measured_.seconds = std::chrono::duration<double>(end.time - begin_.time).count();
    measured_.cpu_seconds = end.cpu_seconds - begin_.cpu_seconds;
    if (const unsigned processors = watched_processors(); processors > 0) {
        const double accounted = measured_.cpu_seconds + end.idle_seconds - begin_.idle_seconds;
        measured_.others_seconds = std::max(0.0, measured_.seconds - accounted / processors);
    }
}

result trial::outcome()
{
    if (work_.operations != 0) {
        note(take());
    }
    result all = measured_;
    all.round_trips = samples_;
    return all;
}

} // namespace bench
