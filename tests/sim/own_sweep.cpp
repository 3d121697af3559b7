// The fault sweep's scenarios of the library's own interface (fault_sweep.cpp).
//
// What is asked of each run: an operation that was accepted has ended once, one that was refused never; what a call
// answers and what a callback is told is among what the headers name for it, and comes with what belongs to it; once
// the system has recovered another try works; all of it can be closed, and the engine ended.
#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "async_socket/connect.h"
#include "async_socket/listener.h"
#include "async_socket/resolve.h"
#include "async_socket/statistics.h"
#include "async_socket/stream.h"
#include "async_socket/timer.h"
#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/network.hpp"
#include "outcome.hpp"
#include "simulation.hpp"
#include "sweep.hpp"

namespace sim {

namespace {

// Some of the words of as_how: those that a header names for something.
class words {
public:
    constexpr words(std::initializer_list<as_how> those)
    {
        for (const as_how each : those) {
            bits_ |= 1U << each;
        }
    }
    [[nodiscard]] constexpr words with(words others) const
    {
        words both = *this;
        both.bits_ |= others.bits_;
        return both;
    }
    void require_one_of_them(const as_outcome& outcome, const char* what) const
    {
        if (outcome.how > AS_FAILED || (bits_ >> outcome.how & 1) == 0) {
            breach("%s \"%s\", with the code %u, which no header names (the call that failed: %s)", what,
                   as_how_text(outcome.how), static_cast<unsigned>(outcome.code),
                   the_machine().failed_call != nullptr ? the_machine().failed_call : "none");
        }
    }

private:
    std::uint32_t bits_ = 0;
};

// What the headers name for each kind of operation: as answers of the call that starts it, beside AS_DONE, and as what
// the callback is told. What nobody has done here is left out: no argument is wrong, no stream closed too early.
struct manners {
    words refusals;
    words ends;
};

constexpr words failures{AS_NO_ROOM, AS_FAILED};

constexpr words failures_of_transfer = failures.with({AS_RESET, AS_CLOSED_HERE, AS_TIMED_OUT, AS_UNREACHABLE});
constexpr manners of_send{failures_of_transfer, failures_of_transfer.with({AS_DONE})};
constexpr manners of_receive{failures_of_transfer, failures_of_transfer.with({AS_DONE, AS_END_OF_STREAM})};
constexpr manners of_drain = of_send;
constexpr manners of_accept{failures, failures.with({AS_DONE, AS_CLOSED_HERE, AS_TIMED_OUT})};
constexpr words failures_of_connect = failures.with({AS_REFUSED, AS_UNREACHABLE, AS_TIMED_OUT, AS_RESET});
constexpr manners of_connect{failures_of_connect.with({AS_NOT_AVAILABLE}), failures_of_connect.with({AS_DONE})};
constexpr manners of_race{{AS_NO_ROOM}, failures_of_connect.with({AS_DONE, AS_NOT_AVAILABLE, AS_NO_SUCH_NAME})};
constexpr manners of_lookup{{AS_NO_ROOM}, failures.with({AS_DONE, AS_NO_SUCH_NAME, AS_TIMED_OUT})};
constexpr manners of_timer{{AS_NO_ROOM}, {AS_DONE}};

// An operation, from its start to its callback, with the memory that it uses.
struct deed {
    deed(const manners& its_own, as_deadline its_end, const as_deadline& other_end)
        : may(its_own), deadline(its_end), earliest_cut(other_end)
    {
    }
    deed(const deed&) = delete;
    deed& operator=(const deed&) = delete;

    // What the call that starts it has answered.
    bool begun(const as_outcome& answer)
    {
        is_accepted = is(answer, AS_DONE);
        if (!is_accepted) {
            may.refusals.require_one_of_them(answer, "an operation is refused with");
        }
        require(answer.bytes == 0, "the call itself moves nothing");
        return is_accepted;
    }
    void cancel()
    {
        is_cancelled = true;
        as_operation_cancel(&operation);
    }
    void wait() const
    {
        wait_until("it ends", [this] { return has_ended || !is_accepted; });
    }
    // When nothing can come any more.
    void finish()
    {
        require(has_ended == is_accepted, "what was accepted has ended, what was refused has not");
        require((stream != nullptr) == (makes_stream && is_done()), "a stream if it is done");
        as_stream_close(std::exchange(stream, nullptr));
    }
    [[nodiscard]] bool is_done() const { return has_ended && is(told, AS_DONE); }

