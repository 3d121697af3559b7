// core/time/timing_wheel.hpp against a model: random programs, and small wheels in every state that a program can bring
// them to.
#include "core/time/timing_wheel.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>
#include <deque>
#include <map>
#include <new>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace {

using async_socket::core::alarm;
using async_socket::core::basic_timing_wheel;

// What the wheel promises, kept in the simplest way: alarms are numbers.
template <std::uint64_t TickNs>
class alarm_model {
public:
    void arm(int which, std::uint64_t due_ns)
    {
        disarm(which);
        if (due_ns == AS_NEVER) {
            return;
        }
        armed_.set(static_cast<std::size_t>(which));
        const std::uint64_t out = end_of_tick(due_ns);
        if (is_over(out)) {
            late_.push_back(which);
        } else {
            waiting_.emplace(out, which); // behind those of the same time
        }
    }

    void disarm(int which)
    {
        if (!is_armed(which)) {
            return;
        }
        armed_.reset(static_cast<std::size_t>(which));
        std::erase(late_, which);
        std::erase(due_, which);
        std::erase_if(waiting_, [which](const auto& each) { return each.second == which; });
    }

    void advance(std::uint64_t now_ns)
    {
        const std::uint64_t over = last_end_of_tick(now_ns);
        if (over < over_) {
            return;
        }
        over_ = over;
        due_.insert(due_.end(), late_.begin(), late_.end());
        late_.clear();
        while (!waiting_.empty() && is_over(waiting_.begin()->first)) {
            due_.push_back(waiting_.begin()->second);
            waiting_.erase(waiting_.begin());
        }
    }

    // -1 if there is none.
    int take_due()
    {
        if (due_.empty()) {
            return -1;
        }
        const int taken = due_.front();
        due_.erase(due_.begin());
        armed_.reset(static_cast<std::size_t>(taken));
        return taken;
    }

    [[nodiscard]] bool is_armed(int which) const { return armed_[static_cast<std::size_t>(which)]; }

    // What `next` may be.
    [[nodiscard]] bool allows_next(std::uint64_t next) const
    {
        if (!late_.empty() || !due_.empty()) {
            return next == 0;
        }
        if (waiting_.empty()) {
            return next == AS_NEVER;
        }
        // In the future, or the owner would not sleep at all.
        return next <= waiting_.begin()->first && !is_over(next);
    }

    bool operator==(const alarm_model&) const = default;

private:
    static std::uint64_t end_of_tick(std::uint64_t ns) { return ns - ns % TickNs + (TickNs - 1); }
    // Before the first tick has ended: 0, which is the end of none, as ticks are longer than a nanosecond.
    static std::uint64_t last_end_of_tick(std::uint64_t now_ns)
    {
        const std::uint64_t end = end_of_tick(now_ns);
        if (end == now_ns) {
            return end;
        }
        return end < TickNs ? 0 : end - TickNs;
    }
    [[nodiscard]] bool is_over(std::uint64_t time) const { return time <= over_; }

    std::uint64_t over_ = 0; // the end of the last tick that is over
    std::bitset<8> armed_;
    std::multimap<std::uint64_t, int> waiting_;
    std::vector<int> late_;
    std::vector<int> due_;
};

// A wheel and its model, which do the same.
template <unsigned TickBits, unsigned DigitBits, std::size_t Alarms>
struct watched_wheel {
    using wheel_type = basic_timing_wheel<TickBits, DigitBits>;
    using model_type = alarm_model<wheel_type::tick_ns>;

    wheel_type wheel;
    std::array<alarm, Alarms> alarms;

    [[nodiscard]] int number_of(const alarm* one) const
    {
        return one != nullptr ? static_cast<int>(one - alarms.data()) : -1;
    }
    [[nodiscard]] bool differs_from(const model_type& model) const
    {
        bool differs = !model.allows_next(wheel.next());
        for (std::size_t i = 0; i < Alarms; ++i) {
            differs = differs || alarms[i].is_armed() != model.is_armed(static_cast<int>(i));
        }
        return differs;
    }
};

