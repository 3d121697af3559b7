#include "own_workload.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

#include "async_socket/connect.h"
#include "async_socket/listener.h"
#include "async_socket/resolve.h"
#include "async_socket/statistics.h"
#include "async_socket/timer.h"
#include "by_fault.hpp"
#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/machine.hpp"
#include "model/network.hpp"
#include "outcome.hpp"
#include "peer_act.hpp"
#include "plan.hpp"
#include "received_bytes.hpp"
#include "shared_dice.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

constexpr std::uint32_t word_size = received_bytes::word_size;

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

bool is_send(kind what)
{
    return what == kind::send || what == kind::send_some || what == kind::shutdown;
}

bool is_receive(kind what)
{
    return what == kind::receive || what == kind::receive_exactly;
}

// Who may call something while nobody ends it.
struct gate {
    std::uint32_t users = 0;              // calls from outside of its callbacks
    std::uint32_t users_in_callbacks = 0; // calls in its callbacks
    bool is_ending = false;               // somebody closes it, or has
    bool is_gone = true;                  // or it never was there; or not even its callbacks may use it
};

// What callbacks have been told so far. The library has counted it before.
struct sums {
    std::uint64_t sends = 0;
    std::uint64_t receives = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;

    // What a drain throws away is received, too.
    void add(kind what, std::uint64_t bytes)
    {
        sends += is_send(what) ? 1U : 0U;
        receives += is_receive(what) ? 1U : 0U;
        (is_send(what) ? bytes_sent : bytes_received) += bytes;
    }
    template <typename Statistics>
    [[nodiscard]] bool are_in(const Statistics& numbers) const
    {
        return numbers.sends >= sends && numbers.receives >= receives && numbers.bytes_sent >= bytes_sent &&
               numbers.bytes_received >= bytes_received;
    }
};

// A stream with a peer that the run controls.
struct place : gate {
    as_stream* stream = nullptr; // null: closed, or given to a drain
    connection* peer = nullptr;
    bool is_shut = false; // a shutdown was tried
    bool is_lost = false; // the peer has reset it
    bool has_peer_ended = false;
    std::uint32_t cuts = 0;           // a bit for each as_how that a send has ended with which may have been cut
    as_deadline idle_from = AS_NEVER; // not before this it can have been idle for as long as it may
    sums told;
    sums answered; // by the library, when it was asked last
    received_bytes received;
};

struct door : gate {
    as_listener* listener = nullptr;
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
    bool may_be_refused = false; // where it connects to somebody may refuse
    bool has_no_name = false;    // nobody knows the host
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
    // `inside`: whose callback this is in; null: of none, or of an engine's.
    void act(const gate* inside);
    void act_on_stream(place& on, const gate* inside);
    void act_on_peer(place& on);
    void act_beside(const gate* inside);
    void accept(const gate* inside);
    void transfer(place& on, kind what);
    void ask(place& on, as_stream* stream);
    void ask_for_statistics(place& on, as_stream* stream);
    void set_idle_time(place& on, as_stream* stream);
    void begin(work& one, const as_outcome& answer);
    void cancel_one();
    void end_stream(place& on, const gate* inside);
    void end_listener(const gate* inside);
    void end_as_drain(place& on, as_stream* stream);
    static void on_end(as_operation* operation, as_outcome outcome);
    void ended(work& one, const as_outcome& outcome);
    void count(const work& one, const as_outcome& outcome);
    void check(const work& one, const as_outcome& outcome) const;
    void check_refusal(const work& one, const as_outcome& answer) const;
    [[nodiscard]] bool has_reason(const work& one, const as_outcome& outcome) const;
    [[nodiscard]] bool may_have_been_cut(const place& on, as_how how) const;
    void check_answer(const place& on, const as_outcome& answer, const char* what) const;
    void note_cut(const work& one, const as_outcome& outcome) const;
    void check_bytes(const work& one, const as_outcome& outcome) const;
    void check_sent() const;
    void check_statistics() const;
    void end();

    work& fresh(kind what, place* where);
    [[nodiscard]] as_deadline some_deadline();
    [[nodiscard]] bool take_action();
    template <typename Call>
    void use(gate& on, const gate* inside, Call call);
    [[nodiscard]] bool begin_end(gate& on, const gate* inside);

