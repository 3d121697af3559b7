// as_connect: names and addresses that run a race for a stream.
#include "async_socket/connect.h"

#include <winsock2.h>

#include <string>
#include <vector>

#include "model/machine.hpp"
#include "model/network.hpp"
#include "model/thread.hpp"
#include "outcome.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

constexpr as_deadline far_away = AS_NEVER - 1;

// Given up at its end, unless that was done before.
class racing_engine {
public:
    racing_engine() { require(is(as_engine_create(nullptr, &handle_), AS_DONE), "an engine"); }
    ~racing_engine() { give_up(); }
    racing_engine(const racing_engine&) = delete;
    racing_engine& operator=(const racing_engine&) = delete;

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

// In the order in which the letters stand; a capital letter is of IPv6, and means what the small one does.
std::vector<as_address> that_answer(const std::string& letters)
{
    std::vector<as_address> all;
    for (const char letter : letters) {
        const bool is_six = letter < 'a';
        const char answer = is_six && letter != is_ipv6 ? static_cast<char>(letter + 'a' - 'A') : letter;
        as_address address{};
        (void)as_address_loopback(&address, is_six ? AS_IPV6 : AS_IPV4, static_cast<std::uint16_t>(answer << 8));
        all.push_back(address);
    }
    return all;
}

char letter_of(const as_address& address)
{
    const auto letter = static_cast<char>(as_address_port(&address) >> 8);
    const bool is_six = as_address_family(&address) == AS_IPV6;
    return is_six && letter != is_ipv6 ? static_cast<char>(letter - 'a' + 'A') : letter;
}

// One connect after the other, with what it was told; its stream is closed at the end.
struct race_end {
    race_end()
    {
        options.attempts = attempts;
        options.attempt_capacity = room;
        options.attempt_count = &count;
        options.reached = &reached;
    }
    ~race_end() { as_stream_close(stream); }
    race_end(const race_end&) = delete;
    race_end& operator=(const race_end&) = delete;

    as_outcome start(const racing_engine& on, const as_target& target)
    {
        ++under_way;
        starter = &self();
        const as_outcome answer = as_connect(on.handle(), &target, &options, &operation, &stream, until);
        starter = nullptr;
        under_way -= is(answer, AS_DONE) ? 0 : 1;
        return answer;
    }
    as_outcome start(const racing_engine& on, const std::vector<as_address>& addresses)
    {
        as_target target{};
        target.addresses = addresses.data();
        target.address_count = static_cast<std::uint32_t>(addresses.size());
        return start(on, target);
    }
    void begin(const racing_engine& on, const std::string& letters)
    {
        require(is(start(on, that_answer(letters)), AS_DONE), "it is accepted");
    }
    void begin_by_name(const racing_engine& on, const char* host)
    {
        as_target target{};
        target.host = host;
        require(is(start(on, target), AS_DONE), "it is accepted");
    }
    void wait() const
    {
        wait_until("the callback has returned", [this] { return ended != 0 && under_way == 0; });
        require((stream != nullptr) == is(outcome, AS_DONE) || gives_away, "a stream if it is done");
    }
    void require_end(as_how how, const std::string& tried) const
    {
        wait();
        require(is(outcome, how) && outcome.bytes == 0, "that end");
        require(letters() == tried && count == tried.size(), "these addresses, in that order");
    }
    [[nodiscard]] std::string letters() const
    {
        std::string all;
        for (std::uint32_t i = 0; i < count && i < options.attempt_capacity; ++i) {
            all += letter_of(attempts[i].address);
        }
        return all;
    }
    [[nodiscard]] bool told(std::uint32_t place, as_how how) const { return is(attempts[place].outcome, how); }
    void cancel() { as_operation_cancel(&operation); }

    static constexpr std::uint32_t room = 8;
    as_connect_options options = AS_CONNECT_OPTIONS;
    as_operation operation{on_end, this, {}};
    as_deadline until = AS_NEVER;
    as_stream* stream = nullptr;
    as_attempt attempts[room]{};
    as_address reached{};
    std::uint32_t count = 99;
    as_outcome outcome{};
    int under_way = 0;
    int ended = 0;
    bool gives_away = false;       // the stream, in the callback
    const void* starter = nullptr; // a thread that is inside as_connect
    std::function<void()> in_callback = [] {};

private:
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        auto& whole = *static_cast<race_end*>(operation->context);
        require(whole.starter != &self() && self().callback != nullptr, "on a thread of the pool's");
        whole.outcome = outcome;
        whole.in_callback();
        ++whole.ended;
        --whole.under_way;
    }
};

