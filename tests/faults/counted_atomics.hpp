// Included before everything else in each file of the library that the cost test is made of: every atomic
// read-modify-write counts itself. The standard headers come first and stay as they are.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <ctime>
#include <initializer_list>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace faults {

inline std::atomic<std::uint64_t> read_modify_writes{0};

inline void count_read_modify_write() noexcept
{
    read_modify_writes.fetch_add(1, std::memory_order_relaxed);
}

} // namespace faults

#ifdef ASYNC_SOCKET_COUNT_ATOMICS
#define ASYNC_SOCKET_COUNTED(name, ...) name((::faults::count_read_modify_write(), __VA_ARGS__)
#define fetch_add(what, order) ASYNC_SOCKET_COUNTED(fetch_add, what), order)
#define fetch_sub(what, order) ASYNC_SOCKET_COUNTED(fetch_sub, what), order)
#define fetch_or(what, order) ASYNC_SOCKET_COUNTED(fetch_or, what), order)
#define exchange(what, order) ASYNC_SOCKET_COUNTED(exchange, what), order)
#define compare_exchange_weak(seen, ...) ASYNC_SOCKET_COUNTED(compare_exchange_weak, seen), __VA_ARGS__)
#define compare_exchange_strong(seen, ...) ASYNC_SOCKET_COUNTED(compare_exchange_strong, seen), __VA_ARGS__)
#endif
