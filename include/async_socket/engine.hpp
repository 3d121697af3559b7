// The threads that run what is resumed (engine.h). A program has one, as a rule.
#pragma once

#include <cstdint>
#include <utility>

#include "async_socket/detail/face.hpp"
#include "async_socket/engine.h"
#include "async_socket/result.hpp"
#include "async_socket/statistics.h"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

// engine.h says what they mean.
struct engine_options {
    std::uint32_t callbacks = 0;
    std::uint32_t threads = 0;
};

class engine {
public:
    // Throws std::system_error if there cannot be one; a program without exceptions ends. See create.
    explicit engine(const engine_options& options = {}) : engine(create(options).value()) {}
    [[nodiscard]] static result_of<engine> create(const engine_options& options = {}) noexcept
    {
        as_engine_options asked = AS_ENGINE_OPTIONS;
        asked.callbacks = options.callbacks;
        asked.threads = options.threads;
        as_engine* made = nullptr;
        const as_outcome outcome = as_engine_create(&asked, &made);
        return {outcome, engine(made)};
    }

    engine(engine&& other) noexcept : engine_(std::exchange(other.engine_, nullptr)) {}
    engine& operator=(engine&& other) noexcept
    {
        std::swap(engine_, other.engine_);
        return *this;
    }
    // Waits for nothing: its threads end when nothing is left on it.
    ~engine() { as_engine_end(engine_); }

    // Waits until no code and no memory of the program's is used by its threads any more: before a plug-in is unloaded.
    // Refused as engine.h says, and then the engine is as it was.
    result end_and_wait() noexcept
    {
        const result ended = as_engine_end_and_wait(engine_);
        if (ended) {
            engine_ = nullptr;
        }
        return ended;
    }

    // "epoll", "system pool"
    [[nodiscard]] const char* backend() const noexcept { return as_engine_backend(engine_); }
    [[nodiscard]] result_of<as_engine_statistics> statistics() const noexcept
    {
        as_engine_statistics told = AS_ENGINE_STATISTICS;
        const as_outcome outcome = as_engine_get_statistics(engine_, &told);
        return {outcome, told};
    }

    [[nodiscard]] as_engine* handle() const noexcept { return engine_; }

    // What a result holds that has no engine.
    [[nodiscard]] static engine none() noexcept { return engine(static_cast<as_engine*>(nullptr)); }

private:
    explicit engine(as_engine* made) noexcept : engine_(made) {}

    as_engine* engine_;
};

} // namespace ASYNC_SOCKET_FACE
} // namespace as