void the_first_that_answers_has_won()
{
    const racing_engine here;
    race_end alone;
    alone.begin(here, "a");
    alone.require_end(AS_DONE, "a");
    require(letter_of(alone.reached) == 'a' && alone.told(0, AS_DONE), "that one");
    race_end last;
    last.begin(here, "rRa");
    last.require_end(AS_DONE, "Rra");
    require(last.told(0, AS_REFUSED) && last.told(1, AS_REFUSED) && last.told(2, AS_DONE), "after all others");
}

void a_name_is_looked_up_and_connected_to()
{
    const racing_engine here;
    race_end known;
    known.begin_by_name(here, "raA");
    known.wait();
    require(is(known.outcome, AS_DONE) && letter_of(known.reached) == 'A' && known.count == 1, "IPv6 first");
    race_end notation;
    notation.begin_by_name(here, "9ra");
    notation.wait();
    require(is(notation.outcome, AS_DONE) && notation.count == 2, "the second");
    race_end unknown;
    unknown.begin_by_name(here, "x");
    unknown.require_end(AS_NO_SUCH_NAME, "");
    require(unknown.outcome.code == WSAHOST_NOT_FOUND, "the system's word for it");
}

void the_next_starts_beside_one_that_does_not_answer()
{
    const racing_engine here;
    const std::uint64_t begin = now_ms();
    race_end second;
    second.begin(here, "Ua");
    second.require_end(AS_DONE, "Ua");
    require(now_ms() - begin >= 250 && second.told(0, AS_CANCELLED), "it had its time");
    race_end quick;
    quick.options.delay_ms = 10;
    quick.begin(here, "uuua");
    quick.require_end(AS_DONE, "uuua");
}

void each_tells_how_it_failed()
{
    const racing_engine here;
    race_end all;
    all.begin(here, "rrR");
    all.require_end(AS_REFUSED, "Rrr");
    require(all.outcome.code == all.attempts[0].outcome.code && all.outcome.code != 0, "with its code");
    race_end cramped;
    cramped.options.attempt_capacity = 1;
    cramped.begin(here, "rr");
    cramped.wait();
    require(is(cramped.outcome, AS_REFUSED) && cramped.count == 2 && cramped.letters() == "r", "as there is room for");
    race_end silent;
    silent.options = AS_CONNECT_OPTIONS;
    silent.begin(here, "r");
    silent.wait();
    require(is(silent.outcome, AS_REFUSED) && silent.count == 99, "nothing that was not asked for");
    silent.begin(here, "a");
    silent.wait();
    require(is(silent.outcome, AS_DONE), "nor needed");
}

// What says the most of what is the matter.
void of_several_failures_one_is_told()
{
    struct failure {
        const char* call;
        std::uint32_t choice; // among its codes
        as_how how;
    };
    constexpr failure failures[] = {{"ConnectEx", 2, AS_UNREACHABLE},
                                    {"connect completes", 0, AS_RESET},
                                    {"connect completes", 2, AS_TIMED_OUT},
                                    {"connect completes", 3, AS_FAILED},
                                    {"connect completes", 4, AS_NO_ROOM}};
    const racing_engine here;
    for (const failure& each : failures) {
        race_end one;
        the_machine().faults = {1, true, each.choice, 0, 0, each.call, 1};
        one.begin(here, "rr");
        one.require_end(AS_REFUSED, "rr");
        require(one.told(0, each.how), "what has happened to that one");
        race_end all;
        the_machine().faults = {1, true, each.choice, 0, 0, each.call};
        all.begin(here, "rr");
        all.require_end(each.how, "rr");
        the_machine().faults = {};
    }
}

void a_race_can_be_cancelled()
{
    racing_engine here;
    race_end waiting;
    waiting.options.delay_ms = 10;
    waiting.begin(here, "uuu");
    sleep_ms(15);
    waiting.cancel();
    waiting.cancel();
    waiting.wait();
    require(is(waiting.outcome, AS_CANCELLED) && waiting.told(0, AS_CANCELLED), "it is, with all that was under way");
    race_end asking;
    asking.begin_by_name(here, "sa");
    wait_until("the system is asked", [] { return the_machine().lookups_inside != 0; });
    const std::uint64_t begin = now_ms();
    asking.cancel();
    asking.wait();
    require(is(asking.outcome, AS_CANCELLED) || now_ms() - begin >= slow_name_ms, "the name is not waited for");
    require(is(here.end_and_wait(), AS_DONE) || is(asking.outcome, AS_DONE), "nothing is left of them");
}

