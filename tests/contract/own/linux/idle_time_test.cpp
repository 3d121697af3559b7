// Idle times of streams, where the system tells of each part of a send.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "async_socket/deadline.h"
#include "async_socket/statistics.h"
#include "linux/child.hpp"
#include "own/stream_end.hpp"

namespace {

using namespace contract;
using namespace contract::own;

std::uint64_t bytes_sent(as_stream* stream)
{
    as_stream_statistics numbers = AS_STREAM_STATISTICS;
    expect(as_stream_get_statistics(stream, &numbers), AS_DONE);
    return numbers.bytes_sent;
}

// A peer that reads slowly is not idle, however long one send takes.
TEST(OwnIdleTimeOfParts, EachPartOfASendCounts)
{
    constexpr std::uint64_t idle_ms = 200;
    constexpr std::size_t size = 4 * mib;
    constexpr std::size_t step = size / 16;
    const engine here;
    stream_end end(here);
    end.far_end.limit_buffers(65536);
    expect(as_stream_set_option(end.handle(), AS_OPTION_SEND_BUFFER, 65536), AS_DONE);
    expect(as_stream_set_idle_time(end.handle(), idle_ms), AS_DONE);
    operation_record send;
    std::atomic<as_deadline> ended{0};
    send.then = [&](const as_outcome&) { ended = as_now(); };
    const as_deadline began = as_now();
    as_deadline last = began;
    expect(send.send(end.handle(), pattern(size)), AS_DONE);
    std::size_t taken = 0;
    for (; taken + step < size && ended == 0; taken += step) {
        const std::uint64_t before = bytes_sent(end.handle());
        const as_deadline now = as_now();
        EXPECT_EQ(end.far_end.receive(step).size(), step);
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        last = bytes_sent(end.handle()) != before ? now : last;
    }
    if (ended == 0) {
        EXPECT_GT(as_now(), began + idle_ms * 1'000'000);
        EXPECT_EQ(end.far_end.receive(size - taken).size(), size - taken);
    }
    ASSERT_TRUE(send.wait());
    if (send.outcome().how == AS_TIMED_OUT) { // this machine was so slow
        EXPECT_GE(ended, last + idle_ms * 1'000'000);
    } else {
        expect(send.outcome(), AS_DONE, size);
    }
}

TEST(OwnIdleTimeOfParts, AChildHasNone)
{
    const engine parents;
    stream_end end(parents);
    operation_record receive;
    expect(as_stream_set_idle_time(end.handle(), 3'600'000), AS_DONE);
    expect(receive.receive(end.handle(), 1), AS_DONE);
    EXPECT_EQ(0, in_a_child([&] {
                  if (!is(as_stream_set_idle_time(end.handle(), 1), AS_CLOSED_HERE, 0)) {
                      return 1;
                  }
                  as_stream_close(end.handle()); // frees what it has of it
                  return 0;
              }));
    const as_deadline began = as_now();
    expect(as_stream_set_idle_time(end.handle(), 5), AS_DONE);
    ASSERT_TRUE(receive.wait());
    expect(receive.outcome(), AS_TIMED_OUT);
    EXPECT_GE(as_now(), began + 5'000'000);
}

} // namespace
