#include "own_workload.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

#include "async_socket/connect.h"
#include "async_socket/listener.h"
#include "async_socket/resolve.h"
#include "async_socket/timer.h"
#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/machine.hpp"
#include "model/network.hpp"
#include "plan.hpp"
#include "shared_dice.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

constexpr std::uint32_t word_size = 4;

enum class kind : std::uint8_t {
    send,
    send_some,
    receive,
    receive_exactly,
    shutdown,
    drain,
    accept,
    connect,
    race,
    lookup,
    timer
};

bool is(const as_outcome& outcome, as_how how)
{
    return outcome.how == static_cast<std::uint32_t>(how);
}

// A stream with a peer that the run controls.
struct place {
    as_stream* stream = nullptr; // null: closed, or given to a drain
    connection* peer = nullptr;
    std::uint32_t users = 0;              // calls from outside of its callbacks
    std::uint32_t users_in_callbacks = 0; // calls in its callbacks
    bool is_ending = false;               // somebody closes it, or has
    bool is_drained = false;              // the same, so that it may not be used in callbacks either
    bool is_shut = false;                 // a shutdown was tried
    bool is_lost = false;                 // the peer has reset it, or is gone
    bool has_peer_ended = false;
    as_deadline idle_from = AS_NEVER; // not before this it can have been idle for as long as it may
    std::vector<std::pair<std::uint64_t, std::uint64_t>> received; // from, to: of the peer's bytes
};

class own_workload;

// An operation, from its start to its callback. It stays for the run.
struct work {
    as_operation operation{};
    own_workload* run = nullptr;
    place* where = nullptr; // of an operation of a stream
    kind what = kind::timer;
    as_deadline deadline = AS_NEVER;
    std::vector<unsigned char> bytes;
    std::vector<as_buffer> buffers;
    as_stream* stream = nullptr; // that it ends with
    std::uint32_t count = 0;
    bool is_cancelled = false;
    bool is_accepted = false;
    bool has_ended = false;
};

class own_workload {
public:
    own_workload(const plan& made, std::uint64_t seed) : plan_(made), dice_(decisions(seed * 2 + 1)) {}

    void run();
    [[nodiscard]] const workload_figures& figures() const noexcept { return figures_; }

private:
    void application_thread();
    void act(place* inside);
    void act_on_stream(place& on, place* inside);
    void act_on_peer(place& on);
    void act_beside();
    void transfer(place& on, kind what);
    void set_idle_time(place& on, as_stream* stream);
    void begin(work& one, const as_outcome& answer);
    void cancel_one();
    void end_stream(place& on, place* inside);
    static void on_end(as_operation* operation, as_outcome outcome);
    void ended(work& one, const as_outcome& outcome);
    void check(const work& one, const as_outcome& outcome) const;
    void check_bytes(const work& one, const as_outcome& outcome);
    void check_received() const;
    void end();

    work& fresh(kind what, place* where);
    [[nodiscard]] as_deadline some_deadline();
    [[nodiscard]] bool take_action();
    template <typename Call>
    bool use(place& on, place* inside, Call call);

    const plan plan_;
    shared_dice dice_;
    as_engine* engine_ = nullptr;
    as_listener* listener_ = nullptr;
    std::array<place, 3> places_;
    std::deque<work> works_; // under the model's lock
    std::uint32_t budget_ = 40;
    std::uint32_t threads_running_ = 0;
    workload_figures figures_; // under the model's lock
};

work& own_workload::fresh(kind what, place* where)
{
    const model_lock lock;
    work& one = works_.emplace_back();
    one.operation.on_end = on_end;
    one.operation.context = &one;
    one.run = this;
    one.what = what;
    one.where = where;
    return one;
}

as_deadline own_workload::some_deadline()
{
    return dice_.one_in(3) ? as_in_ms(dice_.below(30)) : AS_NEVER;
}

bool own_workload::take_action()
{
    const model_lock lock;
    return budget_ != 0 && budget_-- != 0;
}

// A call on the stream, while nobody closes it; in one of its callbacks also then, since a close waits for that, which
// a drain does not.
template <typename Call>
bool own_workload::use(place& on, place* inside, Call call)
{
    as_stream* stream = nullptr;
    std::uint32_t& users = inside == &on ? on.users_in_callbacks : on.users;
    {
        const model_lock lock;
        if (on.stream == nullptr || on.is_drained || (on.is_ending && inside != &on)) {
            return false;
        }
        stream = on.stream;
        ++users;
    }
    call(stream);
    const model_lock lock;
    --users;
    return true;
}

void own_workload::begin(work& one, const as_outcome& answer)
{
    const model_lock lock;
    if (is(answer, AS_DONE)) {
        ++figures_.operations;
    } else if (one.has_ended) {
        breach("an operation was refused, and has ended all the same");
    }
    one.is_accepted = is(answer, AS_DONE);
}

