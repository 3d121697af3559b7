// socket_transport_get_local_address.
#include <cstdlib>

#include "core/log.hpp"
#include "core/transport.hpp"
#include "win32/system/unique_handle.hpp"

namespace async_socket::backend {

namespace {

struct adapter_list_traits {
    using type = IP_ADAPTER_ADDRESSES*;
    static type none() noexcept { return nullptr; }
    static void close(type list) noexcept { std::free(list); }
};
using adapter_list = win32::unique_handle<adapter_list_traits>;

// NO_ERROR, or why there is no list; NO_ERROR and an empty list: there is no adapter. The function is looked up,
// so that programs that link the library need no further library of the system's.
ULONG find_adapters(adapter_list& found) noexcept
{
    constexpr ULONG flags =
        GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER | GAA_FLAG_SKIP_FRIENDLY_NAME;
    const win32::unique_module helper(LoadLibraryExW(L"iphlpapi.dll", nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32));
    const FARPROC address = helper ? GetProcAddress(helper.get(), "GetAdaptersAddresses") : nullptr;
    if (address == nullptr) {
        return GetLastError();
    }
    auto* const get = reinterpret_cast<decltype(&GetAdaptersAddresses)>(reinterpret_cast<void (*)()>(address));
    ULONG size = 16384; // as is recommended: the first try is enough nearly everywhere
    for (;;) {
        found.reset(static_cast<IP_ADAPTER_ADDRESSES*>(std::malloc(size)));
        if (!found) {
            return ERROR_NOT_ENOUGH_MEMORY;
        }
        const ULONG error = get(AF_UNSPEC, flags, nullptr, found.get(), &size);
        if (error == ERROR_BUFFER_OVERFLOW) {
            continue; // `size` says how much; adapters may still come meanwhile
        }
        if (error != NO_ERROR) {
            found.reset();
        }
        return error == ERROR_NO_DATA ? NO_ERROR : error;
    }
}

// Of the adapters that are up: those that others can reach, or the loopback.
enum class reach { others, loopback };

bool is_wanted(const IP_ADAPTER_ADDRESSES& adapter, reach wanted) noexcept
{
    const bool is_loopback = adapter.IfType == IF_TYPE_SOFTWARE_LOOPBACK;
    return adapter.OperStatus == IfOperStatusUp && is_loopback == (wanted == reach::loopback);
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
    return inet_ntop(address.sa_family, bytes, entry->address, sizeof entry->address) != nullptr;
}

// With `entries` null it only counts what there might be to describe.
std::uint32_t describe_all(const IP_ADAPTER_ADDRESSES* adapter, reach wanted, LOCAL_ADDRESS* entries) noexcept
{
    std::uint32_t described = 0;
    for (; adapter != nullptr; adapter = adapter->Next) {
        const IP_ADAPTER_UNICAST_ADDRESS* each = is_wanted(*adapter, wanted) ? adapter->FirstUnicastAddress : nullptr;
        for (; each != nullptr; each = each->Next) {
            described += entries == nullptr || describe(*each->Address.lpSockaddr, &entries[described]) ? 1U : 0U;
        }
    }
    return described;
}

} // namespace

// Not by resolving the host name, which many machines cannot: containers, and those whose name no server knows.
bool local_addresses(char* host_name, LOCAL_ADDRESS** list, std::uint32_t* count) noexcept
{
    // Winsock runs: the caller has a transport.
    if (gethostname(host_name, MAX_GET_HOST_NAME_LEN) != 0) {
        LOG_ERROR_CODE(WSAGetLastError(), "gethostname failed");
        return false;
    }
    adapter_list adapters;
    const ULONG error = find_adapters(adapters);
    if (error != NO_ERROR) {
        LOG_ERROR_CODE(error, "cannot list the network adapters");
        return false;
    }
    const std::uint32_t most =
        describe_all(adapters.get(), reach::others, nullptr) + describe_all(adapters.get(), reach::loopback, nullptr);
    auto* const entries = static_cast<LOCAL_ADDRESS*>(std::calloc(most + 1, sizeof(LOCAL_ADDRESS)));
    if (entries == nullptr) {
        LOG_ERROR("socket_transport_get_local_address: out of memory");
        return false;
    }
    *list = entries;
    *count = describe_all(adapters.get(), reach::others, entries);
    if (*count == 0) {
        *count = describe_all(adapters.get(), reach::loopback, entries);
    }
    return true;
}

} // namespace async_socket::backend
