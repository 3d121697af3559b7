// Runs the tests, then ends the process without the usual tear-down.
//
// Wine 8 crashes now and then in a program that ends while a thread pool is still starting its threads:
// 2 of 200 runs of a program that does nothing but create a pool, close it and return. A test that takes
// a few milliseconds with a fresh engine is such a program, and its result would be lost.
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
