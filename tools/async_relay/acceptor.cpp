#include "acceptor.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include "resolution.hpp"

namespace async_relay {

acceptor::acceptor(as_engine* engine, const tools::endpoint& address, std::function<std::size_t()> room,
                   std::function<void(as_stream*)> on_client)
    : room_(std::move(room)), on_client_(std::move(on_client))
{
    const as_outcome opened = open(engine, addresses_to_listen_at(engine, address));
    if (opened.how != AS_DONE) {
        throw std::runtime_error("cannot listen on " + to_string(address) + ": " +
                                 (opened.how == AS_UNREACHABLE ? "not an address of this machine" : reason_of(opened)));
    }
    for (seat& each : seats_) {
        each.owner = this;
        each.operation.on_end = on_end;
        each.operation.context = &each;
    }
}

// A machine may not have all of its own name's addresses, "::1" for one.
as_outcome acceptor::open(as_engine* engine, const std::vector<as_address>& addresses)
{
    const auto count = static_cast<std::uint32_t>(addresses.size());
    const as_outcome answer = as_listener_open(engine, addresses.data(), count, nullptr, &listener_);
    const bool some_are_missing = answer.how == AS_UNREACHABLE || answer.how == AS_NOT_AVAILABLE;
    as_outcome alone = answer;
    for (std::uint32_t i = 0; i < count && some_are_missing && alone.how != AS_DONE; ++i) {
        alone = as_listener_open(engine, &addresses[i], 1, nullptr, &listener_);
    }
    return alone;
}

tools::endpoint acceptor::address() const
{
    as_address first{};
    (void)as_listener_address(listener_, 0, &first);
    char host[AS_ADDRESS_TEXT_SIZE] = "";
    (void)as_address_text(&first, host, sizeof host);
    return {host, as_address_port(&first)};
}

void acceptor::fill()
{
    const std::lock_guard lock(mutex_);
    for (seat& each : seats_) {
        if (listener_ == nullptr || room_() <= taken_) {
            return;
        }
        if (!each.is_taken) {
            each.is_taken = as_listener_accept(listener_, &each.operation, &each.client, AS_NEVER).how == AS_DONE;
            taken_ += each.is_taken ? 1U : 0U;
        }
    }
}

// What was not accepted for want of something is asked for again when somebody looks (fill).
void acceptor::on_end(as_operation* operation, as_outcome outcome)
{
    seat& ended = *static_cast<seat*>(operation->context);
    acceptor& self = *ended.owner;
    as_stream* const client = std::exchange(ended.client, nullptr);
    if (outcome.how == AS_DONE) {
        self.on_client_(client);
    }
    {
        const std::lock_guard lock(self.mutex_);
        ended.is_taken = false;
        --self.taken_;
    }
    if (outcome.how == AS_DONE) {
        self.fill();
    }
}

void acceptor::close()
{
    as_listener* closing = nullptr;
    {
        const std::lock_guard lock(mutex_);
        closing = std::exchange(listener_, nullptr);
    }
    as_listener_close(closing); // without the lock: it waits for callbacks
}

} // namespace async_relay
