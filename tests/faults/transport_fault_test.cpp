// The transport by itself: each call of the system that it makes fails once, in each of its ways.
#include <gtest/gtest.h>

#include <algorithm>

#include "async_socket/log.h"
#include "faulty_calls.hpp"
#include "handle_count.hpp"
#include "sweep.hpp"
#include "transport_workload.hpp"
#include "variant.hpp"

namespace faults {

namespace {

class TransportFault : public testing::TestWithParam<variant> {
protected:
    static void SetUpTestSuite()
    {
        async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
        plan(nullptr);
        EXPECT_EQ("", run_transport_workload()); // also what the system keeps after the first use
    }
};

TEST_P(TransportFault, LeavesEverythingInOrder)
{
    const variant& each = GetParam();
    plan(nullptr);
    const std::size_t handles = async_socket::test::open_handles();
    const std::int64_t memory = memory_in_use();
    ASSERT_EQ("", run_transport_workload());
    const std::uint32_t calls = std::min(calls_of(each.call), calls_tried);
    ASSERT_NE(0U, calls) << "the workload does not make this call";
    std::uint32_t struck = 0;
    for (std::uint32_t number = 1; number <= calls; ++number) {
        SCOPED_TRACE(number);
        const fault planned{each.call, number, 1, each.what, each.code};
        plan(&planned);
        EXPECT_EQ("", run_transport_workload());
        struck += has_struck() ? 1U : 0U;
        EXPECT_EQ(handles, async_socket::test::open_handles());
        EXPECT_EQ(memory, memory_in_use());
    }
    EXPECT_NE(0U, struck);
    plan(nullptr);
}

INSTANTIATE_TEST_SUITE_P(Call, TransportFault,
                         testing::ValuesIn(transport_variants().begin(), transport_variants().end()),
                         [](const auto& each) { return name_of(each.param); });

} // namespace
} // namespace faults
