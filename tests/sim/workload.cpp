#include "workload.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "blocking_calls.hpp"
#include "closers.hpp"
#include "frame.hpp"
#include "ledger.hpp"
#include "model/breach.hpp"
#include "plan.hpp"
#include "shared_dice.hpp"
#include "side_calls.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

ledger* ledger_of_run = nullptr;

class workload {
public:
    workload(const plan& plan, const decisions& choices, const workload_options& options)
        : plan_(plan), dice_(choices), budget_(options.actions), blocking_(book_, dice_)
    {
        ledger_of_run = &book_;
    }
    ~workload() { ledger_of_run = nullptr; }
    workload(const workload&) = delete;
    workload& operator=(const workload&) = delete;

    void run();
    [[nodiscard]] const ledger& book() const noexcept { return book_; }
    [[nodiscard]] const workload_figures& figures() const noexcept { return figures_; }

private:
    void begin();
    void application_thread();
    void drain();
    void check_that_it_still_works(endpoint& endpoint);
    void end();

    void act(frame* inside);
    void act_on(endpoint& endpoint, frame* inside);
    void act_on_peer();
    void act_on_transport();
    void act_beside(endpoint* endpoint, frame* inside);
    void nested(frame& inside);

    link& fresh_link();
    [[nodiscard]] static link& adopted_by(const endpoint& endpoint);
    endpoint* fresh_endpoint(std::uint32_t slot);
    void close_link(link& link);
    [[nodiscard]] static frame* frame_of(const endpoint& endpoint, frame* inside);
    static void keep_or_lose(frame& detached, bool is_open_or_close);
    static void look_after(frame* inside);

    bool open(endpoint& endpoint, frame* inside);
    void close(endpoint& endpoint, frame* inside);
    void destroy(endpoint& endpoint, frame* inside);
    void send(endpoint& endpoint, frame* inside);
    void receive(endpoint& endpoint, frame* inside);
    void start(request_record& request, endpoint& endpoint, frame* inside);
    void cut_into_pieces(request_record& request, std::uint32_t piece_count);
    [[nodiscard]] bool begin_use(endpoint& endpoint, frame* inside, active_call& call);
    void end_use(endpoint& endpoint, active_call& call);

    static void on_open(void* context, ASYNC_SOCKET_OPEN_RESULT result);
    static void on_send(void* context, ASYNC_SOCKET_SEND_RESULT result);
    static void on_receive(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes);
    void in_callback(endpoint& owner, frame* outer);

    std::uint32_t below(std::size_t limit) { return dice_.below(limit); }
    bool one_in(std::uint32_t count) { return dice_.one_in(count); }
    void count_operation()
    {
        const model_lock lock;
        ++figures_.operations;
    }
    bool take_action()
    {
        const model_lock lock;
        return !draining_ && !dice_.at_end() && budget_ != 0 && budget_-- != 0;
    }

    const plan plan_;
    shared_dice dice_;
    std::uint32_t budget_;
    ledger book_;
    closers closers_; // under the model's lock
    blocking_calls blocking_;
    std::array<EXECUTION_ENGINE_HANDLE, 2> engines_{};
    std::vector<endpoint*> slots_; // null: destroyed and not created again
    std::uint32_t threads_running_ = 0;
    bool draining_ = false;
    workload_figures figures_; // under the model's lock
};

// ---- the life of a run -----------------------------------------------------------------------------

void workload::run()
{
    begin();
    for (std::uint32_t i = 0; i < plan_.threads; ++i) {
        {
            const model_lock lock;
            ++threads_running_;
        }
        spawn_application_thread([this] { application_thread(); });
    }
    {
        const model_lock lock;
        while (threads_running_ != 0) {
            (void)wait(&threads_running_, for_ever);
        }
        the_machine().faults = {};
        draining_ = true;
    }
    drain();
    end();
}

void workload::begin()
{
    for (std::size_t i = 0; i < (plan_.two_engines ? 2U : 1U); ++i) {
        while (engines_[i] == nullptr) {
            engines_[i] = execution_engine_create(&plan_.engine_parameters);
        }
    }
    for (std::uint32_t i = 0; i < plan_.slots; ++i) {
        slots_.push_back(nullptr);
        slots_[i] = fresh_endpoint(i);
    }
    if (plan_.blocking_calls) {
        link& on = fresh_link();
        if (!blocking_.begin(on)) {
            close_link(on);
        }
    }
    if (plan_.early_release) {
        for (EXECUTION_ENGINE_HANDLE& engine : engines_) {
            execution_engine_dec_ref(std::exchange(engine, nullptr));
        }
    }
}

void workload::application_thread()
{
    while (take_action()) {
        act(nullptr);
        if (plan_.short_lived_threads && one_in(4)) { // what it has pending is cancelled, another takes its place
            spawn_application_thread([this] { application_thread(); });
            return;
        }
    }
    const model_lock lock;
    --threads_running_;
    wake(&threads_running_);
}

// No more faults: what is pending ends by itself once the peers read and end.
void workload::drain()
{
    const auto count = [this] {
        const model_lock lock;
        return book_.links.size();
    }();
    for (std::size_t i = 0; i < count; ++i) {
        connection& peer = [this, i]() -> connection& {
            const model_lock lock; // a callback may be making another link
            return *book_.links[i]->peer;
        }();
        peer_stall(peer, false);
        peer_write(peer, 64);
        peer_end(peer);
    }
    wait_until("the blocking calls have ended", [this] {
        return std::all_of(book_.links.begin(), book_.links.end(),
                           [](const auto& link) { return link->transport_calls == 0; });
    });
    wait_until("what is pending has ended", [this] {
        return std::all_of(book_.endpoints.begin(), book_.endpoints.end(), [](const auto& endpoint) {
            return endpoint->outstanding == 0 && endpoint->callbacks == 0 && endpoint->calls.empty() &&
                   endpoint->dying == endpoint->destroyed;
        });
    });
    for (std::uint32_t slot = 0; slot < plan_.slots; ++slot) {
        if (slots_[slot] == nullptr) {
            continue;
        }
        if (plan_.api == generation::handle) { // it can be opened once only, and its peer has ended
            destroy(*slots_[slot], nullptr);
        } else {
            close(*slots_[slot], nullptr);
        }
        if (slots_[slot] != nullptr) {
            check_that_it_still_works(*slots_[slot]);
        }
    }
}

