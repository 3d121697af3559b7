#include "linux/socket/bound_sockets.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include "core/lock.hpp"
#include "linux/socket/channel.hpp"

namespace async_socket::linux_os {

namespace {

struct entry {
    backend::channel* channel; // null: none. Open, since it unbinds before it goes.
};

// Indexed by descriptor.
struct table {
    core::lock lock;
    entry* entries = nullptr;
    std::size_t size = 0;
    std::size_t bound = 0;
};

constinit table all;

[[nodiscard]] bool reserve(std::size_t index) noexcept
{
    if (index < all.size) {
        return true;
    }
    const std::size_t size = std::max<std::size_t>({64, index + 1, all.size * 2});
    auto* const larger = static_cast<entry*>(std::realloc(all.entries, size * sizeof(entry)));
    if (larger == nullptr) {
        return false;
    }
    std::fill(larger + all.size, larger + size, entry{nullptr});
    all.entries = larger;
    all.size = size;
    return true;
}

} // namespace

int bind_socket(int fd, backend::channel& channel) noexcept
{
    const auto index = static_cast<std::size_t>(fd);
    const core::lock::scope scope(all.lock);
    if (!reserve(index)) {
        return ENOMEM;
    }
    backend::channel*& place = all.entries[index].channel;
    if (place != nullptr && place->has_socket()) {
        return EEXIST;
    }
    all.bound += place == nullptr ? 1 : 0;
    place = &channel;
    return 0;
}

void unbind_socket(int fd, const backend::channel& channel) noexcept
{
    const auto index = static_cast<std::size_t>(fd);
    const core::lock::scope scope(all.lock);
    if (index >= all.size || all.entries[index].channel != &channel) {
        return;
    }
    all.entries[index].channel = nullptr;
    if (--all.bound == 0) { // nothing of the library stays behind
        std::free(all.entries);
        all.entries = nullptr;
        all.size = 0;
    }
}

} // namespace async_socket::linux_os
