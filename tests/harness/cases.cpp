// Test cases that end in every way a case can, for harness_test.py.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace {

// The process fails when it ends, as it does after a leak.
bool fails_at_its_end = false;

TEST(Good, First) {}
TEST(Good, Second) {}
TEST(Good, Third) {}

TEST(Bad, Fails)
{
    EXPECT_EQ(1, 2) << "one is not two";
}
TEST(Bad, Skips)
{
    GTEST_SKIP();
}
TEST(Bad, DISABLED_Sleeps) {}
TEST(Bad, Aborts)
{
    std::abort();
}
TEST(Bad, Exits)
{
    std::exit(0);
}
TEST(Bad, Hangs)
{
    std::this_thread::sleep_for(std::chrono::hours(1));
}
TEST(Bad, FailsAtTheEnd)
{
    fails_at_its_end = true;
}

// A signal, once or always: what Wine does to programs. A file remembers.
void die_unless_it_exists(const char* variable)
{
    const char* const path = std::getenv(variable);
    if (path == nullptr) {
        return;
    }
    if (std::FILE* const file = std::fopen(path, "rx"); file != nullptr) {
        (void)std::fclose(file);
        return;
    }
    if (std::FILE* const file = std::fopen(path, "w"); file != nullptr) {
        (void)std::fclose(file);
    }
    (void)std::fprintf(stderr, "wine client error:1: planted\n");
    std::abort();
}

TEST(Wine, Before) {}
TEST(Wine, DiesOnce)
{
    die_unless_it_exists("HARNESS_DIED");
}
TEST(Wine, After) {}

} // namespace

int main(int argc, char** argv)
{
    testing::InitGoogleTest(&argc, argv);
    const int result = RUN_ALL_TESTS();
    return fails_at_its_end ? 23 : result;
}
