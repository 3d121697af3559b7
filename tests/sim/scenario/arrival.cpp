// Listeners and connects of the library's own interface: AcceptEx, ConnectEx.
#include "async_socket/connect.h"
#include "async_socket/listener.h"

#include <algorithm>
#include <array>
#include <deque>

#include "message_log.hpp"
#include "model/connection.hpp"
#include "model/machine.hpp"
#include "model/network.hpp"
#include "model/pool.hpp"
#include "model/thread.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"
#include "statistics.hpp"

namespace sim {

namespace {

bool told(const as_outcome& outcome, as_how how)
{
    return outcome.how == static_cast<std::uint32_t>(how);
}

class engine_of_arrivals {
public:
    explicit engine_of_arrivals(std::uint32_t threads = 3, std::uint32_t callbacks = 0)
    {
        as_engine_options options = AS_ENGINE_OPTIONS;
        options.threads = threads;
        options.callbacks = callbacks;
        require(told(as_engine_create(&options, &handle_), AS_DONE), "an engine");
    }
    ~engine_of_arrivals() { as_engine_end(handle_); }
    engine_of_arrivals(const engine_of_arrivals&) = delete;
    engine_of_arrivals& operator=(const engine_of_arrivals&) = delete;

    [[nodiscard]] as_engine* handle() const { return handle_; }

private:
    as_engine* handle_ = nullptr;
};

// The simulated network looks at the first byte behind the family, which is of the port.
as_address address_that(char answers, as_family family = AS_IPV4)
{
    as_address address{};
    (void)as_address_loopback(&address, family, static_cast<std::uint16_t>(answers << 8));
    return address;
}

as_address any_port(as_family family = AS_IPV4)
{
    as_address address{};
    (void)as_address_loopback(&address, family, 0);
    return address;
}

// An accept or a connect, and the stream that it ends with.
struct arrival {
    as_operation operation{on_end, this, {}};
    as_stream* stream = nullptr;
    as_outcome outcome{};
    std::function<void()> in_callback;
    int under_way = 0;
    bool has_ended = false;
    int* told_so_far = nullptr;
    int place = -1;

    arrival() = default;
    ~arrival() { as_stream_close(stream); }
    arrival(const arrival&) = delete;
    arrival& operator=(const arrival&) = delete;

    as_outcome accept(as_listener* listener, as_deadline deadline = AS_NEVER)
    {
        return noted(as_listener_accept(listener, &operation, &stream, deadline));
    }
    as_outcome connect(const engine_of_arrivals& pool, const as_address& to, as_deadline deadline = AS_NEVER)
    {
        return noted(as_connect_address(pool.handle(), &to, &operation, &stream, deadline));
    }
    as_outcome noted(const as_outcome& answer)
    {
        under_way += told(answer, AS_DONE) ? 1 : 0;
        return answer;
    }
    void cancel() { as_operation_cancel(&operation); }
    void wait() const
    {
        wait_until("it ends", [this] { return has_ended; });
    }
    [[nodiscard]] bool ended(as_how how) const
    {
        return has_ended && told(outcome, how) && outcome.bytes == 0 && (stream != nullptr) == (how == AS_DONE);
    }

private:
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        auto& self = *static_cast<arrival*>(operation->context);
        require(&self.operation == operation && !self.has_ended, "once, with its operation");
        self.outcome = outcome;
        self.place = self.told_so_far != nullptr ? (*self.told_so_far)++ : 0;
        if (self.in_callback) {
            self.in_callback();
        }
        self.has_ended = true;
    }
};

// It has a peer, and bytes come from it.
void require_works(as_stream* stream)
{
    struct {
        as_operation operation{};
        bool has_ended = false;
        bool is_done = false;
    } receive;
    receive.operation = {[](as_operation* operation, as_outcome outcome) {
                             auto& self = *static_cast<decltype(receive)*>(operation->context);
                             self.is_done = told(outcome, AS_DONE);
                             self.has_ended = true;
                         },
                         &receive,
                         {}};
    unsigned char byte = 0;
    const as_buffer buffer = as_buffer_of(&byte, 1);
    require(told(as_stream_receive(stream, &receive.operation, &buffer, 1, AS_NEVER), AS_DONE),
            "a receive is accepted");
    const auto& all = the_machine().connections;
    for (std::size_t i = 0; i < all.size(); ++i) { // while a peer writes others may come
        peer_write(*all[i], 4);
    }
    wait_until("it is over", [&] { return receive.has_ended; });
    require(receive.is_done, "it has a byte");
}

class listening {
public:
    explicit listening(const engine_of_arrivals& pool, const std::vector<as_address>& addresses = {any_port()})
    {
        require(told(open(pool, addresses), AS_DONE), "it listens");
    }
    listening() = default;
    ~listening() { close(); }
    listening(const listening&) = delete;
    listening& operator=(const listening&) = delete;

    as_outcome open(const engine_of_arrivals& pool, const std::vector<as_address>& addresses,
                    const std::vector<as_option_value>& of_streams = {})
    {
        as_listener_options options = AS_LISTENER_OPTIONS;
        options.options = of_streams.data();
        options.option_count = static_cast<std::uint32_t>(of_streams.size());
        return as_listener_open(pool.handle(), addresses.data(), static_cast<std::uint32_t>(addresses.size()),
                                of_streams.empty() ? nullptr : &options, &handle);
    }
    void close() { as_listener_close(std::exchange(handle, nullptr)); }

