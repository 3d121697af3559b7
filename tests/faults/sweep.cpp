#include "sweep.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "async_socket/log.h"
#include "faulty_calls.hpp"
#include "handle_count.hpp"
#include "support/ending.hpp"

namespace faults {

void run_without_faults(std::string (*run)())
{
    async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF);
    plan(nullptr);
    EXPECT_EQ("", run());
}

void expect_order_after_each_fault(const variant& each, std::string (*run)())
{
    plan(nullptr);
    ASSERT_EQ("", run());
    const std::uint32_t calls = std::min(calls_of(each.call), calls_tried);
    ASSERT_NE(0U, calls) << "this call is not made";
    const std::size_t handles = async_socket::test::open_handles();
    const std::int64_t memory = memory_in_use();
    std::uint32_t struck = 0;
    for (std::uint32_t number = 1; number <= calls; ++number) {
        SCOPED_TRACE(number);
        const fault planned{each.call, number, 1, each.what, each.code};
        plan(&planned);
        EXPECT_EQ("", run());
        struck += has_struck() ? 1U : 0U;
    }
    EXPECT_NE(0U, struck); // not all: no two runs make the same calls
    plan(nullptr);
    EXPECT_TRUE(contract::handles_come_down_to(handles + contract::late_handles));
    EXPECT_TRUE(contract::becomes_true([memory] { return memory_in_use() <= memory; }));
}

} // namespace faults