    const plan plan_;
    shared_dice dice_;
    as_engine* engine_ = nullptr;
    door door_;
    std::array<place, 3> places_;
    std::deque<work> works_; // under the model's lock
    std::uint32_t budget_ = 40;
    std::uint32_t threads_running_ = 0;
    workload_figures figures_; // under the model's lock
    sums told_;                // of all streams; the same
    std::uint32_t drains_ = 0; // that were accepted
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

// A call on it, while nobody closes it; in one of its callbacks also then, since a close waits for that, which a drain
// does not.
template <typename Call>
void own_workload::use(gate& on, const gate* inside, Call call)
{
    std::uint32_t& users = inside == &on ? on.users_in_callbacks : on.users;
    {
        const model_lock lock;
        if (on.is_gone || (on.is_ending && inside != &on)) {
            return;
        }
        ++users;
    }
    call();
    const model_lock lock;
    --users;
}

// Only one ends it, when no call from outside is under way any more. False: not now, or somebody else.
bool own_workload::begin_end(gate& on, const gate* inside)
{
    {
        const model_lock lock;
        if (on.is_ending || on.is_gone) {
            return false;
        }
        on.is_ending = true;
    }
    if (inside == nullptr) {
        wait_until("nobody uses it", [&on] { return on.users == 0; });
    } else if (on.users != 0) {
        const model_lock lock;
        on.is_ending = false; // not in a callback, for which others may wait
        return false;
    }
    return true;
}

void own_workload::begin(work& one, const as_outcome& answer)
{
    const model_lock lock;
    if (is(answer, AS_DONE)) {
        ++figures_.operations;
    } else if (one.has_ended) {
        breach("an operation was refused, and has ended all the same");
    } else {
        check_refusal(one, answer);
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

void own_workload::act_on_stream(place& on, const gate* inside)
{
    use(on, inside, [&] {
        const std::uint32_t choice = dice_.below(14);
        if (choice < 10) {
            transfer(on, static_cast<kind>(choice % 4));
        } else if (choice == 10) {
            {
                const model_lock lock;
                on.is_shut = true;
            }
            work& one = fresh(kind::shutdown, &on);
            one.deadline = some_deadline();
            begin(one, as_stream_shutdown_send(on.stream, &one.operation, one.deadline));
        } else if (choice == 11) {
            set_idle_time(on, on.stream);
        } else {
            ask(on, on.stream);
        }
    });
}

void own_workload::ask(place& on, as_stream* stream)
{
    constexpr as_option options[] = {AS_OPTION_NO_DELAY, AS_OPTION_KEEP_ALIVE, AS_OPTION_KEEP_ALIVE_IDLE,
                                     AS_OPTION_SEND_BUFFER};
    as_address address{};
    std::uint64_t value = 0;
    switch (dice_.below(6)) {
    case 0: {
        const as_option option = options[dice_.below(std::size(options))];
        const as_outcome answer = as_stream_set_option(stream, option, 1);
        const bool is_new = option == AS_OPTION_KEEP_ALIVE_IDLE;
        if (!is_new || !plan_.world.wine || plan_.world.wine_version >= 10 || !is(answer, AS_NOT_AVAILABLE)) {
            check_answer(on, answer, "an option");
        }
        break;
    }
    case 1:
        check_answer(on, as_stream_get_option(stream, AS_OPTION_LINGER, &value), "a question for an option");
        break;
    case 2:
        check_answer(on, as_stream_local_address(stream, &address), "a question for an address");
        break;
    case 3:
        check_answer(on, as_stream_remote_address(stream, &address), "a question for an address");
        break;
    case 4:
        check_answer(on, as_stream_bytes_to_receive(stream), "a question for bytes");
        break;
    default:
        ask_for_statistics(on, stream);
    }
}

// A system may have forgotten where a peer was that has reset the connection.
void own_workload::check_answer(const place& on, const as_outcome& answer, const char* what) const
{
    const bool may_be_closed = is(answer, AS_CLOSED_HERE) && (on.is_ending || on.is_lost);
    if (!is(answer, AS_DONE) && !may_be_closed && !is_by_fault(answer)) {
        breach("%s was answered \"%s\", with the code %u", what, as_how_text(answer.how),
               static_cast<unsigned>(answer.code));
    }
}

// They only grow, and have what callbacks were told.
void own_workload::ask_for_statistics(place& on, as_stream* stream)
{
    sums told;
    sums answered;
    {
        const model_lock lock;
        told = on.told;
        answered = on.answered;
    }
    as_stream_statistics numbers = AS_STREAM_STATISTICS;
    const as_outcome answer = as_stream_get_statistics(stream, &numbers);
    check_answer(on, answer, "a question for statistics");
    if (!is(answer, AS_DONE)) {
        return;
    }
    if (!told.are_in(numbers) || !answered.are_in(numbers)) {
        breach("a stream has counted less than its callbacks were told, or than it has said before");
    }
    const model_lock lock;
    on.answered = {numbers.sends, numbers.receives, numbers.bytes_sent, numbers.bytes_received};
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
    check_answer(on, answer, "an idle time");
}

void own_workload::end_stream(place& on, const gate* inside)
{
    if (!begin_end(on, inside)) {
        return;
    }
    as_stream* const stream = on.stream;
    switch (dice_.below(4)) {
    case 0:
        end_as_drain(on, stream);
        break;
    case 1:
        as_stream_reset(stream);
        break;
    case 2: {
        as_socket socket = INVALID_SOCKET;
        const as_outcome answer = as_stream_release(stream, &socket);
        if (!is(answer, AS_DONE)) {
            breach("a release was answered \"%s\"", as_how_text(answer.how));
        }
        (void)closesocket(socket);
        break;
    }
    default:
        as_stream_close(stream);
    }
    const model_lock lock;
    on.stream = nullptr;
    on.is_gone = true;
}

void own_workload::end_as_drain(place& on, as_stream* stream)
{
    work& one = fresh(kind::drain, &on);
    one.deadline = as_in_ms(dice_.below(100));
    on.is_shut = true;
    on.is_gone = true;
    wait_until("no callback uses it", [&on] { return on.users_in_callbacks == 0; });
    const as_outcome answer = as_stream_drain_and_close(stream, &one.operation, one.deadline);
    begin(one, answer);
    if (!is(answer, AS_DONE)) {
        as_stream_close(stream);
        return;
    }
    const model_lock lock;
    ++drains_;
}

void own_workload::end_listener(const gate* inside)
{
    if (!begin_end(door_, inside)) {
        return;
    }
    as_listener_close(door_.listener);
    const model_lock lock;
    door_.listener = nullptr;
    door_.is_gone = true;
}

void own_workload::act_on_peer(place& on)
{
    {
        const model_lock lock;
        ++figures_.peer_actions;
    }
    let_peer_act(on, dice_);
}

void own_workload::act_beside(const gate* inside)
{
    as_address address{};
    constexpr char meets[] = {answers_at_once, answers_later, refuses, never_answers};
    const char met = meets[dice_.below(std::size(meets))];
    (void)as_address_loopback(&address, AS_IPV4, static_cast<std::uint16_t>(met << 8));
    switch (dice_.below(7)) {
    case 0: {
        work& one = fresh(kind::timer, nullptr);
        one.deadline = as_in_ms(dice_.below(40));
        begin(one, as_timer_start(engine_, &one.operation, one.deadline));
        break;
    }
    case 1: {
        work& one = fresh(kind::connect, nullptr);
        one.may_be_refused = met == refuses;
        one.deadline = as_in_ms(dice_.below(60));
        begin(one, as_connect_address(engine_, &address, &one.operation, &one.stream, one.deadline));
        break;
    }
    case 2: {
        constexpr const char* names[] = {"a", "rw", "urA", "9r", "x", "sa"};
        as_target target{};
        target.host = names[dice_.below(std::size(names))];
        work& one = fresh(kind::race, nullptr);
        one.may_be_refused = std::strchr(target.host, refuses) != nullptr;
        one.has_no_name = *target.host == not_found;
        one.deadline = as_in_ms(dice_.below(600));
        begin(one, as_connect(engine_, &target, nullptr, &one.operation, &one.stream, one.deadline));
        break;
    }
    case 3: {
        constexpr const char* names[] = {"a", "x", "sa", "9a"};
        as_question question{};
        question.host = names[dice_.below(std::size(names))];
        work& one = fresh(kind::lookup, nullptr);
        one.has_no_name = *question.host == not_found;
        one.deadline = some_deadline();
        begin(one, as_resolve(engine_, &question, &one.operation, nullptr, 0, &one.count, one.deadline));
        break;
    }
    case 4:
        accept(inside);
        break;
    case 5:
        if (dice_.one_in(2)) {
            end_listener(inside);
        }
        break;
    default:
        (void)peer_connects();
    }
}

void own_workload::accept(const gate* inside)
{
    use(door_, inside, [this] {
        work& one = fresh(kind::accept, nullptr);
        one.deadline = some_deadline();
        begin(one, as_listener_accept(door_.listener, &one.operation, &one.stream, one.deadline));
    });
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

void own_workload::act(const gate* inside)
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
        act_beside(inside);
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
    count(one, outcome);
    check(one, outcome);
    check_bytes(one, outcome);
    note_cut(one, outcome);
    if (one.stream != nullptr) {
        as_stream_close(std::exchange(one.stream, nullptr));
    }
    const bool is_of_stream = one.where != nullptr && one.what != kind::drain;
    const gate* const inside = one.what == kind::accept ? static_cast<const gate*>(&door_)
                               : is_of_stream           ? one.where
                                                        : nullptr;
    if (dice_.one_in(2) && take_action()) {
        act(inside);
    }
    const model_lock lock;
    if (std::exchange(one.has_ended, true)) {
        breach("an operation has ended twice");
    }
}

void own_workload::count(const work& one, const as_outcome& outcome)
{
    const model_lock lock;
    told_.add(one.what, outcome.bytes);
    if (one.where != nullptr) {
        one.where->told.add(one.what, outcome.bytes);
    }
}

// Those behind it in line end as it does: their callbacks come after its own. On Wine the system says what has gone,
// but for one that a fault has lost (739), so one of which nothing has was not cut. Of Windows that is not known.
void own_workload::note_cut(const work& one, const as_outcome& outcome) const
{
    const bool is_exact = plan_.world.wine && the_machine().struck.empty();
    const bool is_in_the_middle = outcome.bytes != 0 && outcome.bytes < one.bytes.size();
    if (is_send(one.what) && !is(outcome, AS_DONE) && (is_in_the_middle || !is_exact)) {
        const model_lock lock;
        one.where->cuts |= 1U << outcome.how;
    }
}

// Each way in which it may end has its reason.
void own_workload::check(const work& one, const as_outcome& outcome) const
{
    if (!has_reason(one, outcome) && !is_by_fault(outcome)) {
        breach("an operation of kind %d was told \"%s\", with the code %u%s", static_cast<int>(one.what),
               as_how_text(outcome.how), static_cast<unsigned>(outcome.code),
               plan_.faults.one_in != 0 ? ", in a run with faults" : "");
    }
    const bool has_no_code = is(outcome, AS_DONE) || is(outcome, AS_END_OF_STREAM);
    if (has_no_code != (outcome.code == 0) && !(is(outcome, AS_NO_ROOM) && plan_.faults.one_in != 0)) {
        breach("\"%s\" with the code %u", as_how_text(outcome.how), static_cast<unsigned>(outcome.code));
    }
    const bool makes_stream = one.what == kind::accept || one.what == kind::connect || one.what == kind::race;
    if ((one.stream != nullptr) != (makes_stream && is(outcome, AS_DONE))) {
        breach("\"%s\", and %s stream", as_how_text(outcome.how), one.stream != nullptr ? "a" : "no");
    }
}

void own_workload::check_refusal(const work& one, const as_outcome& answer) const
{
    const bool is_by_cut = (is_send(one.what) || one.what == kind::drain) &&
                           may_have_been_cut(*one.where, static_cast<as_how>(answer.how));
    const bool is_of_its_own = is(answer, AS_RESET) || is(answer, AS_CLOSED_HERE);
    if (!is_by_cut && !(is_of_its_own && has_reason(one, answer)) && !is_by_fault(answer)) {
        breach("an operation of kind %d was refused with \"%s\" and the code %u%s", static_cast<int>(one.what),
               as_how_text(answer.how), static_cast<unsigned>(answer.code),
               plan_.faults.one_in != 0 ? ", in a run with faults" : "");
    }
}

// Also one whose callback has not begun. Under the model's lock.
bool own_workload::may_have_been_cut(const place& on, as_how how) const
{
    const as_deadline now = as_now(); // at which others may run, who start more
    const auto is_cut = [&, now](const work& one) {
        const bool is_late = now >= std::min(one.deadline, on.idle_from);
        return one.where == &on && is_send(one.what) &&
               ((how == AS_CANCELLED && one.is_cancelled) || (how == AS_TIMED_OUT && is_late));
    };
    return (on.cuts >> how & 1U) != 0 || std::ranges::any_of(works_, is_cut);
}

// Without a fault.
bool own_workload::has_reason(const work& one, const as_outcome& outcome) const
{
    const place* const on = one.where;
    const bool is_behind_cut = on != nullptr && (is_send(one.what) || one.what == kind::drain) && outcome.how < 32 &&
                               (on->cuts >> outcome.how & 1U) != 0;
    if (is_behind_cut) {
        return true;
    }
    switch (static_cast<as_how>(outcome.how)) {
    case AS_DONE:
        return true;
    case AS_END_OF_STREAM: // Wine's, of a reset, too, if it cannot be asked
        return is_receive(one.what) && (on->has_peer_ended || (on->is_lost && !the_machine().struck.empty()));
    case AS_RESET:
        return on != nullptr && on->is_lost;
    case AS_CLOSED_HERE:
        if (one.what == kind::accept) {
            return door_.is_ending;
        }
        return is_receive(one.what) ? on->is_ending : is_send(one.what) && (on->is_ending || on->is_shut);
    case AS_CANCELLED:
        return one.is_cancelled;
    case AS_TIMED_OUT: // a timer is done then
        return outcome.code == ERROR_TIMEOUT && one.what != kind::timer &&
               as_now() >= std::min(one.deadline, on != nullptr ? on->idle_from : AS_NEVER);
    case AS_REFUSED:
        return one.may_be_refused;
    case AS_NO_SUCH_NAME:
        return one.has_no_name;
    case AS_FAILED: // of a connect whose thread has ended, which Wine has lost
        return outcome.code == error_alerted && (one.what == kind::connect || one.what == kind::race);
    default:
        return false;
    }
}

void own_workload::check_bytes(const work& one, const as_outcome& outcome) const
{
    const bool is_whole = one.what == kind::send || one.what == kind::receive_exactly;
    if (one.what == kind::drain || one.bytes.empty()) {
        return;
    }
    if (outcome.bytes > one.bytes.size() || (is(outcome, AS_DONE) && outcome.bytes == 0) ||
        (is(outcome, AS_DONE) && is_whole && outcome.bytes != one.bytes.size())) {
        breach("an operation of kind %d was told \"%s\" with %llu of %zu bytes", static_cast<int>(one.what),
               as_how_text(outcome.how), static_cast<unsigned long long>(outcome.bytes), one.bytes.size());
    }
    if (is_receive(one.what)) {
        const model_lock lock;
        one.where->received.add(*one.where->peer, one.bytes.data(), outcome.bytes);
    }
}

// As many bytes have gone as was told. Of a send that a reset or a fault has ended the system tells of none.
void own_workload::check_sent() const
{
    for (const place& each : places_) {
        const std::uint64_t gone = each.peer->sent.size();
        if (gone != each.told.bytes_sent && !each.is_lost && the_machine().struck.empty()) {
            breach("%llu bytes were sent, and %llu told", static_cast<unsigned long long>(gone),
                   static_cast<unsigned long long>(each.told.bytes_sent));
        }
    }
}

// Nothing runs any more, so they are the sums of what was told. A drain shuts down and receives by itself.
void own_workload::check_statistics() const
{
    as_engine_statistics numbers = AS_ENGINE_STATISTICS;
    if (!is(as_engine_get_statistics(engine_, &numbers), AS_DONE)) {
        breach("an engine has no statistics");
    }
    const bool are_all_told = numbers.sends == told_.sends && numbers.receives == told_.receives;
    if (!told_.are_in(numbers) || numbers.bytes_sent != told_.bytes_sent ||
        numbers.bytes_received != told_.bytes_received || (drains_ == 0 && !are_all_told)) {
        breach("an engine has not counted what was told");
    }
    if (numbers.streams_open != 0) {
        breach("an engine has counted %llu streams that are open",
               static_cast<unsigned long long>(numbers.streams_open));
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
        each.is_gone = each.stream == nullptr;
    }
    as_address anywhere{};
    (void)as_address_loopback(&anywhere, AS_IPV4, 0);
    (void)as_listener_open(engine_, &anywhere, 1, nullptr, &door_.listener);
    door_.is_gone = door_.listener == nullptr;
    threads_running_ = plan_.threads;
    for (std::uint32_t i = 0; i < plan_.threads; ++i) {
        spawn_application_thread([this] { application_thread(); });
    }
    wait_until("the threads end", [this] { return threads_running_ == 0; });
    end();
}

void own_workload::end()
{
    end_listener(nullptr);
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
    check_statistics();
    if (!is(as_engine_end_and_wait(engine_), AS_DONE)) {
        breach("the engine is in use at the end");
    }
    for (const place& each : places_) {
        each.received.check();
    }
    check_sent();
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
