// The reference-counted owner of a pool.
#pragma once

#include <atomic>
#include <cstdint>

#include "c_pal/execution_engine.h"
#include "core/backend.hpp"
#include "core/process_mark.hpp"

namespace async_socket::core {

class execution_engine {
public:
    // One reference, the caller's. Null parameters mean the defaults. Null on failure.
    [[nodiscard]] static execution_engine* create(const EXECUTION_ENGINE_PARAMETERS* parameters) noexcept;

    execution_engine(backend::pool& pool, const EXECUTION_ENGINE_PARAMETERS& parameters) noexcept
        : pool_(&pool), parameters_(parameters)
    {
    }
    execution_engine(const execution_engine&) = delete;
    execution_engine& operator=(const execution_engine&) = delete;

    void add_reference() noexcept;
    // The last one closes the pool and frees the engine, without waiting for the pool's threads.
    void release() noexcept;

    [[nodiscard]] backend::pool& pool() const noexcept { return *pool_; }

    // As they were given to `create`, or the defaults.
    [[nodiscard]] const EXECUTION_ENGINE_PARAMETERS& parameters() const noexcept { return parameters_; }

private:
    backend::pool* pool_;
    const EXECUTION_ENGINE_PARAMETERS parameters_;
    std::atomic<std::uint32_t> references_{1};
    process_mark process_;
};

} // namespace async_socket::core
