// core/life/undelivered.hpp: a close waits until nothing is to come.
#include "core/life/undelivered.hpp"

#include <gtest/gtest.h>

#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using test::background;

TEST(Undelivered, NothingIsNotWaitedFor)
{
    core::undelivered none;
    EXPECT_TRUE(none.none());
    none.wait_for_none();
    EXPECT_TRUE(none.wait_for_none(0));
}

TEST(Undelivered, TheLastOneEndsTheWait)
{
    core::undelivered some;
    some.add(2);
    EXPECT_FALSE(some.wait_for_none(0));
    background closer([&] { some.wait_for_none(); });
    some.drop();
    EXPECT_FALSE(some.wait_for_none(1));
    some.drop();
    EXPECT_TRUE(closer.finished());
}

} // namespace