template <unsigned TickBits, unsigned DigitBits>
class random_program {
public:
    explicit random_program(std::uint64_t seed) : random_(seed) {}

    // Empty if all went well.
    std::string run(int steps)
    {
        now_ = below(2) == 0 ? 0 : any_time();
        for (int i = 0; i < steps; ++i) {
            std::string wrong = step();
            if (both_.differs_from(model_)) {
                wrong += " whether one is armed, or next";
            }
            if (!wrong.empty()) {
                return "step " + std::to_string(i) + ": " + wrong;
            }
        }
        return "";
    }

private:
    static constexpr std::size_t alarms = 8;
    using both = watched_wheel<TickBits, DigitBits, alarms>;

    std::string step()
    {
        const auto index = static_cast<std::size_t>(below(alarms));
        const auto which = static_cast<int>(index);
        alarm& one = both_.alarms[index];
        switch (below(8)) {
        case 0:
            both_.wheel.disarm(one);
            model_.disarm(which);
            return "";
        case 1:
        case 2:
            return advance(next_now());
        case 3:
        case 4: {
            const int taken = both_.number_of(both_.wheel.take_due());
            return taken == model_.take_due() ? "" : "took " + std::to_string(taken);
        }
        default: {
            const std::uint64_t due_ns = any_time();
            both_.wheel.arm(one, due_ns);
            model_.arm(which, due_ns);
            return "";
        }
        }
    }

    std::string advance(std::uint64_t now_ns)
    {
        now_ = std::max(now_, now_ns);
        const std::uint64_t moves = both_.wheel.advance(now_ns);
        model_.advance(now_ns);
        return moves <= alarms * both::wheel_type::levels ? "" : std::to_string(moves) + " moves";
    }

    std::uint64_t next_now()
    {
        const std::uint64_t next = both_.wheel.next();
        switch (below(6)) {
        case 0:
            return now_;
        case 1:
            return any_time();
        case 2:
            return next == AS_NEVER ? now_ : next;
        case 3:
            return next == AS_NEVER || next == 0 ? now_ : next - 1;
        default:
            return plus(now_, random_() >> below(64));
        }
    }

    // Near and far, on borders and beside them, before the present and at the end of all.
    std::uint64_t any_time()
    {
        const std::uint64_t some = random_() >> below(64);
        const std::uint64_t border = std::uint64_t{1} << (TickBits + below(64 - TickBits));
        const std::uint64_t beside = below(3) * (below(2) == 0 ? 1 : both::wheel_type::tick_ns);
        switch (below(8)) {
        case 0:
            return UINT64_MAX - some;
        case 1:
            return now_ - std::min(now_, some);
        case 2:
            return plus(plus(now_, some) / border * border, beside);
        case 3: {
            const std::uint64_t ahead = plus(now_, border) / border * border;
            return ahead - std::min(ahead, beside);
        }
        case 4:
            return plus(now_, below(100) * both::wheel_type::tick_ns);
        default:
            return plus(now_, some);
        }
    }

    static std::uint64_t plus(std::uint64_t time, std::uint64_t more)
    {
        return more <= UINT64_MAX - time ? time + more : UINT64_MAX;
    }
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

    std::mt19937_64 random_;
    both both_;
    typename both::model_type model_;
    std::uint64_t now_ = 0;
};

template <unsigned TickBits, unsigned DigitBits>
void run_random_programs(std::uint64_t seeds)
{
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        ASSERT_EQ(std::string(), (random_program<TickBits, DigitBits>(seed).run(60))) << "seed " << seed;
    }
}

TEST(TimingWheelModel, RandomProgramsInTheWheelThatIsUsed)
{
    run_random_programs<20, 6>(3000);
}

TEST(TimingWheelModel, RandomProgramsInWheelsOfOtherSizes)
{
    run_random_programs<10, 5>(1000);
    run_random_programs<30, 1>(1000);
    run_random_programs<58, 2>(1000);
}

struct program_call {
    enum class kind { arm, disarm, advance, take } what;
    std::size_t which; // alarm
    std::uint64_t time;
};

