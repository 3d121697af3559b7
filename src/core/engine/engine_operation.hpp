// An operation that belongs to no stream, but to an engine: something is looked up, or waited for. Whatever it is ends
// it once, from any thread; its callback comes on a thread of the engine.
//
// It keeps the engine in use until its callback begins, as a stream does until it is closed. Whoever ends the engine
// and waits (execution_engine::release_and_wait) waits for the callback.
#pragma once

#include <cstdint>

#include "core/engine/execution_engine.hpp"
#include "core/engine/posted.hpp"
#include "core/operation/operation.hpp"

namespace async_socket::core {

class engine_operation : public operation, private posted {
public:
    // Ends it as `why` if it is not over.
    using stop_function = void (*)(engine_operation& self, ending why) noexcept;

    // In the caller's memory, of which the two first members count.
    engine_operation(const as_operation& asked, operation_kind what, execution_engine& engine,
                     stop_function on_stop) noexcept;

    [[nodiscard]] execution_engine& engine() const noexcept { return engine_; }

    // Begins it, with that deadline: `start()` sees to it that it is under way, or over, or says why it is refused
    // after all. It is refused before that if the engine has no threads here (any more), or no room. It may be over
    // when this returns, and is then gone.
    template <typename Start>
    [[nodiscard]] refusal begin(std::uint64_t deadline, Start start) noexcept
    {
        refusal refused = prepare(deadline);
        if (refused.is_none()) {
            (void)holds.take(); // it stays as long as we use it
            refused = start();
            if (refused.is_none()) {
                arm();
                holds.drop();
                return refused;
            }
            holds.drop();
            engine_.release();
        }
        holds.end(); // a cancel leaves it alone
        return refused;
    }

    // Once, from the beginning of `start` on. The callback is on its way then, and the operation may be gone when this
    // returns.
    void end(const outcome& how) noexcept;

    // Whoever calls holds the operation. In a process that inherited the engine nothing ends.
    void stop(ending why) noexcept
    {
        if (!engine_.is_inherited()) {
            on_stop_(*this, why);
        }
    }

private:
    // With a reference to the engine, unless it is refused.
    [[nodiscard]] refusal prepare(std::uint64_t deadline) noexcept;
    void arm() noexcept;

    static void call_back(posted& self) noexcept;

    execution_engine& engine_;
    const stop_function on_stop_;
    outcome outcome_{};
};

// Ends an operation that was accepted, of an engine or of a connection, as backend::operation_cancel says. Whoever
// calls holds it.
void stop_operation(operation& stopped, ending why) noexcept;

} // namespace async_socket::core