void a_cancel_comes_at_any_moment()
{
    const racing_engine here;
    std::uint64_t pause = 0;
    for (const char* const letters : {"a", "wr", "rw", "Uw", "rr", "ww"}) {
        race_end one;
        one.options.delay_ms = 2;
        one.begin(here, letters);
        if (pause % 3 != 0) {
            sleep_ms(pause);
        }
        ++pause;
        bool has_cancelled = false;
        spawn_application_thread([&] {
            one.cancel();
            has_cancelled = true;
        });
        one.cancel();
        one.wait();
        wait_until("both have cancelled", [&] { return has_cancelled; });
        require(one.ended == 1, "one callback");
        require(is(one.outcome, AS_DONE) || is(one.outcome, AS_CANCELLED) || is(one.outcome, AS_REFUSED), "as one of");
    }
}

void a_cancel_comes_while_a_name_is_looked_up()
{
    const racing_engine here;
    for (std::uint64_t pause = 0; pause < 4; ++pause) {
        for (const char* const host : {"w", "9w", "u"}) {
            race_end one;
            one.begin_by_name(here, host);
            if (pause > 1) {
                sleep_ms(pause);
            }
            one.cancel();
            one.wait(); // also if nobody answers there
            require(one.ended == 1 && (is(one.outcome, AS_DONE) || is(one.outcome, AS_CANCELLED)), "one of the two");
        }
    }
}

void the_deadline_is_that_of_all_together()
{
    const racing_engine here;
    race_end late;
    late.options.delay_ms = 10;
    late.until = as_in_ms(25);
    late.begin(here, "ruuuuuu");
    late.wait();
    require(is(late.outcome, AS_TIMED_OUT) && as_now() >= late.until, "never early");
    require(late.told(0, AS_REFUSED) || late.told(0, AS_TIMED_OUT), "its own reason, if it had time for that");
    require(late.count < 2 || late.told(1, AS_TIMED_OUT), "like all that were under way");
    race_end over;
    over.until = 1;
    over.begin(here, "u");
    over.require_end(AS_TIMED_OUT, "u");
    race_end in_time;
    in_time.until = far_away;
    in_time.begin(here, "a");
    in_time.require_end(AS_DONE, "a");
}

// Several may be connected before anybody has looked.
void losers_that_are_connected_are_closed()
{
    racing_engine here;
    for (int i = 0; i < 3; ++i) {
        race_end one;
        one.options.delay_ms = 1;
        one.begin(here, "wwwa");
        one.wait();
        require(is(one.outcome, AS_DONE), "one of them has won");
        as_stream_close(std::exchange(one.stream, nullptr));
        one.outcome = {};
    }
    require(is(here.end_and_wait(), AS_DONE), "no stream is left");
}

void a_callback_of_a_race_may_close_end_and_begin_again()
{
    racing_engine here;
    race_end second;
    race_end first;
    first.gives_away = true;
    first.in_callback = [&] {
        as_stream_close(std::exchange(first.stream, nullptr));
        second.begin(here, "ra");
        here.give_up();
    };
    first.begin(here, "Ra");
    first.wait();
    second.wait();
    require(is(first.outcome, AS_DONE) && is(second.outcome, AS_DONE), "both");
}

void a_race_keeps_its_engine()
{
    racing_engine here;
    race_end one;
    one.begin(here, "uw");
    require(is(here.end_and_wait(), AS_INVALID), "it is in use");
    here.give_up();
    one.require_end(AS_DONE, "uw");
}

void a_race_is_refused_for_want_of_room()
{
    for (const char* const call : {"CreateThreadpoolWork", "CreateThreadpoolTimer", "CreateThread"}) {
        const racing_engine here;
        race_end one;
        as_target target{};
        target.host = "a";
        the_machine().faults = {1, true, 0, 0, 0, call};
        require(is(one.start(here, target), AS_NO_ROOM), "refused");
        the_machine().faults = {};
        one.begin_by_name(here, "a");
        one.wait();
        require(is(one.outcome, AS_DONE), "and well the next time");
    }
}

