// socket_transport_get_local_address.
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "core/log.hpp"
#include "core/transport.hpp"

namespace async_socket::backend {

namespace {

struct interface_list_deleter {
    void operator()(ifaddrs* list) const noexcept { ::freeifaddrs(list); }
};
using interface_list = std::unique_ptr<ifaddrs, interface_list_deleter>;

// Of the interfaces that are up: those that others can reach, or the loopback.
enum class reach { others, loopback };

bool is_wanted(const ifaddrs& address, reach wanted) noexcept
{
    const bool is_loopback = (address.ifa_flags & IFF_LOOPBACK) != 0;
    return address.ifa_addr != nullptr && (address.ifa_flags & IFF_UP) != 0 &&
           is_loopback == (wanted == reach::loopback);
}

// False for an address that is of another family, or too long for an entry.
bool describe(const sockaddr& address, LOCAL_ADDRESS* entry) noexcept
{
    const void* bytes = nullptr;
    if (address.sa_family == AF_INET) {
        entry->address_type = ADDRESS_INET;
        bytes = &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr;
    } else if (address.sa_family == AF_INET6) {
        entry->address_type = ADDRESS_INET_6;
        bytes = &reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr;
    } else {
        return false;
    }
    return ::inet_ntop(address.sa_family, bytes, entry->address, sizeof entry->address) != nullptr;
}

std::uint32_t describe_all(const ifaddrs* list, reach wanted, LOCAL_ADDRESS* entries) noexcept
{
    std::uint32_t described = 0;
    for (; list != nullptr; list = list->ifa_next) {
        if (is_wanted(*list, wanted) && describe(*list->ifa_addr, &entries[described])) {
            ++described;
        }
    }
    return described;
}

std::size_t length(const ifaddrs* list) noexcept
{
    std::size_t count = 0;
    for (; list != nullptr; list = list->ifa_next) {
        ++count;
    }
    return count;
}

} // namespace

// Not by resolving the host name, which gives 127.0.1.1 or nothing on many machines.
bool local_addresses(char* host_name, LOCAL_ADDRESS** list, std::uint32_t* count) noexcept
{
    if (::gethostname(host_name, MAX_GET_HOST_NAME_LEN) != 0) {
        LOG_ERROR_CODE(errno, "gethostname failed");
        return false;
    }
    ifaddrs* found = nullptr;
    if (::getifaddrs(&found) != 0) {
        LOG_ERROR_CODE(errno, "getifaddrs failed");
        return false;
    }
    const interface_list interfaces(found);
    auto* const entries = static_cast<LOCAL_ADDRESS*>(std::calloc(length(found) + 1, sizeof(LOCAL_ADDRESS)));
    if (entries == nullptr) {
        LOG_ERROR("socket_transport_get_local_address: out of memory");
        return false;
    }
    *list = entries;
    *count = describe_all(found, reach::others, entries);
    if (*count == 0) {
        *count = describe_all(found, reach::loopback, entries);
    }
    return true;
}

} // namespace async_socket::backend
