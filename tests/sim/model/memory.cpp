// The library's malloc and free, and its abort.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "model/breach.hpp"
#include "model/machine.hpp"
#include "model/thread.hpp"

// library_shims.hpp puts these in the place of the library's.
extern "C" {
void* sim_malloc(std::size_t size) noexcept;
void* sim_calloc(std::size_t count, std::size_t size) noexcept;
void sim_free(void* memory) noexcept;
[[noreturn]] void sim_abort() noexcept;
}

namespace sim {

namespace {

// In front of each block. AddressSanitizer sees the rest: the block is one of libc's.
struct header {
    std::size_t size;
    std::uint64_t mark;
};

constexpr std::uint64_t alive = 0x616C697665212121U;
constexpr std::uint64_t dead = 0x6465616464656164U;
constexpr int poison = 0xDD;
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t guard_size = 0; // it sees for itself what is touched behind a block
#else
constexpr std::size_t guard_size = 16; // bytes behind each block
#endif
constexpr unsigned char guard = 0x5A;

std::size_t blocks = 0;

bool is_allowed(const char* call, std::size_t size) noexcept
{
    const system_call here(call, size);
    if (fault(call, {ERROR_NOT_ENOUGH_MEMORY}) != 0) {
        fail_with(ERROR_NOT_ENOUGH_MEMORY);
        return false;
    }
    ++blocks;
    disturb_last_error();
    return true;
}

// The block itself outside of the model, so that TSan sees whose it is.
void* allocate(const char* call, std::size_t size) noexcept
{
    if (!is_allowed(call, size)) {
        return nullptr;
    }
    auto* const block = static_cast<header*>(std::malloc(sizeof(header) + size + guard_size));
    if (block == nullptr) {
        breach("the machine that runs this is out of memory");
    }
    *block = {size, alive};
    std::memset(block + 1, poison, size);
    std::memset(reinterpret_cast<unsigned char*>(block + 1) + size, guard, guard_size);
    return block + 1;
}

void check_guard(const unsigned char* end) noexcept
{
    if (std::any_of(end, end + guard_size, [](unsigned char each) { return each != guard; })) {
        breach("memory behind the end of a block was written");
    }
}

void check_not_owned(const unsigned char* begin, std::size_t size) noexcept
{
    for (const void* owned : the_machine().overlapped_in_use) {
        const auto* const at = static_cast<const unsigned char*>(owned);
        if (at >= begin && at < begin + size) {
            breach("memory of an operation is freed while the system owns it");
        }
    }
}

} // namespace

std::size_t blocks_in_use() noexcept
{
    return blocks;
}

} // namespace sim

void* sim_malloc(std::size_t size) noexcept
{
    return sim::allocate("malloc", size);
}

void* sim_calloc(std::size_t count, std::size_t size) noexcept
{
    void* const memory = sim::allocate("calloc", count * size);
    if (memory != nullptr) {
        std::memset(memory, 0, count * size);
    }
    return memory;
}

void sim_free(void* memory) noexcept
{
    if (memory == nullptr) {
        return;
    }
    auto* const block = static_cast<sim::header*>(memory) - 1;
    sim::point("free");
    {
        const sim::model_lock lock;
        sim::trace("free");
        sim::count("free");
        if (block->mark != sim::alive) {
            sim::breach("memory is freed that was freed before, or never allocated");
        }
        sim::check_guard(static_cast<const unsigned char*>(memory) + block->size);
        sim::check_not_owned(static_cast<const unsigned char*>(memory), block->size);
        block->mark = sim::dead;
        std::memset(memory, sim::poison, block->size);
        --sim::blocks;
        sim::disturb_last_error();
    }
    std::free(block);
    sim::point("free");
}

void sim_abort() noexcept
{
    sim::trace("abort");
    sim::the_machine().program_ended = true;
    sim::the_machine().process_exits = true;
    sim::end_program();
}
