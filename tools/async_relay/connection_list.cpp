#include "connection_list.hpp"

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

void connection_list::reset_idle(std::chrono::milliseconds limit) const
{
    for (const auto& each : all()) {
        if (each->idle_time() >= limit) {
            (void)each->reset();
        }
    }
}

void connection_list::reset_all() const
{
    for (const auto& each : all()) {
        (void)each->reset();
    }
}

// A copy: a connection that is reset leaves the list, which takes the lock.
std::vector<std::shared_ptr<connection>> connection_list::all() const
{
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<connection>> alive;
    alive.reserve(entries_.size());
    for (const auto& entry : entries_) {
        if (auto each = entry.lock()) {
            alive.push_back(std::move(each));
        }
    }
    return alive;
}

} // namespace async_relay
