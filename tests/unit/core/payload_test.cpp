// c_api/c_pal/payload.hpp
#include "c_api/c_pal/payload.hpp"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "c_api/c_pal/call.hpp"
#include "support/fake_backend.hpp"
#include "support/guard_page.hpp"

namespace {

using async_socket::c_api::call;
using async_socket::c_api::payload_problem;
using async_socket::test::fake_backend;
using async_socket::test::guard_page;

class Payload : public testing::Test {
protected:
    bool accepts(const std::vector<ASYNC_SOCKET_BUFFER>& payload)
    {
        return payload_problem(payload.data(), static_cast<std::uint32_t>(payload.size()), &total_) == nullptr;
    }

    ASYNC_SOCKET_BUFFER of_length(std::uint32_t length) { return {&byte_, length}; }

    fake_backend fake_;
    std::uint64_t total_ = 0;
    char byte_ = 0; // every buffer points here: the checks never look at the bytes
};

// 01_025, 01_074
TEST_F(Payload, NullIsRefused)
{
    EXPECT_NE(payload_problem(nullptr, 1, &total_), nullptr);
}

// 01_085, 01_086
TEST_F(Payload, NoBuffersAreRefusedWithoutLookingAtTheArray)
{
    const guard_page page;
    EXPECT_NE(payload_problem(reinterpret_cast<const ASYNC_SOCKET_BUFFER*>(page.forbidden()), 0, &total_), nullptr);
}

TEST_F(Payload, OneByteIsTheLeast)
{
    EXPECT_TRUE(accepts({of_length(1)}));
    EXPECT_EQ(total_, 1U);
}

// 01_089, 01_091
TEST_F(Payload, ANullBufferAnywhereIsRefused)
{
    for (std::size_t position = 0; position < 3; ++position) {
        std::vector<ASYNC_SOCKET_BUFFER> payload(3, of_length(1));
        payload[position].buffer = nullptr;
        EXPECT_FALSE(accepts(payload)) << "at " << position;
    }
}

// 01_090, 01_092
TEST_F(Payload, AnEmptyBufferAnywhereIsRefused)
{
    for (std::size_t position = 0; position < 3; ++position) {
        std::vector<ASYNC_SOCKET_BUFFER> payload(3, of_length(1));
        payload[position].length = 0;
        EXPECT_FALSE(accepts(payload)) << "at " << position;
    }
}

TEST_F(Payload, TheSumIsTheTotal)
{
    EXPECT_TRUE(accepts({of_length(1), of_length(20), of_length(300)}));
    EXPECT_EQ(total_, 321U);
}

// 01_101, 01_096
TEST_F(Payload, UINT32_MAXBytesAreAccepted)
{
    EXPECT_TRUE(accepts({of_length(UINT32_MAX)}));
    EXPECT_EQ(total_, UINT32_MAX);
    EXPECT_TRUE(accepts({of_length(UINT32_MAX - 1), of_length(1)}));
    EXPECT_EQ(total_, UINT32_MAX);
    EXPECT_TRUE(accepts({of_length(0x80000000U), of_length(0x7FFFFFFFU)}));
    EXPECT_EQ(total_, UINT32_MAX);
}

// 01_101, 01_096
TEST_F(Payload, OneByteMoreThanUINT32_MAXIsRefused)
{
    EXPECT_FALSE(accepts({of_length(UINT32_MAX), of_length(1)}));
    EXPECT_FALSE(accepts({of_length(1), of_length(UINT32_MAX)}));
    EXPECT_FALSE(accepts({of_length(0x80000000U), of_length(0x80000000U)}));
}

// 01_101, 01_096: a sum kept in 32 bits would come out small.
TEST_F(Payload, ASumThatWrapsAroundIsRefused)
{
    EXPECT_FALSE(accepts({of_length(UINT32_MAX), of_length(2)}));
    EXPECT_FALSE(accepts({of_length(UINT32_MAX), of_length(UINT32_MAX), of_length(12)}));
    EXPECT_FALSE(accepts(std::vector<ASYNC_SOCKET_BUFFER>(1000, of_length(UINT32_MAX))));
}

// 01_103: the limit is on the memory for the descriptions.
TEST_F(Payload, DescriptionsOfExactlyUINT32_MAXBytesAreAccepted)
{
    fake_.operation_size += UINT32_MAX - call::size_for(4);
    ASSERT_EQ(call::size_for(4), UINT32_MAX);
    EXPECT_TRUE(accepts(std::vector<ASYNC_SOCKET_BUFFER>(4, of_length(1))));
}

// 01_103
TEST_F(Payload, DescriptionsOfOneByteMoreAreRefused)
{
    fake_.operation_size += UINT32_MAX - call::size_for(4) + 1;
    ASSERT_EQ(call::size_for(4), std::uint64_t{UINT32_MAX} + 1);
    EXPECT_FALSE(accepts(std::vector<ASYNC_SOCKET_BUFFER>(4, of_length(1))));
    EXPECT_TRUE(accepts(std::vector<ASYNC_SOCKET_BUFFER>(3, of_length(1))));
}

// 01_103: the array of such a count need not even be there.
TEST_F(Payload, AHugeCountIsRefusedWithoutReadingTheArray)
{
    const guard_page page;
    const auto* const unreadable = reinterpret_cast<const ASYNC_SOCKET_BUFFER*>(page.forbidden());
    EXPECT_NE(payload_problem(unreadable, UINT32_MAX, &total_), nullptr);
    const std::uint64_t for_each = call::size_for(1) - call::size_for(0);
    const auto first_too_many = static_cast<std::uint32_t>((UINT32_MAX - call::size_for(0)) / for_each + 1);
    ASSERT_LE(call::size_for(first_too_many - 1), UINT32_MAX);
    EXPECT_NE(payload_problem(unreadable, first_too_many, &total_), nullptr);
}

TEST_F(Payload, NothingBehindTheArrayIsRead)
{
    const guard_page page;
    auto* const last = reinterpret_cast<ASYNC_SOCKET_BUFFER*>(page.forbidden()) - 2;
    last[0] = of_length(5);
    last[1] = of_length(6);
    EXPECT_EQ(payload_problem(last, 2, &total_), nullptr);
    EXPECT_EQ(total_, 11U);
}

} // namespace
