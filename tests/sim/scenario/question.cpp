// async_socket/resolve.h: names as operations of an engine, which end on its pool's threads.
#include "async_socket/resolve.h"

#include <winsock2.h>

#include <deque>
#include <string>

#include "model/machine.hpp"
#include "model/network.hpp"
#include "model/pool.hpp"
#include "model/thread.hpp"
#include "outcome.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

as_question asking(const char* host, const char* service = "80", as_family family = AS_NO_FAMILY)
{
    as_question question{};
    question.host = host;
    question.service = service;
    question.family = family;
    return question;
}

// Given up at its end, unless that was done before.
class asked_engine {
public:
    asked_engine() { require(is(as_engine_create(nullptr, &handle_), AS_DONE), "an engine"); }
    ~asked_engine() { give_up(); }
    asked_engine(const asked_engine&) = delete;
    asked_engine& operator=(const asked_engine&) = delete;

    [[nodiscard]] as_engine* handle() const { return handle_; }
    void give_up() { as_engine_end(std::exchange(handle_, nullptr)); }
    as_outcome end_and_wait()
    {
        const as_outcome answer = as_engine_end_and_wait(handle_);
        handle_ = is(answer, AS_DONE) ? nullptr : handle_;
        return answer;
    }

private:
    as_engine* handle_ = nullptr;
};

// One question after the other, with what it was told.
struct question_end {
    as_outcome start(const asked_engine& on, const as_question& question)
    {
        ++under_way;
        starter = &self();
        const as_outcome answer = as_resolve(on.handle(), &question, &operation, addresses,
                                             static_cast<std::uint32_t>(capacity), &count, until);
        starter = nullptr;
        under_way -= is(answer, AS_DONE) ? 0 : 1;
        return answer;
    }
    void begin(const asked_engine& on, const as_question& question)
    {
        require(is(start(on, question), AS_DONE), "it is accepted");
    }
    void wait() const
    {
        wait_until("the callback has returned", [this] { return ended != 0 && under_way == 0; });
    }
    void require_end(as_how how, const char* letters = "") const
    {
        wait();
        require(is(outcome, how) && outcome.bytes == 0, "that end");
        require(found() == letters, "these addresses");
    }

    [[nodiscard]] std::string found() const
    {
        std::string letters;
        for (std::uint32_t i = 0; i < count && i < capacity; ++i) {
            letters += reinterpret_cast<const sockaddr*>(addresses[i].system)->sa_data[0];
        }
        return letters;
    }

    as_operation operation{on_end, this, {}};
    as_address addresses[2]{};
    std::size_t capacity = 2;
    std::uint32_t count = 99;
    as_deadline until = AS_NEVER;
    as_outcome outcome{};
    int under_way = 0;
    int ended = 0;
    const void* starter = nullptr; // a thread that is inside as_resolve
    std::function<void()> in_callback = [] {};

private:
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        auto& whole = *static_cast<question_end*>(operation->context);
        require(whole.starter != &self() && self().callback != nullptr, "on a thread of the pool's");
        whole.outcome = outcome;
        whole.in_callback();
        ++whole.ended;
        --whole.under_way;
    }
};

class nothing_left {
public:
    explicit nothing_left(const char* name) { the_machine().faults = {1, true, 0, 0, 0, name}; }
    ~nothing_left() { the_machine().faults = {}; }
    nothing_left(const nothing_left&) = delete;
    nothing_left& operator=(const nothing_left&) = delete;
};

void wait_until_the_system_is_asked()
{
    wait_until("the system is asked", [] { return the_machine().lookups_inside != 0; });
}

void a_question_ends_in_a_callback()
{
    const asked_engine here;
    question_end known;
    question_end unknown;
    question_end notation;
    question_end service;
    known.begin(here, asking("aA"));
    unknown.begin(here, asking("x"));
    notation.begin(here, asking("9a"));
    service.begin(here, asking("9A", "http", AS_IPV6));
    known.require_end(AS_DONE, "aA");
    unknown.require_end(AS_NO_SUCH_NAME);
    require(unknown.outcome.code == WSAHOST_NOT_FOUND && unknown.count == 0, "the system's word for it");
    notation.require_end(AS_DONE, "a");
    service.require_end(AS_DONE, "A");
}

