// Names to addresses, by core/resolve over the platform's threads and resolver.
#include <deque>
#include <string>
#include <vector>

#include "core/resolve/resolver.hpp"
#include "message_log.hpp"
#include "model/network.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

using namespace async_socket;
using core::ending;

// What a name of the simulated world has as addresses.
std::string letters_of(const core::unique_addresses& addresses)
{
    std::string letters;
    if (addresses) {
        for (const as_address& each : *addresses.get()) {
            letters += reinterpret_cast<const sockaddr*>(each.system)->sa_data[0];
        }
    }
    return letters;
}

// A lookup that knows how it ended.
struct asked : core::name_lookup {
    asked() : name_lookup(told) {}

    bool start(core::resolver& by, const core::name_question& question)
    {
        std::optional<core::name_answer> over = by.start(*this, question);
        if (over) {
            take(*over);
        }
        return !over;
    }
    // Which has to wait for somebody.
    void begin(core::resolver& by, const char* host) { require(start(by, {host, "80"}), "it is under way"); }
    void wait() const
    {
        wait_until("the answer comes", [this] { return answers != 0; });
    }
    void require_answer(ending wanted, const char* wanted_letters = "") const
    {
        wait();
        require(answers == 1 && how == wanted && letters == wanted_letters, "that answer, once");
    }

    int answers = 0;
    ending how{};
    std::uint32_t code = 0;
    std::string letters;
    std::function<void()> meanwhile = [] {};

private:
    void take(const core::name_answer& answer)
    {
        meanwhile();
        const model_lock lock;
        how = answer.outcome.how;
        code = answer.outcome.code;
        letters = letters_of(answer.addresses);
        ++answers;
    }
    static void told(core::name_lookup& self, core::name_answer answer) noexcept
    {
        static_cast<asked&>(self).take(answer);
    }
};

// Closed at its end, unless that was done before.
class a_resolver {
public:
    explicit a_resolver(core::resolver::limits how = {}) : made_(core::resolver::create(how))
    {
        require(made_ != nullptr, "a resolver");
    }
    ~a_resolver()
    {
        if (made_ != nullptr) {
            close();
        }
    }
    a_resolver(const a_resolver&) = delete;
    a_resolver& operator=(const a_resolver&) = delete;

    [[nodiscard]] core::resolver& operator*() const { return *made_; }
    core::resolver* operator->() const { return made_; }
    void close() { std::exchange(made_, nullptr)->close(); }
    void close_and_wait() { std::exchange(made_, nullptr)->close_and_wait(); }

private:
    core::resolver* made_;
};

void wait_until_inside(std::uint32_t lookups)
{
    wait_until("the system is asked", [=] { return the_machine().lookups_inside == lookups; });
}

// As long as it lives, every call of that name fails.
class out_of {
public:
    explicit out_of(const char* name) { the_machine().faults = {1, true, 0, 0, 0, name}; }
    ~out_of() { the_machine().faults = {}; }
    out_of(const out_of&) = delete;
    out_of& operator=(const out_of&) = delete;
};

void a_name_has_addresses()
{
    a_resolver here;
    asked known;
    asked unknown;
    known.begin(*here, "aAr");
    unknown.begin(*here, "x");
    known.require_answer(ending::done, "aAr");
    unknown.require_answer(ending::no_such_name);
    asked some;
    asked none;
    some.begin(*here, "faf"); // not of the internet
    none.begin(*here, "f");
    some.require_answer(ending::done, "a");
    none.require_answer(ending::no_such_name);
    require(unknown.code == WSAHOST_NOT_FOUND, "the system's word for it");
}

// The last ones are lost, and nothing else.
void a_name_may_have_more_addresses_than_fit()
{
    a_resolver here;
    asked many;
    std::string letters(core::address_list::most - 1, 'a');
    letters += 'A';
    many.begin(*here, (letters + "rrr").c_str());
    many.require_answer(ending::done, letters.c_str());
}

void only_addresses_of_a_family_are_asked_for()
{
    a_resolver here;
    asked four;
    asked six;
    asked none;
    require(four.start(*here, {"aAr", "80", AS_IPV4}), "under way");
    require(six.start(*here, {"aAr", "80", AS_IPV6}), "under way");
    require(none.start(*here, {"ar", nullptr, AS_IPV6}), "under way");
    four.require_answer(ending::done, "ar");
    six.require_answer(ending::done, "A");
    none.require_answer(ending::no_such_name);
}