    as_operation operation{on_end, this, {}};
    const manners may;
    const as_deadline deadline;
    const as_deadline& earliest_cut; // not before this it can be told of another's deadline, or of the idle time
    std::array<unsigned char, 1200> bytes{};
    as_buffer buffer{};
    std::uint64_t least = 0; // bytes, if it is done,
    std::uint64_t most = 0;  // and in any case
    as_stream* stream = nullptr;
    std::uint32_t found = 0; // of a lookup
    as_outcome told{};
    bool makes_stream = false;
    bool is_accepted = false;
    bool is_cancelled = false;
    bool has_ended = false;

private:
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        deed& self = *static_cast<deed*>(operation->context);
        require(&self.operation == operation && !self.has_ended, "once, with its operation");
        if (!self.is_cancelled || !is(outcome, AS_CANCELLED)) {
            self.may.ends.require_one_of_them(outcome, "an operation ends with");
        }
        require(!is(outcome, AS_TIMED_OUT) || outcome.code != ERROR_TIMEOUT ||
                    as_now() >= std::min(self.deadline, self.earliest_cut),
                "no deadline comes early");
        require(outcome.bytes <= self.most && (!is(outcome, AS_DONE) || outcome.bytes >= self.least), "so many bytes");
        self.told = outcome;
        self.has_ended = true;
    }
};

// An engine, and the deeds on it.
class own_place {
public:
    own_place()
    {
        as_engine_options options = AS_ENGINE_OPTIONS;
        options.threads = 2;
        options.callbacks = 4;
        require(is(as_engine_create(&options, &engine), AS_DONE), "an engine");
    }
    explicit own_place(as_engine* given) : engine(given) {}
    ~own_place()
    {
        as_stream_close(stream);
        for (const auto& each : deeds_) {
            each->finish();
        }
        require(is(as_engine_end_and_wait(engine), AS_DONE), "nothing is left on the engine");
    }
    own_place(const own_place&) = delete;
    own_place& operator=(const own_place&) = delete;

    void adopt()
    {
        const SOCKET socket = connect_pair(&peer);
        require(is(as_stream_adopt(engine, socket, &stream), AS_DONE), "a stream");
    }
    deed& fresh(const manners& may, as_deadline deadline = AS_NEVER)
    {
        return *deeds_.emplace_back(std::make_unique<deed>(may, deadline, earliest_cut));
    }
    deed& send(std::uint32_t size, as_deadline deadline = AS_NEVER)
    {
        deed& one = transfer(of_send, size, size, deadline);
        (void)one.begun(as_stream_send(stream, &one.operation, &one.buffer, 1, deadline));
        return one;
    }
    deed& receive(std::uint32_t size, as_deadline deadline = AS_NEVER)
    {
        deed& one = transfer(of_receive, size, 1, deadline);
        (void)one.begun(as_stream_receive(stream, &one.operation, &one.buffer, 1, deadline));
        return one;
    }
    deed& receive_exactly(std::uint32_t size, as_deadline deadline = AS_NEVER)
    {
        deed& one = transfer(of_receive, size, size, deadline);
        (void)one.begun(as_stream_receive_exactly(stream, &one.operation, &one.buffer, 1, deadline));
        return one;
    }
    deed& shut_down_send(as_deadline deadline = AS_NEVER)
    {
        deed& one = fresh(of_send, deadline);
        (void)one.begun(as_stream_shutdown_send(stream, &one.operation, deadline));
        return one;
    }
    deed& drain(as_deadline deadline)
    {
        deed& one = fresh(of_drain, deadline);
        one.most = UINT64_MAX; // as many as the peer sends
        if (one.begun(as_stream_drain_and_close(stream, &one.operation, deadline))) {
            stream = nullptr;
        }
        return one;
    }
    deed& accept(as_listener* listener, as_deadline deadline = AS_NEVER)
    {
        deed& one = arrival(of_accept, deadline);
        (void)one.begun(as_listener_accept(listener, &one.operation, &one.stream, deadline));
        return one;
    }
    deed& connect(const as_address& to, as_deadline deadline)
    {
        deed& one = arrival(of_connect, deadline);
        (void)one.begun(as_connect_address(engine, &to, &one.operation, &one.stream, deadline));
        return one;
    }
    deed& race(const as_target& to, const as_connect_options& how, as_deadline deadline)
    {
        deed& one = arrival(of_race, deadline);
        (void)one.begun(as_connect(engine, &to, &how, &one.operation, &one.stream, deadline));
        return one;
    }
    deed& look_up(const char* host, as_deadline deadline)
    {
        as_question question{};
        question.host = host;
        deed& one = fresh(of_lookup, deadline);
        (void)one.begun(as_resolve(engine, &question, &one.operation, nullptr, 0, &one.found, deadline));
        return one;
    }
    deed& time(as_deadline deadline)
    {
        deed& one = fresh(of_timer, deadline);
        (void)one.begun(as_timer_start(engine, &one.operation, deadline));
        return one;
    }

