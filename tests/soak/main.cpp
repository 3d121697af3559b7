// soak SECONDS: runs everything in tests/stress for so long, round after round, and looks after each
// round whether handles, threads and memory are where they were after the warm-up. Ends with status 1 on
// the first growth or breach, with 2 for bad arguments.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>

#include "flatness.hpp"
#include "mix.hpp"
#include "watchdog.hpp"

namespace soak {
namespace {

using clock = std::chrono::steady_clock;

constexpr unsigned longest_run_s = 7 * 24 * 3600;
constexpr int warm_up_rounds = 4;
constexpr int least_rounds = 3;
constexpr std::chrono::seconds between_reports{5};
constexpr std::chrono::seconds longest_round{180};

std::optional<unsigned> parse_seconds(const char* text)
{
    unsigned seconds = 0;
    const char* const end = text + std::strlen(text);
    const auto [parsed, error] = std::from_chars(text, end, seconds);
    if (error != std::errc() || parsed != end || seconds == 0 || seconds > longest_run_s) {
        return std::nullopt;
    }
    return seconds;
}

class run {
public:
    explicit run(std::chrono::seconds duration) : duration_(duration) {}

    // The exit status.
    int operator()()
    {
        std::string problem = warm_up();
        while (problem.empty() && (clock::now() - begin_ < duration_ || rounds_ < least_rounds)) {
            problem = round();
        }
        std::printf("soak: %s after %lld s: %d rounds, %llu cells, %llu connections, %llu MiB; %s\n",
                    problem.empty() ? "passed" : "FAILED", seconds(), rounds_,
                    static_cast<unsigned long long>(mix_.done().cells),
                    static_cast<unsigned long long>(mix_.done().connections),
                    static_cast<unsigned long long>(mix_.done().streamed >> 20), flatness_.describe().c_str());
        if (!problem.empty()) {
            std::printf("soak: %s\n", problem.c_str());
        }
        return problem.empty() ? 0 : 1;
    }

private:
    std::string warm_up()
    {
        std::string problem;
        for (int i = 0; i < warm_up_rounds && problem.empty(); ++i) {
            problem = mix_.run_round();
            watchdog_.give_sign();
        }
        flatness_.take_baseline();
        report("warm");
        return problem;
    }

    std::string round()
    {
        std::string problem = mix_.run_round();
        watchdog_.give_sign();
        if (!problem.empty()) {
            return problem;
        }
        ++rounds_;
        std::string growth = flatness_.look();
        if (clock::now() - last_report_ >= between_reports) {
            report("running");
        }
        return growth;
    }

    void report(const char* state)
    {
        last_report_ = clock::now();
        std::printf("soak: %s, %lld s, round %d: %s\n", state, seconds(), rounds_, flatness_.describe().c_str());
        (void)std::fflush(stdout);
    }

    [[nodiscard]] long long seconds() const
    {
        return std::chrono::duration_cast<std::chrono::seconds>(clock::now() - begin_).count();
    }

    const std::chrono::seconds duration_;
    const clock::time_point begin_ = clock::now();
    clock::time_point last_report_ = begin_;
    int rounds_ = 0;
    flatness flatness_{blocks_lost_by_the_system_per_open()};
    mix mix_;
    watchdog watchdog_{longest_round};
};

} // namespace
} // namespace soak

int main(int argc, char** argv)
{
    const std::optional<unsigned> seconds = argc == 2 ? soak::parse_seconds(argv[1]) : std::nullopt;
    if (!seconds) {
        (void)std::fputs("usage: soak SECONDS (1 to 604800)\n", stderr);
        return 2;
    }
    int status = 1;
    try {
        status = soak::run(std::chrono::seconds(*seconds))();
    } catch (const std::exception& error) {
        std::printf("soak: FAILED: %s\n", error.what());
    }
    soak::end_process(status);
}