void what_is_no_name_is_known_at_once()
{
    a_resolver here;
    asked notation;
    asked listener;
    asked anywhere;
    asked name;
    require(!notation.start(*here, {"9aA", "80"}), "over");
    notation.require_answer(ending::done, "aA");
    require(!listener.start(*here, {"9a", "80", AS_NO_FAMILY, true}), "over");
    listener.require_answer(ending::done, "a");
    require(!anywhere.start(*here, {nullptr, nullptr, AS_IPV4, true}), "over");
    anywhere.require_answer(ending::done, "a");
    require(!name.start(*here, {"a", "80", AS_NO_FAMILY, false, true}), "over");
    name.require_answer(ending::no_such_name);
    require(the_machine().own_threads == 0, "without a thread");
    // The system may have to look for a service.
    asked service;
    require(service.start(*here, {"9a", "http", AS_NO_FAMILY, false, true}), "under way");
    service.require_answer(ending::done, "a");
}

void a_question_that_makes_no_sense_is_refused()
{
    a_resolver here;
    const std::string long_host(256, 'a');
    const std::string long_service(64, 'a');
    const core::name_question questions[] = {
        {nullptr, "80"},
        {"", "80"},
        {"a b", "80"},
        {"a\n", "80"},
        {"a\x7f", "80"},
        {long_host.c_str(), "80"},
        {"a", ""},
        {"a", " 80"},
        {"a", "70000"},
        {"a", "65536"},
        {"a", "4294967376"},
        {"a", "-1"},
        {"a", "+80"},
        {"a", "80 "},
        {"a", "8_0"},
        {"", ""},
        {"a", "[{@"},
        {"a", "80\n"},
        {"a", long_service.c_str()},
    };
    asked local;
    require(!local.start(*here, {"a", "80", AS_UNIX}), "refused");
    local.require_answer(ending::invalid);
    for (const core::name_question& each : questions) {
        asked nonsense;
        require(!nonsense.start(*here, each), "refused");
        nonsense.require_answer(ending::invalid);
    }
    require(the_machine().own_threads == 0 && the_machine().fallible_calls < 10, "nobody was asked");
    for (const char* const service : {"0", "65535", "00080", "80x", "x-80", "Z39_50"}) {
        asked sensible;
        (void)sensible.start(*here, {"9a", service});
        sensible.require_answer(ending::done, "a");
    }
}

void a_slow_name_does_not_hold_up_others()
{
    a_resolver here;
    asked slow;
    asked quick;
    const std::uint64_t begin = now_ms();
    slow.begin(*here, "sa");
    wait_until_inside(1);
    quick.begin(*here, "A");
    quick.require_answer(ending::done, "A");
    require(slow.answers == 0 || now_ms() - begin >= slow_name_ms, "it was not waited for");
    slow.require_answer(ending::done, "a");
}

// Each at once gets a thread, until there are as many as there may be.
void threads_come_as_they_are_needed()
{
    a_resolver here({2, 100});
    std::deque<asked> all(5);
    for (asked& each : all) {
        each.begin(*here, "sa");
        require(the_machine().own_threads <= 2, "no more than two");
    }
    wait_until_inside(2);
    for (asked& each : all) {
        each.require_answer(ending::done, "a");
    }
    wait_until("nobody has needed them for long", [] { return the_machine().own_threads == 0; });
    asked another;
    another.begin(*here, "a");
    another.require_answer(ending::done, "a");
}

void an_idle_thread_is_used_again()
{
    a_resolver here({16, 1'000'000});
    for (int i = 0; i < 3; ++i) {
        asked one;
        one.begin(*here, "aw");
        one.require_answer(ending::done, "aw");
        sleep_ms(10); // it has nothing to do any more
        require(the_machine().own_threads == 1, "the one thread");
    }
}

void without_a_thread_a_lookup_is_refused()
{
    a_resolver here({16, 100});
    for (const char* const call : {"CreateThread", "GetModuleHandleExW", "malloc"}) {
        const out_of nothing_left(call);
        asked refused;
        require(!refused.start(*here, {"a", "80"}), "refused");
        refused.require_answer(ending::no_room);
    }
    asked slow;
    slow.begin(*here, "sa");
    wait_until_inside(1);
    asked second;
    {
        const out_of threads("CreateThread");
        second.begin(*here, "A");
    }
    second.require_answer(ending::done, "A"); // when the one thread comes to it
    require(slow.answers == 1, "after the first");
}

// Wherever it is: nobody has looked at it, it is in line, the system is at it. An answer may have begun only if the
// slow one's time is over, which it is in a few schedules, where nobody else runs before.
void an_abandoned_lookup_has_no_answer()
{
    a_resolver here({1, 100});
    auto inside = std::make_unique<asked>();
    auto in_line = std::make_unique<asked>();
    asked last;
    const std::uint64_t begin = now_ms();
    inside->begin(*here, "sa");
    wait_until_inside(1);
    in_line->begin(*here, "a");
    last.begin(*here, "w");
    const auto abandon = [&](asked& one) {
        if (!here->abandon(one)) {
            require(now_ms() - begin >= slow_name_ms, "it has no answer");
            one.require_answer(ending::done, "a");
        }
    };
    abandon(*in_line);
    in_line.reset();
    abandon(*inside);
    require(!here->abandon(*inside), "nor is it under way any more");
    inside.reset();
    last.require_answer(ending::done, "w");
    require(!here->abandon(last), "it has its answer");
}

