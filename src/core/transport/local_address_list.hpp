// The addresses that socket_transport_get_local_address gives: those that others can reach, or the loopback's if there
// are no others.
#pragma once

#include <cstdint>

#include "c_pal/socket_transport.h"

namespace async_socket::core {

class local_address_list {
public:
    local_address_list() = default;
    ~local_address_list();
    local_address_list(const local_address_list&) = delete;
    local_address_list& operator=(const local_address_list&) = delete;

    // Once, first: at most so many will be added. False when memory is out.
    [[nodiscard]] bool reserve(std::uint32_t count) noexcept;
    void add(const LOCAL_ADDRESS& address, bool is_loopback) noexcept;

    // The array, which comes from malloc and is the caller's then, and how many are in it.
    [[nodiscard]] LOCAL_ADDRESS* release(std::uint32_t* count) noexcept;

private:
    LOCAL_ADDRESS* entries_ = nullptr; // those of others from the front, the loopback's from the back
    std::uint32_t size_ = 0;
    std::uint32_t others_ = 0;
    std::uint32_t loopbacks_ = 0;
};

// `host_name` has room for MAX_GET_HOST_NAME_LEN bytes; *list comes from malloc.
[[nodiscard]] bool local_addresses(char* host_name, LOCAL_ADDRESS** list, std::uint32_t* count) noexcept;

} // namespace async_socket::core
