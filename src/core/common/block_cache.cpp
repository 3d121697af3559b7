#include "core/common/block_cache.hpp"

#include <cstdlib>
#include <new>

// The sanitizer finds a touch of freed memory; of memory that waits to be used again it has to be told. All but the
// link to the next: the leak checker follows it, but not through what nobody may touch.
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
    (void)clear();
}

std::uint32_t block_cache::clear() noexcept
{
    std::uint32_t freed = 0;
    while (kept* const each = take_kept()) {
        std::free(each);
        ++freed;
    }
    return freed;
}

block_cache::kept* block_cache::take_kept() noexcept
{
    const lock::scope scope(lock_);
    kept* const taken = first_;
    if (taken != nullptr) {
        first_ = taken->next;
        ASYNC_SOCKET_SOMEBODYS(taken + 1, block_size_ - sizeof(kept));
        --count_;
    }
    return taken;
}

bool block_cache::keep(void* memory) noexcept
{
    const lock::scope scope(lock_);
    if (count_ == most_kept) {
        return false;
    }
    first_ = new (memory) kept{first_};
    ++count_;
    ASYNC_SOCKET_NOBODYS(first_ + 1, block_size_ - sizeof(kept));
    return true;
}

void* block_cache::take(std::uint64_t size) noexcept
{
    if (size > block_size_) {
        return std::malloc(static_cast<std::size_t>(size));
    }
    void* const memory = take_kept();
    return memory != nullptr ? memory : std::malloc(static_cast<std::size_t>(block_size_));
}

void block_cache::give_back(void* memory, std::uint64_t size) noexcept
{
    if (size > block_size_ || !keep(memory)) {
        std::free(memory);
    }
}

} // namespace async_socket::core
