#include "process.hpp"

#include <dirent.h>
#include <malloc.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "support/peer.hpp"

// Every allocation of the program and of the library comes through here: the linker's --wrap replaces the
// names on the left of each asm (see CMakeLists.txt). What libraries allocate for themselves does not.
extern "C" {
void* system_malloc(std::size_t size) asm("__real_malloc");
void* system_calloc(std::size_t count, std::size_t size) asm("__real_calloc");
void* system_realloc(void* block, std::size_t size) asm("__real_realloc");
void system_free(void* block) asm("__real_free");
void* counted_malloc(std::size_t size) asm("__wrap_malloc");
void* counted_calloc(std::size_t count, std::size_t size) asm("__wrap_calloc");
void* counted_realloc(void* block, std::size_t size) asm("__wrap_realloc");
void counted_free(void* block) asm("__wrap_free");
}

namespace {

std::atomic<std::size_t> live_blocks{0};

void* counted(void* block)
{
    live_blocks.fetch_add(block != nullptr ? 1 : 0, std::memory_order_relaxed);
    return block;
}

} // namespace

void* counted_malloc(std::size_t size)
{
    return counted(system_malloc(size));
}

void* counted_calloc(std::size_t count, std::size_t size)
{
    return counted(system_calloc(count, size));
}

void* counted_realloc(void* block, std::size_t size)
{
    void* const moved = system_realloc(block, size);
    return block == nullptr ? counted(moved) : moved; // nobody here resizes to 0
}

void counted_free(void* block)
{
    live_blocks.fetch_sub(block != nullptr ? 1 : 0, std::memory_order_relaxed);
    system_free(block);
}

namespace soak {

namespace {

// From the start. By itself the C library raises the limit above which memory goes back to the system when
// it is freed, and then keeps what the many threads here had for their large buffers.
constexpr int largest_kept_block = 64 * 1024;
const bool gives_memory_back = mallopt(M_MMAP_THRESHOLD, largest_kept_block) == 1 && mallopt(M_ARENA_MAX, 2) == 1;

std::size_t count_threads()
{
    DIR* const list = opendir("/proc/self/task");
    if (list == nullptr) {
        throw std::runtime_error("/proc/self/task");
    }
    std::size_t count = 0;
    while (const dirent* const entry = readdir(list)) {
        count += entry->d_name[0] != '.' ? 1U : 0U;
    }
    (void)closedir(list);
    return count;
}

std::size_t resident_set()
{
    std::ifstream file("/proc/self/statm");
    std::size_t all_pages = 0;
    std::size_t resident_pages = 0;
    if (!(file >> all_pages >> resident_pages)) {
        throw std::runtime_error("/proc/self/statm");
    }
    return resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

} // namespace

resources measure_resources()
{
    if (!gives_memory_back) {
        throw std::runtime_error("mallopt");
    }
    return {contract::count_handles(), count_threads(), live_blocks.load(), resident_set()};
}

std::size_t blocks_lost_by_the_system_per_open()
{
    return 0; // none are known
}

void end_process(int status)
{
    (void)std::fflush(nullptr);
    std::_Exit(status);
}

} // namespace soak