void own_workload::transfer(place& on, kind what)
{
    work& one = fresh(what, &on);
    const std::uint32_t pieces = 1 + dice_.below(3);
    one.bytes.resize(std::size_t{word_size} * pieces * (1 + dice_.below(40)));
    const std::size_t piece = one.bytes.size() / pieces;
    for (std::uint32_t i = 0; i < pieces; ++i) {
        one.buffers.push_back(as_buffer_of(&one.bytes[i * piece], piece));
    }
    one.deadline = some_deadline();
    constexpr decltype(&as_stream_send) starts[] = {as_stream_send, as_stream_send_some, as_stream_receive,
                                                    as_stream_receive_exactly};
    as_buffer single = one.buffers.front(); // which may go
    const as_buffer* const buffers = pieces == 1 ? &single : one.buffers.data();
    begin(one, starts[static_cast<std::size_t>(what)](on.stream, &one.operation, buffers, pieces, one.deadline));
    single = {};
}

void own_workload::act_on_stream(place& on, place* inside)
{
    (void)use(on, inside, [&](as_stream* stream) {
        const std::uint32_t choice = dice_.below(13);
        if (choice < 10) {
            transfer(on, static_cast<kind>(choice % 4));
        } else if (choice == 10) {
            {
                const model_lock lock;
                on.is_shut = true;
            }
            work& one = fresh(kind::shutdown, &on);
            one.deadline = some_deadline();
            begin(one, as_stream_shutdown_send(stream, &one.operation, one.deadline));
        } else if (choice == 11) {
            set_idle_time(on, stream);
        } else {
            (void)as_stream_bytes_to_receive(stream);
        }
    });
}

// The shortest of all that it was given counts.
void own_workload::set_idle_time(place& on, as_stream* stream)
{
    const std::uint64_t ms = dice_.one_in(3) ? 0 : 1 + dice_.below(20);
    const as_deadline from = ms != 0 ? as_in_ms(ms) : AS_NEVER;
    {
        const model_lock lock;
        on.idle_from = std::min(on.idle_from, from);
    }
    const as_outcome answer = as_stream_set_idle_time(stream, ms);
    if (!is(answer, AS_DONE) && !is(answer, AS_CLOSED_HERE) && plan_.faults.one_in == 0) {
        breach("an idle time is refused: \"%s\"", as_how_text(answer.how));
    }
}

// Only one ends it, when no call from outside is under way any more.
void own_workload::end_stream(place& on, place* inside)
{
    {
        const model_lock lock;
        if (on.is_ending || on.stream == nullptr) {
            return;
        }
        on.is_ending = true;
    }
    if (inside == nullptr) {
        wait_until("nobody uses it", [&on] { return on.users == 0; });
    } else if (on.users != 0) {
        const model_lock lock;
        on.is_ending = false; // not in a callback, for which others may wait
        return;
    }
    as_stream* const stream = on.stream;
    const std::uint32_t choice = dice_.below(3);
    if (choice == 0) {
        work& one = fresh(kind::drain, &on);
        one.deadline = as_in_ms(dice_.below(100));
        on.is_shut = true;
        on.is_drained = true;
        wait_until("no callback uses it", [&on] { return on.users_in_callbacks == 0; });
        const as_outcome answer = as_stream_drain_and_close(stream, &one.operation, one.deadline);
        begin(one, answer);
        if (!is(answer, AS_DONE)) {
            as_stream_close(stream);
        }
    } else if (choice == 1) {
        as_stream_reset(stream);
    } else {
        as_stream_close(stream);
    }
    const model_lock lock;
    on.stream = nullptr;
}

void own_workload::act_on_peer(place& on)
{
    {
        const model_lock lock;
        ++figures_.peer_actions;
    }
    switch (dice_.below(8)) {
    case 0:
        on.has_peer_ended = true;
        peer_end(*on.peer);
        break;
    case 1:
        on.is_lost = true;
        peer_reset(*on.peer);
        break;
    case 2:
        peer_stall(*on.peer, true);
        break;
    case 3:
        peer_stall(*on.peer, false);
        break;
    default:
        peer_write(*on.peer, word_size * (1 + dice_.below(60)));
    }
}

