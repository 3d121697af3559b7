// How many processors an engine counts on, with what the system's files and calls say as given. LINUX_15_007
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "linux/thread/processor_count.hpp"

namespace {

using namespace async_socket::linux_os;

std::map<std::string, std::string> files;

bool read(const char* path, char* text, std::size_t size)
{
    const auto found = files.find(path);
    if (found == files.end()) {
        return false;
    }
    const std::size_t length = std::min(found->second.size(), size - 1);
    std::memcpy(text, found->second.data(), length);
    text[length] = '\0';
    return true;
}

unsigned quota(std::map<std::string, std::string> given)
{
    files = std::move(given);
    return processors_of_quota(read);
}

TEST(ProcessorQuota, OfNobodyIsNone)
{
    EXPECT_EQ(0U, quota({}));
    EXPECT_EQ(0U, quota({{"/proc/self/cgroup", "0::/\n"}}));
    EXPECT_EQ(0U, quota({{"/proc/self/cgroup", "0::/a\n"}, {"/sys/fs/cgroup/a/cpu.max", "max 100000\n"}}));
    EXPECT_EQ(0U, quota({{"/proc/self/cgroup", "4:cpu:/\n"},
                         {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
                         {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}}));
}

TEST(ProcessorQuota, IsRoundedUp)
{
    const auto of = [](const char* text) {
        return quota({{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", text}});
    };
    EXPECT_EQ(1U, of("1000 100000\n"));
    EXPECT_EQ(1U, of("100000 100000\n"));
    EXPECT_EQ(2U, of("100001 100000\n"));
    EXPECT_EQ(2U, of("150000 100000"));
    EXPECT_EQ(8U, of("400000 50000\n"));
    EXPECT_EQ(2147483647U, of("9223372036854775807 1\n"));
}

// Of the group and all around it the one with the least counts.
TEST(ProcessorQuota, IsTheSmallestOnTheWayToTheRoot)
{
    const std::string group = "0::/slice/service/part\n";
    EXPECT_EQ(3U, quota({{"/proc/self/cgroup", group},
                         {"/sys/fs/cgroup/slice/service/part/cpu.max", "max 100000\n"},
                         {"/sys/fs/cgroup/slice/service/cpu.max", "600000 100000\n"},
                         {"/sys/fs/cgroup/slice/cpu.max", "300000 100000\n"}}));
    EXPECT_EQ(2U, quota({{"/proc/self/cgroup", group},
                         {"/sys/fs/cgroup/slice/service/part/cpu.max", "200000 100000\n"},
                         {"/sys/fs/cgroup/slice/cpu.max", "300000 100000\n"}}));
    EXPECT_EQ(5U, quota({{"/proc/self/cgroup", group}, {"/sys/fs/cgroup/cpu.max", "500000 100000\n"}}));
    EXPECT_EQ(0U, quota({{"/proc/self/cgroup", "0::/a\n"}, {"/sys/fs/cgroup/b/cpu.max", "100000 100000\n"}}));
}

TEST(ProcessorQuota, OfVersion1IsThatOfItsCpuController)
{
    const std::string lines = "12:cpuset:/other\n4:cpu,cpuacct:/docker/0123\n3:memory:/other\n0::/unified\n";
    EXPECT_EQ(2U, quota({{"/proc/self/cgroup", lines},
                         {"/sys/fs/cgroup/cpu/docker/0123/cpu.cfs_quota_us", "150000\n"},
                         {"/sys/fs/cgroup/cpu/docker/0123/cpu.cfs_period_us", "100000\n"},
                         {"/sys/fs/cgroup/cpu/other/cpu.cfs_quota_us", "50000\n"},
                         {"/sys/fs/cgroup/cpu/other/cpu.cfs_period_us", "100000\n"}}));
    // A container sees its own group as the root.
    EXPECT_EQ(4U, quota({{"/proc/self/cgroup", lines},
                         {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000\n"},
                         {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}}));
    EXPECT_EQ(0U, quota({{"/proc/self/cgroup", "4:cpuacct:/a\n5:cpuset:/a\n"},
                         {"/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "100000\n"},
                         {"/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n"}}));
}

TEST(ProcessorQuota, OfWhatCannotBeReadIsNone)
{
    for (const char* const text : {"", "x", "100000", "100000 0", "100000 x", "-5 100000", " "}) {
        EXPECT_EQ(0U, quota({{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", text}})) << text;
    }
    for (const char* const lines : {"", "\n", "0", "0:", "0::", ":::\n", "no colon\n\n", "4:cpu"}) {
        EXPECT_EQ(0U, quota({{"/proc/self/cgroup", lines}})) << lines;
    }
    EXPECT_EQ(0U, quota({{"/proc/self/cgroup", "0::/" + std::string(10'000, 'a') + "\n"}}));
    EXPECT_EQ(0U, quota({{"/proc/self/cgroup", std::string(10'000, ':')}}));
}

// A machine of 3000 processors, all of which the process may use.
int of_a_large_machine(std::size_t size, void* mask)
{
    constexpr std::size_t processors = 3000;
    if (size * 8 < processors) {
        errno = EINVAL;
        return -1;
    }
    std::memset(mask, 0xff, processors / 8);
    return 0;
}

TEST(ProcessorsToRunOn, MayBeMoreThan1024)
{
    EXPECT_EQ(3000U, processors_to_run_on(of_a_large_machine));
}

TEST(ProcessorsToRunOn, AreUnknownWhenTheSystemDoesNotSay)
{
    EXPECT_EQ(0U, processors_to_run_on([](std::size_t, void*) {
                  errno = EINVAL;
                  return -1;
              }));
    EXPECT_EQ(0U, processors_to_run_on([](std::size_t, void*) {
                  errno = EPERM;
                  return -1;
              }));
}

TEST(ProcessorCount, IsAtLeastOne)
{
    EXPECT_LE(1U, processor_count());
}

} // namespace
