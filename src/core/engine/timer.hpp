// A user's timer: an operation of an engine whose deadline is all that there is to it.
#pragma once

#include <cstdint>

#include "core/engine/engine_operation.hpp"

namespace async_socket::core {

class timer : public engine_operation {
public:
    // In the caller's memory, of which the first two members count. For AS_NEVER it is left to a cancel to end it.
    [[nodiscard]] static refusal start(as_operation* asked, execution_engine& on, std::uint64_t deadline) noexcept;

private:
    timer(const as_operation& asked, execution_engine& on) noexcept;
    static void stop_timer(engine_operation& self, ending why) noexcept;
};

} // namespace async_socket::core
