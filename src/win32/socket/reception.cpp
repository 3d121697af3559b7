#include "win32/socket/reception.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

#include "core/common/log.hpp"
#include "core/platform/system_address.hpp"
#include "win32/transport/transport.hpp"

namespace async_socket::win32 {

namespace {

static_assert(sizeof(reception) % alignof(porter) == 0, "the porters lie behind it");

int family_at(const core::door& door) noexcept
{
    return reinterpret_cast<const sockaddr*>(door.address.system)->sa_family;
}

} // namespace

reception* reception::open(core::doors& doors, PTP_POOL threadpool, backend::channel& channel,
                           core::refusal& why) noexcept
{
    void* const memory = std::malloc(sizeof(reception) + doors.count() * sizeof(porter));
    if (memory == nullptr) {
        LOG_ERROR("cannot listen: out of memory");
        why = {core::ending::no_room};
        return nullptr;
    }
    auto* const opened = new (memory) reception(doors);
    while (opened->count_ != doors.count()) {
        why = opened->add(threadpool, channel);
        if (!why.is_none()) {
            close(opened);
            return nullptr;
        }
    }
    return opened;
}

void reception::close(reception* closing) noexcept
{
    closing->~reception();
    std::free(closing);
}

reception::~reception()
{
    std::destroy(begin(), end());
}

core::refusal reception::add(PTP_POOL threadpool, backend::channel& channel) noexcept
{
    const core::door& door = doors_.at(count_);
    auto* const added = new (end()) porter(threadpool, channel);
    ++count_;
    return added->bind(to_socket(door.socket.get()), family_at(door), doors_.options());
}

porter* reception::begin() noexcept
{
    return reinterpret_cast<porter*>(this + 1);
}

bool reception::is_called() const noexcept
{
    return std::any_of(begin(), end(), [](const porter& each) { return each.is_called(); });
}

bool reception::is_pending() noexcept
{
    return std::any_of(begin(), end(), [](porter& each) { return each.is_pending(); });
}

porter* reception::idle() noexcept
{
    porter* const found = std::find_if(begin(), end(), [](const porter& each) { return !each.is_called(); });
    return found != end() ? found : nullptr;
}

backend::unique_socket reception::take_guest() noexcept
{
    for (std::uint32_t i = 0; i < count_; ++i) {
        const std::uint32_t index = (doors_.next() + i) % count_;
        if (backend::unique_socket guest = begin()[index].take_guest()) {
            doors_.begin_behind(index);
            return guest;
        }
    }
    return {};
}

void reception::cancel_once() noexcept
{
    for (const porter& each : *this) {
        (void)CancelIoEx(reinterpret_cast<HANDLE>(each.door()), nullptr);
    }
}

// As cancel_all of one socket (cancel.hpp).
void reception::cancel(const pending_question& question) noexcept
{
    cancel_once();
    while (question.answer()) {
        Sleep(1);
        cancel_once();
    }
}

} // namespace async_socket::win32
