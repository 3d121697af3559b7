// Owns what getaddrinfo gives.
#pragma once

#include <netdb.h>

#include <memory>

namespace async_socket::linux_os {

struct address_list_deleter {
    void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using unique_address_list = std::unique_ptr<addrinfo, address_list_deleter>;

} // namespace async_socket::linux_os
