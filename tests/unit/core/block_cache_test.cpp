// core/common/block_cache.hpp
#include "core/common/block_cache.hpp"

#include <array>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace {

using async_socket::core::block_cache;

constexpr std::uint64_t size = 200;

TEST(BlockCache, GivesTheSameMemoryAgain)
{
    block_cache cache(size);
    void* const first = cache.take(size);
    ASSERT_NE(first, nullptr);
    cache.give_back(first, size);
    void* const again = cache.take(1);
    EXPECT_EQ(again, first);
    std::memset(again, 0xFF, size); // a small one has the room of all
    cache.give_back(again, 1);
}

TEST(BlockCache, NeverGivesOneBlockTwice)
{
    block_cache cache(size);
    std::set<void*> taken;
    for (int i = 0; i < 100; ++i) {
        taken.insert(cache.take(size));
    }
    EXPECT_EQ(taken.size(), 100U);
    for (void* const each : taken) {
        cache.give_back(each, size); // more than it keeps: the rest is freed
    }
}

TEST(BlockCache, FreesWhatItKeeps)
{
    block_cache cache(size);
    std::array<void*, 10> blocks{};
    for (void*& each : blocks) {
        each = cache.take(size);
    }
    EXPECT_EQ(cache.clear(), 0U);
    for (void* const each : blocks) {
        cache.give_back(each, size);
    }
    void* const usual = cache.take(size);
    EXPECT_EQ(cache.clear(), 9U);
    cache.give_back(usual, size);
    EXPECT_EQ(cache.clear(), 1U);
}

TEST(BlockCache, WhatIsLargerIsAllocatedEachTime)
{
    block_cache cache(size);
    void* const large = cache.take(size + 1);
    ASSERT_NE(large, nullptr);
    std::memset(large, 0xFF, size + 1);
    void* const usual = cache.take(size);
    EXPECT_NE(usual, large);
    cache.give_back(large, size + 1);
    cache.give_back(usual, size);
}

TEST(BlockCache, ThreadsShareIt)
{
    block_cache cache(size);
    std::vector<std::thread> threads;
    for (unsigned char mark = 1; mark <= 4; ++mark) {
        threads.emplace_back([&cache, mark] {
            for (int i = 0; i < 5000; ++i) {
                std::array<unsigned char*, 6> blocks{};
                for (unsigned char*& block : blocks) {
                    block = static_cast<unsigned char*>(cache.take(size));
                    std::memset(block, mark, size);
                }
                for (unsigned char* const block : blocks) {
                    EXPECT_EQ(block[size - 1], mark) << "another thread has it too";
                    cache.give_back(block, size);
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

} // namespace