    as_listener* handle = nullptr;
};

// Fails the first fallible call of `action`, the second, and so on, until none is left; each with every code.
void fail_each_call(const std::function<bool()>& action)
{
    for (std::uint32_t choice = 0; choice < 3; ++choice) {
        for (std::uint32_t call = 1; call < 100; ++call) {
            const std::uint32_t struck = the_machine().fallible_calls + call;
            the_machine().faults = {struck, false, choice, 0};
            const bool went_well = action();
            the_machine().faults = {};
            if (the_machine().fallible_calls < struck) {
                require(went_well, "without a failure it goes well");
                break;
            }
        }
    }
}

void fail_once(const char* call, std::uint32_t choice)
{
    the_machine().faults = {1, true, choice, 0, 0, call, 1};
}

void accepts_are_told_in_order()
{
    const engine_of_arrivals pool;
    listening here(pool);
    int count = 0;
    std::deque<arrival> accepts(4);
    for (arrival& each : accepts) {
        each.told_so_far = &count;
        require(told(each.accept(here.handle), AS_DONE), "accepted");
    }
    for (std::size_t i = 0; i < accepts.size(); ++i) {
        require(peer_connects(), "a peer");
    }
    for (std::size_t i = 0; i < accepts.size(); ++i) {
        accepts[i].wait();
        require(accepts[i].ended(AS_DONE) && accepts[i].place == static_cast<int>(i), "in the order of the calls");
        require_works(accepts[i].stream);
    }
}

void who_has_connected_waits_for_an_accept()
{
    const engine_of_arrivals pool;
    listening here(pool);
    require(peer_connects() && peer_connects(), "two peers");
    for (int i = 0; i < 2; ++i) {
        arrival accept;
        require(told(accept.accept(here.handle), AS_DONE), "accepted");
        accept.wait();
        require(accept.ended(AS_DONE), "done");
        require_works(accept.stream);
    }
    const as_engine_statistics numbers = statistics_of(pool.handle());
    require(numbers.connections_accepted == 2 && numbers.receives == 2 && numbers.streams_open == 0, "two, and closed");
    require(numbers.connections_lost == 0 && numbers.accept_shortages == 0, "and none was lost");
}

void an_accept_goes_on_in_its_callback()
{
    const engine_of_arrivals pool;
    listening here(pool);
    std::deque<arrival> accepts(5);
    for (std::size_t i = 0; i + 1 < accepts.size(); ++i) {
        accepts[i].in_callback = [&, i] {
            require(told(accepts[i + 1].accept(here.handle), AS_DONE), "the next one is accepted");
        };
    }
    require(told(accepts[0].accept(here.handle), AS_DONE), "accepted");
    for (std::size_t i = 0; i < accepts.size(); ++i) {
        require(peer_connects(), "a peer");
    }
    for (arrival& each : accepts) {
        each.wait();
        require(each.ended(AS_DONE), "done");
    }
}

// Its guest has come ahead of the next accept, and is not lost.
void a_cancelled_accept_costs_nobody_a_connection()
{
    const engine_of_arrivals pool;
    listening here(pool);
    std::deque<arrival> accepts(3);
    for (arrival& each : accepts) {
        require(told(each.accept(here.handle), AS_DONE), "accepted");
    }
    accepts[1].cancel();
    accepts[1].wait();
    require(accepts[1].ended(AS_CANCELLED), "before those that wait");
    accepts[0].cancel();
    accepts[2].cancel();
    accepts[0].wait();
    accepts[2].wait();
    require(accepts[0].ended(AS_CANCELLED) && accepts[2].ended(AS_CANCELLED), "cancelled");
    require(peer_connects(), "a peer that the system hands over");
    sleep_ms(20);
    arrival later;
    require(told(later.accept(here.handle), AS_DONE), "accepted");
    later.wait();
    require(later.ended(AS_DONE), "it is there");
    require_works(later.stream);
}

void a_cancel_races_with_a_peer()
{
    const engine_of_arrivals pool;
    listening here(pool);
    arrival accept;
    require(told(accept.accept(here.handle), AS_DONE), "accepted");
    spawn_application_thread([] { require(peer_connects(), "a peer"); });
    accept.cancel();
    accept.wait();
    require(accept.ended(AS_CANCELLED) || accept.ended(AS_DONE), "one of the two");
    if (!accept.ended(AS_DONE)) {
        arrival later;
        require(told(later.accept(here.handle), AS_DONE), "accepted");
        later.wait();
        require(later.ended(AS_DONE), "the peer is not lost");
    }
}

void each_address_is_looked_at()
{
    const engine_of_arrivals pool;
    listening here(pool, {any_port(), any_port(AS_IPV6)});
    std::array<as_address, 2> bound{};
    for (std::uint32_t i = 0; i < 2; ++i) {
        require(told(as_listener_address(here.handle, i, &bound[i]), AS_DONE), "an address");
    }
    require(as_address_port(&bound[0]) != 0 && as_address_port(&bound[0]) == as_address_port(&bound[1]), "one port");
    require(as_address_family(&bound[0]) == AS_IPV4 && as_address_family(&bound[1]) == AS_IPV6, "of both families");
    for (std::uint32_t i = 0; i < 6; ++i) {
        arrival accept;
        require(told(accept.accept(here.handle), AS_DONE), "accepted");
        require(peer_connects(false, i % 2), "a peer");
        accept.wait();
        require(accept.ended(AS_DONE), "done");
    }
    arrival accept; // two at once: one of them is a guest that waits, and in the end leaves
    require(told(accept.accept(here.handle), AS_DONE), "accepted");
    require(peer_connects(false, 0) && peer_connects(false, 1), "two peers");
    accept.wait();
    require(accept.ended(AS_DONE), "done");
}

void a_close_ends_the_accepts()
{
    const engine_of_arrivals pool;
    listening here(pool);
    std::deque<arrival> accepts(3);
    for (arrival& each : accepts) {
        require(told(each.accept(here.handle), AS_DONE), "accepted");
    }
    here.close();
    for (arrival& each : accepts) {
        require(each.ended(AS_CLOSED_HERE), "closed here, when the close returns");
    }
    listening idle(pool);
    idle.close();
}

// Whoever was taken from the system goes to an accept.
void a_close_races_with_a_peer()
{
    const engine_of_arrivals pool;
    listening here(pool, {any_port(), any_port(AS_IPV6)});
    std::deque<arrival> accepts(2);
    for (arrival& each : accepts) {
        require(told(each.accept(here.handle), AS_DONE), "accepted");
    }
    spawn_application_thread([] { (void)peer_connects(); });
    sleep_ms(0);
    here.close();
    for (arrival& each : accepts) {
        require(each.ended(AS_CLOSED_HERE) || each.ended(AS_DONE), "one of the two");
    }
}

void a_listener_is_closed_in_its_callback()
{
    const engine_of_arrivals pool(1, 1);
    listening here(pool);
    std::deque<arrival> accepts(3);
    accepts[0].in_callback = [&] { here.close(); };
    for (arrival& each : accepts) {
        require(told(each.accept(here.handle), AS_DONE), "accepted");
    }
    require(peer_connects(), "a peer");
    for (arrival& each : accepts) {
        each.wait();
    }
    require(accepts[0].ended(AS_DONE), "done");
    require(accepts[1].ended(AS_CLOSED_HERE) && accepts[2].ended(AS_CLOSED_HERE), "the others are closed here");
}

// The close waits for the callback, and what was accepted meanwhile waits in line.
void a_listener_that_is_closing_refuses()
{
    const engine_of_arrivals pool;
    listening here(pool);
    arrival accept;
    arrival late;
    as_outcome answer{};
    bool is_inside = false;
    bool may_return = false;
    accept.in_callback = [&] {
        is_inside = true;
        wait_until("it may return", [&] { return may_return; });
        answer = late.accept(here.handle);
    };
    require(told(accept.accept(here.handle), AS_DONE), "accepted");
    require(peer_connects(), "a peer");
    wait_until("the callback", [&] { return is_inside; });
    bool is_closed = false;
    spawn_application_thread([&] {
        as_listener_close(here.handle);
        is_closed = true;
    });
    sleep_ms(50);
    may_return = true;
    wait_until("the close ends", [&] { return is_closed; });
    here.handle = nullptr;
    require(told(answer, AS_CLOSED_HERE), "it was refused");
}

void what_goes_wrong_with_a_peer_ends_nothing()
{
    for (std::uint32_t choice = 0; choice < 4; ++choice) {
        const engine_of_arrivals pool;
        listening here(pool);
        arrival accept;
        fail_once("accept completes", choice);
        require(told(accept.accept(here.handle), AS_DONE), "accepted");
        sleep_ms(100);
        the_machine().faults = {};
        require(!accept.has_ended, "it waits for another one");
        require(peer_connects(), "who comes");
        accept.wait();
        require(accept.ended(AS_DONE), "done");
    }
}

// As after SO_UPDATE_ACCEPT_CONTEXT that fails.
void a_guest_that_cannot_be_used_ends_nothing()
{
    const engine_of_arrivals pool;
    listening here(pool);
    arrival accept;
    require(told(accept.accept(here.handle), AS_DONE), "accepted");
    fail_once("setsockopt", 0);
    require(peer_connects(), "a peer");
    sleep_ms(100);
    the_machine().faults = {};
    require(!accept.has_ended && peer_connects(), "another one");
    accept.wait();
    require(accept.ended(AS_DONE), "done");
}

// What is out: descriptors for the socket of the next one, room for the call, room for the connection.
void a_listener_waits_for_room()
{
    struct {
        const char* call;
        std::uint32_t choice;
    } constexpr shortages[] = {{"WSASocketW", 0}, {"AcceptEx", 1}, {"accept completes", 4}};
    for (const auto& each : shortages) {
        const message_log log(ASYNC_SOCKET_LOG_WARNING);
        const engine_of_arrivals pool;
        listening here(pool);
        require(peer_connects(), "a peer");
        std::deque<arrival> accepts(2);
        the_machine().faults = {1, true, each.choice, 0, 0, each.call};
        for (arrival& accept : accepts) {
            require(told(accept.accept(here.handle), AS_DONE), "accepted");
        }
        wait_until("it says so", [&] { return log.count() == 1; });
        sleep_ms(60);
        const std::uint32_t asked_before = the_machine().fallible_calls;
        sleep_ms(1000);
        require(the_machine().fallible_calls - asked_before <= 60, "it asks less and less often");
        require(std::ranges::none_of(accepts, [](const arrival& accept) { return accept.has_ended; }), "and waits");
        require(log.count() == 1, "one warning");
        the_machine().faults = {};
        accepts[0].wait();
        require(accepts[0].ended(AS_DONE), "the connection has waited, too");
        require(peer_connects(), "another one");
        accepts[1].wait();
        require(accepts[1].ended(AS_DONE) && log.count() == 1, "not another warning");
        require(statistics_of(pool.handle()).accept_shortages == 1, "counted once");
    }
}

void a_close_ends_a_wait_for_room()
{
    const engine_of_arrivals pool;
    listening here(pool);
    std::deque<arrival> accepts(2);
    the_machine().faults = {1, true, 1, 0, 0, "AcceptEx"};
    for (arrival& accept : accepts) {
        require(told(accept.accept(here.handle), AS_DONE), "accepted");
    }
    sleep_ms(the_machine().dice.below(50));
    here.close();
    the_machine().faults = {};
    require(accepts[0].ended(AS_CLOSED_HERE) && accepts[1].ended(AS_CLOSED_HERE), "closed here");
}

// At two doors: the second finds the pause under way.
void a_listener_waits_for_room_at_all_doors()
{
    const message_log log(ASYNC_SOCKET_LOG_WARNING);
    const engine_of_arrivals pool;
    listening here(pool, {any_port(), any_port(AS_IPV6)});
    the_machine().faults = {1, true, 4, 0, 0, "accept completes"};
    arrival accept;
    require(told(accept.accept(here.handle), AS_DONE), "accepted");
    wait_until("it says so", [&] { return log.count() == 1; });
    sleep_ms(500);
    require(!accept.has_ended && log.count() == 1, "it waits, and has said so once");
    the_machine().faults = {};
    require(peer_connects(false, 1), "a peer");
    accept.wait();
    require(accept.ended(AS_DONE), "done");
}

void a_listener_breaks_while_it_waits_for_room()
{
    const engine_of_arrivals pool;
    listening here(pool);
    arrival accept;
    the_machine().faults = {1, true, 1, 0, 0, "AcceptEx"};
    require(told(accept.accept(here.handle), AS_DONE), "accepted");
    require(!accept.has_ended, "it waits");
    the_machine().faults = {1, true, 2, 0, 0, "AcceptEx"};
    accept.wait();
    the_machine().faults = {};
    require(accept.ended(AS_FAILED), "and is told");
}

// 01_063: a callback without an OVERLAPPED is ignored.
void a_callback_without_a_call_is_ignored()
{
    const engine_of_arrivals pool;
    listening here(pool);
    arrival accept;
    require(told(accept.accept(here.handle), AS_DONE), "accepted");
    {
        const system_call stray("(stray callback)");
        TP_IO& io = *the_machine().ios.back();
        ++io.announced;
        io_complete_nothing(io);
    }
    sleep_ms(100);
    require(!accept.has_ended && peer_connects(), "it waits for a peer");
    accept.wait();
    require(accept.ended(AS_DONE), "done");
}

// One after the other is gone before it is taken.
void many_lost_peers_end_nothing()
{
    for (const char* const call : {"AcceptEx", "accept completes"}) {
        const engine_of_arrivals pool;
        listening here(pool);
        arrival accept;
        the_machine().faults = {1, true, 0, 0, 0, call, 200};
        const std::uint64_t begin = now_ms();
        require(told(accept.accept(here.handle), AS_DONE), "accepted");
        wait_until("they are gone", [] { return the_machine().faults.most == 0; });
        require(now_ms() - begin < 190, "few of them are a reason to pause");
        require(!accept.has_ended, "it waits for another one");
        the_machine().faults = {};
        require(peer_connects(), "who comes");
        accept.wait();
        require(accept.ended(AS_DONE), "done");
        require(statistics_of(pool.handle()).connections_lost == 200, "counted");
    }
}

void deadlines_of_accepts_and_connects_come()
{
    const engine_of_arrivals pool;
    listening here(pool);
    arrival accept;
    arrival patient;
    arrival connect;
    require(told(accept.accept(here.handle, as_in_ms(50)), AS_DONE), "accepted");
    require(told(patient.accept(here.handle, as_in_ms(100000)), AS_DONE), "accepted");
    require(told(connect.connect(pool, address_that(never_answers), as_in_ms(50)), AS_DONE), "it begins");
    accept.wait();
    connect.wait();
    require(accept.ended(AS_TIMED_OUT) && connect.ended(AS_TIMED_OUT), "the deadline came");
    const as_engine_statistics numbers = statistics_of(pool.handle());
    require(numbers.deadlines_passed == 2 && numbers.connects_failed == 1, "and is counted");
    require(peer_connects(), "a peer");
    patient.wait();
    require(patient.ended(AS_DONE), "for the one that waits");
    arrival over_before;
    require(peer_connects(), "a peer");
    sleep_ms(20);
    require(told(over_before.accept(here.handle, as_now()), AS_DONE), "accepted");
    over_before.wait();
    require(over_before.ended(AS_DONE) || over_before.ended(AS_TIMED_OUT), "one of the two");
}

// The system has handed it over, and no accept waits for it any more.
void a_connection_that_no_accept_takes_is_reset()
{
    const engine_of_arrivals pool;
    {
        listening here(pool);
        arrival accept;
        require(told(accept.accept(here.handle, as_in_ms(20)), AS_DONE), "accepted");
        accept.wait();
        require(accept.ended(AS_TIMED_OUT), "nobody has come in time");
        require(peer_connects(), "a peer");
        sleep_ms(100);
    }
    require(std::ranges::any_of(the_machine().connections, [](const auto& each) { return each->was_thrown_away; }),
            "its peer sees a reset");
}

void a_closing_listener_tells_no_address()
{
    const engine_of_arrivals pool;
    listening here(pool);
    as_listener* const listener = here.handle;
    arrival accept;
    bool is_inside = false;
    bool may_end = false;
    bool has_closed = false;
    accept.in_callback = [&] {
        is_inside = true;
        wait_until("the callback may end", [&may_end] { return may_end; });
    };
    require(told(accept.accept(listener), AS_DONE), "accepted");
    require(peer_connects(), "a peer");
    wait_until("the callback begins", [&is_inside] { return is_inside; });
    spawn_application_thread([&] {
        here.close(); // waits for the callback
        has_closed = true;
    });
    as_address address{};
    while (!told(as_listener_address(listener, 0, &address), AS_CLOSED_HERE)) {
        sleep_ms(1);
    }
    may_end = true;
    wait_until("it is closed", [&has_closed] { return has_closed; });
}

void a_listener_that_is_broken_says_so()
{
    const engine_of_arrivals pool;
    listening here(pool);
    std::deque<arrival> accepts(2);
    the_machine().faults = {1, true, 2, 0, 0, "AcceptEx"};
    for (arrival& each : accepts) {
        require(told(each.accept(here.handle), AS_DONE), "accepted");
    }
    for (arrival& each : accepts) {
        each.wait();
        require(each.ended(AS_FAILED) && each.outcome.code == WSAEINVAL, "with the system's code");
    }
    the_machine().faults = {};
}

// There is a connection, and no stream can be made of it.
void a_guest_without_room_is_told()
{
    const engine_of_arrivals pool;
    listening here(pool);
    arrival accept;
    require(told(accept.accept(here.handle), AS_DONE), "accepted");
    fail_once("CreateThreadpoolIo", 0);
    require(peer_connects(), "a peer");
    accept.wait();
    the_machine().faults = {};
    require(accept.has_ended && accept.stream == nullptr && !told(accept.outcome, AS_DONE), "its end says why");
    require(statistics_of(pool.handle()).connections_lost == 1, "it is lost");
    require(peer_connects(), "another one");
    arrival next;
    require(told(next.accept(here.handle), AS_DONE), "the listener goes on");
    next.wait();
    require(next.ended(AS_DONE), "done");
}

void a_listener_is_opened_as_a_whole_or_not()
{
    const engine_of_arrivals pool;
    fail_each_call([&] {
        listening here;
        const as_outcome opened = here.open(pool, {any_port(), any_port(AS_IPV6)});
        require(told(opened, AS_DONE) == (here.handle != nullptr), "a listener if it is done");
        return told(opened, AS_DONE);
    });
    for (std::uint32_t call = 1; call < 30; ++call) { // what an engine needs for its first one fails, too
        const engine_of_arrivals unused;
        listening here;
        the_machine().faults = {the_machine().fallible_calls + call, false, 0, 0};
        const as_outcome opened = here.open(unused, {any_port()});
        the_machine().faults = {};
        require(told(opened, AS_DONE) == (here.handle != nullptr), "a listener if it is done");
    }
}

void a_port_that_is_taken_elsewhere_is_not_the_choice()
{
    const engine_of_arrivals pool;
    const std::vector<as_address> both = {any_port(), any_port(AS_IPV6)};
    std::uint32_t changed = 0;
    for (std::uint32_t call = 1; call < 20; ++call) { // among them the second door's bind
        listening here;
        const message_log log(ASYNC_SOCKET_LOG_WARNING);
        const std::uint32_t before = the_machine().fallible_calls;
        the_machine().faults = {before + call, true, 0, 0, 0, "bind", 1};
        const as_outcome opened = here.open(pool, both);
        const bool struck = the_machine().faults.most == 0;
        the_machine().faults = {};
        require(told(opened, AS_DONE) || (told(opened, AS_FAILED) && opened.code == WSAEADDRINUSE), "or another port");
        require(told(opened, AS_DONE) == (log.count() == 0), "no reason to complain");
        changed += struck && told(opened, AS_DONE) ? 1U : 0U;
    }
    require(changed != 0, "another port");
    the_machine().how.ports_are_taken = true; // the second door's, whatever the first one's is
    {
        listening here;
        const as_outcome opened = here.open(pool, both);
        require(told(opened, AS_FAILED) && opened.code == WSAEADDRINUSE, "enough has been tried");
    }
    the_machine().how.ports_are_taken = false;
    the_machine().faults = {1, true, 0, 0, 0, "bind"};
    {
        listening here;
        require(told(here.open(pool, both), AS_FAILED), "none is free");
        require(told(here.open(pool, {address_that('a'), any_port()}), AS_FAILED), "nor this one");
    }
    changed = 0;
    for (std::uint32_t call = 1; call < 20; ++call) { // somebody has it for himself
        listening here;
        const std::uint32_t before = the_machine().fallible_calls;
        the_machine().faults = {before + call, true, 3, 0, 0, "bind", 1};
        const as_outcome opened = here.open(pool, both);
        const bool struck = the_machine().faults.most == 0;
        the_machine().faults = {};
        require(told(opened, AS_DONE) || (told(opened, AS_FAILED) && opened.code == WSAEACCES), "or another port");
        changed += struck && told(opened, AS_DONE) ? 1U : 0U;
    }
    require(changed != 0, "another port");
    for (std::uint32_t call = 1; call < 20; ++call) { // a port that was asked for is not changed
        listening here;
        const std::uint32_t before = the_machine().fallible_calls;
        the_machine().faults = {before + call, true, 0, 0, 0, "bind", 1};
        const as_outcome opened = here.open(pool, {address_that('a'), any_port(AS_IPV6)});
        const bool struck = the_machine().faults.most == 0;
        the_machine().faults = {};
        require(told(opened, struck ? AS_FAILED : AS_DONE), "all or none");
    }
    the_machine().faults = {};
}

void listeners_that_make_no_sense_are_refused()
{
    const engine_of_arrivals pool;
    listening here(pool);
    const as_address address = any_port();
    const std::vector<as_address> many(AS_LISTENER_ADDRESSES + 1, address);
    const as_address of_no_family{};
    as_listener* none = nullptr;
    as_listener_options options = AS_LISTENER_OPTIONS;
    const auto refused = [&](as_engine* engine, const as_address* addresses, std::uint32_t count, as_listener** room) {
        return told(as_listener_open(engine, addresses, count, &options, room), AS_INVALID);
    };
    require(refused(nullptr, &address, 1, &none) && refused(pool.handle(), nullptr, 1, &none) &&
                refused(pool.handle(), &address, 0, &none) && refused(pool.handle(), &address, 1, nullptr) &&
                refused(pool.handle(), many.data(), AS_LISTENER_ADDRESSES + 1, &none) &&
                refused(pool.handle(), &of_no_family, 1, &none),
            "arguments");
    options.size = 1;
    require(refused(pool.handle(), &address, 1, &none), "a size");
    options = AS_LISTENER_OPTIONS;
    options.ipv6_only = 2;
    require(refused(pool.handle(), &address, 1, &none), "a choice of families");
    options = AS_LISTENER_OPTIONS;
    options.reuse_address = 2;
    require(refused(pool.handle(), &address, 1, &none), "a choice of ports");
    options = AS_LISTENER_OPTIONS;
    options.reserved = 1;
    require(refused(pool.handle(), &address, 1, &none), "what is reserved");
    options = AS_LISTENER_OPTIONS;
    options.option_count = 1;
    require(refused(pool.handle(), &address, 1, &none), "options of streams");
    as_operation silent{};
    arrival accept;
    as_address found{};
    require(told(as_listener_accept(nullptr, &accept.operation, &accept.stream, AS_NEVER), AS_INVALID) &&
                told(as_listener_accept(here.handle, nullptr, &accept.stream, AS_NEVER), AS_INVALID) &&
                told(as_listener_accept(here.handle, &silent, &accept.stream, AS_NEVER), AS_INVALID) &&
                told(as_listener_accept(here.handle, &accept.operation, nullptr, AS_NEVER), AS_INVALID) &&
                told(as_listener_address(nullptr, 0, &found), AS_INVALID) &&
                told(as_listener_address(here.handle, 0, nullptr), AS_INVALID) &&
                told(as_listener_address(here.handle, 1, &found), AS_INVALID),
            "of a listener");
    as_listener_close(nullptr);
}

// The first one.
const tcp_socket& socket_that_listens()
{
    for (std::uintptr_t number = 4; number < 400; number += 4) {
        const tcp_socket* const socket = find_socket(number);
        if (socket != nullptr && socket->listening) {
            return *socket;
        }
    }
    breach("nobody listens");
}

void options_of_a_listener_are_taken()
{
    const engine_of_arrivals pool;
    as_listener_options options = AS_LISTENER_OPTIONS;
    options.reuse_address = 0;
    for (const std::uint32_t backlog : {0U, 5U, 200U, 201U, 1'000'000U}) { // beyond 200 the system takes a hint
        const bool is_default = backlog == 0;
        const int room = is_default       ? SOMAXCONN
                         : backlog <= 200 ? static_cast<int>(backlog)
                                          : -static_cast<int>(std::min(backlog, 65535U));
        options.backlog = backlog;
        options.ipv6_only = is_default ? 1 : 0;
        for (const as_family family : {AS_IPV6, AS_IPV4}) {
            const as_address address = any_port(family);
            as_listener* listener = nullptr;
            require(told(as_listener_open(pool.handle(), &address, 1, &options, &listener), AS_DONE), "it listens");
            const tcp_socket& socket = socket_that_listens();
            require(socket.room_asked_for == room, "the room");
            const auto alone = socket.options.find({IPPROTO_IPV6, IPV6_V6ONLY});
            require((alone != socket.options.end()) == (family == AS_IPV6), "there it makes sense");
            require(family == AS_IPV4 || alone->second == options.ipv6_only, "as it was asked for");
            as_listener_close(listener);
        }
    }
}

void require_option(as_stream* stream, const as_option_value& expected)
{
    std::uint64_t value = 0;
    require(told(as_stream_get_option(stream, expected.option, &value), AS_DONE) && value == expected.value,
            "as it was set");
}

void streams_have_the_options_of_their_listener()
{
    const engine_of_arrivals pool;
    const std::vector<as_option_value> asked{{AS_OPTION_SEND_BUFFER, 5000}, {AS_OPTION_NO_DELAY, 1}};
    listening here;
    require(told(here.open(pool, {any_port(), any_port(AS_IPV6)}, asked), AS_DONE), "it listens");
    for (int round = 0; round < 3; ++round) {
        arrival accept;
        require(told(accept.accept(here.handle), AS_DONE) && peer_connects(), "a peer");
        accept.wait();
        require(accept.ended(AS_DONE), "done");
        for (const as_option_value& each : asked) {
            require_option(accept.stream, each);
        }
    }
}

void a_listener_is_refused_an_option_that_its_streams_cannot_have()
{
    const engine_of_arrivals pool;
    listening here;
    const as_outcome answer = here.open(pool, {any_port()}, {{AS_OPTION_UNSENT_LOW_WATER, 1}});
    require(told(answer, AS_NOT_AVAILABLE) && answer.code != 0 && here.handle == nullptr, "at once");
}

// Whichever call for a guest fails: it goes, with a warning if it was for an option, and the next one comes.
std::size_t warnings_of_a_lost_guest(const engine_of_arrivals& pool, ASYNC_SOCKET_LOG_LEVEL level)
{
    const as_option_value asked{AS_OPTION_NO_DELAY, 1};
    std::size_t warnings = 0;
    for (std::uint32_t call = 1; call < 6; ++call) {
        const message_log log(level);
        listening here;
        require(told(here.open(pool, {any_port()}, {asked}), AS_DONE), "it listens");
        arrival accept;
        require(told(accept.accept(here.handle), AS_DONE), "accepted");
        the_machine().faults = {the_machine().fallible_calls + call, false, 0, 0, 0, "setsockopt"};
        require(peer_connects(), "a peer");
        sleep_ms(100);
        the_machine().faults = {};
        require(accept.has_ended || peer_connects(), "another one");
        accept.wait();
        require(accept.ended(AS_DONE), "done");
        require_option(accept.stream, asked);
        warnings += log.count();
    }
    return warnings;
}

void a_guest_that_cannot_have_an_option_is_lost()
{
    const engine_of_arrivals pool;
    require(warnings_of_a_lost_guest(pool, ASYNC_SOCKET_LOG_WARNING) <= 1, "of one of the calls");
    require(warnings_of_a_lost_guest(pool, ASYNC_SOCKET_LOG_OFF) == 0, "nobody listens");
}

void an_accept_needs_memory()
{
    const engine_of_arrivals pool;
    listening here(pool);
    arrival accept;
    fail_once("malloc", 0);
    require(told(accept.accept(here.handle), AS_NO_ROOM), "refused");
    the_machine().faults = {};
}

void connects_are_answered()
{
    const engine_of_arrivals pool;
    for (const as_family family : {AS_IPV4, AS_IPV6}) {
        for (const char answer : {answers_at_once, answers_later}) {
            arrival connect;
            require(told(connect.connect(pool, address_that(answer, family)), AS_DONE), "it begins");
            connect.wait();
            require(connect.ended(AS_DONE), "connected");
            require_works(connect.stream);
        }
    }
    arrival refused;
    require(told(refused.connect(pool, address_that(refuses)), AS_DONE), "it begins");
    refused.wait();
    require(refused.ended(AS_REFUSED) && refused.outcome.code == ERROR_CONNECTION_REFUSED, "refused");
    const as_engine_statistics numbers = statistics_of(pool.handle());
    require(numbers.connects_done == 4 && numbers.connects_failed == 1, "each is counted");
    require(numbers.sends == 0 && numbers.bytes_sent == 0, "and none as a send");
}

void a_connect_is_cancelled()
{
    const engine_of_arrivals pool;
    for (const char answer : {never_answers, answers_later, answers_at_once}) {
        arrival connect;
        require(told(connect.connect(pool, address_that(answer)), AS_DONE), "it begins");
        connect.cancel();
        connect.wait();
        require(connect.ended(AS_CANCELLED) || (answer != never_answers && connect.ended(AS_DONE)), "cancelled");
    }
}

// Its thread ends with it under way.
void a_connect_outlives_its_thread()
{
    const engine_of_arrivals pool;
    arrival connect;
    bool has_begun = false;
    spawn_application_thread([&] {
        require(told(connect.connect(pool, address_that(answers_later)), AS_DONE), "it begins");
        has_begun = true;
    });
    wait_until("it has begun", [&] { return has_begun; });
    connect.wait();
    // On Wine one that falls due while the thread is ending is lost.
    require(connect.ended(AS_DONE) || (the_machine().how.wine && connect.ended(AS_FAILED)), "connected");
}

void an_engine_is_ended_while_a_connect_is_under_way()
{
    arrival connect;
    {
        const engine_of_arrivals pool;
        require(told(connect.connect(pool, address_that(answers_later)), AS_DONE), "it begins");
    }
    connect.wait();
    require(connect.ended(AS_DONE), "it goes on");
}

void what_the_system_refuses_a_connect_is_told()
{
    const engine_of_arrivals pool;
    constexpr as_how expected[] = {AS_NO_ROOM, AS_REFUSED, AS_UNREACHABLE};
    for (std::uint32_t choice = 0; choice < 3; ++choice) {
        const message_log log(ASYNC_SOCKET_LOG_WARNING);
        fail_once("ConnectEx", choice);
        arrival connect;
        require(told(connect.connect(pool, address_that(answers_at_once)), expected[choice]), "at once");
        the_machine().faults = {};
        require(log.count() == 0, "no reason for a warning");
    }
    require(statistics_of(pool.handle()).connects_failed == 3, "each is counted");
    constexpr as_how ends[] = {AS_RESET, AS_FAILED, AS_TIMED_OUT, AS_FAILED};
    for (std::uint32_t choice = 0; choice < 4; ++choice) {
        fail_once("connect completes", choice);
        arrival connect;
        require(told(connect.connect(pool, address_that(answers_at_once)), AS_DONE), "it begins");
        connect.wait();
        the_machine().faults = {};
        require(connect.ended(ends[choice]), "in our words");
    }
}

// Each call of a connect that fails: nothing is left of it.
void a_connect_fails_without_a_trace()
{
    const engine_of_arrivals pool;
    fail_each_call([&] {
        arrival connect;
        if (told(connect.connect(pool, address_that(answers_at_once)), AS_DONE)) {
            connect.wait();
        }
        require((connect.stream != nullptr) == (connect.has_ended && told(connect.outcome, AS_DONE)),
                "a stream if done");
        return connect.stream != nullptr;
    });
}

void connects_that_make_no_sense_are_refused()
{
    const engine_of_arrivals pool;
    arrival connect;
    as_operation silent{};
    const as_address address = address_that(answers_at_once);
    const as_address of_no_family{};
    as_operation* const operation = &connect.operation;
    require(
        told(as_connect_address(nullptr, &address, operation, &connect.stream, AS_NEVER), AS_INVALID) &&
            told(as_connect_address(pool.handle(), nullptr, operation, &connect.stream, AS_NEVER), AS_INVALID) &&
            told(as_connect_address(pool.handle(), &of_no_family, operation, &connect.stream, AS_NEVER), AS_INVALID) &&
            told(as_connect_address(pool.handle(), &address, nullptr, &connect.stream, AS_NEVER), AS_INVALID) &&
            told(as_connect_address(pool.handle(), &address, &silent, &connect.stream, AS_NEVER), AS_INVALID) &&
            told(as_connect_address(pool.handle(), &address, operation, nullptr, AS_NEVER), AS_INVALID),
        "arguments");
}

} // namespace

