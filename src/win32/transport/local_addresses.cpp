// What socket_transport_get_local_address needs of the system.
#include <cstdlib>

#include "core/transport/local_address_list.hpp"
#include "core/transport/system_calls.hpp"
#include "win32/system/unique_handle.hpp"

namespace async_socket::backend {

namespace {

struct adapter_list_traits {
    using type = IP_ADAPTER_ADDRESSES*;
    static type none() noexcept { return nullptr; }
    static void close(type list) noexcept { std::free(list); }
};
using adapter_list = core::unique_handle<adapter_list_traits>;

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

// Of all adapters that are up.
template <typename Visit>
void for_each_address(const IP_ADAPTER_ADDRESSES* adapter, Visit visit) noexcept
{
    for (; adapter != nullptr; adapter = adapter->Next) {
        const bool is_up = adapter->OperStatus == IfOperStatusUp;
        const IP_ADAPTER_UNICAST_ADDRESS* each = is_up ? adapter->FirstUnicastAddress : nullptr;
        for (; each != nullptr; each = each->Next) {
            visit(*each->Address.lpSockaddr, adapter->IfType == IF_TYPE_SOFTWARE_LOOPBACK);
        }
    }
}

} // namespace

bool host_name(char* room) noexcept
{
    return gethostname(room, MAX_GET_HOST_NAME_LEN) == 0; // Winsock runs: the caller has a transport
}

bool find_addresses(core::local_address_list& found) noexcept
{
    adapter_list adapters;
    const ULONG error = find_adapters(adapters);
    if (error != NO_ERROR) {
        set_last_error(error);
        return false;
    }
    std::uint32_t most = 0;
    for_each_address(adapters.get(), [&](const sockaddr&, bool) { ++most; });
    if (!found.reserve(most)) {
        set_last_error(ERROR_NOT_ENOUGH_MEMORY);
        return false;
    }
    for_each_address(adapters.get(), [&](const sockaddr& address, bool is_loopback) {
        LOCAL_ADDRESS entry{};
        if (describe(address, &entry)) {
            found.add(entry, is_loopback);
        }
    });
    return true;
}

} // namespace async_socket::backend
