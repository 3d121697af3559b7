// The library's own interface in a process that inherited an engine. LINUX_18_001
#include <gtest/gtest.h>

#include "async_socket/resolve.h"
#include "async_socket/statistics.h"
#include "async_socket/timer.h"
#include "handle_count.hpp"
#include "linux/child.hpp"
#include "own/listening.hpp"

namespace {

using namespace contract;
using namespace contract::own;

// It would never end: the threads are the parent's.
TEST(OwnFork, AChildStartsNothingOnItsParentsEngine)
{
    const engine parents;
    stream_end of_parent_too(parents);
    const plain_listener there;
    arrival of_child;
    const auto try_everything = [&] {
        const as_address to = loopback(AS_IPV4, there.port());
        as_target target{};
        target.addresses = &to;
        target.address_count = 1;
        as_listener* listener = nullptr;
        const as_address anywhere = loopback();
        const as_question question{"localhost", "80", AS_NO_FAMILY, 0};
        std::uint32_t found = 0;
        as_operation& operation = of_child.record.operation;
        const std::size_t before = async_socket::test::open_handles();
        const as_outcome answers[] = {
            as_connect_address(parents.handle(), &to, &operation, &of_child.stream, AS_NEVER),
            as_connect(parents.handle(), &target, nullptr, &operation, &of_child.stream, AS_NEVER),
            as_resolve(parents.handle(), &question, &operation, nullptr, 0, &found, AS_NEVER),
            as_timer_start(parents.handle(), &operation, 0),
            as_listener_open(parents.handle(), &anywhere, 1, nullptr, &listener),
        };
        int number = 1;
        for (const as_outcome& each : answers) {
            if (!is(each, AS_NOT_AVAILABLE, 0)) {
                return number;
            }
            ++number;
        }
        if (!is(as_stream_drain_and_close(of_parent_too.handle(), &operation, AS_NEVER), AS_CLOSED_HERE, 0)) {
            return number; // as any call on a stream of its parent's
        }
        return async_socket::test::open_handles() == before ? 0 : number + 1;
    };
    EXPECT_EQ(0, in_a_child(try_everything));
    arrival of_parent;
    expect(of_parent.connect(parents, loopback(AS_IPV4, there.port())), AS_DONE);
    expect(of_parent.end(), AS_DONE);
    peer far_end = there.accept(); // the first that has connected
    expect_connected(of_parent.stream, far_end);
    expect_connected(of_parent_too.handle(), of_parent_too.far_end);
}

// Somebody who is not there may be counting. What the child closes is the parent's all the same.
TEST(OwnFork, AChildReadsNoNumbersOfItsParents)
{
    const engine parents;
    stream_end end(parents);
    as_engine_statistics of_engine = AS_ENGINE_STATISTICS;
    EXPECT_EQ(0, in_a_child([&] {
                  as_stream_statistics of_stream = AS_STREAM_STATISTICS;
                  if (!is(as_engine_get_statistics(parents.handle(), &of_engine), AS_NOT_AVAILABLE, 0)) {
                      return 1;
                  }
                  if (!is(as_stream_get_statistics(end.handle(), &of_stream), AS_CLOSED_HERE, 0)) {
                      return 2;
                  }
                  end.close();
                  return 0;
              }));
    expect(as_engine_get_statistics(parents.handle(), &of_engine), AS_DONE);
    EXPECT_EQ(of_engine.streams_open, 1U);
}

// A sanitizer for threads does not allow a child of a process with threads to have some of its own.
#ifndef __SANITIZE_THREAD__
TEST(OwnFork, AnEngineOfAChildCountsFromTheBeginning)
{
    const engine parents;
    const stream_end end(parents);
    EXPECT_EQ(0, in_a_child([] {
                  as_engine* own = nullptr;
                  as_engine_statistics of_own = AS_ENGINE_STATISTICS;
                  return is(as_engine_create(nullptr, &own), AS_DONE, 0) &&
                                 is(as_engine_get_statistics(own, &of_own), AS_DONE, 0) && of_own.streams_open == 0
                             ? 0
                             : 1;
              }));
}
#endif

} // namespace
