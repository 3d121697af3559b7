// Memory that may be pointed to but not read.
#pragma once

#include <cstddef>

namespace async_socket::test {

// One page that can be used, followed directly by one that stops the program when it is touched.
class guard_page {
public:
    guard_page();
    ~guard_page();
    guard_page(const guard_page&) = delete;
    guard_page& operator=(const guard_page&) = delete;

    // The first byte that must not be touched. The bytes in front of it, at least 4096, can be used.
    [[nodiscard]] unsigned char* forbidden() const noexcept { return memory_ + page_size; }

private:
    static constexpr std::size_t page_size = 65536;
    unsigned char* memory_;
};

} // namespace async_socket::test
