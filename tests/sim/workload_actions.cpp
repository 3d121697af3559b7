// What a program may do next, chosen by the dice.
#include <algorithm>

#include "side_calls.hpp"
#include "workload_run.hpp"

namespace sim {

frame* workload::frame_of(const endpoint& endpoint, frame* inside)
{
    while (inside != nullptr && inside->owner != &endpoint) {
        inside = inside->outer;
    }
    return inside;
}

// False: the handle may be gone, or soon be.
bool workload::begin_use(endpoint& endpoint, frame* inside, active_call& call)
{
    const model_lock lock;
    frame* const own = frame_of(endpoint, inside);
    if (own != nullptr ? own->lost : endpoint.dying) {
        return false;
    }
    call.who = &self();
    self().was_in_kernel = false;
    observe(&endpoint.handle);
    if (own == nullptr) {
        endpoint.calls.push_back(&call);
    }
    return true;
}

void workload::end_use(endpoint& endpoint, active_call& call)
{
    const model_lock lock;
    const auto found = std::find(endpoint.calls.begin(), endpoint.calls.end(), &call);
    if (found != endpoint.calls.end()) {
        publish(&endpoint.calls); // for who destroys it
        endpoint.calls.erase(found);
    }
}

// A callback that nobody waits for any more may use its handle only while something else keeps that.
void workload::keep_or_lose(frame& detached, bool is_open_or_close)
{
    endpoint& owner = *detached.owner;
    detached.lost = detached.lost || owner.dying;
    if (detached.hold.who == nullptr) {
        detached.hold.who = &self();
        owner.calls.push_back(&detached.hold);
    }
    detached.hold.is_open_or_close = is_open_or_close;
}

// After a close or destroy: it may have detached callbacks that it was called in, to break a circle.
void workload::look_after(frame* inside)
{
    for (; inside != nullptr; inside = inside->outer) {
        if (inside->detached) {
            keep_or_lose(*inside, false);
        }
    }
}

void workload::act(frame* inside)
{
    endpoint* chosen = nullptr;
    {
        const std::uint32_t slot = below(plan_.slots);
        const model_lock lock;
        chosen = slots_[slot];
    }
    const std::uint32_t what = below(10);
    if (plan_.side_calls && one_in(6)) {
        act_beside(chosen, inside);
    } else if (what < 2) {
        act_on_peer();
    } else if (what < 3 && plan_.blocking_calls && one_in(2)) {
        count_operation();
        blocking_.call();
    } else if (what < 3 && (plan_.api == generation::transport || plan_.blocking_calls)) {
        act_on_transport();
    } else if (chosen != nullptr) {
        act_on(*chosen, inside);
    }
}

void workload::act_on(endpoint& endpoint, frame* inside)
{
    const std::uint32_t what = below(20);
    const bool was_opened = [&endpoint] {
        const model_lock lock;
        return endpoint.was_opened;
    }();
    if (!was_opened || what < 3) {
        (void)open(endpoint, inside);
    } else if (what < 10) {
        receive(endpoint, inside);
    } else if (what < 17) {
        send(endpoint, inside);
    } else if (what < 19) {
        close(endpoint, inside);
    } else {
        destroy(endpoint, inside);
    }
}

void workload::act_on_peer()
{
    connection* peer = nullptr;
    {
        const model_lock lock;
        if (book_.links.empty()) {
            return;
        }
        peer = book_.links[dice_.below(book_.links.size())]->peer;
        ++figures_.peer_actions;
    }
    const std::uint32_t what = below(16);
    if (what < 9) {
        peer_write(*peer, one_in(20) ? 4096 + 4 * below(60) : 4 + 4 * below(60));
    } else if (what < 12) {
        peer_stall(*peer, what < 11);
    } else if (what < 13) {
        peer_end(*peer);
    } else if (what < 14) {
        peer_close(*peer);
    } else if (what < 15) {
        peer_reset(*peer);
    } else {
        sleep_ms(below(2) == 0 ? 1 : 6000);
    }
}

void workload::act_on_transport()
{
    link* chosen = nullptr;
    SOCKET_TRANSPORT_HANDLE transport = nullptr;
    const bool is_destroy = one_in(2);
    {
        const model_lock lock;
        if (book_.links.empty()) {
            return;
        }
        chosen = book_.links[dice_.below(book_.links.size())].get();
        if (chosen->transport == nullptr || !chosen->used || (is_destroy && chosen->transport_calls != 0)) {
            return;
        }
        ++figures_.operations;
        transport = chosen->transport;
        chosen->closed_here = true;
        observe(&chosen->transport);
        if (is_destroy) {
            observe(&chosen->transport_calls);
            chosen->transport = nullptr;
        } else {
            ++chosen->transport_calls;
        }
    }
    if (is_destroy) {
        socket_transport_destroy(transport);
        return;
    }
    socket_transport_disconnect(transport);
    const model_lock lock;
    publish(&chosen->transport_calls);
    --chosen->transport_calls;
}

// Nothing of this may have an effect on what the others do.
void workload::act_beside(endpoint* endpoint, frame* inside)
{
    count_operation();
    active_call call{};
    if (endpoint == nullptr || one_in(2) || !begin_use(*endpoint, inside, call)) {
        use_something_else(dice_);
        return;
    }
    call_wrongly(endpoint->handle, dice_);
    end_use(*endpoint, call);
}

void workload::nested(frame& inside)
{
    for (std::uint32_t i = below(plan_.nested_most + 1); i != 0; --i) {
        if (!take_action()) {
            return;
        }
        if (one_in(3)) {
            act(&inside);
        } else if (!inside.lost) {
            act_on(*inside.owner, &inside);
        }
    }
}

} // namespace sim