void own_workload::act_beside()
{
    as_address address{};
    constexpr char meets[] = {answers_at_once, answers_later, refuses, never_answers};
    const auto port = static_cast<std::uint16_t>(meets[dice_.below(std::size(meets))] << 8);
    (void)as_address_loopback(&address, AS_IPV4, port);
    switch (dice_.below(6)) {
    case 0: {
        work& one = fresh(kind::timer, nullptr);
        one.deadline = as_in_ms(dice_.below(40));
        begin(one, as_timer_start(engine_, &one.operation, one.deadline));
        break;
    }
    case 1: {
        work& one = fresh(kind::connect, nullptr);
        one.deadline = as_in_ms(dice_.below(60));
        begin(one, as_connect_address(engine_, &address, &one.operation, &one.stream, one.deadline));
        break;
    }
    case 2: {
        constexpr const char* names[] = {"a", "rw", "urA", "9r", "x", "sa"};
        as_target target{};
        target.host = names[dice_.below(std::size(names))];
        work& one = fresh(kind::race, nullptr);
        one.deadline = as_in_ms(dice_.below(600));
        begin(one, as_connect(engine_, &target, nullptr, &one.operation, &one.stream, one.deadline));
        break;
    }
    case 3: {
        constexpr const char* names[] = {"a", "x", "sa", "9a"};
        as_question question{};
        question.host = names[dice_.below(std::size(names))];
        work& one = fresh(kind::lookup, nullptr);
        one.deadline = some_deadline();
        begin(one, as_resolve(engine_, &question, &one.operation, nullptr, 0, &one.count, one.deadline));
        break;
    }
    case 4: {
        work& one = fresh(kind::accept, nullptr);
        one.deadline = some_deadline();
        if (listener_ != nullptr) {
            begin(one, as_listener_accept(listener_, &one.operation, &one.stream, one.deadline));
        }
        break;
    }
    default:
        (void)peer_connects();
    }
}

void own_workload::cancel_one()
{
    work* chosen = nullptr;
    {
        const model_lock lock;
        if (works_.empty()) {
            return;
        }
        chosen = &works_[dice_.below(works_.size())];
        if (!chosen->is_accepted) {
            return; // it is being started, or was refused
        }
        chosen->is_cancelled = true;
    }
    as_operation_cancel(&chosen->operation);
}

void own_workload::act(place* inside)
{
    place& on = places_[dice_.below(places_.size())];
    switch (dice_.below(16)) {
    case 0:
    case 1:
        cancel_one();
        break;
    case 2:
        end_stream(on, inside);
        break;
    case 3:
    case 4:
    case 5:
        act_on_peer(on);
        break;
    case 6:
    case 7:
        act_beside();
        break;
    case 8:
        sleep_ms(dice_.below(20));
        break;
    default:
        act_on_stream(on, inside);
    }
}

void own_workload::on_end(as_operation* operation, as_outcome outcome)
{
    work& one = *static_cast<work*>(operation->context);
    one.run->ended(one, outcome);
}

void own_workload::ended(work& one, const as_outcome& outcome)
{
    check(one, outcome);
    check_bytes(one, outcome);
    if (one.stream != nullptr) {
        as_stream_close(std::exchange(one.stream, nullptr));
    }
    const bool is_of_stream = one.where != nullptr && one.what != kind::drain;
    if (dice_.one_in(2) && take_action()) {
        act(is_of_stream ? one.where : nullptr);
    }
    const model_lock lock;
    if (std::exchange(one.has_ended, true)) {
        breach("an operation has ended twice");
    }
}

// Each way in which it may end has its reason.
void own_workload::check(const work& one, const as_outcome& outcome) const
{
    const bool is_send = one.what == kind::send || one.what == kind::send_some || one.what == kind::shutdown;
    const place* const on = one.where;
    bool may_be = plan_.faults.one_in != 0; // then anything may fail
    switch (static_cast<as_how>(outcome.how)) {
    case AS_DONE:
        may_be = true;
        break;
    case AS_END_OF_STREAM: // Wine's, of a reset, too, if it cannot be asked
        may_be = (one.what == kind::receive || one.what == kind::receive_exactly) &&
                 (on->has_peer_ended || (on->is_lost && may_be));
        break;
    case AS_RESET:
        may_be = may_be || (on != nullptr && (on->is_lost || on->has_peer_ended));
        break;
    case AS_CLOSED_HERE:
        may_be = may_be || one.what == kind::accept || (on != nullptr && (on->is_ending || (is_send && on->is_shut)));
        break;
    case AS_CANCELLED: // or the reason of a send before it that was cut
        may_be = may_be || one.is_cancelled || is_send || one.what == kind::drain;
        break;
    case AS_TIMED_OUT:
        may_be = may_be || (one.deadline != AS_NEVER && as_now() >= one.deadline) || is_send ||
                 one.what == kind::drain || (on != nullptr && as_now() >= on->idle_from);
        break;
    case AS_REFUSED:
        may_be = may_be || one.what == kind::connect || one.what == kind::race;
        break;
    case AS_NO_SUCH_NAME:
        may_be = may_be || one.what == kind::lookup || one.what == kind::race;
        break;
    case AS_FAILED:
        // One whose thread has ended: a send of which the system does not say what has gone, a connect that Wine has
        // lost.
        may_be = may_be || is_send || (plan_.world.wine && (one.what == kind::connect || one.what == kind::race));
        break;
    default:
        break;
    }
    if (!may_be) {
        breach("an operation of kind %d was told \"%s\", with the code %u%s", static_cast<int>(one.what),
               as_how_text(outcome.how), static_cast<unsigned>(outcome.code),
               plan_.faults.one_in != 0 ? ", in a run with faults" : "");
    }
    const bool has_no_code = is(outcome, AS_DONE) || is(outcome, AS_END_OF_STREAM);
    if (has_no_code != (outcome.code == 0) && plan_.faults.one_in == 0) {
        breach("\"%s\" with the code %u", as_how_text(outcome.how), static_cast<unsigned>(outcome.code));
    }
}

