// win32/thread/thread_identity.hpp and core/platform/thread_slot.hpp on Windows.
#include "win32/thread/thread_identity.hpp"

#include <cstdint>
#include <set>

#include <gtest/gtest.h>

#include "core/platform/last_error.hpp"
#include "core/platform/thread_slot.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using test::background;

class ThreadIdentity : public testing::Test {
protected:
    ThreadIdentity() { prepared_ = backend::thread_slot_prepare() && win32::thread_identity_prepare(); }

    bool prepared_;
};

TEST_F(ThreadIdentity, StaysTheSameOnOneThread)
{
    ASSERT_TRUE(prepared_);
    const std::uintptr_t own = win32::thread_identity();
    EXPECT_NE(own, 0U);
    EXPECT_EQ(win32::thread_identity(), own);
}

TEST_F(ThreadIdentity, IsNeverGivenToALaterThread)
{
    ASSERT_TRUE(prepared_);
    constexpr int threads = 200; // one after the other: the system reuses its thread ids
    std::set<std::uintptr_t> seen{win32::thread_identity()};
    for (int i = 0; i < threads; ++i) {
        std::uintptr_t identity = 0;
        {
            background thread([&] { identity = win32::thread_identity(); });
        }
        EXPECT_NE(identity, 0U);
        EXPECT_TRUE(seen.insert(identity).second) << "an identity was given twice";
    }
}

TEST_F(ThreadIdentity, LeavesTheLastErrorAlone)
{
    ASSERT_TRUE(prepared_);
    backend::set_last_error(1234);
    (void)win32::thread_identity();
    (void)backend::thread_slot_get();
    EXPECT_EQ(backend::last_error(), 1234U);
}

TEST_F(ThreadIdentity, EachThreadHasASlotOfItsOwnThatIsEmptyAtFirst)
{
    ASSERT_TRUE(prepared_);
    int value = 0;
    backend::thread_slot_set(&value);
    void* seen_by_other = &value;
    {
        background other([&] {
            seen_by_other = backend::thread_slot_get();
            int own = 0;
            backend::thread_slot_set(&own);
            EXPECT_EQ(backend::thread_slot_get(), &own);
            backend::thread_slot_set(nullptr);
        });
    }
    EXPECT_EQ(seen_by_other, nullptr);
    EXPECT_EQ(backend::thread_slot_get(), &value);
    backend::thread_slot_set(nullptr);
}

} // namespace
