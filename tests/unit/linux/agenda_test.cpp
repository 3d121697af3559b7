// Lines that keep the order, in an agenda that goes from worker to worker: random steps, against a model.
// SRS_ASYNC_SOCKET_LINUX_15_002, SRS_ASYNC_SOCKET_LINUX_15_008
#include "schedule/agenda.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <iterator>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace async_socket::schedule;

struct numbered_job : job {
    numbered_job(int its_number, job_line& line) : job([](job&) noexcept {}, line), number(its_number) {}
    const int number;
};

// A line, and what is to be true of it.
struct line_model {
    line_model(urgency when, bool its_order) : line(when), keeps_order(its_order) { line.begin_again(its_order); }

    [[nodiscard]] bool is_due() const { return taken < posted && (!keeps_order || running == 0); }

    job_line line;
    const bool keeps_order;
    int posted = 0;
    int taken = 0;
    int running = 0; // and not detached
};

struct worker_model {
    worker own{worker::identity{0, 0}};
    batch now;
    line_model* runs = nullptr;
    bool is_inside = false;   // of a callback
    bool is_working = false;  // on the agenda, or in a callback that has cost it that
    bool is_in_batch = false; // else it begins one
    bool waits = false;       // in a close, without a permit
};

class AgendaModel {
public:
    explicit AgendaModel(unsigned seed) : random_(seed), posts_in_100_(5 + below(40)) {}

    void run(int steps)
    {
        for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
            do_something();
            expect_nobody_sleeps_over_a_job();
        }
        finish();
    }

private:
    int below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }
    line_model& any_line() { return lines_[static_cast<std::size_t>(below(static_cast<int>(lines_.size())))]; }
    worker_model& any_worker() { return workers_[static_cast<std::size_t>(below(static_cast<int>(workers_.size())))]; }

    void do_something()
    {
        if (below(100) < posts_in_100_) {
            post(any_line());
            return;
        }
        worker_model& who = any_worker();
        switch (below(10)) {
        case 0:
            if (who.is_inside) {
                detach(who);
            }
            break;
        case 1:
            if (who.is_inside && !who.waits) {
                wait_in_close(who);
            }
            break;
        case 2:
            if (below(20) == 0) {
                note_wake(agenda_.hurry(any_line().line));
            }
            break;
        case 3:
            stand_in();
            break;
        default:
            step(who);
        }
    }

    void post(line_model& to)
    {
        job_list jobs;
        jobs.push_back(jobs_.emplace_back(to.posted++, to.line));
        note_wake(agenda_.post(jobs));
    }

    // A worker goes on with whatever it is at.
    void step(worker_model& who)
    {
        if (!who.is_working) {
            who.is_working = agenda_.take(who.own);
            who.is_in_batch = false;
            return;
        }
        come_back(who);
        agenda::step made{};
        if (who.is_in_batch) {
            made = agenda_.go_on(who.own, who.now);
        } else {
            job_list nothing;
            who.now = batch();
            made.next = below(3) == 0 ? poll(who) : nullptr;
            if (made.next == nullptr || below(3) == 0) {
                made = agenda_.begin(who.own, made.next, nothing, who.now);
            }
        }
        who.is_in_batch = made.next != nullptr;
        note_wake(made.wakes);
        if (made.next != nullptr) {
            asleep_ = false;
            begin(who, *made.next);
        } else if (made.instead == agenda::rest::leave) {
            who.is_working = false;
            give_permit(agenda_.leave(who.own));
        } else {
            asleep_ = made.instead == agenda::rest::sleep;
        }
    }

    // Null if there is other work, or the worker is not the holder any more: the job is in line then.
    job* poll(worker_model& who)
    {
        line_model& to = lines_[static_cast<std::size_t>(below(3))]; // those that keep the order
        note_wake(agenda_.post(jobs_.emplace_back(to.posted++, to.line), who.own));
        return who.own.take_next();
    }

    // The watcher, for a holder that is stuck.
    void stand_in()
    {
        come_back(watcher_);
        const agenda::step made = agenda_.take_waited_for(watcher_.own);
        note_wake(made.wakes);
        if (made.next != nullptr) {
            begin(watcher_, *made.next);
        }
    }

    void begin(worker_model& who, job& taken)
    {
        const auto found =
            std::find_if(lines_.begin(), lines_.end(), [&](line_model& each) { return &each.line == &taken.line(); });
        ASSERT_NE(lines_.end(), found);
        if (found->keeps_order) {
            EXPECT_EQ(0, found->running);
        }
        EXPECT_EQ(found->taken, static_cast<numbered_job&>(taken).number);
        ++found->taken;
        ++found->running;
        who.runs = &*found;
        who.is_inside = true;
    }

    void come_back(worker_model& who)
    {
        if (who.waits) {
            who.waits = false;
            agenda_.take_permit_again(who.own);
        }
        who.is_inside = false;
        if (who.runs != nullptr) {
            --who.runs->running;
            who.runs = nullptr;
        }
    }

    void detach(worker_model& who)
    {
        if (who.runs != nullptr) {
            --who.runs->running;
            who.runs = nullptr;
        }
        note_wake(agenda_.release_line(who.own));
    }

    void wait_in_close(worker_model& who)
    {
        const agenda::given_up given = agenda_.hand_over(who.own);
        who.waits = given.permit;
        give_permit(given.permit);
    }

    void give_permit(bool has_one)
    {
        if (has_one) {
            permits_.give();
        }
    }

    void note_wake(bool wakes) { asleep_ = asleep_ && !wakes; }

    void expect_nobody_sleeps_over_a_job() const
    {
        EXPECT_FALSE(asleep_ && std::any_of(lines_.begin(), lines_.end(), [](auto& each) { return each.is_due(); }));
    }

    void finish()
    {
        for (int i = 0; i < 10'000 && !is_done() && !testing::Test::HasFailure(); ++i) {
            stand_in();
            for (worker_model& each : workers_) {
                step(each);
            }
        }
        for (const line_model& each : lines_) {
            EXPECT_EQ(each.posted, each.taken);
        }
    }

    [[nodiscard]] bool is_done() const
    {
        return std::all_of(lines_.begin(), lines_.end(), [](auto& each) { return each.posted == each.taken; });
    }

    std::mt19937 random_;
    const int posts_in_100_; // from much less than can be done to too much
    permits permits_{100};
    agenda agenda_{permits_};
    std::deque<numbered_job> jobs_;
    std::array<line_model, 4> lines_{
        {{urgency::receive, true}, {urgency::other, true}, {urgency::receive, true}, {urgency::receive, false}}};
    std::array<worker_model, 3> workers_;
    worker_model watcher_;
    bool asleep_ = false; // the holder
};

TEST(AgendaOrder, RunsTheJobsOfALineOneAfterTheOtherAndLosesNone)
{
    for (unsigned seed = 0; seed < 1000 && !HasFailure(); ++seed) {
        SCOPED_TRACE(seed);
        AgendaModel(seed).run(400);
    }
}

} // namespace
