// The small pieces that stand on the system directly: descriptors, errno, futexes, thread slots, countdowns.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "async_socket/log.h"
#include "core/common/countdown.hpp"
#include "core/common/log.hpp"
#include "core/platform/address_wait.hpp"
#include "core/platform/last_error.hpp"
#include "core/platform/thread_slot.hpp"
#include "linux/system/unique_fd.hpp"
#include "linux/thread/thread.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;
using linux_os::unique_fd;
using std::chrono::milliseconds;
using std::chrono::seconds;

int new_fd()
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) != -1;
}

TEST(UniqueFd, ClosesItsDescriptorOnce)
{
    const int fd = new_fd();
    ASSERT_TRUE(is_open(fd));
    {
        unique_fd first(fd);
        // By reference: what a move leaves behind is part of the type's promise.
        const unique_fd& left_first = first;
        unique_fd second(std::move(first));
        EXPECT_FALSE(left_first);
        EXPECT_EQ(second.get(), fd);
        first = std::move(second);
        EXPECT_EQ(left_first.get(), fd);
        EXPECT_TRUE(is_open(fd));
    }
    EXPECT_FALSE(is_open(fd));
}

TEST(UniqueFd, ResetsAndReleases)
{
    unique_fd owner(new_fd());
    const int first = owner.get();
    owner.reset(new_fd());
    EXPECT_FALSE(is_open(first));
    const int second = owner.release();
    EXPECT_FALSE(owner);
    owner.reset();
    EXPECT_TRUE(is_open(second));
    EXPECT_EQ(close(second), 0);
}

TEST(LastError, SurvivesTheCloseOfADescriptor)
{
    unique_fd owner(new_fd());
    ASSERT_EQ(close(owner.get()), 0); // behind its back
    backend::set_last_error(1234);
    owner.reset(); // fails inside
    EXPECT_EQ(backend::last_error(), 1234U);
    EXPECT_EQ(errno, 1234);
}

TEST(LastError, SurvivesACallbackThatChangesIt)
{
    async_socket_set_log_callback([](ASYNC_SOCKET_LOG_LEVEL, const char*) { errno = 99; });
    errno = 1234;
    LOG_ERROR("%s", "a message");
    EXPECT_EQ(errno, 1234);
    async_socket_set_log_callback(nullptr);
}

TEST(AddressWait, ReturnsAtOnceForAnotherValue)
{
    const std::atomic<std::uint32_t> word{1};
    errno = 1234;
    backend::wait_while_equal(word, 2);
    backend::wait_while_equal(word, 2, UINT32_MAX);
    EXPECT_EQ(errno, 1234);
}

TEST(AddressWait, GivesUpAfterItsTime)
{
    const std::atomic<std::uint32_t> word{1};
    for (const std::uint32_t timeout : {40U, 1050U}) { // a whole second and less are in two words of the system's time
        const auto begin = std::chrono::steady_clock::now();
        errno = 1234;
        backend::wait_while_equal(word, 1, timeout);
        const auto waited = std::chrono::steady_clock::now() - begin;
        EXPECT_GE(waited, milliseconds(timeout));
        EXPECT_LT(waited, milliseconds(timeout) + seconds(5));
        EXPECT_EQ(errno, 1234);
    }
}

TEST(AddressWait, AWakeUpEndsEveryWait)
{
    std::atomic<std::uint32_t> word{1};
    const auto wait = [&] {
        while (word.load() == 1) {
            backend::wait_while_equal(word, 1);
        }
    };
    background first(wait);
    background second(wait);
    word.store(2);
    backend::wake_all(word);
    EXPECT_TRUE(first.finished());
    EXPECT_TRUE(second.finished());
}

// The waker makes no system call when nobody waits. Whoever is just about to wait has to be seen.
TEST(AddressWait, NoWakeUpIsMissed)
{
    constexpr std::uint32_t turns = 50'000;
    std::atomic<std::uint32_t> turn{0};
    const auto take_every_other_turn = [&](std::uint32_t first) {
        for (std::uint32_t mine = first; mine < turns; mine += 2) {
            for (std::uint32_t now = turn.load(); now != mine; now = turn.load()) {
                backend::wait_while_equal(turn, now);
            }
            turn.store(mine + 1, std::memory_order_release); // no more than the callers do
            backend::wake_all(turn);
        }
    };
    background even([&] { take_every_other_turn(0); });
    background odd([&] { take_every_other_turn(1); });
    EXPECT_TRUE(even.finished());
    EXPECT_TRUE(odd.finished());
}

TEST(AddressWait, AWakeUpDoesNotTouchTheMemory)
{
    errno = 1234;
    backend::wake_all(*reinterpret_cast<std::atomic<std::uint32_t>*>(std::uintptr_t{0x1000}));
    EXPECT_EQ(errno, 1234);
}

TEST(ThreadSlot, IsEachThreadsOwnAndNullAtFirst)
{
    ASSERT_TRUE(backend::thread_slot_prepare());
    int mine = 0;
    backend::thread_slot_set(&mine);
    std::thread([] {
        EXPECT_EQ(backend::thread_slot_get(), nullptr);
        int other = 0;
        backend::thread_slot_set(&other);
        EXPECT_EQ(backend::thread_slot_get(), &other);
    }).join();
    EXPECT_EQ(backend::thread_slot_get(), &mine);
    backend::thread_slot_set(nullptr);
}

TEST(Countdown, CountsDown)
{
    EXPECT_EQ(core::countdown(0).left_ms(), 0U);
    const core::countdown longest(UINT32_MAX);
    EXPECT_GT(longest.left_ms(), UINT32_MAX - 60000);
    const core::countdown little(20);
    EXPECT_LE(little.left_ms(), 20U);
    EXPECT_TRUE(wait_until([&] { return little.left_ms() == 0; }));
}

TEST(Thread, IsRunningOrBlocked)
{
    std::atomic<pid_t> thread{0};
    std::atomic<std::uint32_t> word{0};
    std::atomic<bool> spins{true};
    std::thread other([&] {
        thread = linux_os::thread_id();
        while (spins) {
        }
        while (word == 0) {
            backend::wait_while_equal(word, 0);
        }
    });
    while (thread == 0) {
        std::this_thread::yield();
    }
    using state = linux_os::thread_state;
    EXPECT_EQ(linux_os::state_of_thread(thread), state::runs); // also while it waits for a processor
    spins = false;
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (linux_os::state_of_thread(thread) == state::runs && std::chrono::steady_clock::now() < give_up) {
    }
    EXPECT_EQ(linux_os::state_of_thread(thread), state::is_blocked);
    word = 1;
    backend::wake_all(word);
    other.join();
    EXPECT_EQ(linux_os::state_of_thread(0), linux_os::thread_state::is_unknown); // there is none
}

} // namespace
