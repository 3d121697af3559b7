// Each call of the system that the library makes fails once, in each of its ways, wherever it is made.
// LINUX_12_001: interruptions, short counts and EAGAIN are not seen by the user.
#include <gtest/gtest.h>

#include "async_socket/log.h"
#include "faulty_calls.hpp"
#include "handle_count.hpp"
#include "support/ending.hpp"
#include "variant.hpp"
#include "workload.hpp"

namespace faults {

namespace {

// Later calls are like earlier ones.
constexpr std::uint32_t calls_tried = 12;

class Fault : public testing::TestWithParam<variant> {
protected:
    static void SetUpTestSuite()
    {
        async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
        plan(nullptr);
        EXPECT_EQ("", run_workload()); // also what the system keeps after the first use
    }
};

TEST_P(Fault, LeavesEverythingInOrder)
{
    const variant& each = GetParam();
    plan(nullptr);
    ASSERT_EQ("", run_workload());
    const std::uint32_t calls = std::min(calls_of(each.call), calls_tried);
    ASSERT_NE(0U, calls) << "the workload does not make this call";
    const std::size_t handles = async_socket::test::open_handles();
    const std::int64_t memory = memory_in_use();
    std::uint32_t struck = 0;
    for (std::uint32_t number = 1; number <= calls; ++number) {
        SCOPED_TRACE(number);
        const fault planned{each.call, number, 1, each.what, each.code};
        plan(&planned);
        EXPECT_EQ("", run_workload());
        struck += has_struck() ? 1U : 0U;
    }
    EXPECT_NE(0U, struck); // not all: no two runs make the same calls
    plan(nullptr);
    EXPECT_TRUE(contract::handles_come_down_to(handles + contract::late_handles));
    EXPECT_TRUE(contract::becomes_true([memory] { return memory_in_use() <= memory; }));
}

INSTANTIATE_TEST_SUITE_P(Call, Fault, testing::ValuesIn(async_socket_variants().begin(), async_socket_variants().end()),
                         [](const auto& each) { return name_of(each.param); });

} // namespace
} // namespace faults
