// Runs a scenario through the schedules that relacy finds.
#pragma once

#include <array>
#include <cstdio>
#include <cstring>
#include <ostream>
#include <streambuf>

#include "relacy.hpp"

namespace models {

struct search {
    rl::scheduler_type_e scheduler;
    unsigned bound;
    unsigned iterations;
};

// What relacy prints, up to a limit. A string would not do: relacy replaces operator new during a run, so
// what lives longer than the run must not allocate.
class kept_text : public std::streambuf {
public:
    kept_text() { setp(text_.data(), text_.data() + text_.size()); }
    void print() const { (void)std::fwrite(pbase(), 1, static_cast<std::size_t>(pptr() - pbase()), stdout); }

private:
    std::array<char, 65536> text_{};
};

// False if relacy found something, which it has then printed.
template <typename Scenario>
[[nodiscard]] bool passes(const search& how)
{
    kept_text kept;
    std::ostream said(&kept);
    rl::test_params parameters;
    parameters.search_type = how.scheduler;
    parameters.context_bound = how.bound;
    parameters.iteration_count = how.iterations;
    parameters.output_stream = &said;
    parameters.progress_stream = &said;
    const bool passed = rl::simulate<Scenario>(parameters);
    (void)std::printf("%s, %s: %s after %llu runs\n", Scenario::title, rl::format(how.scheduler),
                      passed ? "passed" : "FAILED", static_cast<unsigned long long>(parameters.stop_iteration));
    if (!passed) {
        kept.print();
    }
    return passed;
}

// What main() returns: 0 if everything passes, or, with --a-bug-is-planted, if something does not.
[[nodiscard]] inline int verdict(int count, char** arguments, bool (*everything_passes)())
{
    const bool a_bug_is_planted = count == 2 && std::strcmp(arguments[1], "--a-bug-is-planted") == 0;
    if (count != 1 && !a_bug_is_planted) {
        (void)std::fprintf(stderr, "usage: %s [--a-bug-is-planted]\n", arguments[0]);
        return 2;
    }
    return everything_passes() != a_bug_is_planted ? 0 : 1;
}

} // namespace models
