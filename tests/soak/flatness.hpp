// Whether what the process holds stays as it was after the warm-up.
#pragma once

#include <string>

#include "process.hpp"

namespace soak {

// What may be more than at the baseline, at any time.
struct tolerance {
    std::size_t handles;
    std::size_t threads;
    std::size_t blocks;
    std::size_t memory;
};

// Handles: what the system creates late and keeps. Threads: helpers of the system's own. Blocks: lists
// of the C library's and the system's that grow to their largest. Memory: pages come and go in lumps.
inline constexpr tolerance allowed_growth{4, 2, 100, std::size_t{16} << 20};

class flatness {
public:
    // `blocks_lost_per_open`: what is not the library's fault.
    explicit flatness(std::size_t blocks_lost_per_open);

    // Waits for threads on their way out, then takes what is left as the baseline; later looks are
    // compared with it.
    void take_baseline();
    // Waits in the same way. What has grown; empty if all is flat.
    [[nodiscard]] std::string look();

    // What was seen last, with the difference to the baseline.
    [[nodiscard]] std::string describe() const;

private:
    void measure();
    [[nodiscard]] bool is_flat() const;

    const std::size_t blocks_lost_per_open_;
    std::size_t opened_at_baseline_ = 0;
    resources baseline_{};
    resources last_{};
    std::size_t lost_ = 0; // blocks, by the system itself, from the baseline to the last look
};

} // namespace soak
