// What socket_transport_get_local_address needs of the system.
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <memory>

#include "core/transport/local_address_list.hpp"
#include "core/transport/system_calls.hpp"

namespace async_socket::backend {

namespace {

struct interface_list_deleter {
    void operator()(ifaddrs* list) const noexcept { ::freeifaddrs(list); }
};
using interface_list = std::unique_ptr<ifaddrs, interface_list_deleter>;

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

std::uint32_t length(const ifaddrs* list) noexcept
{
    std::uint32_t count = 0;
    for (; list != nullptr; list = list->ifa_next) {
        ++count;
    }
    return count;
}

} // namespace

bool host_name(char* room) noexcept
{
    return ::gethostname(room, MAX_GET_HOST_NAME_LEN) == 0;
}

bool find_addresses(core::local_address_list& found) noexcept
{
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) {
        return false;
    }
    const interface_list interfaces(list);
    if (!found.reserve(length(list))) {
        return false;
    }
    for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
        LOCAL_ADDRESS entry{};
        if (each->ifa_addr != nullptr && (each->ifa_flags & IFF_UP) != 0 && describe(*each->ifa_addr, &entry)) {
            found.add(entry, (each->ifa_flags & IFF_LOOPBACK) != 0);
        }
    }
    return true;
}

} // namespace async_socket::backend
