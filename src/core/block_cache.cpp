#include "core/block_cache.hpp"

#include <cstdlib>

// The sanitizer finds a touch of freed memory; of memory that waits to be used again it has to be told.
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define ASYNC_SOCKET_NOBODYS(memory, size) ASAN_POISON_MEMORY_REGION(memory, size)
#define ASYNC_SOCKET_SOMEBODYS(memory, size) ASAN_UNPOISON_MEMORY_REGION(memory, size)
#else
#define ASYNC_SOCKET_NOBODYS(memory, size) static_cast<void>(0)
#define ASYNC_SOCKET_SOMEBODYS(memory, size) static_cast<void>(0)
#endif

namespace async_socket::core {

block_cache::~block_cache()
{
    for (const std::atomic<void*>& place : kept_) {
        void* const memory = place.load(std::memory_order_acquire);
        if (memory != nullptr) {
            ASYNC_SOCKET_SOMEBODYS(memory, block_size_);
            std::free(memory);
        }
    }
}

void* block_cache::take(std::uint64_t size) noexcept
{
    if (size > block_size_) {
        return std::malloc(static_cast<std::size_t>(size));
    }
    for (std::atomic<void*>& place : kept_) {
        if (place.load(std::memory_order_relaxed) == nullptr) {
            continue;
        }
        void* const memory = place.exchange(nullptr, std::memory_order_acquire); // another thread may be first
        if (memory != nullptr) {
            ASYNC_SOCKET_SOMEBODYS(memory, block_size_);
            return memory;
        }
    }
    return std::malloc(static_cast<std::size_t>(block_size_));
}

void block_cache::give_back(void* memory, std::uint64_t size) noexcept
{
    if (size <= block_size_) {
        ASYNC_SOCKET_NOBODYS(memory, block_size_);
        for (std::atomic<void*>& place : kept_) {
            void* none = nullptr;
            if (place.load(std::memory_order_relaxed) == nullptr &&
                place.compare_exchange_strong(none, memory, std::memory_order_release, std::memory_order_relaxed)) {
                return;
            }
        }
        ASYNC_SOCKET_SOMEBODYS(memory, block_size_);
    }
    std::free(memory);
}

} // namespace async_socket::core