// The first block of memory is the resolver's, or that of the race.
void a_race_without_memory_ends()
{
    const racing_engine here;
    race_end one;
    as_target target{};
    target.host = "a";
    the_machine().faults = {1, true, 0, 0, 0, "malloc"};
    require(is(one.start(here, target), AS_NO_ROOM), "without a resolver it is refused");
    const as_outcome started = one.start(here, that_answer("a"));
    require(is(started, AS_DONE), "the addresses are known");
    one.wait();
    the_machine().faults = {};
    require(is(one.outcome, AS_NO_ROOM), "and it ends");
}

void a_race_without_sense_is_refused()
{
    const racing_engine here;
    race_end one;
    const std::vector<as_address> addresses = that_answer("a");
    as_target name{};
    name.host = "a";
    as_target target{};
    as_operation without{};
    const auto connect = [&](const as_target* to, as_operation* operation, as_stream** stream) {
        return as_connect(here.handle(), to, nullptr, operation, stream, AS_NEVER);
    };
    require(is(as_connect(nullptr, &name, nullptr, &one.operation, &one.stream, AS_NEVER), AS_INVALID), "no engine");
    require(is(connect(nullptr, &one.operation, &one.stream), AS_INVALID), "no target");
    require(is(connect(&name, nullptr, &one.stream), AS_INVALID), "no operation");
    require(is(connect(&name, &without, &one.stream), AS_INVALID), "no callback");
    require(is(connect(&name, &one.operation, nullptr), AS_INVALID), "no stream");
    require(is(one.start(here, target), AS_INVALID), "no name");
    target.family = AS_UNIX;
    require(is(one.start(here, target), AS_INVALID), "no family of names");
    target = {};
    target.address_count = 1;
    require(is(one.start(here, target), AS_INVALID), "no addresses");
    require(is(one.start(here, std::vector<as_address>(65, addresses[0])), AS_INVALID), "too many");
    require(is(one.start(here, std::vector<as_address>(1)), AS_INVALID), "of no family");
    for (int i = 0; i < 3; ++i) {
        target = {};
        target.addresses = addresses.data();
        target.address_count = 1;
        target.host = i == 0 ? "a" : nullptr;
        target.service = i == 1 ? "80" : nullptr;
        target.family = i == 2 ? AS_IPV4 : AS_NO_FAMILY;
        require(is(one.start(here, target), AS_INVALID), "addresses and a name");
    }
    --one.options.size;
    require(is(one.start(here, name), AS_INVALID), "other options");
    ++one.options.size;
    const as_address of_no_family{};
    one.options.from = &of_no_family;
    require(is(one.start(here, name), AS_INVALID), "from nowhere");
    one.options.from = nullptr;
    one.options.attempts = nullptr;
    require(is(one.start(here, name), AS_INVALID), "no room");
    one.cancel(); // it was refused
    require(one.ended == 0, "no callback");
}

// A failing call ends an attempt, and not the race.
void an_attempt_that_is_refused_at_once_is_followed_by_the_next()
{
    const racing_engine here;
    race_end one;
    the_machine().faults = {1, true, 0, 0, 0, "ConnectEx", 1};
    one.begin(here, "aa");
    one.require_end(AS_DONE, "aa");
    the_machine().faults = {};
    require(!one.told(0, AS_DONE) && one.told(1, AS_DONE), "the second");
}

// Of every option, as it was set, by the one that has won.
void attempts_have_the_options_that_were_asked_for()
{
    const racing_engine here;
    constexpr as_option_value asked[] = {{AS_OPTION_RECEIVE_BUFFER, 5000}, {AS_OPTION_NO_DELAY, 1}};
    race_end one;
    one.options.options = asked;
    one.options.option_count = 2;
    one.begin(here, "ra");
    one.require_end(AS_DONE, "ra");
    for (const auto& [option, expected] : asked) {
        std::uint64_t value = 0;
        require(is(as_stream_get_option(one.stream, option, &value), AS_DONE) && value == expected, "as it was set");
    }
}

