// socket_transport_get_local_address.
#include <cstdlib>

#include "core/log.hpp"
#include "core/transport.hpp"
#include "win32/system/unique_handle.hpp"

namespace async_socket::backend {

namespace {

// False for an address that is of another family, or too long for an entry.
bool describe(const addrinfo& address, LOCAL_ADDRESS* entry) noexcept
{
    const void* bytes = nullptr;
    if (address.ai_family == AF_INET) {
        entry->address_type = ADDRESS_INET;
        bytes = &reinterpret_cast<const sockaddr_in*>(address.ai_addr)->sin_addr;
    } else if (address.ai_family == AF_INET6) {
        entry->address_type = ADDRESS_INET_6;
        bytes = &reinterpret_cast<const sockaddr_in6*>(address.ai_addr)->sin6_addr;
    } else {
        return false;
    }
    return inet_ntop(address.ai_family, bytes, entry->address, sizeof entry->address) != nullptr;
}

} // namespace

bool local_addresses(char* host_name, LOCAL_ADDRESS** list, std::uint32_t* count) noexcept
{
    // Winsock runs: the caller has a transport.
    if (gethostname(host_name, MAX_GET_HOST_NAME_LEN) != 0) {
        LOG_ERROR("gethostname failed with error %d", WSAGetLastError());
        return false;
    }
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host_name, nullptr, &hints, &found) != 0) {
        LOG_ERROR("cannot resolve the own host name %s: error %d", host_name, WSAGetLastError());
        return false;
    }
    const win32::unique_address_list addresses(found);
    std::uint32_t found_count = 1; // success gives at least one
    for (const addrinfo* address = found->ai_next; address != nullptr; address = address->ai_next) {
        ++found_count;
    }
    auto* const entries = static_cast<LOCAL_ADDRESS*>(std::calloc(found_count, sizeof(LOCAL_ADDRESS)));
    if (entries == nullptr) {
        LOG_ERROR("socket_transport_get_local_address: out of memory");
        return false;
    }
    std::uint32_t described = 0;
    for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
        described += describe(*address, &entries[described]) ? 1U : 0U;
    }
    *list = entries;
    *count = described;
    return true;
}

} // namespace async_socket::backend
