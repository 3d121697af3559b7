#include "linux/socket/bound_sockets.hpp"

#include <new>

#include "linux/socket/channel.hpp"

namespace async_socket::linux_os {

constinit bound_sockets::place bound_sockets::places[place_count];

// The system gives out the lowest number that is free, so few share a place.
bound_sockets::place& bound_sockets::place_of(int fd) noexcept
{
    return places[static_cast<std::size_t>(fd) % place_count];
}

// Most places have never been touched, and are not now.
void bound_sockets::forget_all() noexcept
{
    for (place& each : places) {
        if (each.first != nullptr || !each.lock.is_free()) {
            new (&each) place;
        }
    }
}

bool bound_sockets::bind(backend::channel& channel) noexcept
{
    for (backend::channel* each = place_.first; each != nullptr; each = each->next_bound()) {
        if (each->fd() != fd_) {
            continue;
        }
        if (each->has_socket()) {
            return false;
        }
        unbind(*each);
        break;
    }
    channel.set_next_bound(place_.first);
    place_.first = &channel;
    return true;
}

void bound_sockets::unbind(const backend::channel& channel) noexcept
{
    backend::channel* before = nullptr;
    for (backend::channel* each = place_.first; each != nullptr; before = each, each = each->next_bound()) {
        if (each != &channel) {
            continue;
        }
        if (before == nullptr) {
            place_.first = each->next_bound();
        } else {
            before->set_next_bound(each->next_bound());
        }
        return;
    }
}

} // namespace async_socket::linux_os
