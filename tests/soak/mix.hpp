// One round of the soak: a bit of everything in tests/stress, at the same time.
#pragma once

#include <cstdint>
#include <string>

#include "support/async_end.hpp"

namespace soak {

struct amounts {
    std::uint64_t cells = 0;       // of hostile peer and action
    std::uint64_t connections = 0; // with traffic, an async socket at each end
    std::uint64_t streamed = 0;    // bytes
};

class mix {
public:
    // What went wrong; empty if nothing did. Each round takes the next cells of the matrix.
    [[nodiscard]] std::string run_round();

    [[nodiscard]] const amounts& done() const { return done_; }

private:
    [[nodiscard]] std::string run_cells(std::size_t round);
    [[nodiscard]] std::string run_connections();
    [[nodiscard]] std::string run_long_streams();

    std::size_t round_ = 0;
    amounts done_;
    // Lives through all rounds; the others live for one.
    const contract::engine lasting_engine_{4, 4};
};

} // namespace soak
