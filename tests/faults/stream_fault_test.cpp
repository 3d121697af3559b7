// Streams of the library's own interface: each call of the system that they make fails once, in each of its ways.
#include <gtest/gtest.h>

#include <cerrno>

#include "stream_workload.hpp"
#include "sweep.hpp"
#include "variant.hpp"

namespace faults {

namespace {

constexpr variant stream_variants[] = {
    {"close", kind::error, EINTR},
    {"epoll_create1", kind::error, EMFILE},
    {"epoll_ctl", kind::error, ENOMEM},
    {"epoll_ctl", kind::error, ENOSPC},
    {"epoll_ctl_del", kind::error, ENOENT},
    {"epoll_wait", kind::interrupted, EINTR},
    {"eventfd", kind::error, EMFILE},
    {"futex", kind::interrupted, EINTR},
    {"getsockopt", kind::error, ENOBUFS},
    {"ioctl", kind::error, EIO},
    {"malloc", kind::error, ENOMEM},
    {"pthread_create", kind::error, EAGAIN},
    {"recv", kind::error, ECONNRESET},
    {"recv", kind::error, ETIMEDOUT},
    {"recv", kind::interrupted, EINTR},
    {"recv", kind::later, EAGAIN},
    {"recv", kind::short_count, 0},
    {"send", kind::error, ECONNRESET},
    {"send", kind::error, EPIPE},
    {"send", kind::error, ENOBUFS},
    {"send", kind::interrupted, EINTR},
    {"send", kind::later, EAGAIN},
    {"send", kind::short_count, 0},
    {"sendmsg", kind::error, ECONNRESET},
    {"sendmsg", kind::error, ENOMEM},
    {"sendmsg", kind::interrupted, EINTR},
    {"sendmsg", kind::later, EAGAIN},
    {"sendmsg", kind::short_count, 0},
    {"setsockopt", kind::error, ENOMEM},
    {"shutdown", kind::error, ENOTCONN},
    {"timerfd_create", kind::error, EMFILE},
    {"write", kind::interrupted, EINTR},
};

class StreamFault : public testing::TestWithParam<variant> {
protected:
    static void SetUpTestSuite() { run_without_faults(run_stream_workload); }
};

TEST_P(StreamFault, LeavesEverythingInOrder)
{
    expect_order_after_each_fault(GetParam(), run_stream_workload);
}

INSTANTIATE_TEST_SUITE_P(Call, StreamFault, testing::ValuesIn(stream_variants),
                         [](const auto& each) { return name_of(each.param); });

} // namespace
} // namespace faults