const std::vector<scenario> arrival_scenarios = {
    {"accepts_are_told_in_order", accepts_are_told_in_order},
    {"who_has_connected_waits_for_an_accept", who_has_connected_waits_for_an_accept},
    {"an_accept_goes_on_in_its_callback", an_accept_goes_on_in_its_callback},
    {"a_cancelled_accept_costs_nobody_a_connection", a_cancelled_accept_costs_nobody_a_connection},
    {"a_cancel_races_with_a_peer", a_cancel_races_with_a_peer},
    {"each_address_is_looked_at", each_address_is_looked_at},
    {"a_close_ends_the_accepts", a_close_ends_the_accepts},
    {"a_close_races_with_a_peer", a_close_races_with_a_peer},
    {"a_listener_is_closed_in_its_callback", a_listener_is_closed_in_its_callback},
    {"a_listener_that_is_closing_refuses", a_listener_that_is_closing_refuses},
    {"what_goes_wrong_with_a_peer_ends_nothing", what_goes_wrong_with_a_peer_ends_nothing},
    {"a_guest_that_cannot_be_used_ends_nothing", a_guest_that_cannot_be_used_ends_nothing},
    {"a_listener_waits_for_room", a_listener_waits_for_room},
    {"a_close_ends_a_wait_for_room", a_close_ends_a_wait_for_room},
    {"a_listener_waits_for_room_at_all_doors", a_listener_waits_for_room_at_all_doors},
    {"a_listener_breaks_while_it_waits_for_room", a_listener_breaks_while_it_waits_for_room},
    {"a_callback_without_a_call_is_ignored", a_callback_without_a_call_is_ignored},
    {"many_lost_peers_end_nothing", many_lost_peers_end_nothing},
    {"deadlines_of_accepts_and_connects_come", deadlines_of_accepts_and_connects_come},
    {"a_connection_that_no_accept_takes_is_reset", a_connection_that_no_accept_takes_is_reset},
    {"a_closing_listener_tells_no_address", a_closing_listener_tells_no_address},
    {"a_listener_that_is_broken_says_so", a_listener_that_is_broken_says_so},
    {"a_guest_without_room_is_told", a_guest_without_room_is_told},
    {"a_listener_is_opened_as_a_whole_or_not", a_listener_is_opened_as_a_whole_or_not},
    {"a_port_that_is_taken_elsewhere_is_not_the_choice", a_port_that_is_taken_elsewhere_is_not_the_choice},
    {"listeners_that_make_no_sense_are_refused", listeners_that_make_no_sense_are_refused},
    {"options_of_a_listener_are_taken", options_of_a_listener_are_taken},
    {"streams_have_the_options_of_their_listener", streams_have_the_options_of_their_listener},
    {"a_listener_is_refused_an_option_that_its_streams_cannot_have",
     a_listener_is_refused_an_option_that_its_streams_cannot_have},
    {"a_guest_that_cannot_have_an_option_is_lost", a_guest_that_cannot_have_an_option_is_lost},
    {"an_accept_needs_memory", an_accept_needs_memory},
    {"connects_are_answered", connects_are_answered},
    {"a_connect_is_cancelled", a_connect_is_cancelled},
    {"a_connect_outlives_its_thread", a_connect_outlives_its_thread},
    {"an_engine_is_ended_while_a_connect_is_under_way", an_engine_is_ended_while_a_connect_is_under_way},
    {"what_the_system_refuses_a_connect_is_told", what_the_system_refuses_a_connect_is_told},
    {"a_connect_fails_without_a_trace", a_connect_fails_without_a_trace},
    {"connects_that_make_no_sense_are_refused", connects_that_make_no_sense_are_refused},
};

} // namespace sim