// Goes through every state that programs of any length bring a small wheel to, all of time being a few ticks; in each
// of them every call is compared with the model.
template <unsigned TickBits, unsigned DigitBits, std::size_t Alarms>
class every_state {
public:
    every_state() : wheel_(new (bytes_.data()) both) {}

    // How many states there are. 0 if something is wrong.
    std::size_t visit()
    {
        const std::vector<program_call> calls = all_calls();
        (void)find(model());
        for (std::size_t i = 0; i < found_.size(); ++i) {
            for (const program_call& each : calls) {
                std::memcpy(bytes_.data(), found_[i].first.data(), bytes_.size());
                if (!is_right(each, found_[i].second)) {
                    return 0;
                }
            }
        }
        return found_.size();
    }

private:
    using both = watched_wheel<TickBits, DigitBits, Alarms>;
    using model = typename both::model_type;

    static std::vector<program_call> all_calls()
    {
        using enum program_call::kind;
        std::vector<program_call> calls{{take, 0, 0}};
        std::uint64_t begin = 0;
        do {
            const std::uint64_t end = begin + (both::wheel_type::tick_ns - 1);
            calls.push_back({advance, 0, end});
            for (std::size_t which = 0; which < Alarms; ++which) {
                calls.push_back({arm, which, begin});
            }
            begin = end + 1;
        } while (begin != 0);
        for (std::size_t which = 0; which < Alarms; ++which) {
            calls.push_back({disarm, which, 0});
        }
        return calls;
    }

    bool is_right(const program_call& call, model then)
    {
        const char* wrong = "another one is taken";
        if (do_both(call, then)) {
            wrong = wheel_->differs_from(then) ? "the model says something else"
                    : !find(then)              ? "the wheel does not know what the model knows"
                                               : nullptr;
        }
        EXPECT_EQ(wrong, nullptr) << wrong << ", call " << static_cast<int>(call.what) << ", alarm " << call.which
                                  << ", time " << call.time;
        return wrong == nullptr;
    }

    bool do_both(const program_call& call, model& ideal)
    {
        alarm& one = wheel_->alarms[call.which];
        const auto which = static_cast<int>(call.which);
        switch (call.what) {
        case program_call::kind::arm:
            wheel_->wheel.arm(one, call.time);
            ideal.arm(which, call.time);
            return true;
        case program_call::kind::disarm:
            wheel_->wheel.disarm(one);
            ideal.disarm(which);
            return true;
        case program_call::kind::advance:
            (void)wheel_->wheel.advance(call.time);
            ideal.advance(call.time);
            return true;
        default:
            return wheel_->number_of(wheel_->wheel.take_due()) == ideal.take_due();
        }
    }

    // Notes the state that the wheel is in, if it is a new one. False: it is known, for another state of the model.
    bool find(const model& ideal)
    {
        for (alarm& each : wheel_->alarms) {
            if (!each.is_armed()) {
                new (&each) alarm; // what it was before makes no further state
            }
        }
        // All is where it was whenever the bytes are put back: so are pointers in there.
        const auto [known, is_new] = known_.emplace(std::string(bytes_.begin(), bytes_.end()), found_.size());
        if (is_new) {
            found_.emplace_back(known->first, ideal);
        }
        return found_[known->second].second == ideal;
    }

    alignas(both) std::array<char, sizeof(both)> bytes_{};
    both* const wheel_; // in there
    std::deque<std::pair<std::string, model>> found_;
    std::unordered_map<std::string, std::size_t> known_;
};

TEST(TimingWheelModel, EveryStateOfTwoAlarmsInThreeLevels)
{
    EXPECT_GT((every_state<61, 1, 2>().visit()), 500U);
}

TEST(TimingWheelModel, EveryStateOfTwoAlarmsInALastLevelThatIsHalfUsed)
{
    EXPECT_GT((every_state<61, 2, 2>().visit()), 500U);
}

TEST(TimingWheelModel, EveryStateOfThreeAlarmsInTwoLevels)
{
    EXPECT_GT((every_state<62, 1, 3>().visit()), 500U);
}

} // namespace
