// The addresses that a name has, in the system's order: one block of memory, whoever has it owns it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "async_socket/address.h"
#include "core/common/unique_handle.hpp"

namespace async_socket::core {

class address_list {
public:
    // A name that has more has lost the last ones: nobody tries so many.
    static constexpr std::uint32_t most = 64;

    // Room for so many, or for `most` of them, and none in it. Null when memory is out.
    [[nodiscard]] static address_list* create(std::uint32_t count) noexcept;
    // Null: nothing happens.
    static void destroy(address_list* list) noexcept;

    // In the system's form. What is no address (core/platform/system_address.hpp), or one too many, is left out.
    void add(const void* system, std::size_t size) noexcept;

    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    [[nodiscard]] const as_address* begin() const noexcept { return addresses(); }
    [[nodiscard]] const as_address* end() const noexcept { return addresses() + count_; }

private:
    explicit address_list(std::uint32_t room) noexcept : room_(room) {}
    // They lie behind it.
    [[nodiscard]] as_address* addresses() noexcept { return reinterpret_cast<as_address*>(this + 1); }
    [[nodiscard]] const as_address* addresses() const noexcept { return reinterpret_cast<const as_address*>(this + 1); }

    const std::uint32_t room_;
    std::uint32_t count_ = 0;
};
static_assert(sizeof(address_list) % alignof(as_address) == 0);

struct address_list_traits {
    using type = address_list*;
    static type none() noexcept;
    static void close(type list) noexcept;
};
using unique_addresses = unique_handle<address_list_traits>;

} // namespace async_socket::core
