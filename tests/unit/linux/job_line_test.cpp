// Whose turn it is in a loop's run queue. SRS_ASYNC_SOCKET_LINUX_15_008
#include "linux/engine/job_line.hpp"

#include <deque>
#include <string>

#include <gtest/gtest.h>

namespace {

using namespace async_socket::linux_os;

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
            line.add(jobs_.emplace_back(each, line));
            queue_.put(line);
        }
    }
    static std::string take_all(run_queue& queue)
    {
        std::string names;
        while (!queue.empty()) {
            names += static_cast<named_job&>(*queue.take()).name;
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
    EXPECT_EQ(3U, queue_.size());
    EXPECT_EQ("abcacaa", take_all(queue_));
    EXPECT_EQ(0U, queue_.size());
}

TEST_F(RunQueue, PutsALineBehindTheOthersWhenItComesBack)
{
    add(first_, "a");
    add(second_, "bb");
    EXPECT_EQ('a', static_cast<named_job&>(*queue_.take()).name);
    add(first_, "a");
    EXPECT_EQ("bab", take_all(queue_));
}

TEST_F(RunQueue, LetsALineGoToAnother)
{
    run_queue other;
    add(first_, "aa");
    add(second_, "bb");
    add(third_, "c");
    other.put(second_);
    EXPECT_EQ(2U, queue_.size());
    EXPECT_EQ("bb", take_all(other));
    EXPECT_EQ("aca", take_all(queue_));
    other.put(second_); // it has no jobs
    EXPECT_TRUE(other.empty());
}

} // namespace
