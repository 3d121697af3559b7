// Callbacks may block, and then block a thread of their engine. What all of them hold up ends when they
// return.
#include <gtest/gtest.h>

#include "blocked_pool.hpp"

namespace stress {

static void PrintTo(const pool_size& size, std::ostream* out)
{
    *out << size.name;
}

namespace {

class BlockedPool : public testing::TestWithParam<pool_size> {};

TEST_P(BlockedPool, GoesOnWhenItIsLetGo)
{
    EXPECT_EQ("", run_blocked_pool(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Engine, BlockedPool, testing::ValuesIn(pool_sizes),
                         [](const auto& each) { return std::string(each.param.name); });

} // namespace
} // namespace stress
