#include "workload.hpp"

#include <algorithm>
#include <utility>

#include "model/breach.hpp"
#include "workload_run.hpp"

namespace sim {

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
        // Its later rounds are issued by the pool's threads, and one of these may end with a round pending.
        if (request.is_send ? request.send_result != ASYNC_SOCKET_SEND_OK && !request.stream_was_torn
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
        observe(&link.transport);
        observe(&link.transport_calls);
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
    publish(&fresh.handle);
    fresh.api = plan_.api;
    fresh.current = adopted;
    if (adopted != nullptr) {
        adopted->used = true;
    }
    return &fresh;
}

namespace {

// What a breach prints.
const ledger* ledger_of_run = nullptr;

class shown_on_breach {
public:
    explicit shown_on_breach(const ledger& book)
    {
        ledger_of_run = &book;
        on_breach([] {
            if (ledger_of_run != nullptr) {
                ledger_of_run->print();
            }
        });
    }
    ~shown_on_breach() { ledger_of_run = nullptr; }
    shown_on_breach(const shown_on_breach&) = delete;
    shown_on_breach& operator=(const shown_on_breach&) = delete;
};

workload_figures run(const plan& made, const decisions& choices, const workload_options& options)
{
    workload work(made, choices, options);
    const shown_on_breach shown(work.book());
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
