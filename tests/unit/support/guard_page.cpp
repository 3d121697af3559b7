#include "support/guard_page.hpp"

#include <cstdlib>

#ifdef _WIN32
#include <windows.h>
#else
#include <sys/mman.h>
#endif

namespace async_socket::test {

#ifdef _WIN32

guard_page::guard_page()
    : memory_(
          static_cast<unsigned char*>(VirtualAlloc(nullptr, 2 * page_size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE)))
{
    DWORD old = 0;
    if (memory_ == nullptr || VirtualProtect(forbidden(), page_size, PAGE_NOACCESS, &old) == FALSE) {
        std::abort();
    }
}

guard_page::~guard_page()
{
    (void)VirtualFree(memory_, 0, MEM_RELEASE);
}

#else

guard_page::guard_page()
{
    void* const memory = mmap(nullptr, 2 * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        std::abort();
    }
    memory_ = static_cast<unsigned char*>(memory);
    if (mprotect(forbidden(), page_size, PROT_NONE) != 0) {
        std::abort();
    }
}

guard_page::~guard_page()
{
    (void)munmap(memory_, 2 * page_size);
}

#endif

} // namespace async_socket::test