void an_abandon_comes_at_any_moment()
{
    a_resolver here({2, 20});
    for (std::uint64_t pause = 0; pause < 4; ++pause) {
        asked one;
        one.begin(*here, pause % 2 == 0 ? "a" : "sa");
        if (pause > 1) {
            sleep_ms(pause);
        }
        if (here->abandon(one)) {
            sleep_ms(10);
            require(one.answers == 0, "none");
        } else {
            one.wait();
        }
    }
}

void an_answer_that_has_begun_cannot_be_abandoned()
{
    a_resolver here;
    asked one;
    bool is_inside = false;
    bool may_end = false;
    one.meanwhile = [&] {
        require(!here->abandon(one), "it has begun");
        is_inside = true;
        wait_until("it may end", [&] { return may_end; });
    };
    one.begin(*here, "a");
    wait_until("it has begun", [&] { return is_inside; });
    require(!here->abandon(one), "it has begun");
    may_end = true;
    one.require_answer(ending::done, "a");
}

// An answer may start the next question, in the same memory too.
void an_answer_may_ask_again()
{
    a_resolver here({1, 100});
    asked second;
    asked first;
    first.meanwhile = [&] { second.begin(*here, "A"); };
    first.begin(*here, "a");
    second.require_answer(ending::done, "A");
    first.require_answer(ending::done, "a");
}

void a_close_abandons_all()
{
    a_resolver here({2, 100});
    std::deque<asked> all(5);
    for (asked& each : all) {
        each.begin(*here, "sa");
    }
    wait_until_inside(2);
    here.close();
    all.clear(); // nobody tells them anything any more
}

void a_close_at_any_moment_ends_idle_threads()
{
    for (std::uint64_t pause = 0; pause < 4; ++pause) {
        a_resolver here({2, 1'000'000});
        std::deque<asked> all(3);
        for (asked& each : all) {
            each.begin(*here, "a");
        }
        sleep_ms(pause);
        pause % 2 == 0 ? here.close() : here.close_and_wait();
        for (const asked& each : all) {
            require(each.answers <= 1, "none any more");
        }
    }
}

void a_close_waits_for_an_answer_that_has_begun()
{
    a_resolver here;
    asked one;
    bool has_begun = false;
    one.meanwhile = [&] {
        has_begun = true;
        sleep_ms(50);
    };
    one.begin(*here, "a");
    wait_until("it has begun", [&] { return has_begun; });
    here.close();
    require(one.answers == 1, "it has ended");
}

void a_close_may_wait_for_all_threads()
{
    a_resolver here;
    asked slow;
    slow.begin(*here, "sa");
    wait_until_inside(1);
    here.close_and_wait();
    require(the_machine().lookups_inside == 0 && slow.answers == 0, "it came back, and told nobody");
}

} // namespace

const std::vector<scenario> lookup_scenarios = {
    {"a_name_has_addresses", a_name_has_addresses},
    {"a_name_may_have_more_addresses_than_fit", a_name_may_have_more_addresses_than_fit},
    {"only_addresses_of_a_family_are_asked_for", only_addresses_of_a_family_are_asked_for},
    {"what_is_no_name_is_known_at_once", what_is_no_name_is_known_at_once},
    {"a_question_that_makes_no_sense_is_refused", a_question_that_makes_no_sense_is_refused},
    {"a_slow_name_does_not_hold_up_others", a_slow_name_does_not_hold_up_others},
    {"threads_come_as_they_are_needed", threads_come_as_they_are_needed},
    {"an_idle_thread_is_used_again", an_idle_thread_is_used_again},
    {"without_a_thread_a_lookup_is_refused", without_a_thread_a_lookup_is_refused},
    {"an_abandoned_lookup_has_no_answer", an_abandoned_lookup_has_no_answer},
    {"an_abandon_comes_at_any_moment", an_abandon_comes_at_any_moment},
    {"an_answer_that_has_begun_cannot_be_abandoned", an_answer_that_has_begun_cannot_be_abandoned},
    {"an_answer_may_ask_again", an_answer_may_ask_again},
    {"a_close_abandons_all", a_close_abandons_all},
    {"a_close_at_any_moment_ends_idle_threads", a_close_at_any_moment_ends_idle_threads},
    {"a_close_waits_for_an_answer_that_has_begun", a_close_waits_for_an_answer_that_has_begun},
    {"a_close_may_wait_for_all_threads", a_close_may_wait_for_all_threads},
};

} // namespace sim
