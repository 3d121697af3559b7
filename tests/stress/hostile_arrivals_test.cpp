// The library's own interface while much is in flight that has no stream yet: accepts, connects, lookups and timers
// meet peers that behave badly, and ends of every kind. Whatever happens, each operation that was accepted has one
// callback, with an end that its cell allows; a close returns in time; and its engine has nothing left to wait for.
#include <gtest/gtest.h>

#include <chrono>
#include <list>
#include <set>
#include <string>
#include <thread>
#include <tuple>

#include "async_socket/engine_end.h"
#include "async_socket/resolve.h"
#include "async_socket/timer.h"
#include "own/listening.hpp"

namespace stress {

namespace {

using namespace contract;
using namespace contract::own;

constexpr int in_flight = 12;

// How what is in flight comes to its end.
enum class ending { by_itself, close_elsewhere, close_in_callback, cancel, cancel_elsewhere, deadline };

struct action {
    const char* name;
    ending how;
};

constexpr action actions[] = {
    {"Rest", ending::by_itself},
    {"CloseElsewhere", ending::close_elsewhere},
    {"CloseInCallback", ending::close_in_callback},
    {"Cancel", ending::cancel},
    {"CancelElsewhere", ending::cancel_elsewhere},
    {"Deadline", ending::deadline},
};

template <typename Parameter>
std::string name_of(const testing::TestParamInfo<Parameter>& each)
{
    return std::string(std::get<0>(each.param).name) + std::get<1>(each.param).name;
}

bool is_one_of(const as_outcome& outcome, const std::set<std::uint32_t>& allowed)
{
    return allowed.count(outcome.how) != 0;
}

class stopwatch {
public:
    ~stopwatch() { EXPECT_LE(std::chrono::steady_clock::now() - begin_, ending_limit); }

private:
    const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

// Nothing is left of anything: nobody has to be waited for.
void expect_idle(engine& used)
{
    const stopwatch time;
    expect(as_engine_end_and_wait(used.release()), AS_DONE);
}

// ---- accepts

struct caller {
    const char* name;
    bool comes;
    void (*then)(peer& there);
};

constexpr caller callers[] = {
    {"NobodyComes", false, nullptr},
    {"ComesAndStays", true, [](peer&) {}},
    {"ComesAndResets", true, [](peer& there) { there.reset(); }},
    {"ComesAndEnds", true, [](peer& there) { there.shut_down_sending(); }},
    {"ComesAndCloses", true, [](peer& there) { there.close(); }},
};

using accept_cell = std::tuple<caller, action>;

class HostileAccept : public testing::TestWithParam<accept_cell> {};

TEST_P(HostileAccept, EndsInTimeAndOnce)
{
    const auto& who = std::get<0>(GetParam());
    const auto& what = std::get<1>(GetParam());
    engine used(2);
    listening door(used);
    const as_address there = door.address();
    std::list<arrival> accepts(in_flight);
    std::atomic<as_listener*> to_close{nullptr};
    if (what.how == ending::close_in_callback) {
        to_close = door.release();
    }
    as_listener* const listener = to_close != nullptr ? to_close.load() : door.handle();
    const as_deadline until = what.how == ending::deadline ? as_in_ms(20) : AS_NEVER;
    for (arrival& each : accepts) {
        each.record.then = [&to_close](const as_outcome&) { as_listener_close(to_close.exchange(nullptr)); };
        expect(each.accept(listener, until), AS_DONE);
    }
    std::thread crowd([&] {
        std::size_t size = 0;
        const void* const system = as_address_system(&there, &size);
        for (int i = 0; i < in_flight && who.comes; ++i) {
            try {
                peer one = connect_to(system, size);
                who.then(one);
            } catch (const std::runtime_error&) {
                break; // nobody listens there any more
            }
        }
    });
    std::thread elsewhere([&] {
        if (what.how == ending::close_elsewhere) {
            const stopwatch time;
            door.close();
        } else if (what.how == ending::cancel_elsewhere) {
            for (arrival& each : accepts) {
                each.cancel();
            }
        }
    });
    if (what.how == ending::cancel || (what.how == ending::close_in_callback && !who.comes)) {
        for (arrival& each : accepts) {
            each.cancel();
        }
    }
    crowd.join();
    elsewhere.join();
    if (what.how == ending::by_itself) { // a connection that its peer gave up may be lost before anybody has it
        const stopwatch time;
        door.close();
    }
    for (arrival& each : accepts) {
        const as_outcome told = each.end();
        EXPECT_TRUE(is_one_of(told, {AS_DONE, AS_CLOSED_HERE, AS_CANCELLED, AS_TIMED_OUT})) << as_how_text(told.how);
        EXPECT_EQ(told.how == AS_DONE, each.stream != nullptr);
        const stopwatch time;
        as_stream_close(each.release());
    }
    door.close();
    expect_idle(used);
}

INSTANTIATE_TEST_SUITE_P(Cell, HostileAccept, testing::Combine(testing::ValuesIn(callers), testing::ValuesIn(actions)),
                         name_of<accept_cell>);

// ---- connects

enum class host { answers, resets, refuses, is_silent };

struct target {
    const char* name;
    host what;
};

constexpr target targets[] = {
    {"Answers", host::answers}, {"Resets", host::resets}, {"Refuses", host::refuses}, {"IsSilent", host::is_silent}};

// What connects meet, until the end of the scope.
class place {
public:
    explicit place(host what)
        : what_(what),
          door_(what == host::refuses     ? -1
                : what == host::is_silent ? 0
                                          : 100),
          taker_([this] { take(); })
    {
    }
    ~place()
    {
        is_over_ = true;
        if (takes()) {
            const as_address there = address();
            std::size_t size = 0;
            const void* const system = as_address_system(&there, &size);
            (void)connect_to(system, size); // so that it looks up
        }
        taker_.join();
    }
    place(const place&) = delete;
    place& operator=(const place&) = delete;

