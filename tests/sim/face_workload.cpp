#include "face_workload.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "async_socket/async_socket.hpp"
#include "face_ledger.hpp"
#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/machine.hpp"
#include "model/network.hpp"
#include "peer_act.hpp"
#include "plan.hpp"
#include "shared_dice.hpp"
#include "simulation.hpp"
#include "stop_source.hpp"

namespace sim {

namespace {

using kind = awaited::kind;

// What some tasks throw.
struct mishap {
    std::uint32_t number;
};

struct signal {
    stopper as_known;
    stop_source source;
};

as::address address_that(char met)
{
    as_address made{};
    (void)as_address_loopback(&made, AS_IPV4, static_cast<std::uint16_t>(met << 8));
    return made;
}

class face_workload {
public:
    face_workload(const plan& made, std::uint64_t seed) : plan_(made), dice_(decisions(seed * 2 + 1)) {}

    void run();
    [[nodiscard]] const workload_figures& figures() const noexcept { return figures_; }

private:
    // ---- threads ----
    void application_thread();
    void gather();
    void act_on_peer(place& on);
    void stop_by_signal();
    void check_bytes() const;

    // ---- tasks ----
    void begin_session(as::scope& in, const reach& within);
    as::task<> session(place& on, as::stream stream, const reach& within);
    as::task<> end_stream(place& on, as::stream& stream, const reach& within);
    as::task<> drain(place& on, as::stream& stream, const reach& within);
    as::task<> use_closed(place& on, as::stream& stream, const reach& within);
    static as::task<> close(place& on, as::stream& stream);
    // Some steps, one after the other. It tells its number, which no other task has.
    as::task<std::uint32_t> work(std::uint32_t number, place& on, as::stream& stream, const reach& within,
                                 std::uint32_t depth);
    as::task<> receive(place& on, as::stream& stream, const reach& within);
    as::task<> send(place& on, as::stream& stream, const reach& within);
    as::task<> shut(place& on, as::stream& stream, const reach& within);
    as::task<> wait_for_time(const reach& within);
    as::task<> connect(const reach& within);
    as::task<> resolve(const reach& within);
    as::task<> accept(const reach& within);
    as::task<> look_at_itself(const reach& within) const;
    static as::task<> find_itself_stopped();

    // ---- tasks of tasks ----
    as::task<> nest(place& on, as::stream& stream, const reach& within, std::uint32_t depth);
    as::task<> wait_for_child(place& on, as::stream& stream, const reach& within, std::uint32_t depth);
    as::task<std::uint32_t> fail(std::uint32_t number, place& on, as::stream& stream, const reach& within,
                                 std::uint32_t depth);
    as::task<> wait_for_all(place& on, as::stream& stream, const reach& within, std::uint32_t depth);
    as::task<> wait_for_any(place& on, as::stream& stream, const reach& within, std::uint32_t depth);
    as::task<std::uint32_t> race(std::uint32_t number, place& on, as::stream& stream, const reach& within,
                                 std::uint32_t depth, stopper& others);
    as::task<> fill_scope(place& on, as::stream& stream, const reach& within, std::uint32_t depth);

    void begin(awaited& asked);
    void ended(const awaited& asked, const as_outcome& told);
    [[nodiscard]] const reach& reach_of(const reach& made);
    [[nodiscard]] signal& some_signal() { return signals_[dice_.below(signals_.size())]; }
    [[nodiscard]] stopper& fresh_stopper();
    [[nodiscard]] std::uint32_t fresh_number();
    [[nodiscard]] as_deadline some_deadline();
    [[nodiscard]] bool take_action();
    static void begin_stop(stopper& by);

    static constexpr std::uint32_t deepest = 3;

