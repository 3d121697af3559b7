#include "core/transport/local_address_list.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "core/common/log.hpp"
#include "core/transport/system_calls.hpp"

namespace async_socket::core {

local_address_list::~local_address_list()
{
    std::free(entries_);
}

bool local_address_list::reserve(std::uint32_t count) noexcept
{
    size_ = count;
    entries_ = static_cast<LOCAL_ADDRESS*>(std::calloc(std::size_t{count} + 1, sizeof(LOCAL_ADDRESS))); // never nothing
    return entries_ != nullptr;
}

void local_address_list::add(const LOCAL_ADDRESS& address, bool is_loopback) noexcept
{
    if (is_loopback) {
        entries_[size_ - ++loopbacks_] = address;
    } else {
        entries_[others_++] = address;
    }
}

LOCAL_ADDRESS* local_address_list::release(std::uint32_t* count) noexcept
{
    if (others_ == 0) { // the loopback's to the front, in the system's order
        LOCAL_ADDRESS* const end = entries_ + size_;
        std::reverse(end - loopbacks_, end);
        std::copy(end - loopbacks_, end, entries_);
    }
    *count = others_ != 0 ? others_ : loopbacks_;
    return std::exchange(entries_, nullptr);
}

// Not by resolving the host name, which gives 127.0.1.1 or nothing on many machines.
bool local_addresses(char* host_name, LOCAL_ADDRESS** list, std::uint32_t* count) noexcept
{
    if (!backend::host_name(host_name)) {
        LOG_ERROR_CODE(backend::last_error(), "gethostname failed");
        return false;
    }
    local_address_list found;
    if (!backend::find_addresses(found)) {
        LOG_ERROR_CODE(backend::last_error(), "cannot list the network interfaces");
        return false;
    }
    *list = found.release(count);
    return true;
}

} // namespace async_socket::core