    [[nodiscard]] as_address address() const { return loopback(AS_IPV4, door_.port()); }

private:
    [[nodiscard]] bool takes() const { return what_ == host::answers || what_ == host::resets; }
    void take()
    {
        std::list<peer> guests;
        while (takes() && !is_over_) {
            peer& next = guests.emplace_back(door_.accept());
            if (what_ == host::resets) {
                next.reset();
            }
        }
    }

    const host what_;
    const plain_listener door_;
    std::atomic<bool> is_over_{false};
    std::thread taker_;
};

using connect_cell = std::tuple<target, action>;

class HostileConnect : public testing::TestWithParam<connect_cell> {};

TEST_P(HostileConnect, EndsInTimeAndOnce)
{
    const auto& where = std::get<0>(GetParam());
    const auto& what = std::get<1>(GetParam());
    engine used(2);
    const place there(where.what);
    const std::vector<as_address> addresses(3, there.address());
    std::list<arrival> connects(in_flight);
    const bool ends_by_itself = where.what != host::is_silent && what.how != ending::deadline;
    const as_deadline until = ends_by_itself ? AS_NEVER : as_in_ms(30);
    bool one_by_one = false; // one address, or a race of three
    for (arrival& each : connects) {
        if (what.how == ending::close_in_callback) {
            each.record.then = [&each](const as_outcome&) { as_stream_close(each.release()); };
        }
        if (one_by_one) { // which the system may refuse at once
            const as_outcome answer = each.connect(used, addresses.front(), until);
            EXPECT_TRUE(answer.how == AS_DONE || (answer.how == AS_REFUSED && where.what == host::refuses) ||
                        (answer.how == AS_RESET && where.what == host::resets))
                << as_how_text(answer.how) << " " << answer.code;
        } else {
            as_target target{};
            target.addresses = addresses.data();
            target.address_count = static_cast<std::uint32_t>(addresses.size());
            expect(each.record.noted(
                       as_connect(used.handle(), &target, nullptr, &each.record.operation, &each.stream, until)),
                   AS_DONE);
        }
        one_by_one = !one_by_one;
    }
    std::thread elsewhere([&] {
        for (arrival& each : connects) {
            if (what.how == ending::cancel_elsewhere) {
                each.cancel();
            }
        }
    });
    for (arrival& each : connects) {
        if (what.how == ending::cancel) {
            each.cancel();
        }
    }
    elsewhere.join();
    for (arrival& each : connects) {
        if (!each.record.is_started()) {
            continue;
        }
        const as_outcome told = each.end();
        EXPECT_TRUE(is_one_of(told, {AS_DONE, AS_RESET, AS_REFUSED, AS_CANCELLED, AS_TIMED_OUT, AS_CLOSED_HERE}))
            << as_how_text(told.how);
        EXPECT_TRUE(told.how != AS_DONE || where.what == host::answers || where.what == host::resets ||
                    where.what == host::is_silent); // some fit into its queue
        const stopwatch time;
        as_stream_close(each.release());
    }
    expect_idle(used);
}

INSTANTIATE_TEST_SUITE_P(Cell, HostileConnect, testing::Combine(testing::ValuesIn(targets), testing::ValuesIn(actions)),
                         name_of<connect_cell>);

// ---- lookups and timers

struct lookup {
    as_address addresses[8]{};
    std::uint32_t count = 0;
    operation_record record;

