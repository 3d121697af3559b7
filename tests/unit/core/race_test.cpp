// core/connect/race.hpp: what is written down event by event, and every order of all events.
#include "core/connect/race.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace async_socket;
using core::ending;
using core::race;

constexpr std::uint64_t delay_ns = 250;

constexpr core::outcome of(ending how, std::uint32_t code = 0)
{
    return {how, 0, code};
}

// A race whose steps are words: "start0 wait250".
class Race : public testing::Test {
protected:
    void begin(std::size_t addresses)
    {
        attempts = std::vector<race::attempt>(addresses);
        run.emplace(attempts, delay_ns);
    }
    std::string steps()
    {
        std::string said;
        for (race::step made = run->next(now); made.what != race::doing::nothing; made = run->next(now)) {
            said += (said.empty() ? "" : " ") + word_for(made);
            if (made.what == race::doing::conclude) {
                break;
            }
        }
        return said;
    }
    static std::string word_for(const race::step& made)
    {
        switch (made.what) {
        case race::doing::start:
            return "start" + std::to_string(made.attempt);
        case race::doing::wait:
            return "wait" + std::to_string(made.until_ns);
        case race::doing::cancel:
            return "cancel" + std::to_string(made.attempt);
        case race::doing::close:
            return "close" + std::to_string(made.attempt);
        case race::doing::stop_waiting:
            return "stop_waiting";
        default:
            return "conclude";
        }
    }
    std::string after(std::uint32_t attempt, ending how, std::uint32_t code = 0)
    {
        run->ended(attempt, of(how, code));
        return steps();
    }
    std::string at(std::uint64_t time)
    {
        now = time;
        run->waited();
        return steps();
    }

    std::vector<race::attempt> attempts;
    std::optional<race> run;
    std::uint64_t now = 0;
};

TEST_F(Race, TheFirstMayWin)
{
    begin(2);
    EXPECT_EQ(steps(), "start0 wait250");
    EXPECT_EQ(after(0, ending::done), "stop_waiting");
    run->waited();
    EXPECT_EQ(steps(), "conclude");
    EXPECT_EQ(run->outcome().how, ending::done);
    EXPECT_EQ(run->winner(), 0U);
    EXPECT_EQ(run->started(), 1U);
}

TEST_F(Race, TheNextStartsAtOnceWhenTheLastHasFailed)
{
    begin(3);
    EXPECT_EQ(steps(), "start0 wait250");
    now = 10;
    EXPECT_EQ(after(0, ending::refused), "start1");
    EXPECT_EQ(at(250), "wait260") << "it has its time, too";
    EXPECT_EQ(at(260), "start2");
    EXPECT_EQ(after(2, ending::done), "cancel1");
    EXPECT_EQ(after(1, ending::cancelled), "conclude");
    EXPECT_EQ(run->winner(), 2U);
    EXPECT_EQ(attempts[0].outcome().how, ending::refused);
    EXPECT_EQ(attempts[1].outcome().how, ending::cancelled);
}

TEST_F(Race, AFailureOfAnEarlierOneChangesNothing)
{
    begin(3);
    EXPECT_EQ(steps(), "start0 wait250");
    EXPECT_EQ(at(250), "start1 wait500");
    now = 300;
    EXPECT_EQ(after(0, ending::refused), "");
    EXPECT_EQ(at(500), "start2");
    EXPECT_EQ(after(1, ending::done), "cancel2");
    EXPECT_EQ(after(2, ending::refused), "conclude");
    EXPECT_EQ(attempts[2].outcome().how, ending::cancelled) << "the race was decided";
}

TEST_F(Race, ALoserThatIsConnectedIsClosed)
{
    begin(2);
    EXPECT_EQ(steps(), "start0 wait250");
    EXPECT_EQ(at(250), "start1");
    run->ended(0, of(ending::done));
    run->ended(1, of(ending::done));
    EXPECT_EQ(steps(), "close1 conclude");
    EXPECT_EQ(run->winner(), 0U);
    EXPECT_EQ(attempts[1].outcome().how, ending::cancelled);
}

