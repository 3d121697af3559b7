// Memory for the operations of one connection, used again and again: once a connection has had as many
// operations under way as it will have, starting another one allocates nothing.
#pragma once

#include <cstdint>

#include "core/common/lock.hpp"

namespace async_socket::core {

// Any thread may take and give back at any time.
class block_cache {
public:
    // Blocks have `block_size` bytes. What is larger is allocated and freed each time.
    explicit block_cache(std::uint64_t block_size) noexcept : block_size_(block_size) {}
    // What was taken has been given back.
    ~block_cache();
    block_cache(const block_cache&) = delete;
    block_cache& operator=(const block_cache&) = delete;

    // Memory of at least `size` bytes, aligned as malloc's. Null when memory is out.
    [[nodiscard]] void* take(std::uint64_t size) noexcept;
    // `size` as it was taken.
    void give_back(void* memory, std::uint64_t size) noexcept;
    // Frees what is kept. How many blocks that was.
    std::uint32_t clear() noexcept;

private:
    // A connection with more operations than that under way allocates for the others.
    static constexpr std::uint32_t most_kept = 16;

    // At the beginning of each block that is kept: an idle connection pays for one pointer and not for 16.
    struct kept {
        kept* next;
    };

    [[nodiscard]] kept* take_kept() noexcept;
    [[nodiscard]] bool keep(void* memory) noexcept;

    const std::uint64_t block_size_;
    lock lock_;
    std::uint32_t count_ = 0;
    kept* first_ = nullptr;
};

} // namespace async_socket::core
