// The addresses that a name has, in the system's order: one block of memory, whoever has it owns it.
#pragma once

#include <cstdint>
#include <cstring>

#include "core/unique_handle.hpp"

namespace async_socket::core {

// One of the system's socket addresses (sockaddr), of IPv4 or IPv6; its family is in it.
struct address {
    static constexpr std::uint32_t room = 28; // for the larger one, of IPv6

    std::uint32_t size; // of the bytes that count
    alignas(8) unsigned char bytes[room];
};

class address_list {
public:
    // A name that has more has lost the last ones: nobody tries so many.
    static constexpr std::uint32_t most = 64;

    // Room for so many, or for `most` of them, and none in it. Null when memory is out.
    [[nodiscard]] static address_list* create(std::uint32_t count) noexcept;
    // Null: nothing happens.
    static void destroy(address_list* list) noexcept;

    // What has no room, alone or as one too many, is left out.
    void add(const void* system_address, std::uint64_t size) noexcept;

    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    [[nodiscard]] const address* begin() const noexcept { return addresses(); }
    [[nodiscard]] const address* end() const noexcept { return addresses() + count_; }

private:
    explicit address_list(std::uint32_t room) noexcept : room_(room) {}
    // They lie behind it.
    [[nodiscard]] address* addresses() noexcept { return reinterpret_cast<address*>(this + 1); }
    [[nodiscard]] const address* addresses() const noexcept { return reinterpret_cast<const address*>(this + 1); }

    const std::uint32_t room_;
    std::uint32_t count_ = 0;
};
static_assert(sizeof(address_list) % alignof(address) == 0);

struct address_list_traits {
    using type = address_list*;
    static type none() noexcept { return nullptr; }
    static void close(type list) noexcept { address_list::destroy(list); }
};
using unique_addresses = unique_handle<address_list_traits>;

// A copy of the system's list (addrinfo, as both platforms have it). Empty when memory is out.
template <typename AddressInfo>
[[nodiscard]] unique_addresses copy_addresses(const AddressInfo* first) noexcept
{
    std::uint32_t count = 0;
    for (const AddressInfo* each = first; each != nullptr && count < address_list::most; each = each->ai_next) {
        ++count;
    }
    unique_addresses copy(address_list::create(count));
    for (const AddressInfo* each = first; each != nullptr && copy; each = each->ai_next) {
        copy.get()->add(each->ai_addr, each->ai_addrlen);
    }
    return copy;
}

} // namespace async_socket::core
