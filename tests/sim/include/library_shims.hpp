// Included by force before everything else in the library's files (and only there), so that the
// library itself stays unchanged. The standard library is read first; then the names below change:
// - malloc, calloc and free are the model's, which counts memory, can run out of it, and notices what
//   is freed too early, twice or never;
// - under the deterministic scheduler (SIM_SCHEDULED_ATOMICS) std::atomic is a class of ours, each of
//   whose operations is a point at which another thread may run.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

// C functions: one of namespace std is the same as the global one, which the model defines.
namespace std {
extern "C" {
void* sim_malloc(size_t size) noexcept;
void* sim_calloc(size_t count, size_t size) noexcept;
void sim_free(void* memory) noexcept;
[[noreturn]] void sim_abort() noexcept;
}
} // namespace std

#define malloc sim_malloc
#define calloc sim_calloc
#define free sim_free
#define abort sim_abort

#ifdef SIM_SCHEDULED_ATOMICS

namespace sim {
void atomic_point(const volatile void* address) noexcept;
void atomic_change(const volatile void* address) noexcept; // of a read-modify-write
bool weak_exchange_fails() noexcept;
} // namespace sim

namespace std {

// The threads are fibers of one thread, so plain memory does. The memory orders are accepted and
// ignored: TSan checks them, on real threads.
template <typename T>
class sim_atomic {
public:
    constexpr sim_atomic() noexcept = default;
    constexpr sim_atomic(T value) noexcept : value_(value) {}
    sim_atomic(const sim_atomic&) = delete;
    sim_atomic& operator=(const sim_atomic&) = delete;

    T load(memory_order = memory_order_seq_cst) const noexcept
    {
        sim::atomic_point(this);
        return value_;
    }
    void store(T value, memory_order = memory_order_seq_cst) noexcept
    {
        sim::atomic_point(this);
        value_ = value;
    }
    T exchange(T value, memory_order = memory_order_seq_cst) noexcept
    {
        sim::atomic_change(this);
        return std::exchange(value_, value);
    }
    T fetch_add(T value, memory_order = memory_order_seq_cst) noexcept
    {
        sim::atomic_change(this);
        return std::exchange(value_, static_cast<T>(value_ + value));
    }
    T fetch_sub(T value, memory_order = memory_order_seq_cst) noexcept
    {
        sim::atomic_change(this);
        return std::exchange(value_, static_cast<T>(value_ - value));
    }
    T fetch_or(T value, memory_order = memory_order_seq_cst) noexcept
    {
        sim::atomic_change(this);
        return std::exchange(value_, static_cast<T>(value_ | value));
    }
    bool compare_exchange_strong(T& expected, T value, memory_order = memory_order_seq_cst,
                                 memory_order = memory_order_seq_cst) noexcept
    {
        sim::atomic_change(this);
        if (value_ == expected) {
            value_ = value;
            return true;
        }
        expected = value_;
        return false;
    }
    bool compare_exchange_weak(T& expected, T value, memory_order first = memory_order_seq_cst,
                               memory_order second = memory_order_seq_cst) noexcept
    {
        if (sim::weak_exchange_fails()) {
            expected = value_;
            return false;
        }
        return compare_exchange_strong(expected, value, first, second);
    }

private:
    T value_{};
};

} // namespace std

#define atomic sim_atomic

#endif