void an_option_that_is_refused_is_how_an_attempt_fails()
{
    const racing_engine here;
    constexpr as_option_value of_linux{AS_OPTION_UNSENT_LOW_WATER, 1};
    race_end all;
    all.options.options = &of_linux;
    all.options.option_count = 1;
    all.begin(here, "aa");
    all.require_end(AS_NOT_AVAILABLE, "aa");
    require(all.told(0, AS_NOT_AVAILABLE) && all.attempts[0].outcome.code != 0, "with a code");
    constexpr as_option_value known{AS_OPTION_NO_DELAY, 1};
    race_end first;
    first.options.options = &known;
    first.options.option_count = 1;
    the_machine().faults = {1, true, 0, 0, 0, "setsockopt", 1};
    first.begin(here, "aa");
    first.require_end(AS_DONE, "aa");
    the_machine().faults = {};
    require(first.told(0, AS_NOT_AVAILABLE) && first.told(1, AS_DONE), "the second");
}

void options_of_a_race_that_make_no_sense_are_refused()
{
    const racing_engine here;
    const auto is_refused = [&](const as_option_value* options, std::uint32_t count) {
        race_end one;
        one.options.options = options;
        one.options.option_count = count;
        return is(one.start(here, that_answer("a")), AS_INVALID);
    };
    constexpr as_option_value twice[] = {{AS_OPTION_NO_DELAY, 1}, {AS_OPTION_KEEP_ALIVE, 1}, {AS_OPTION_NO_DELAY, 0}};
    constexpr as_option_value unknown{1000, 1};
    constexpr as_option_value too_much{AS_OPTION_NO_DELAY, 2};
    require(is_refused(twice, 3), "twice");
    require(is_refused(&unknown, 1), "none that there is");
    require(is_refused(&too_much, 1), "out of range");
    require(is_refused(nullptr, 1), "no list");
}

void attempts_come_from_the_address_that_was_asked_for()
{
    const racing_engine here;
    as_address from{};
    (void)as_address_loopback(&from, AS_IPV4, 0);
    race_end one;
    one.options.from = &from;
    one.begin(here, "Aa");
    one.require_end(AS_DONE, "Aa");
    require(one.told(0, AS_UNREACHABLE) && one.attempts[0].outcome.code != 0, "there is no way between families");
    race_end none;
    none.options.from = &from;
    the_machine().faults = {1, true, 2, 0, 0, "bind"};
    none.begin(here, "aa");
    none.require_end(AS_UNREACHABLE, "aa");
    the_machine().faults = {};
}

} // namespace

const std::vector<scenario> race_scenarios = {
    {"the_first_that_answers_has_won", the_first_that_answers_has_won},
    {"a_name_is_looked_up_and_connected_to", a_name_is_looked_up_and_connected_to},
    {"the_next_starts_beside_one_that_does_not_answer", the_next_starts_beside_one_that_does_not_answer},
    {"each_tells_how_it_failed", each_tells_how_it_failed},
    {"of_several_failures_one_is_told", of_several_failures_one_is_told},
    {"a_race_can_be_cancelled", a_race_can_be_cancelled},
    {"a_cancel_comes_at_any_moment", a_cancel_comes_at_any_moment},
    {"a_cancel_comes_while_a_name_is_looked_up", a_cancel_comes_while_a_name_is_looked_up},
    {"the_deadline_is_that_of_all_together", the_deadline_is_that_of_all_together},
    {"losers_that_are_connected_are_closed", losers_that_are_connected_are_closed},
    {"a_callback_of_a_race_may_close_end_and_begin_again", a_callback_of_a_race_may_close_end_and_begin_again},
    {"a_race_keeps_its_engine", a_race_keeps_its_engine},
    {"a_race_is_refused_for_want_of_room", a_race_is_refused_for_want_of_room},
    {"a_race_without_memory_ends", a_race_without_memory_ends},
    {"a_race_without_sense_is_refused", a_race_without_sense_is_refused},
    {"attempts_have_the_options_that_were_asked_for", attempts_have_the_options_that_were_asked_for},
    {"an_option_that_is_refused_is_how_an_attempt_fails", an_option_that_is_refused_is_how_an_attempt_fails},
    {"options_of_a_race_that_make_no_sense_are_refused", options_of_a_race_that_make_no_sense_are_refused},
    {"attempts_come_from_the_address_that_was_asked_for", attempts_come_from_the_address_that_was_asked_for},
    {"an_attempt_that_is_refused_at_once_is_followed_by_the_next",
     an_attempt_that_is_refused_at_once_is_followed_by_the_next},
};

} // namespace sim
