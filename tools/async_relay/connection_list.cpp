#include "connection_list.hpp"

#include <vector>

namespace async_relay {

std::shared_ptr<connection> connection_list::create(as_stream* client, statistics& counted)
{
    // A place first, so that the connection can leave it whatever happens next.
    const auto entry = [this] {
        const std::lock_guard lock(mutex_);
        return entries_.emplace(entries_.end());
    }();
    std::shared_ptr<connection> created(new connection(client, counted), [this, entry](connection* ended) {
        delete ended;
        remove(entry);
    });
    const std::lock_guard lock(mutex_);
    *entry = created;
    return created;
}

void connection_list::remove(entries::iterator entry)
{
    {
        const std::lock_guard lock(mutex_);
        entries_.erase(entry);
        shrunk_.notify_all();
    }
    on_removal_();
}

std::size_t connection_list::size() const
{
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

bool connection_list::wait_for_none(std::chrono::milliseconds timeout) const
{
    std::unique_lock lock(mutex_);
    return shrunk_.wait_for(lock, timeout, [&] { return entries_.empty(); });
}

// Without the lock: a connection that is reset leaves the list.
void connection_list::reset_all() const
{
    std::vector<std::shared_ptr<connection>> alive;
    {
        const std::lock_guard lock(mutex_);
        alive.reserve(entries_.size());
        for (const auto& entry : entries_) {
            if (auto each = entry.lock()) {
                alive.push_back(std::move(each));
            }
        }
    }
    for (const auto& each : alive) {
        (void)each->reset();
    }
}

} // namespace async_relay