void a_question_counts_more_addresses_than_there_is_room_for()
{
    const asked_engine here;
    question_end many;
    many.begin(here, asking("aAr"));
    many.require_end(AS_DONE, "aA");
    require(many.count == 3, "all three are counted");
    many.capacity = 0;
    many.begin(here, asking("9a"));
    many.require_end(AS_DONE);
    require(many.count == 1, "it is counted");
}

void a_question_may_be_numeric_or_passive()
{
    const asked_engine here;
    question_end name;
    question_end listener;
    as_question question = asking("a");
    question.flags = AS_QUESTION_NUMERIC;
    name.begin(here, question);
    name.require_end(AS_NO_SUCH_NAME);
    question = asking(nullptr);
    question.flags = AS_QUESTION_PASSIVE;
    listener.begin(here, question);
    listener.require_end(AS_DONE, "a");
}

void a_question_without_sense_is_refused()
{
    const asked_engine here;
    question_end end;
    const as_question sensible = asking("a");
    std::uint32_t count = 0;
    as_operation without{};
    as_address* const room = end.addresses;
    require(is(as_resolve(nullptr, &sensible, &end.operation, room, 2, &count, AS_NEVER), AS_INVALID), "no engine");
    require(is(as_resolve(here.handle(), nullptr, &end.operation, room, 2, &count, AS_NEVER), AS_INVALID),
            "no question");
    require(is(as_resolve(here.handle(), &sensible, nullptr, room, 2, &count, AS_NEVER), AS_INVALID), "no operation");
    require(is(as_resolve(here.handle(), &sensible, &without, room, 2, &count, AS_NEVER), AS_INVALID), "no callback");
    require(is(as_resolve(here.handle(), &sensible, &end.operation, nullptr, 1, &count, AS_NEVER), AS_INVALID),
            "no room");
    require(is(as_resolve(here.handle(), &sensible, &end.operation, room, 2, nullptr, AS_NEVER), AS_INVALID),
            "no count");
    as_question question = asking("a");
    question.family = AS_UNIX;
    require(is(end.start(here, question), AS_INVALID), "no family of names");
    question = asking("a");
    question.flags = 4;
    require(is(end.start(here, question), AS_INVALID), "no flag");
    require(is(end.start(here, asking("")), AS_INVALID) && end.count == 0, "no host");
    as_operation_cancel(&end.operation); // it was refused
    require(end.ended == 0, "no callback");
}

// Without a thread for it, or the pool's object that it is called back by, or a resolver.
void a_question_is_refused_for_want_of_room()
{
    for (const char* const call : {"CreateThreadpoolWork", "CreateThreadpoolTimer", "malloc", "CreateThread"}) {
        const asked_engine here;
        question_end end;
        end.until = as_in_ms(1'000'000);
        {
            const nothing_left of(call);
            require(is(end.start(here, asking("a")), AS_NO_ROOM), "refused");
        }
        end.begin(here, asking("a"));
        end.require_end(AS_DONE, "a");
    }
}

void a_question_may_be_cancelled_while_the_system_is_asked()
{
    asked_engine here;
    question_end slow;
    slow.begin(here, asking("sa"));
    wait_until_the_system_is_asked();
    const std::uint64_t begin = now_ms();
    as_operation_cancel(&slow.operation);
    as_operation_cancel(&slow.operation);
    slow.wait();
    require(slow.ended == 1, "once");
    require(is(slow.outcome, AS_CANCELLED) || now_ms() - begin >= slow_name_ms, "the system is not waited for");
    require(slow.count == (is(slow.outcome, AS_CANCELLED) ? 0U : 1U), "and with nothing");
    slow.begin(here, asking("A")); // in the same memory, while the system is still at the first
    slow.require_end(AS_DONE, "A");
    require(is(here.end_and_wait(), AS_DONE) && the_machine().lookups_inside == 0, "no thread is left");
}

void a_question_may_be_cancelled_at_any_moment()
{
    const asked_engine here;
    for (std::uint64_t pause = 0; pause < 4; ++pause) {
        question_end one;
        one.begin(here, asking(pause % 2 == 0 ? "a" : "9a"));
        if (pause > 1) {
            sleep_ms(pause);
        }
        bool has_cancelled = false;
        spawn_application_thread([&] {
            as_operation_cancel(&one.operation);
            has_cancelled = true;
        });
        as_operation_cancel(&one.operation);
        one.wait();
        wait_until("both have cancelled", [&] { return has_cancelled; });
        require(one.ended == 1 && (is(one.outcome, AS_DONE) || is(one.outcome, AS_CANCELLED)), "one of the two");
        require(one.count == (is(one.outcome, AS_DONE) ? 1U : 0U), "an address if it is done");
    }
}

