// The tests that a server's clients have begun: their streams are added up, and when the last one has ended it is told
// what the test has come to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "meter.hpp"
#include "protocol.hpp"

namespace async_perf {

// A test as the server has seen it.
struct served_test {
    request asked;
    std::string client;
    bool both_ways = false; // its streams go both ways, half of them each
    std::uint32_t streams = 0;
    moved total;       // the seconds of the longest stream
    std::string error; // empty for a success
};

class server_report;

// Any thread.
class served_tests {
public:
    // Only one: others than the first are refused.
    served_tests(const server_report& told, bool only_one) noexcept : report_(told), only_one_(only_one) {}

    // A stream of a test, from its request to its end.
    class stream {
    public:
        stream(served_tests& all, const request& asked, std::string client);
        ~stream();
        stream(const stream&) = delete;
        stream& operator=(const stream&) = delete;

        // False: the test does not ask for it, or there may be none any more. Nothing is told of it then.
        [[nodiscard]] bool is_accepted() const noexcept { return is_accepted_; }

        meter counted;
        std::string failure = "it was not finished"; // empty: a success

    private:
        served_tests& all_;
        const std::uint64_t test_id_;
        bool is_accepted_;
    };

    [[nodiscard]] std::size_t succeeded();
    [[nodiscard]] std::size_t ended();

private:
    struct entry {
        served_test test;
        std::string too_few; // what is wrong if it has fewer streams than were promised
        std::size_t running = 0;
    };

    [[nodiscard]] bool accepts(const request& asked);
    void end(entry& of, stream& ended) noexcept; // so nothing is allocated

    const server_report& report_;
    const bool only_one_;
    std::mutex mutex_; // for what follows
    std::map<std::uint64_t, entry> running_;
    std::size_t succeeded_ = 0;
    std::size_t failed_ = 0;
};

} // namespace async_perf