TEST_F(Race, AStopCancelsAll)
{
    begin(3);
    EXPECT_EQ(steps(), "start0 wait250");
    EXPECT_EQ(at(250), "start1 wait500");
    run->stop(ending::timed_out);
    run->stop(ending::cancelled);
    EXPECT_EQ(steps(), "cancel0 cancel1 stop_waiting");
    EXPECT_EQ(after(0, ending::done), "close0") << "too late";
    EXPECT_EQ(after(1, ending::cancelled), "");
    run->waited();
    EXPECT_EQ(steps(), "conclude");
    EXPECT_EQ(run->outcome().how, ending::timed_out);
    EXPECT_EQ(attempts[0].outcome().how, ending::timed_out);
    EXPECT_EQ(run->started(), 2U);
}

TEST_F(Race, AStopBeforeTheFirstOneStartsNothing)
{
    begin(2);
    run->stop(ending::cancelled);
    EXPECT_EQ(steps(), "conclude");
    EXPECT_EQ(run->started(), 0U);
}

TEST_F(Race, WithALongDelayTheNextIsForFailuresOnly)
{
    attempts = std::vector<race::attempt>(2);
    now = 5;
    run.emplace(attempts, UINT64_MAX - now);
    EXPECT_EQ(steps(), "start0 wait18446744073709551615");
    EXPECT_EQ(after(0, ending::refused), "start1");
    EXPECT_EQ(after(1, ending::refused), "stop_waiting");
}

// The first of those that tell the most.
TEST_F(Race, AFailureIsTheMostTellingOne)
{
    const std::vector<std::vector<ending>> from_less_to_more{{ending::unreachable, ending::not_available},
                                                             {ending::failed, ending::closed_here},
                                                             {ending::no_room},
                                                             {ending::timed_out},
                                                             {ending::reset},
                                                             {ending::refused}};
    std::vector<ending> all;
    for (const auto& group : from_less_to_more) {
        for (const ending how : group) {
            all.push_back(how);
            for (std::size_t place = 0; place < all.size(); ++place) {
                begin(all.size() + 1);
                (void)steps();
                std::vector<ending> order = all;
                std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(place), order.end());
                order.push_back(how);
                for (std::uint32_t i = 0; i < order.size(); ++i) {
                    (void)after(i, order[i], i + 1);
                }
                const auto best = std::find_first_of(order.begin(), order.end(), group.begin(), group.end());
                EXPECT_EQ(run->outcome().how, *best);
                EXPECT_EQ(run->outcome().code, best - order.begin() + 1);
            }
        }
    }
}

// ---- every order of all events

// What happens next, chosen one after the other in all ways.
class all_ways {
public:
    std::size_t choose(std::size_t count)
    {
        if (at_ == choices_.size()) {
            choices_.push_back({0, count});
        }
        return choices_[at_++].taken;
    }
    // False: there is no further way.
    bool next()
    {
        at_ = 0;
        while (!choices_.empty() && ++choices_.back().taken == choices_.back().count) {
            choices_.pop_back();
        }
        return !choices_.empty();
    }

private:
    struct choice {
        std::size_t taken;
        std::size_t count;
    };
    std::vector<choice> choices_;
    std::size_t at_ = 0;
};

// A race in a world that does whatever it may, and looks whether the rules are kept.
class any_world {
public:
    any_world(all_ways& ways, std::size_t addresses)
        : ways_(ways), attempts_(addresses), run_(attempts_, delay_ns), seen_(addresses)
    {
    }

    void play()
    {
        obey();
        while (!is_concluded_ && !testing::Test::HasFailure()) {
            happen();
            obey();
        }
        check_end();
    }

private:
    enum class is : std::uint8_t { not_started, under_way, cancelled, failed, connected, closed };

    void obey()
    {
        for (race::step made = run_.next(now_); made.what != race::doing::nothing; made = run_.next(now_)) {
            switch (made.what) {
            case race::doing::start:
                start(made.attempt);
                break;
            case race::doing::wait:
                ASSERT_FALSE(is_waiting_);
                ASSERT_GT(made.until_ns, now_);
                is_waiting_ = true;
                until_ = made.until_ns;
                break;
            case race::doing::cancel:
                ASSERT_TRUE(is_decided_ && seen_[made.attempt] == is::under_way);
                seen_[made.attempt] = is::cancelled;
                break;
            case race::doing::close:
                ASSERT_TRUE(seen_[made.attempt] == is::connected && winner_ != static_cast<int>(made.attempt));
                seen_[made.attempt] = is::closed;
                break;
            case race::doing::stop_waiting:
                ASSERT_TRUE(is_waiting_ && !is_told_to_stop_ && is_decided_);
                is_told_to_stop_ = true;
                break;
            default:
                is_concluded_ = true;
                return;
            }
        }
    }

