// The calls of the library that move data or change a socket's state, and their callbacks.
#include <algorithm>
#include <optional>
#include <vector>

#include "model/breach.hpp"
#include "workload_run.hpp"

namespace sim {

// ---- open, close, destroy --------------------------------------------------------------------------

namespace {

struct open_context {
    workload* self;
    endpoint* owner;
    link* on;
    frame* outer;
    std::uint32_t told;
};

} // namespace

bool workload::open(endpoint& endpoint, frame* inside)
{
    active_call call{nullptr, true};
    if (!begin_use(endpoint, inside, call)) {
        return false;
    }
    link& on = plan_.api == generation::handle ? adopted_by(endpoint) : fresh_link();
    SOCKET_TRANSPORT_HANDLE transport = nullptr;
    if (plan_.api == generation::transport) {
        transport = socket_transport_create_from_socket(reinterpret_cast<SOCKET_HANDLE>(on.socket));
    }
    {
        const model_lock lock;
        ++figures_.operations;
        on.transport = transport;
        publish(&on.transport);
        ++on.transport_calls;
        ++endpoint.state_calls;
        ++endpoint.state_changes;
        endpoint.closed_for_sure = false;
    }
    open_context context{this, &endpoint, &on, inside, 0};
    int result = 1;
    switch (plan_.api) {
    case generation::handle:
        result = async_socket_open_async_v1(endpoint.handle, on_open, &context);
        break;
    case generation::transport:
        result = async_socket_open_async(endpoint.handle, transport, on_open, &context);
        break;
    case generation::current:
        result =
            async_socket_open_async_v3(endpoint.handle, reinterpret_cast<SOCKET_HANDLE>(on.socket), on_open, &context);
        break;
    }
    if (context.told != (result == 0 ? 1U : 0U)) {
        breach("open returned %d and told %u times that it is open", result, context.told);
    }
    {
        const model_lock lock;
        --endpoint.state_calls;
        publish(&on.transport_calls);
        --on.transport_calls;
    }
    end_use(endpoint, call);
    if (result != 0 && plan_.api != generation::handle) {
        close_link(on); // still the test's
    }
    return result == 0;
}

void workload::on_open(void* context, ASYNC_SOCKET_OPEN_RESULT result)
{
    open_context& opened = *static_cast<open_context*>(context);
    {
        const model_lock lock;
        if (result != ASYNC_SOCKET_OPEN_OK || ++opened.told != 1) {
            breach("the open callback: result %d, call %u", static_cast<int>(result), opened.told);
        }
        opened.owner->was_opened = true;
        opened.owner->current = opened.on;
        opened.on->used = true;
    }
    opened.self->in_callback(*opened.owner, opened.outer);
}

void workload::close(endpoint& endpoint, frame* inside)
{
    active_call call{nullptr, true};
    if (!begin_use(endpoint, inside, call)) {
        return;
    }
    frame* const own = frame_of(endpoint, inside);
    std::uint32_t changes = 0;
    bool alone = false;
    std::optional<closers::visit> waiting;
    {
        const model_lock lock;
        ++figures_.operations;
        if (own != nullptr) {
            own->detach(); // a destroyer no longer waits for this callback
            keep_or_lose(*own, true);
        }
        changes = ++endpoint.state_changes;
        alone = ++endpoint.state_calls == 1;
        if (endpoint.current != nullptr) {
            endpoint.current->closed_here = true;
        }
        waiting.emplace(closers_, endpoint, inside);
    }
    async_socket_close(endpoint.handle);
    const model_lock lock;
    waiting.reset();
    --endpoint.state_calls;
    if (endpoint.current != nullptr) {
        endpoint.current->closed_here = true;
    }
    if (alone && endpoint.state_changes == changes) {
        if (endpoint.outstanding != 0 || endpoint.callbacks != 0) {
            breach("close returned with %u operations pending and %u callbacks running", endpoint.outstanding,
                   endpoint.callbacks);
        }
        endpoint.closed_for_sure = endpoint.was_opened;
    }
    look_after(inside);
    end_use(endpoint, call);
}

void workload::destroy(endpoint& endpoint, frame* inside)
{
    frame* const own = frame_of(endpoint, inside);
    std::optional<closers::visit> waiting;
    {
        const model_lock lock;
        const auto keeps_it = [](const active_call* call) {
            return call->who != &self() && !(call->is_open_or_close && call->who->was_in_kernel);
        };
        if (endpoint.dying || (own != nullptr && own->lost) ||
            std::any_of(endpoint.calls.begin(), endpoint.calls.end(), keeps_it)) {
            return;
        }
        for (frame* frame = inside; frame != nullptr; frame = frame->outer) {
            if (frame->owner == &endpoint) {
                frame->detach();
                frame->lost = true;
            }
        }
        ++figures_.operations;
        observe(&endpoint.handle);
        observe(&endpoint.calls);
        endpoint.dying = true;
        ++endpoint.state_changes;
        ++endpoint.state_calls;
        if (endpoint.current != nullptr) {
            endpoint.current->closed_here = true;
        }
        waiting.emplace(closers_, endpoint, inside);
    }
    async_socket_destroy(endpoint.handle);
    {
        const model_lock lock;
        waiting.reset();
        look_after(inside);
        if (endpoint.outstanding != 0 || endpoint.callbacks != 0) {
            breach("destroy returned with %u operations pending and %u callbacks running", endpoint.outstanding,
                   endpoint.callbacks);
        }
        endpoint.closed_for_sure = true;
        slots_[endpoint.slot] = nullptr;
        if (endpoint.current != nullptr) {
            endpoint.current->closed_here = true;
        }
    }
    struct endpoint* const next = fresh_endpoint(endpoint.slot);
    const model_lock lock;
    slots_[endpoint.slot] = next;
    endpoint.destroyed = true;
}

// ---- send and receive ------------------------------------------------------------------------------

void workload::cut_into_pieces(request_record& request, std::uint32_t piece_count)
{
    const auto total = static_cast<std::uint32_t>(request.memory.size());
    const std::uint32_t each = total / piece_count / 4 * 4;
    for (std::uint32_t i = 0; i + 1 < piece_count && each != 0; ++i) {
        request.pieces.push_back({request.memory.data() + std::size_t{i} * each, each});
    }
    const auto used = static_cast<std::uint32_t>(request.pieces.size()) * each;
    request.pieces.push_back({request.memory.data() + used, total - used});
}

void workload::send(endpoint& endpoint, frame* inside)
{
    const bool many = one_in(40);
    const std::uint32_t pieces = many ? 1025 + below(1500) : 1 + below(4);
    const std::uint32_t total = many ? pieces * 4 : send_header + (one_in(3) ? below(1000) : below(60));
    request_record* request = nullptr;
    {
        const model_lock lock;
        request = &book_.new_request(endpoint, true);
    }
    request->memory.resize(total);
    request->total = total;
    mark_send(request->memory, request->id);
    cut_into_pieces(*request, pieces);
    start(*request, endpoint, inside);
}

void workload::receive(endpoint& endpoint, frame* inside)
{
    const bool many = one_in(40);
    const std::uint32_t pieces = many ? 1025 + below(100) : 1 + below(4);
    request_record* request = nullptr;
    {
        const model_lock lock;
        request = &book_.new_request(endpoint, false);
    }
    request->memory.resize(many ? pieces * 4 : 4 * (1 + below(20)));
    request->total = request->memory.size();
    cut_into_pieces(*request, pieces);
    start(*request, endpoint, inside);
}

void workload::start(request_record& request, endpoint& endpoint, frame* inside)
{
    active_call call{};
    if (!begin_use(endpoint, inside, call)) {
        const model_lock lock;
        book_.accepted(request, false);
        return;
    }
    request.workload = this;
    std::uint32_t changes = 0;
    {
        const model_lock lock;
        ++figures_.operations;
        request.on = endpoint.state_calls == 0 ? endpoint.current : nullptr;
        changes = endpoint.state_changes;
    }
    std::vector<ASYNC_SOCKET_BUFFER> array = request.pieces;
    const auto count = static_cast<std::uint32_t>(array.size());
    bool accepted = false;
    if (request.is_send) {
        accepted = async_socket_send_async(endpoint.handle, array.data(), count, on_send, &request) ==
                   ASYNC_SOCKET_SEND_SYNC_OK;
    } else {
        accepted = async_socket_receive_async(endpoint.handle, array.data(), count, on_receive, &request) == 0;
    }
    // The array is the caller's again.
    std::fill(array.begin(), array.end(), ASYNC_SOCKET_BUFFER{&array, ~std::uint32_t{0}});
    {
        const model_lock lock;
        if (endpoint.state_changes != changes) {
            request.on = nullptr;
        }
        book_.accepted(request, accepted);
    }
    end_use(endpoint, call);
}

// ---- callbacks -------------------------------------------------------------------------------------

void workload::on_send(void* context, ASYNC_SOCKET_SEND_RESULT result)
{
    auto& request = *static_cast<request_record*>(context);
    auto& self = *static_cast<workload*>(request.workload);
    {
        const model_lock lock;
        self.book_.send_ended(request, result);
    }
    self.in_callback(*request.owner, nullptr);
}

void workload::on_receive(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes)
{
    auto& request = *static_cast<request_record*>(context);
    auto& self = *static_cast<workload*>(request.workload);
    {
        const model_lock lock;
        self.book_.receive_ended(request, result, bytes);
    }
    self.in_callback(*request.owner, nullptr);
}

void workload::in_callback(endpoint& owner, frame* outer)
{
    frame here{&owner, outer};
    {
        const model_lock lock;
        ++owner.callbacks;
    }
    nested(here);
    const model_lock lock;
    if (!here.detached) {
        --owner.callbacks;
    }
    end_use(owner, here.hold);
}

} // namespace sim