void workload::check_that_it_still_works(endpoint& endpoint)
{
    if (!open(endpoint, nullptr)) {
        breach("a closed async socket could not be opened again");
    }
    const std::size_t before = book_.requests.size();
    receive(endpoint, nullptr);
    send(endpoint, nullptr);
    peer_write(*endpoint.current->peer, 8);
    wait_until("a receive and a send on a healthy connection have ended",
               [&] { return endpoint.outstanding == 0 && endpoint.callbacks == 0; });
    for (std::size_t i = before; i < before + 2; ++i) {
        const request_record& request = *book_.requests[i];
        if (request.is_send ? request.send_result != ASYNC_SOCKET_SEND_OK
                            : request.receive_result != ASYNC_SOCKET_RECEIVE_OK) {
            breach("request %u failed on a healthy connection", request.id);
        }
    }
}

void workload::end()
{
    for (EXECUTION_ENGINE_HANDLE& engine : engines_) { // before the sockets: they keep what they need
        execution_engine_dec_ref(std::exchange(engine, nullptr));
    }
    for (endpoint* const endpoint : slots_) {
        if (endpoint != nullptr) {
            destroy(*endpoint, nullptr);
        }
    }
    for (const auto& link : book_.links) {
        close_link(*link);
    }
}

// ---- connections -----------------------------------------------------------------------------------

link& workload::fresh_link()
{
    connection* peer = nullptr;
    const SOCKET socket = connect_pair(&peer);
    const model_lock lock;
    link& fresh = book_.new_link();
    fresh.socket = socket;
    fresh.peer = peer;
    return fresh;
}

link& workload::adopted_by(const endpoint& endpoint)
{
    const model_lock lock;
    return *endpoint.current;
}

// Whatever of it is still the test's.
void workload::close_link(link& link)
{
    SOCKET_TRANSPORT_HANDLE transport = nullptr;
    bool was_used = false;
    {
        const model_lock lock;
        transport = std::exchange(link.transport, nullptr);
        was_used = std::exchange(link.used, true);
    }
    if (transport != nullptr) {
        socket_transport_destroy(transport);
    } else if (!was_used) {
        (void)closesocket(link.socket);
    }
}

endpoint* workload::fresh_endpoint(std::uint32_t slot)
{
    const EXECUTION_ENGINE_HANDLE engine = engines_[plan_.two_engines ? slot % 2 : 0];
    if (engine == nullptr) {
        return nullptr;
    }
    link* adopted = nullptr;
    ASYNC_SOCKET_HANDLE handle = nullptr;
    if (plan_.api == generation::handle) {
        adopted = &fresh_link();
        handle = async_socket_create_v1(engine, reinterpret_cast<SOCKET_HANDLE>(adopted->socket));
    } else {
        handle = async_socket_create(engine);
    }
    if (handle == nullptr) {
        return nullptr;
    }
    if (plan_.fast_one_in != 0 && one_in(plan_.fast_one_in) &&
        async_socket_set_completion_mode(handle, ASYNC_SOCKET_COMPLETION_FAST) != 0) {
        breach("a closed socket does not take a completion mode");
    }
    const model_lock lock;
    endpoint& fresh = book_.new_endpoint();
    fresh.slot = slot;
    fresh.handle = handle;
    fresh.api = plan_.api;
    fresh.current = adopted;
    if (adopted != nullptr) {
        adopted->used = true;
    }
    return &fresh;
}

// ---- what a program may do -------------------------------------------------------------------------

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
        if (is_destroy) {
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

// ---- open, close, destroy --------------------------------------------------------------------------

struct open_context {
    workload* self;
    endpoint* owner;
    link* on;
    frame* outer;
    std::uint32_t told;
};

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
        --on.transport_calls;
    }
    if (result != 0 && plan_.api != generation::handle) {
        close_link(on); // still the test's
    }
    end_use(endpoint, call);
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

workload_figures run(const plan& made, const decisions& choices, const workload_options& options)
{
    on_breach([] {
        if (ledger_of_run != nullptr) {
            ledger_of_run->print();
        }
    });
    workload work(made, choices, options);
    simulate(made.how, made.world, made.faults, [&work] { work.run(); });
    work.book().check_all(made.has_faults());
    if (options.print_ledger_at_the_end) {
        work.book().print();
    }
    return work.figures();
}

} // namespace

workload_figures run_workload(std::uint64_t seed, const workload_options& options)
{
    const plan made = make_plan(seed);
    return run(made, decisions(made.how.seed ^ 0x776F726BU), options);
}

workload_figures run_workload(const unsigned char* bytes, std::size_t size, const workload_options& options)
{
    decisions choices(bytes, size);
    const std::uint32_t seed = choices.below(65536);
    plan made = make_plan(seed, choices);
    if (made.faults.one_in == 0 && choices.one_in(4)) {
        made.faults.first = 1 + choices.below(256);
        made.faults.choice = choices.below(8);
    }
    return run(made, choices, options);
}

} // namespace sim
