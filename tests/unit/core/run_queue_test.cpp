// Whose turn it is in a loop's run queue. SRS_ASYNC_SOCKET_LINUX_15_008
#include "schedule/run_queue.hpp"

#include <deque>
#include <string>

#include <gtest/gtest.h>

namespace {

using namespace async_socket::schedule;

struct named_job : job {
    named_job(char its_name, job_line& line) : job([](job&) noexcept {}, line), name(its_name) {}
    const char name;
};

class RunQueue : public testing::Test {
protected:
    // Jobs by name, in line.
    void add(job_line& line, const std::string& names)
    {
        for (const char each : names) {
            queue_.add(jobs_.emplace_back(each, line));
        }
    }
    static char name_of(const job& taken) { return static_cast<const named_job&>(taken).name; }
    std::string take_receives(std::size_t most = SIZE_MAX)
    {
        std::string names;
        while (names.size() < most && !queue_.receives.empty()) {
            names += name_of(*queue_.receives.take());
        }
        return names;
    }
    // The one that is to be run next, of all; 0 if there is none.
    char take()
    {
        if (const job* const taken = queue_.waited_for.pop_front()) {
            return name_of(*taken);
        }
        return queue_.receives.empty() ? '\0' : name_of(*queue_.receives.take());
    }
    std::string take_waited_for()
    {
        std::string names;
        while (const job* const taken = queue_.waited_for.pop_front()) {
            names += name_of(*taken);
        }
        return names;
    }

    job_line first_{urgency::receive};
    job_line second_{urgency::receive};
    job_line third_{urgency::receive};
    run_queue queue_;

private:
    std::deque<named_job> jobs_;
};

TEST_F(RunQueue, GivesEachLineATurn)
{
    add(first_, "aaaa");
    add(second_, "b");
    add(third_, "cc");
    EXPECT_EQ(3U, queue_.receives.size());
    EXPECT_EQ("abcacaa", take_receives());
    EXPECT_EQ(0U, queue_.receives.size());
    EXPECT_FALSE(queue_.has_unhurried());
}

TEST_F(RunQueue, PutsALineBehindTheOthersWhenItComesBack)
{
    add(first_, "a");
    add(second_, "bb");
    EXPECT_EQ("a", take_receives(1));
    add(first_, "a");
    EXPECT_EQ("bab", take_receives());
}

TEST_F(RunQueue, KeepsOthersApart)
{
    job_line sends(urgency::other);
    add(sends, "s");
    EXPECT_TRUE(queue_.receives.empty());
    EXPECT_TRUE(queue_.has_unhurried());
    EXPECT_EQ('s', name_of(*queue_.others.take()));
    EXPECT_FALSE(queue_.has_unhurried());
}

TEST_F(RunQueue, HurriesALine)
{
    add(first_, "aa");
    add(second_, "bb");
    add(third_, "c");
    queue_.hurry(second_);
    EXPECT_EQ(2U, queue_.receives.size());
    add(second_, "b");
    EXPECT_EQ("bbb", take_waited_for());
    EXPECT_EQ("aca", take_receives());
}

// Its place in the circle is still there.
TEST_F(RunQueue, GivesAHurriedLineTurnsAgain)
{
    for (job_line* const hurried : {&first_, &second_, &third_}) {
        add(first_, "a");
        add(second_, "b");
        add(third_, "c");
        queue_.hurry(*hurried);
        EXPECT_EQ(1U, take_waited_for().size());
        hurried->begin_again(false);
        EXPECT_EQ(2U, queue_.receives.size());
        add(*hurried, "d");
        EXPECT_EQ(3U, queue_.receives.size());
        EXPECT_EQ(3U, take_receives().size());
        EXPECT_FALSE(queue_.has_unhurried());
    }
}

TEST_F(RunQueue, HasNothingIfAllIsHurried)
{
    add(first_, "a");
    add(second_, "b");
    queue_.hurry(first_);
    queue_.hurry(second_);
    EXPECT_FALSE(queue_.has_unhurried());
    EXPECT_EQ("ab", take_waited_for());
    add(third_, "c");
    EXPECT_EQ("c", take_receives());
}

TEST_F(RunQueue, GivesOneJobAtATimeOfALineThatKeepsTheOrder)
{
    first_.begin_again(true);
    add(first_, "ab");
    add(second_, "dd");
    EXPECT_EQ("add", take_receives());
    EXPECT_FALSE(queue_.has_any());
    add(first_, "c");
    EXPECT_FALSE(queue_.has_any());
    queue_.release(first_);
    EXPECT_EQ(1U, queue_.receives.size());
    EXPECT_EQ("b", take_receives());
    queue_.release(first_);
    EXPECT_EQ("c", take_receives());
    queue_.release(first_);
    EXPECT_FALSE(queue_.has_any());
    add(first_, "d");
    EXPECT_EQ("d", take_receives());
}

TEST_F(RunQueue, KeepsTheOrderOfALineThatIsHurried)
{
    first_.begin_again(true);
    add(first_, "abc");
    add(second_, "d");
    queue_.hurry(first_);
    EXPECT_EQ(1U, queue_.receives.size());
    EXPECT_EQ("a", take_waited_for());
    add(first_, "e");
    EXPECT_TRUE(queue_.waited_for.empty());
    for (const char next : {'b', 'c', 'e'}) {
        queue_.release(first_);
        EXPECT_EQ(next, take());
    }
    EXPECT_EQ('d', take());
    queue_.release(first_);
    EXPECT_FALSE(queue_.has_any());
}

TEST_F(RunQueue, HurriesWhatIsBehindAJobThatRuns)
{
    first_.begin_again(true);
    add(first_, "ab");
    EXPECT_EQ('a', take());
    queue_.hurry(first_);
    EXPECT_FALSE(queue_.has_any());
    queue_.release(first_);
    EXPECT_FALSE(queue_.has_unhurried());
    EXPECT_EQ('b', take());
}

// The callback that ended it has returned, and its worker is about to come back.
TEST_F(RunQueue, MayBeginALifeWhileTheLineIsStillBusy)
{
    for (const bool keeps_order : {false, true}) {
        for (const bool is_hurried : {false, true}) {
            first_.begin_again(true);
            add(first_, "a");
            EXPECT_EQ('a', take());
            first_.begin_again(keeps_order);
            add(first_, "bc");
            if (is_hurried) {
                queue_.hurry(first_);
            }
            EXPECT_FALSE(queue_.has_any());
            queue_.release(first_);
            EXPECT_EQ('b', take());
            EXPECT_EQ(!keeps_order, queue_.has_any());
            if (keeps_order) {
                queue_.release(first_);
            }
            EXPECT_EQ('c', take());
            queue_.release(first_);
            EXPECT_FALSE(queue_.has_any());
        }
    }
}

} // namespace