void a_question_ends_at_its_deadline()
{
    const asked_engine here;
    question_end slow;
    const std::uint64_t begin = now_ms();
    slow.until = as_in_ms(2);
    slow.begin(here, asking("sa"));
    slow.wait();
    require(slow.ended == 1 && as_now() >= slow.until, "once, and never early");
    require(is(slow.outcome, AS_TIMED_OUT) || now_ms() - begin >= slow_name_ms, "the system is not waited for");
    question_end quick;
    quick.until = as_in_ms(1'000'000);
    quick.begin(here, asking("A"));
    quick.require_end(AS_DONE, "A");
}

// One that is over has its alarm armed, and comes due, while it is on its way to its callback.
void a_deadline_that_is_over_meets_an_answer_that_is_known()
{
    const asked_engine here;
    for (const char* const host : {"9a", "a", "9a"}) {
        question_end one;
        one.until = 1;
        one.begin(here, asking(host));
        one.wait();
        require(one.ended == 1 && (is(one.outcome, AS_DONE) || is(one.outcome, AS_TIMED_OUT)), "one of the two");
        require(one.count == (is(one.outcome, AS_DONE) ? 1U : 0U), "an address if it is done");
    }
}

void a_question_keeps_its_engine()
{
    asked_engine here;
    question_end slow;
    slow.begin(here, asking("sa"));
    require(is(here.end_and_wait(), AS_INVALID), "it is in use");
    here.give_up();
    slow.require_end(AS_DONE, "a");
}

void the_end_of_an_engine_waits_for_the_callback_of_a_question()
{
    asked_engine here;
    question_end one;
    bool is_inside = false;
    bool has_returned = false;
    one.in_callback = [&] {
        require(is(as_engine_end_and_wait(here.handle()), AS_INVALID), "not in a callback");
        is_inside = true;
        sleep_ms(20);
        has_returned = true;
    };
    one.begin(here, asking("9a"));
    wait_until("it is called back", [&] { return is_inside; });
    require(is(here.end_and_wait(), AS_DONE) && has_returned, "it was waited for");
}

void a_callback_of_a_question_may_ask_again_and_end_the_engine()
{
    asked_engine here;
    question_end first;
    question_end second;
    first.in_callback = [&] {
        second.begin(here, asking("A"));
        here.give_up();
    };
    first.begin(here, asking("a"));
    first.require_end(AS_DONE, "a");
    second.require_end(AS_DONE, "A");
}

// Each may make the engine's resolver.
void two_threads_may_be_the_first_to_ask()
{
    const asked_engine here;
    std::deque<question_end> all(3);
    for (question_end& each : all) {
        spawn_application_thread([&] { each.begin(here, asking("a")); });
    }
    for (const question_end& each : all) {
        each.require_end(AS_DONE, "a");
    }
}

} // namespace

const std::vector<scenario> question_scenarios = {
    {"a_question_ends_in_a_callback", a_question_ends_in_a_callback},
    {"a_question_counts_more_addresses_than_there_is_room_for",
     a_question_counts_more_addresses_than_there_is_room_for},
    {"a_question_may_be_numeric_or_passive", a_question_may_be_numeric_or_passive},
    {"a_question_without_sense_is_refused", a_question_without_sense_is_refused},
    {"a_question_is_refused_for_want_of_room", a_question_is_refused_for_want_of_room},
    {"a_question_may_be_cancelled_while_the_system_is_asked", a_question_may_be_cancelled_while_the_system_is_asked},
    {"a_question_may_be_cancelled_at_any_moment", a_question_may_be_cancelled_at_any_moment},
    {"a_question_ends_at_its_deadline", a_question_ends_at_its_deadline},
    {"a_deadline_that_is_over_meets_an_answer_that_is_known", a_deadline_that_is_over_meets_an_answer_that_is_known},
    {"a_question_keeps_its_engine", a_question_keeps_its_engine},
    {"the_end_of_an_engine_waits_for_the_callback_of_a_question",
     the_end_of_an_engine_waits_for_the_callback_of_a_question},
    {"a_callback_of_a_question_may_ask_again_and_end_the_engine",
     a_callback_of_a_question_may_ask_again_and_end_the_engine},
    {"two_threads_may_be_the_first_to_ask", two_threads_may_be_the_first_to_ask},
};

} // namespace sim
