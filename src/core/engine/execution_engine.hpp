// The reference-counted owner of a pool.
#pragma once

#include <atomic>
#include <cstdint>

#include "c_pal/execution_engine.h"
#include "core/common/process_mark.hpp"
#include "core/engine/tally.hpp"
#include "core/platform/backend.hpp"

namespace async_socket::core {

class resolver;

enum class engine_end { waited, not_last, refused };

class execution_engine {
public:
    // One reference, the caller's. Null parameters mean the defaults. Null on failure, with the reason in `why`.
    [[nodiscard]] static execution_engine* create(const EXECUTION_ENGINE_PARAMETERS* parameters, refusal& why) noexcept;

    execution_engine(backend::pool& pool, const EXECUTION_ENGINE_PARAMETERS& parameters) noexcept
        : pool_(&pool), parameters_(parameters)
    {
    }
    execution_engine(const execution_engine&) = delete;
    execution_engine& operator=(const execution_engine&) = delete;

    void add_reference() noexcept;
    // The last one closes the pool and frees the engine, without waiting for the pool's threads, nor for the system's
    // resolver.
    void release() noexcept;
    // The same, but if it was the last one waits until no callback runs any more, and no thread of the resolver's.
    // Refused, with nothing changed, inside a callback of any engine's: it would wait for itself, or for somebody who
    // waits for it.
    // `only_as_last`: if it is not the last one, nothing has changed either.
    [[nodiscard]] engine_end release_and_wait(bool only_as_last = false) noexcept;

    // A callback that nobody waits for any more, since it has closed its own socket (callback_frame), goes on until
    // the second, which may free the engine.
    void begin_stay() noexcept { stays_.fetch_add(1, std::memory_order_relaxed); }
    void end_stay() noexcept;

    [[nodiscard]] backend::pool& pool() const noexcept { return *pool_; }
    // Who looks names up for it: made when it is first asked for. Null when there is no memory for it, or the system's
    // cannot be had.
    [[nodiscard]] resolver* names() noexcept;

    // Its threads are in another process, from which this one was forked off.
    [[nodiscard]] bool is_inherited() const noexcept { return process_.is_inherited(); }

    [[nodiscard]] core::tally& tally() noexcept { return tally_; }

    // As they were given to `create`, or the defaults.
    [[nodiscard]] const EXECUTION_ENGINE_PARAMETERS& parameters() const noexcept { return parameters_; }

private:
    // Before the pool: answers that have begun use it.
    void end_names(void (*close)(resolver& names) noexcept) noexcept;

    backend::pool* pool_;
    std::atomic<resolver*> names_{nullptr};
    const EXECUTION_ENGINE_PARAMETERS parameters_;
    core::tally tally_;
    std::atomic<std::uint32_t> references_{1};
    process_mark process_;
    std::atomic<std::uint32_t> stays_{1}; // and one for all references together
};

} // namespace async_socket::core
