// Each call of the system that the library makes fails once, in each of its ways, wherever it is made.
// LINUX_12_001: interruptions, short counts and EAGAIN are not seen by the user.
#include <gtest/gtest.h>

#include "sweep.hpp"
#include "variant.hpp"
#include "workload.hpp"

namespace faults {

namespace {

class Fault : public testing::TestWithParam<variant> {
protected:
    static void SetUpTestSuite() { run_without_faults(run_workload); }
};

TEST_P(Fault, LeavesEverythingInOrder)
{
    expect_order_after_each_fault(GetParam(), run_workload);
}

INSTANTIATE_TEST_SUITE_P(Call, Fault, testing::ValuesIn(async_socket_variants().begin(), async_socket_variants().end()),
                         [](const auto& each) { return name_of(each.param); });

} // namespace
} // namespace faults