    void start(std::uint32_t attempt)
    {
        ASSERT_FALSE(is_decided_);
        ASSERT_EQ(attempt, started_);
        ASSERT_TRUE(started_ == 0 || last_has_failed_ || now_ >= last_start_ + delay_ns) << "each has its time";
        ++started_;
        last_start_ = now_;
        last_has_failed_ = false;
        seen_[attempt] = is::under_way;
        if (ways_.choose(2) == 1) { // refused
            end(attempt, false);
        }
    }

    void end(std::uint32_t attempt, bool is_connected)
    {
        const bool is_wanted = !is_decided_;
        seen_[attempt] = is_connected ? is::connected : is::failed;
        last_has_failed_ = last_has_failed_ || (!is_connected && attempt + 1 == started_);
        if (is_wanted && is_connected) {
            winner_ = static_cast<int>(attempt);
        }
        const auto has_failed = [](is each) { return each == is::failed; };
        is_decided_ = is_decided_ || is_connected || std::all_of(seen_.begin(), seen_.end(), has_failed);
        run_.ended(attempt, of(is_connected ? ending::done : ending::refused));
    }

    // One of all that may.
    void happen()
    {
        std::vector<std::function<void()>> may;
        for (std::uint32_t i = 0; i < started_; ++i) {
            if (seen_[i] == is::under_way || seen_[i] == is::cancelled) {
                may.emplace_back([this, i] { end(i, false); });
                may.emplace_back([this, i] { end(i, true); });
            }
        }
        if (is_waiting_) {
            may.emplace_back([this] {
                now_ = is_told_to_stop_ ? now_ : std::max(now_, until_);
                is_waiting_ = false;
                run_.waited();
            });
        }
        if (!has_stopped_) {
            may.emplace_back([this] {
                has_stopped_ = true;
                was_stopped_ = was_stopped_ || !is_decided_;
                is_decided_ = true;
                run_.stop(ending::cancelled);
            });
        }
        ++now_;
        ASSERT_FALSE(may.empty()) << "nothing is under way, and it is not concluded";
        may[ways_.choose(may.size())]();
    }

    void check_end() const
    {
        ASSERT_FALSE(is_waiting_);
        for (std::size_t i = 0; i < seen_.size(); ++i) {
            ASSERT_TRUE(seen_[i] != is::under_way && seen_[i] != is::cancelled);
            ASSERT_EQ(seen_[i] == is::connected, winner_ == static_cast<int>(i));
            if (seen_[i] != is::not_started) {
                ASSERT_EQ(attempts_[i].outcome().how == ending::done, winner_ == static_cast<int>(i));
            }
        }
        if (winner_ >= 0) {
            ASSERT_EQ(run_.outcome().how, ending::done);
            ASSERT_EQ(run_.winner(), static_cast<std::uint32_t>(winner_));
        } else {
            ASSERT_EQ(run_.outcome().how, was_stopped_ ? ending::cancelled : ending::refused);
        }
        ASSERT_EQ(run_.started(), started_);
        ASSERT_TRUE(is_decided_);
    }

    all_ways& ways_;
    std::vector<race::attempt> attempts_;
    race run_;
    std::vector<is> seen_;
    std::uint64_t now_ = 0;
    std::uint64_t until_ = 0;
    std::uint64_t last_start_ = 0;
    std::uint32_t started_ = 0;
    int winner_ = -1;
    bool last_has_failed_ = false;
    bool is_waiting_ = false;
    bool is_told_to_stop_ = false;
    bool is_decided_ = false;
    bool was_stopped_ = false;
    bool has_stopped_ = false;
    bool is_concluded_ = false;
};

TEST(RaceInAllWays, KeepsItsRulesWhateverHappens)
{
    for (const std::size_t addresses : {1U, 2U, 3U, 4U}) {
        all_ways ways;
        std::size_t runs = 0;
        do {
            any_world(ways, addresses).play();
            ++runs;
        } while (!HasFailure() && ways.next());
        RecordProperty("ways_" + std::to_string(addresses), std::to_string(runs));
        EXPECT_GE(runs, addresses == 1 ? 5U : addresses == 2 ? 53U : 500U);
    }
}

} // namespace
