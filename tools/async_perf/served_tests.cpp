#include "served_tests.hpp"

#include <algorithm>
#include <utility>

#include "server_report.hpp"

namespace async_perf {

served_tests::stream::stream(served_tests& all, const request& asked, std::string client)
    : all_(all), test_id_(asked.test_id)
{
    std::string too_few = "the client promised " + std::to_string(asked.streams) + " streams";
    const std::lock_guard lock(all.mutex_);
    is_accepted_ = all.accepts(asked);
    if (!is_accepted_) {
        return;
    }
    entry& mine = all.running_[asked.test_id];
    mine.test.both_ways = mine.test.both_ways || (mine.test.streams != 0 && mine.test.asked.flow != asked.flow);
    mine.test.asked = asked;
    mine.test.client = std::move(client);
    mine.too_few = std::move(too_few);
    ++mine.test.streams;
    ++mine.running;
}

served_tests::stream::~stream()
{
    if (!is_accepted_) {
        return;
    }
    const std::lock_guard lock(all_.mutex_);
    const auto found = all_.running_.find(test_id_);
    all_.end(found->second, *this);
    if (found->second.running == 0) { // a client lets none go before all are there
        all_.running_.erase(found);
    }
}

// Streams of a test differ in their direction alone, and are as many as it says.
bool served_tests::accepts(const request& asked)
{
    const auto found = running_.find(asked.test_id);
    if (found == running_.end()) {
        return !only_one_ || (running_.empty() && succeeded_ + failed_ == 0);
    }
    const served_test& test = found->second.test;
    request alike = asked;
    alike.flow = test.asked.flow;
    return alike == test.asked && test.streams < test.asked.streams;
}

void served_tests::end(entry& of, stream& ended) noexcept
{
    served_test& test = of.test;
    test.total.bytes += ended.counted.bytes();
    test.total.operations += ended.counted.operations();
    if (ended.counted.was_begun()) {
        test.total.seconds = std::max(test.total.seconds, ended.counted.sum().seconds);
    }
    if (test.error.empty()) {
        test.error = std::move(ended.failure);
    }
    if (--of.running != 0) {
        return;
    }
    if (test.error.empty() && test.streams != test.asked.streams) {
        test.error = std::move(of.too_few);
    }
    ++(test.error.empty() ? succeeded_ : failed_);
    report_.test(test);
}

std::size_t served_tests::succeeded()
{
    const std::lock_guard lock(mutex_);
    return succeeded_;
}

std::size_t served_tests::ended()
{
    const std::lock_guard lock(mutex_);
    return succeeded_ + failed_;
}

} // namespace async_perf
