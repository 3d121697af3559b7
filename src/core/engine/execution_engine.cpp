#include "core/engine/execution_engine.hpp"

#include "core/common/log.hpp"
#include "core/common/memory.hpp"
#include "core/life/callback_frame.hpp"
#include "core/platform/address_wait.hpp"
#include "core/platform/thread_slot.hpp"
#include "core/resolve/resolver.hpp"

namespace async_socket::core {

execution_engine* execution_engine::create(const EXECUTION_ENGINE_PARAMETERS* parameters, refusal& why) noexcept
{
    constexpr EXECUTION_ENGINE_PARAMETERS defaults{DEFAULT_MIN_THREAD_COUNT, DEFAULT_MAX_THREAD_COUNT};
    const EXECUTION_ENGINE_PARAMETERS asked = parameters != nullptr ? *parameters : defaults;
    const std::uint32_t minimum = parameters != nullptr ? asked.min_thread_count : backend::default_minimum();
    const std::uint32_t maximum = asked.max_thread_count;
    if (maximum != 0 && maximum < minimum) {
        LOG_ERROR("an engine cannot be created: its maximum of threads, %u, is below its minimum, %u",
                  static_cast<unsigned>(maximum), static_cast<unsigned>(minimum));
        why = {ending::invalid};
        return nullptr;
    }
    if (!backend::thread_slot_prepare()) {
        LOG_ERROR("an engine cannot be created: no thread-local slot left");
        why = {ending::no_room};
        return nullptr;
    }
    backend::pool* const pool = backend::pool_create(minimum, maximum, why);
    if (pool == nullptr) {
        return nullptr;
    }
    execution_engine* const engine = core::create<execution_engine>(*pool, asked);
    if (engine == nullptr) {
        LOG_ERROR("an engine cannot be created: out of memory");
        why = {ending::no_room};
        backend::pool_destroy(pool);
    }
    return engine;
}

void execution_engine::add_reference() noexcept
{
    references_.fetch_add(1, std::memory_order_relaxed);
}

void execution_engine::release() noexcept
{
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1 && !backend::process_is_ending()) {
        end_names([](resolver& names) noexcept { names.close(); });
        (process_.is_inherited() ? backend::pool_abandon : backend::pool_destroy)(pool_);
        end_stay();
    }
}

engine_end execution_engine::release_and_wait(bool only_as_last) noexcept
{
    if (callback_frame::innermost() != nullptr) {
        return engine_end::refused;
    }
    std::uint32_t references = 1;
    if (only_as_last ? !references_.compare_exchange_strong(references, 0, std::memory_order_acq_rel)
                     : references_.fetch_sub(1, std::memory_order_acq_rel) != 1) {
        return engine_end::not_last;
    }
    if (backend::process_is_ending()) {
        return engine_end::waited; // nobody is left
    }
    std::uint32_t stays = stays_.load(std::memory_order_acquire);
    while (stays != 1 && !process_.is_inherited()) {
        backend::wait_while_equal(stays_, stays);
        stays = stays_.load(std::memory_order_acquire);
    }
    end_names([](resolver& names) noexcept { names.close_and_wait(); });
    (process_.is_inherited() ? backend::pool_abandon : backend::pool_destroy_and_wait)(pool_);
    destroy(this);
    return engine_end::waited;
}

// Two that need it first at once make one each, and one of the two goes unused.
resolver* execution_engine::names() noexcept
{
    resolver* known = names_.load(std::memory_order_acquire);
    if (known != nullptr) {
        return known;
    }
    resolver* const made = resolver::create({});
    if (made == nullptr || names_.compare_exchange_strong(known, made, std::memory_order_acq_rel)) {
        return made;
    }
    made->close();
    return known;
}

void execution_engine::end_names(void (*close)(resolver& names) noexcept) noexcept
{
    if (resolver* const known = names_.load(std::memory_order_acquire)) {
        close(*known);
    }
}

void execution_engine::end_stay() noexcept
{
    switch (stays_.fetch_sub(1, std::memory_order_acq_rel)) {
    case 1:
        destroy(this);
        break;
    case 2:
        backend::wake_all(stays_); // by its address only: it may be gone
        break;
    default:
        break;
    }
}

} // namespace async_socket::core