    const plan plan_;
    shared_dice dice_;
    as::engine engine_ = as::engine::none();
    as::listener door_;
    std::array<signal, 2> signals_;
    std::deque<stopper> stoppers_; // under the model's lock, with all below
    std::deque<reach> reaches_;
    std::deque<place> places_;
    std::uint32_t numbers_ = 0;
    std::uint32_t budget_ = 60;
    std::uint32_t threads_running_ = 0;
    std::uint64_t bytes_sent_ = 0;
    std::uint64_t bytes_received_ = 0;
    workload_figures figures_;
};

stopper& face_workload::fresh_stopper()
{
    const model_lock lock;
    return stoppers_.emplace_back();
}

const reach& face_workload::reach_of(const reach& made)
{
    const model_lock lock;
    return reaches_.emplace_back(made);
}

std::uint32_t face_workload::fresh_number()
{
    const model_lock lock;
    return ++numbers_;
}

as_deadline face_workload::some_deadline()
{
    return dice_.one_in(3) ? as_in_ms(dice_.below(30)) : AS_NEVER;
}

bool face_workload::take_action()
{
    const model_lock lock;
    return budget_ != 0 && budget_-- != 0;
}

void face_workload::begin_stop(stopper& by)
{
    const model_lock lock;
    by.has_begun = true;
}

// ---- operations --------------------------------------------------------------------------------------------------

void face_workload::begin(awaited& asked)
{
    const model_lock lock;
    ++figures_.operations;
    if (asked.what == kind::send) {
        asked.on->sends.push_back(asked);
    }
}

void face_workload::ended(const awaited& asked, const as_outcome& told)
{
    check(asked, told);
    const model_lock lock;
    if (asked.what == kind::send) {
        asked.on->bytes_sent += told.bytes;
        bytes_sent_ += told.bytes;
    } else if (asked.what == kind::receive || asked.what == kind::drain) {
        bytes_received_ += told.bytes;
    }
}

as::task<> face_workload::receive(place& on, as::stream& stream, const reach& within)
{
    std::vector<unsigned char> room(std::size_t{received_bytes::word_size} * (1 + dice_.below(40)));
    const as::bytes first(room.data(), room.size() / 2);
    const as::bytes second(room.data() + first.size(), room.size() - first.size());
    awaited asked{.what = kind::receive, .within = &within, .on = &on, .until = some_deadline(), .size = room.size()};
    asked.was_stopped = (co_await as::this_task()).is_stopped();
    const as::deadline until(asked.until);
    as::received got;
    switch (dice_.below(4)) {
    case 0:
        begin(asked);
        got = co_await stream.receive(room, until);
        break;
    case 1:
        asked.is_whole = true;
        begin(asked);
        got = co_await stream.receive_exactly(room, until);
        break;
    case 2:
        begin(asked);
        got = co_await stream.receive(as::scatter(first, second), until);
        break;
    default: {
        signal& by = some_signal();
        asked.within = &reach_of({&within, &by.as_known, within.until, within.is_shielded});
        begin(asked);
        got = co_await stream.receive(room, until).stopped_by(by.source.get_token());
    }
    }
    ended(asked, got.outcome());
    const model_lock lock;
    on.received.add(*on.peer, room.data(), got.bytes());
}

as::task<> face_workload::send(place& on, as::stream& stream, const reach& within)
{
    const std::vector<unsigned char> what(std::size_t{1} + dice_.below(160));
    const as::const_bytes first(what.data(), what.size() / 2);
    const as::const_bytes second(what.data() + first.size(), what.size() - first.size());
    awaited asked{.what = kind::send, .within = &within, .on = &on, .until = some_deadline(), .size = what.size()};
    asked.was_stopped = (co_await as::this_task()).is_stopped();
    const as::deadline until(asked.until);
    as::result sent;
    switch (dice_.below(4)) {
    case 0:
        asked.is_whole = true;
        begin(asked);
        sent = co_await stream.send(what, until);
        break;
    case 1:
        begin(asked);
        sent = co_await stream.send_some(what, until);
        break;
    case 2:
        asked.is_whole = true;
        begin(asked);
        sent = co_await stream.send(as::gather(first, second), until);
        break;
    default: {
        asked.is_whole = true;
        signal& by = some_signal();
        asked.within = &reach_of({&within, &by.as_known, within.until, within.is_shielded});
        begin(asked);
        sent = co_await stream.send(what, until).stopped_by(by.source.get_token());
    }
    }
    ended(asked, sent.outcome());
}

as::task<> face_workload::shut(place& on, as::stream& stream, const reach& within)
{
    awaited asked{.what = kind::send, .within = &within, .on = &on, .until = some_deadline()};
    asked.was_stopped = (co_await as::this_task()).is_stopped();
    on.is_shut = true;
    begin(asked);
    const as::result shut = co_await stream.shutdown_send(as::deadline(asked.until));
    ended(asked, shut.outcome());
}

as::task<> face_workload::wait_for_time(const reach& within)
{
    const as_deadline at = dice_.one_in(3) ? 0 : as_in_ms(dice_.below(40));
    awaited asked{.what = kind::timer, .within = &within};
    asked.was_stopped = (co_await as::this_task()).is_stopped();
    begin(asked);
    as::result told;
    if (at == 0) {
        told = co_await as::on(engine_);
    } else {
        told = co_await as::timer(engine_, as::deadline(at));
    }
    ended(asked, told.outcome());
    if (told && as_now() < at) {
        breach("a timer was early");
    }
}

as::task<> face_workload::connect(const reach& within)
{
    constexpr std::array meets = {answers_at_once, answers_later, refuses, never_answers};
    std::vector<as::address> addresses(1 + dice_.below(3));
    awaited asked{.what = kind::connect, .within = &within, .until = as_in_ms(dice_.below(600))};
    for (as::address& each : addresses) {
        const char met = meets[dice_.below(meets.size())];
        asked.may_be_refused = asked.may_be_refused || met == refuses;
        each = address_that(met);
    }
    asked.was_stopped = (co_await as::this_task()).is_stopped();
    begin(asked);
    const as::connected made = co_await as::connect(engine_, addresses, as::deadline(asked.until));
    ended(asked, made.outcome());
    if (made && std::ranges::find(addresses, made.reached()) == addresses.end()) {
        breach("a connect has reached what nobody asked for");
    }
}

as::task<> face_workload::resolve(const reach& within)
{
    constexpr std::array names = {"a", "x", "sa", "9a"};
    as::question question;
    question.host = names[dice_.below(names.size())];
    std::array<as::address, 2> room;
    awaited asked{.what = kind::lookup, .within = &within, .until = some_deadline()};
    asked.has_no_name = *question.host == not_found;
    asked.was_stopped = (co_await as::this_task()).is_stopped();
    begin(asked);
    const as::resolved found = co_await as::resolve(engine_, question, room, as::deadline(asked.until));
    ended(asked, found.outcome());
    if (found && found.addresses().size() != 1) {
        breach("a name has another number of addresses");
    }
}

as::task<> face_workload::accept(const reach& within)
{
    awaited asked{.what = kind::accept, .within = &within, .until = some_deadline()};
    asked.has_no_stream = !door_;
    asked.was_stopped = (co_await as::this_task()).is_stopped();
    begin(asked);
    const as::result_of<as::stream> made = co_await door_.accept(as::deadline(asked.until));
    ended(asked, made.outcome());
    if (static_cast<bool>(made) != static_cast<bool>(*made)) {
        breach("an accept has told something else than it has made");
    }
}

// What it is told of its chain is what reaches it.
as::task<> face_workload::look_at_itself(const reach& within) const
{
    const as::task_state told = co_await as::this_task();
    if (told.is_stopped() && !may_be_stopped(within)) {
        breach("a task was stopped by nobody");
    }
    if (told.until().ns() != within.until) {
        breach("a task has the deadline %llu, and is told %llu", static_cast<unsigned long long>(within.until),
               static_cast<unsigned long long>(told.until().ns()));
    }
}

// ---- tasks -------------------------------------------------------------------------------------------------------

as::task<std::uint32_t> face_workload::work(std::uint32_t number, place& on, as::stream& stream, const reach& within,
                                            std::uint32_t depth)
{
    while (take_action()) {
        switch (dice_.below(16)) {
        case 0:
        case 1:
        case 2:
            co_await receive(on, stream, within);
            break;
        case 3:
        case 4:
        case 5:
            co_await send(on, stream, within);
            break;
        case 6:
            co_await wait_for_time(within);
            break;
        case 7:
            co_await connect(within);
            break;
        case 8:
            co_await resolve(within);
            break;
        case 9:
            co_await accept(within);
            break;
        case 10:
            act_on_peer(on);
            break;
        case 11:
            if (dice_.one_in(2)) {
                co_await shut(on, stream, within);
            }
            break;
        case 12:
            co_await look_at_itself(within);
            break;
        default:
            if (depth < deepest) {
                co_await nest(on, stream, within, depth + 1);
            }
        }
        if (dice_.one_in(4)) {
            break;
        }
    }
    co_return number;
}

as::task<> face_workload::nest(place& on, as::stream& stream, const reach& within, std::uint32_t depth)
{
    switch (dice_.below(4)) {
    case 0:
        co_await wait_for_all(on, stream, within, depth);
        break;
    case 1:
        co_await wait_for_any(on, stream, within, depth);
        break;
    case 2:
        co_await fill_scope(on, stream, within, depth);
        break;
    default:
        co_await wait_for_child(on, stream, within, depth);
    }
}

as::task<> face_workload::wait_for_child(place& on, as::stream& stream, const reach& within, std::uint32_t depth)
{
    const std::uint32_t number = fresh_number();
    std::uint32_t told = 0;
    switch (dice_.below(5)) {
    case 0: {
        const as_deadline until = as_in_ms(dice_.below(40));
        const reach& inside = reach_of({&within, nullptr, std::min(until, within.until), within.is_shielded});
        told = co_await work(number, on, stream, inside, depth).until(as::deadline(until));
        break;
    }
    case 1: { // nothing else would end it
        const as_deadline until = as_in_ms(dice_.below(40));
        const reach& inside = reach_of({nullptr, nullptr, until, true});
        told = co_await work(number, on, stream, inside, depth).until(as::deadline(until)).shielded();
        break;
    }
    case 2: {
        signal& by = some_signal();
        const reach& inside = reach_of({&within, &by.as_known, within.until, within.is_shielded});
        told = co_await work(number, on, stream, inside, depth).stopped_by(by.source.get_token());
        break;
    }
    case 3:
        try {
            (void)co_await fail(number, on, stream, within, depth);
        } catch (const mishap& thrown) {
            told = thrown.number;
        }
        break;
    default:
        told = co_await work(number, on, stream, within, depth);
    }
    if (told != number) {
        breach("task %u has told %u", static_cast<unsigned>(number), static_cast<unsigned>(told));
    }
}

as::task<std::uint32_t> face_workload::fail(std::uint32_t number, place& on, as::stream& stream, const reach& within,
                                            std::uint32_t depth)
{
    (void)co_await work(number, on, stream, within, depth);
    throw mishap{number};
}

as::task<> face_workload::wait_for_all(place& on, as::stream& stream, const reach& within, std::uint32_t depth)
{
    const as_deadline until = some_deadline();
    const reach& inside = reach_of({&within, nullptr, std::min(until, within.until), within.is_shielded});
    std::vector<std::uint32_t> numbers;
    std::vector<as::task<std::uint32_t>> tasks;
    const std::uint32_t count = dice_.below(4);
    for (std::uint32_t i = 0; i < count; ++i) {
        numbers.push_back(fresh_number());
        tasks.push_back(work(numbers.back(), on, stream, inside, depth));
    }
    const std::vector<std::uint32_t> told = co_await as::when_all(std::move(tasks)).until(as::deadline(until));
    if (told != numbers) {
        breach("the tasks of a group have told something else than their numbers");
    }
}

as::task<std::uint32_t> face_workload::race(std::uint32_t number, place& on, as::stream& stream, const reach& within,
                                            std::uint32_t depth, stopper& others)
{
    const std::uint32_t told = co_await work(number, on, stream, within, depth);
    begin_stop(others);
    co_return told;
}

as::task<> face_workload::wait_for_any(place& on, as::stream& stream, const reach& within, std::uint32_t depth)
{
    stopper& others = fresh_stopper();
    const reach& inside = reach_of({&within, &others, within.until, within.is_shielded});
    const std::uint32_t one = fresh_number();
    const std::uint32_t other = fresh_number();
    const auto [first, told] = co_await as::when_any(race(one, on, stream, inside, depth, others),
                                                     race(other, on, stream, inside, depth, others));
    if (first > 1 || std::get<0>(told) != one || std::get<1>(told) != other) {
        breach("the tasks of a race have told something else than their numbers");
    }
}

as::task<> face_workload::find_itself_stopped()
{
    const as::task_state told = co_await as::this_task();
    if (!told.is_stopped()) {
        breach("a task has come to a scope that was stopped, and was not");
    }
}

// Its tasks have the scope's deadline, and none from further out.
as::task<> face_workload::fill_scope(place& on, as::stream& stream, const reach& within, std::uint32_t depth)
{
    stopper& by = fresh_stopper();
    const as_deadline until = within.is_shielded || dice_.one_in(2) ? as_in_ms(dice_.below(60)) : AS_NEVER;
    const reach& inside = reach_of({&within, &by, until, within.is_shielded});
    as::scope tasks{as::deadline(until)};
    const std::uint32_t count = dice_.below(4);
    for (std::uint32_t i = 0; i < count; ++i) {
        if (!tasks.spawn(work(fresh_number(), on, stream, inside, depth))) {
            breach("there is memory, and no task");
        }
    }
    if (dice_.one_in(3)) {
        begin_stop(by);
        tasks.stop();
        (void)tasks.spawn(find_itself_stopped());
    }
    co_await tasks.joined();
    if (tasks.size() != 0) {
        breach("a scope was joined, and has tasks");
    }
}

// ---- sessions ----------------------------------------------------------------------------------------------------

void face_workload::begin_session(as::scope& in, const reach& within)
{
    place* on = nullptr;
    {
        const model_lock lock;
        on = &places_.emplace_back();
    }
    const SOCKET socket = connect_pair(&on->peer);
    as::result_of<as::stream> made = as::stream::adopt(engine_, socket);
    if (!made) { // by a fault
        (void)closesocket(socket);
        return;
    }
    if (!in.spawn(session(*on, std::move(*made), within))) {
        breach("there is memory, and no task");
    }
}

as::task<> face_workload::session(place& on, as::stream stream, const reach& within)
{
    (void)co_await work(fresh_number(), on, stream, within, 0);
    co_await end_stream(on, stream, within);
    on.is_closing = true; // it goes with the task, if it is still there
}

as::task<> face_workload::end_stream(place& on, as::stream& stream, const reach& within)
{
    switch (dice_.below(6)) {
    case 0:
        co_await drain(on, stream, within);
        break;
    case 1:
        on.is_closing = true;
        stream.reset();
        break;
    case 2: {
        on.is_closing = true;
        const as::result_of<as_socket> socket = stream.release();
        if (!socket) {
            breach("a release was answered \"%s\"", socket.text());
        }
        (void)closesocket(*socket);
        break;
    }
    case 3: // these are begun before the stream is closed, and touch it no more
        (void)co_await as::when_all(receive(on, stream, within), send(on, stream, within), close(on, stream));
        break;
    case 4:
        on.is_closing = true;
        stream.close();
        co_await use_closed(on, stream, within);
        break;
    default:
        break;
    }
}

as::task<> face_workload::close(place& on, as::stream& stream)
{
    on.is_closing = true;
    stream.close();
    co_return;
}

as::task<> face_workload::use_closed(place& on, as::stream& stream, const reach& within)
{
    std::array<unsigned char, received_bytes::word_size> room{};
    awaited asked{.what = kind::receive, .within = &within, .on = &on, .size = room.size(), .has_no_stream = true};
    asked.was_stopped = (co_await as::this_task()).is_stopped();
    begin(asked);
    const as::received got = co_await stream.receive(room);
    ended(asked, got.outcome());
}

as::task<> face_workload::drain(place& on, as::stream& stream, const reach& within)
{
    awaited asked{.what = kind::drain, .within = &within, .on = &on, .until = as_in_ms(dice_.below(100))};
    asked.was_stopped = (co_await as::this_task()).is_stopped();
    on.is_shut = true;
    begin(asked);
    const as::result drained = co_await stream.drain_and_close(as::deadline(asked.until));
    ended(asked, drained.outcome());
    if (drained && stream) {
        breach("a stream was drained and is still there");
    }
}

// ---- threads -----------------------------------------------------------------------------------------------------

void face_workload::act_on_peer(place& on)
{
    {
        const model_lock lock;
        ++figures_.peer_actions;
    }
    if (dice_.one_in(9)) {
        (void)peer_connects();
    } else {
        let_peer_act(on, dice_);
    }
}

void face_workload::stop_by_signal()
{
    signal& by = some_signal();
    begin_stop(by.as_known);
    by.source.request_stop();
}

// A scope of this thread's. (One that is left with tasks in it says so, and a seed has nobody to listen.)
void face_workload::gather()
{
    stopper& by = fresh_stopper();
    const as_deadline until = some_deadline();
    const reach& within = reach_of({nullptr, &by, until, false});
    as::scope tasks{as::deadline(until)};
    std::size_t begun = 0;
    do {
        begin_session(tasks, within);
        ++begun;
    } while (dice_.one_in(2) && take_action());
    if (dice_.one_in(2)) {
        sleep_ms(dice_.below(20));
    }
    if (dice_.one_in(2)) {
        const as_deadline stops_at = as_in_ms(dice_.below(50));
        {
            const model_lock lock;
            by.at = stops_at;
        }
        const as::tally told = tasks.drain(as::deadline(stops_at));
        if (told.ended + told.cancelled + told.cut_off > begun || tasks.size() != 0) {
            breach("a drain has told of more tasks than there were, or has left one");
        }
        return;
    }
    begin_stop(by);
    tasks.stop_and_join();
}

void face_workload::application_thread()
{
    while (take_action()) {
        switch (dice_.below(8)) {
        case 0:
            stop_by_signal();
            break;
        case 1:
            sleep_ms(dice_.below(20));
            break;
        case 2:
        case 3: {
            place* on = nullptr;
            {
                const model_lock lock;
                on = places_.empty() ? nullptr : &places_[dice_.below(places_.size())];
            }
            if (on != nullptr && on->peer != nullptr) {
                act_on_peer(*on);
            }
            break;
        }
        default:
            gather();
        }
    }
    const model_lock lock;
    --threads_running_;
}

void face_workload::run()
{
    as::result_of<as::engine> made = as::engine::create(
        {.callbacks = plan_.engine_parameters.max_thread_count, .threads = plan_.engine_parameters.min_thread_count});
    if (!made) {
        return; // by a fault
    }
    engine_ = std::move(*made);
    as::result_of<as::listener> listening = as::listener::open(engine_, address_that('\0'));
    door_ = std::move(*listening);
    threads_running_ = plan_.threads;
    for (std::uint32_t i = 0; i < plan_.threads; ++i) {
        spawn_application_thread([this] { application_thread(); });
    }
    wait_until("the threads end", [this] { return threads_running_ == 0; });
    door_.close();
    check_bytes();
    if (!engine_.end_and_wait()) {
        breach("the engine is in use at the end");
    }
}

// As many have gone as was told, and come. Of a send that a reset or a fault has ended the system tells of none. What a
// drain has thrown away nobody has seen.
void face_workload::check_bytes() const
{
    const as::result_of<as_engine_statistics> numbers = engine_.statistics();
    if (!numbers || numbers->bytes_sent != bytes_sent_ || numbers->bytes_received != bytes_received_ ||
        numbers->streams_open != 0) {
        breach("an engine has not counted what was told");
    }
    for (const place& each : places_) {
        each.received.check();
        const std::uint64_t gone = each.peer->sent.size();
        if (gone != each.bytes_sent && !each.is_lost && the_machine().struck.empty()) {
            breach("%llu bytes were sent, and %llu told", static_cast<unsigned long long>(gone),
                   static_cast<unsigned long long>(each.bytes_sent));
        }
    }
}

} // namespace

workload_figures run_face_workload(std::uint64_t seed)
{
    const plan made = make_plan(seed);
    face_workload run(made, seed);
    simulate(made.how, made.world, made.faults, [&run] { run.run(); });
    return run.figures();
}

} // namespace sim