void own_workload::check_bytes(const work& one, const as_outcome& outcome)
{
    const bool is_receive = one.what == kind::receive || one.what == kind::receive_exactly;
    const bool is_whole = one.what == kind::send || one.what == kind::receive_exactly;
    if (one.what == kind::drain || one.bytes.empty()) {
        return;
    }
    if (outcome.bytes > one.bytes.size() || (is(outcome, AS_DONE) && outcome.bytes == 0) ||
        (is(outcome, AS_DONE) && is_whole && outcome.bytes != one.bytes.size())) {
        breach("an operation of kind %d was told \"%s\" with %llu of %zu bytes", static_cast<int>(one.what),
               as_how_text(outcome.how), static_cast<unsigned long long>(outcome.bytes), one.bytes.size());
    }
    if (!is_receive || outcome.bytes == 0) {
        return;
    }
    // The peer's bytes say where in the stream they are.
    const model_lock lock;
    std::uint64_t from = 0;
    for (std::uint32_t i = 0; i < word_size - 1; ++i) {
        from |= std::uint64_t{one.bytes[i]} << (8 * i);
    }
    from *= word_size;
    for (std::uint64_t i = 0; i < outcome.bytes; ++i) {
        if (one.bytes[i] != peer_byte(one.where->peer->id, from + i)) {
            breach("byte %llu of a receive is not the next one of the stream", static_cast<unsigned long long>(i));
        }
    }
    one.where->received.emplace_back(from, from + outcome.bytes);
}

// Every byte up to the last was received, and once.
void own_workload::check_received() const
{
    for (const place& each : places_) {
        auto parts = each.received;
        std::ranges::sort(parts);
        std::uint64_t next = 0;
        for (const auto& [from, to] : parts) {
            if (from != next) {
                breach("received up to byte %llu, and then from %llu", static_cast<unsigned long long>(next),
                       static_cast<unsigned long long>(from));
            }
            next = to;
        }
    }
}

void own_workload::application_thread()
{
    while (take_action()) {
        act(nullptr);
    }
    const model_lock lock;
    --threads_running_;
}

void own_workload::run()
{
    as_engine_options options = AS_ENGINE_OPTIONS;
    options.threads = plan_.engine_parameters.min_thread_count;
    options.callbacks = plan_.engine_parameters.max_thread_count;
    if (!is(as_engine_create(&options, &engine_), AS_DONE)) {
        return; // by a fault
    }
    for (place& each : places_) {
        const SOCKET socket = connect_pair(&each.peer);
        if (!is(as_stream_adopt(engine_, socket, &each.stream), AS_DONE)) {
            (void)closesocket(socket);
        }
    }
    as_address anywhere{};
    (void)as_address_loopback(&anywhere, AS_IPV4, 0);
    (void)as_listener_open(engine_, &anywhere, 1, nullptr, &listener_);
    threads_running_ = plan_.threads;
    for (std::uint32_t i = 0; i < plan_.threads; ++i) {
        spawn_application_thread([this] { application_thread(); });
    }
    wait_until("the threads end", [this] { return threads_running_ == 0; });
    end();
}

void own_workload::end()
{
    as_listener_close(listener_);
    for (place& each : places_) {
        end_stream(each, nullptr);
    }
    for (work& one : works_) { // a drain's receive that has failed waits for those before it, which may wait for ever
        if (one.is_accepted) {
            one.is_cancelled = true;
            as_operation_cancel(&one.operation);
        }
    }
    wait_until("all operations end", [this] {
        return std::ranges::all_of(works_, [](const work& one) { return !one.is_accepted || one.has_ended; });
    });
    if (!is(as_engine_end_and_wait(engine_), AS_DONE)) {
        breach("the engine is in use at the end");
    }
    check_received();
}

} // namespace

workload_figures run_own_workload(std::uint64_t seed)
{
    const plan made = make_plan(seed);
    own_workload run(made, seed);
    simulate(made.how, made.world, made.faults, [&run] { run.run(); });
    return run.figures();
}

} // namespace sim
