// Runs the tests, then ends the process without the usual tear-down.
//
// A program that ends while a thread pool is still starting its threads is sometimes killed on Wine 8, and
// the result of its test is lost. This leaves out what a tear-down does meanwhile; it makes that rarer but
// does not end it, see cmake/run-test-with-wine.sh.
#include <cstdio>

#include <windows.h>

#include <gtest/gtest.h>

int main(int argc, char** argv)
{
    testing::InitGoogleTest(&argc, argv);
    const int result = RUN_ALL_TESTS();
    (void)std::fflush(nullptr);
    (void)TerminateProcess(GetCurrentProcess(), static_cast<UINT>(result));
    return result;
}
