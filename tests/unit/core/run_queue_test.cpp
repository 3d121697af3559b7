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
        hurried->begin_again();
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

} // namespace