    void wait_for_all() const
    {
        for (const auto& each : deeds_) {
            each->wait();
        }
    }
    as_engine* engine = nullptr;
    as_stream* stream = nullptr;
    connection* peer = nullptr;
    as_deadline earliest_cut = AS_NEVER;

private:
    deed& transfer(const manners& may, std::uint32_t size, std::uint32_t least, as_deadline deadline)
    {
        deed& one = fresh(may, deadline);
        one.buffer = as_buffer_of(one.bytes.data(), size);
        one.least = least;
        one.most = size;
        return one;
    }
    deed& arrival(const manners& may, as_deadline deadline)
    {
        deed& one = fresh(may, deadline);
        one.makes_stream = true;
        return one;
    }

    std::vector<std::unique_ptr<deed>> deeds_;
};

// On a healthy system, with a stream of its own.
void require_transfer_works(own_place& here)
{
    as_stream* const before = std::exchange(here.stream, nullptr);
    connection* const its_peer = here.peer;
    here.adopt();
    deed& sent = here.send(8);
    deed& received = here.receive(8);
    peer_write(*here.peer, 8);
    sent.wait();
    received.wait();
    require(sent.is_done() && received.is_done(), "another stream works");
    as_stream_close(std::exchange(here.stream, before));
    here.peer = its_peer;
}

// The simulated network looks at the first byte behind the family, which is of the port.
as_address own_address_that(char answers)
{
    as_address address{};
    (void)as_address_loopback(&address, AS_IPV4, static_cast<std::uint16_t>(answers << 8));
    return address;
}

as_address any_own_port()
{
    as_address address{};
    (void)as_address_loopback(&address, AS_IPV4, 0);
    return address;
}

// ---- engines and streams

void make_engine(zone& faulty)
{
    as_engine* engine = nullptr;
    faulty.enter();
    const as_outcome answer = as_engine_create(nullptr, &engine);
    faulty.leave();
    require(is(answer, AS_DONE) == (engine != nullptr), "an engine if it is done");
    failures.with({AS_DONE}).require_one_of_them(answer, "an engine is");
    require(engine != nullptr || is(as_engine_create(nullptr, &engine), AS_DONE), "another try");
    own_place here(engine);
    require_transfer_works(here);
}

void adopt_a_socket(zone& faulty)
{
    own_place here;
    const SOCKET socket = connect_pair(&here.peer);
    faulty.enter();
    const as_outcome answer = as_stream_adopt(here.engine, socket, &here.stream);
    faulty.leave();
    require(is(answer, AS_DONE) == (here.stream != nullptr), "a stream if it is done");
    failures.with({AS_DONE}).require_one_of_them(answer, "a stream is");
    if (here.stream == nullptr) {
        (void)closesocket(socket); // still the caller's
    }
    require_transfer_works(here);
}

// What is asked and set beside the operations. It moves nothing, so the stream works afterwards.
void ask_a_stream(zone& faulty)
{
    own_place here;
    here.adopt();
    const auto is_answer = [](const as_outcome& answer) {
        words{AS_DONE, AS_NOT_AVAILABLE, AS_CLOSED_HERE, AS_FAILED}.require_one_of_them(answer, "a question is");
    };
    as_address address{};
    std::uint64_t value = 0;
    as_stream_statistics of_stream = AS_STREAM_STATISTICS;
    as_engine_statistics of_engine = AS_ENGINE_STATISTICS;
    faulty.enter();
    is_answer(as_stream_set_option(here.stream, AS_OPTION_NO_DELAY, 1));
    is_answer(as_stream_get_option(here.stream, AS_OPTION_LINGER, &value));
    is_answer(as_stream_local_address(here.stream, &address));
    is_answer(as_stream_remote_address(here.stream, &address));
    is_answer(as_stream_bytes_to_receive(here.stream));
    words{AS_DONE, AS_NO_ROOM}.require_one_of_them(as_stream_set_idle_time(here.stream, 1000), "an idle time is");
    require(is(as_stream_get_statistics(here.stream, &of_stream), AS_DONE), "the system has no part in these");
    require(is(as_engine_get_statistics(here.engine, &of_engine), AS_DONE), "nor in these");
    faulty.leave();
    deed& sent = here.send(8);
    deed& received = here.receive(8);
    peer_write(*here.peer, 8);
    here.wait_for_all();
    require(sent.is_done() && received.is_done(), "it still works");
}

// ---- streams

// Deadlines that come and deadlines that do not, in both directions.
void transfer_until_deadlines(zone& faulty)
{
    own_place here;
    here.adopt();
    faulty.enter();
    (void)here.send(8, as_in_ms(500));
    (void)here.receive(8, as_in_ms(5)); // nothing comes
    sleep_ms(60);
    (void)here.receive_exactly(12, as_in_ms(500));
    peer_write(*here.peer, 4);
    sleep_ms(5);
    peer_write(*here.peer, 8);
    (void)here.receive(8); // behind it
    peer_write(*here.peer, 8);
    (void)here.send(8);
    sleep_ms(60);
    faulty.leave();
    as_stream_close(std::exchange(here.stream, nullptr));
    here.wait_for_all();
    require_transfer_works(here);
}

// A send that the peer does not take is cut by its deadline, with others behind it.
void cut_a_send(zone& faulty)
{
    own_place here;
    here.adopt();
    peer_stall(*here.peer, true);
    faulty.enter();
    here.earliest_cut = as_in_ms(5);
    (void)here.send(1200, here.earliest_cut);
    (void)here.send(8);
    (void)here.shut_down_send(as_in_ms(500));
    sleep_ms(60);
    peer_stall(*here.peer, false);
    (void)here.send(8);
    sleep_ms(20);
    faulty.leave();
    as_stream_close(std::exchange(here.stream, nullptr));
    here.wait_for_all();
    require_transfer_works(here);
}

void let_a_stream_be_idle(zone& faulty)
{
    own_place here;
    here.adopt();
    peer_stall(*here.peer, true);
    here.earliest_cut = as_in_ms(5);
    faulty.enter();
    const as_outcome answer = as_stream_set_idle_time(here.stream, 5);
    words{AS_DONE, AS_NO_ROOM}.require_one_of_them(answer, "an idle time is");
    const deed& received = here.receive(8);
    const deed& sent = here.send(1200);
    sleep_ms(80);
    faulty.leave();
    if (is(answer, AS_DONE)) { // otherwise nothing ends them but the close
        received.wait();
        sent.wait();
    }
    as_stream_close(std::exchange(here.stream, nullptr));
    here.wait_for_all();
    require_transfer_works(here);
}

// What waits when the faults begin, issued by a thread that ends; the stream goes under faults.
template <typename End>
void end_a_stream(zone& faulty, End end)
{
    own_place here;
    here.adopt();
    peer_stall(*here.peer, true);
    bool issued = false;
    spawn_application_thread([&] {
        require(here.send(1200, as_in_ms(1000)).is_accepted && here.send(8).is_accepted, "accepted");
        require(here.receive(8, as_in_ms(1000)).is_accepted && here.receive(8).is_accepted, "accepted");
        issued = true;
    });
    wait_until("all is issued", [&] { return issued; });
    faulty.enter();
    sleep_ms(5);
    end(std::exchange(here.stream, nullptr));
    faulty.leave();
    here.wait_for_all();
    require_transfer_works(here);
}

void close_a_stream(zone& faulty)
{
    end_a_stream(faulty, as_stream_close);
}

void reset_a_stream(zone& faulty)
{
    end_a_stream(faulty, as_stream_reset);
}

void release_a_socket(zone& faulty)
{
    end_a_stream(faulty, [](as_stream* stream) {
        as_socket socket = INVALID_SOCKET;
        require(is(as_stream_release(stream, &socket), AS_DONE), "the socket is given back");
        (void)closesocket(socket);
    });
}

// Sends before it, bytes that nobody has asked for, and the peer's end.
void drain_and_close(zone& faulty)
{
    own_place here;
    here.adopt();
    faulty.enter();
    (void)here.send(600);
    peer_write(*here.peer, 40);
    (void)here.drain(as_in_ms(500));
    sleep_ms(5);
    peer_write(*here.peer, 40);
    peer_end(*here.peer);
    sleep_ms(60);
    faulty.leave();
    if (here.stream != nullptr) { // refused, and still the caller's
        as_stream_close(std::exchange(here.stream, nullptr));
    }
    here.wait_for_all();
    require_transfer_works(here);
}

// The peer neither reads nor ends.
void drain_until_the_deadline(zone& faulty)
{
    own_place here;
    here.adopt();
    peer_stall(*here.peer, true);
    faulty.enter();
    (void)here.send(1200);
    (void)here.drain(as_in_ms(5));
    sleep_ms(80);
    faulty.leave();
    if (here.stream != nullptr) {
        as_stream_close(std::exchange(here.stream, nullptr));
    }
    here.wait_for_all();
    require_transfer_works(here);
}

// ---- listeners

// It listens, or another try does; then who connects is accepted.
void require_listener_works(own_place& here, as_listener* listener)
{
    const as_address anywhere = any_own_port();
    if (listener == nullptr) {
        require(is(as_listener_open(here.engine, &anywhere, 1, nullptr, &listener), AS_DONE), "another try");
    }
    deed& accepted = here.accept(listener);
    for (int i = 0; i < 8; ++i) { // others may be before it, and peers be lost
        (void)peer_connects();
    }
    accepted.wait();
    require(accepted.is_done(), "who connects is accepted");
    as_listener_close(listener);
    here.wait_for_all();
    require_transfer_works(here);
}

as_listener* open_own_listener(const own_place& here)
{
    const as_address anywhere = any_own_port();
    as_listener* listener = nullptr;
    const as_outcome answer = as_listener_open(here.engine, &anywhere, 1, nullptr, &listener);
    require(is(answer, AS_DONE) == (listener != nullptr), "a listener if it is done");
    failures.with({AS_DONE, AS_NOT_AVAILABLE, AS_UNREACHABLE}).require_one_of_them(answer, "a listener is");
    return listener;
}

void accept_a_peer(zone& faulty)
{
    own_place here;
    faulty.enter();
    as_listener* const listener = open_own_listener(here);
    if (listener != nullptr) {
        as_address address{};
        require(is(as_listener_address(listener, 0, &address), AS_DONE) && as_address_port(&address) != 0, "its port");
        (void)here.accept(listener, as_in_ms(500));
        (void)here.accept(listener, as_in_ms(5)); // nobody comes
        (void)peer_connects();
        sleep_ms(60);
        (void)peer_connects(); // nobody waits for it
        sleep_ms(5);
        (void)here.accept(listener);
        sleep_ms(20);
    }
    faulty.leave();
    require_listener_works(here, listener);
}

// The listener goes under faults, with one that waits for a peer and one that comes just then.
void close_a_listener(zone& faulty)
{
    own_place here;
    as_listener* const listener = open_own_listener(here);
    (void)here.accept(listener);
    (void)here.accept(listener, as_in_ms(500));
    faulty.enter();
    (void)peer_connects();
    as_listener_close(listener);
    faulty.leave();
    here.wait_for_all();
    require_listener_works(here, nullptr);
}

// ---- connects, lookups, timers

void connect_to_an_address(zone& faulty)
{
    own_place here;
    faulty.enter();
    (void)here.connect(own_address_that(answers_later), as_in_ms(500));
    (void)here.connect(own_address_that(never_answers), as_in_ms(5));
    here.wait_for_all();
    faulty.leave();
    deed& another = here.connect(own_address_that(answers_at_once), AS_NEVER);
    another.wait();
    require(another.is_done(), "another try");
    require_transfer_works(here);
}

// How each address fared is told, too.
class reported_race {
public:
    reported_race(own_place& here, const as_target& to, as_deadline deadline)
    {
        how_.delay_ms = 5;
        how_.attempt_capacity = static_cast<std::uint32_t>(attempts_.size());
        how_.attempts = attempts_.data();
        how_.attempt_count = &count_;
        how_.reached = &reached_;
        raced_ = &here.race(to, how_, deadline);
    }
    void wait() const
    {
        raced_->wait();
        require(count_ <= attempts_.size() && (count_ != 0 || !is_done()), "no more attempts than addresses");
        bool has_won = false;
        for (std::uint32_t i = 0; i < count_; ++i) {
            const as_outcome& attempt = attempts_[i].outcome;
            failures_of_connect.with({AS_DONE, AS_CANCELLED, AS_NOT_AVAILABLE})
                .require_one_of_them(attempt, "an attempt ends with");
            require(!is(attempt, AS_CANCELLED) || is_done(), "only who has lost was cancelled");
            require(!(has_won && is(attempt, AS_DONE)), "one has won");
            has_won = has_won || is(attempt, AS_DONE);
        }
        require(has_won == is_done(), "somebody has if it is done");
        require(is_done() == (as_address_family(&reached_) != AS_NO_FAMILY), "and it is told who");
    }
    [[nodiscard]] bool is_done() const { return raced_->is_done(); }

private:
    as_connect_options how_ = AS_CONNECT_OPTIONS;
    std::array<as_attempt, 2> attempts_{};
    std::uint32_t count_ = 0;
    as_address reached_{};
    deed* raced_ = nullptr;
};

void race(zone& faulty, const as_target& to)
{
    own_place here;
    faulty.enter();
    const reported_race first(here, to, as_in_ms(500));
    first.wait();
    faulty.leave();
    const reported_race another(here, to, AS_NEVER);
    another.wait();
    require(another.is_done(), "another try");
    require_transfer_works(here);
}

// The second one is tried beside the first, which never answers.
void race_to_addresses(zone& faulty)
{
    const as_address addresses[] = {own_address_that(never_answers), own_address_that(answers_later)};
    as_target to{};
    to.addresses = addresses;
    to.address_count = 2;
    race(faulty, to);
}

// The second one is tried because the first has refused.
void race_to_a_name(zone& faulty)
{
    as_target to{};
    to.host = "rw";
    race(faulty, to);
}

void look_up_a_name(zone& faulty)
{
    own_place here;
    faulty.enter();
    (void)here.look_up("aA", as_in_ms(500));
    (void)here.look_up("sa", as_in_ms(5)); // slower than that
    here.wait_for_all();
    faulty.leave();
    deed& another = here.look_up("aA", AS_NEVER);
    another.wait();
    require(another.is_done() && another.found == 2, "another try");
    require_transfer_works(here);
}

void start_a_timer(zone& faulty)
{
    own_place here;
    faulty.enter();
    deed& soon = here.time(as_in_ms(5));
    deed& late = here.time(as_in_ms(1000));
    soon.wait();
    if (late.is_accepted) {
        late.cancel();
    }
    late.wait();
    faulty.leave();
    require(!soon.is_accepted || (soon.is_done() && as_now() >= soon.deadline), "its time has come");
    require(!late.is_accepted || is(late.told, AS_CANCELLED) || as_now() >= late.deadline, "its time has not come");
    deed& another = here.time(as_in_ms(1));
    another.wait();
    require(another.is_done(), "another try");
    require_transfer_works(here);
}

} // namespace

const std::vector<own_sweep_scenario> own_sweep_scenarios = {
    {"own engine", make_engine},
    {"own adopt", adopt_a_socket},
    {"own questions", ask_a_stream},
    {"own transfer", transfer_until_deadlines},
    {"own send that is cut", cut_a_send},
    {"own idle time", let_a_stream_be_idle},
    {"own close", close_a_stream},
    {"own reset", reset_a_stream},
    {"own release", release_a_socket},
    {"own drain", drain_and_close},
    {"own drain in vain", drain_until_the_deadline},
    {"own accept", accept_a_peer},
    {"own close of a listener", close_a_listener},
    {"own connect", connect_to_an_address},
    {"own race", race_to_addresses},
    {"own connect by name", race_to_a_name},
    {"own lookup", look_up_a_name},
    {"own timer", start_a_timer},
};

} // namespace sim