    as_outcome start(const engine& on, const char* host, as_deadline until)
    {
        as_question question{};
        question.host = host;
        question.service = "80";
        return record.noted(as_resolve(on.handle(), &question, &record.operation, addresses, 8, &count, until));
    }
};

class HostileLookup : public testing::TestWithParam<action> {};

// Names that this machine knows by itself, so nobody else is asked.
TEST_P(HostileLookup, EndsInTimeAndOnce)
{
    const ending how = GetParam().how;
    engine used(2);
    std::list<lookup> lookups(in_flight);
    int each_other = 0;
    for (lookup& each : lookups) {
        const char* const host = ++each_other % 2 == 0 ? "localhost" : "127.0.0.1";
        expect(each.start(used, host, how == ending::deadline ? as_now() : AS_NEVER), AS_DONE);
    }
    std::thread elsewhere([&] {
        for (lookup& each : lookups) {
            if (how == ending::cancel_elsewhere) {
                as_operation_cancel(&each.record.operation);
            }
        }
    });
    if (how == ending::close_elsewhere) { // the nearest that there is to a close
        as_engine_end(used.release());
    }
    for (lookup& each : lookups) {
        if (how == ending::cancel) {
            as_operation_cancel(&each.record.operation);
        }
    }
    elsewhere.join();
    for (lookup& each : lookups) {
        ASSERT_TRUE(each.record.wait());
        const as_outcome told = each.record.outcome();
        EXPECT_TRUE(is_one_of(told, {AS_DONE, AS_CANCELLED, AS_TIMED_OUT})) << as_how_text(told.how);
        EXPECT_TRUE(told.how != AS_DONE || each.count != 0);
    }
    if (used.handle() != nullptr) {
        expect_idle(used);
    }
}

INSTANTIATE_TEST_SUITE_P(Cell, HostileLookup, testing::ValuesIn(actions),
                         [](const auto& each) { return std::string(each.param.name); });

class HostileTimer : public testing::TestWithParam<action> {};

TEST_P(HostileTimer, EndsInTimeAndOnce)
{
    const ending how = GetParam().how;
    constexpr std::size_t timers = 1000;
    engine used(2);
    std::list<operation_record> all(timers);
    std::uint64_t ms = 0;
    for (auto each = all.rbegin(); each != all.rend(); ++each) { // the last one first: a callback may cancel it at once
        if (how == ending::close_in_callback) {
            each->then = [&all](const as_outcome&) { as_operation_cancel(&all.back().operation); };
        }
        expect(each->noted(as_timer_start(used.handle(), &each->operation, as_in_ms(++ms % 50))), AS_DONE);
    }
    std::thread elsewhere([&] {
        for (operation_record& each : all) {
            if (how == ending::cancel_elsewhere) {
                as_operation_cancel(&each.operation);
            }
        }
    });
    if (how == ending::close_elsewhere) {
        as_engine_end(used.release());
    }
    for (auto each = all.rbegin(); how == ending::cancel && each != all.rend(); ++each) {
        as_operation_cancel(&each->operation);
    }
    elsewhere.join();
    for (operation_record& each : all) {
        ASSERT_TRUE(each.wait());
        EXPECT_TRUE(is_one_of(each.outcome(), {AS_DONE, AS_CANCELLED})) << as_how_text(each.outcome().how);
    }
    if (used.handle() != nullptr) {
        expect_idle(used);
    }
}

INSTANTIATE_TEST_SUITE_P(Cell, HostileTimer, testing::ValuesIn(actions),
                         [](const auto& each) { return std::string(each.param.name); });

} // namespace

} // namespace stress
