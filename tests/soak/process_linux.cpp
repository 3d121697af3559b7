#include "process.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "handle_count.hpp"
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

std::size_t count_threads()
{
    const std::filesystem::directory_iterator list("/proc/self/task");
    return static_cast<std::size_t>(std::distance(begin(list), end(list)));
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
    return {async_socket::test::open_handles(), count_threads(), live_blocks.load(), resident_set()};
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
