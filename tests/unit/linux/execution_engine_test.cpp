// c_pal/execution_engine_linux.h
#include <gtest/gtest.h>

#include "c_pal/execution_engine_linux.h"

namespace {

struct thread_limits {
    std::uint32_t minimum;
    std::uint32_t maximum;
};

// What a module that makes threads of its own is told of an engine.
thread_limits told_of(EXECUTION_ENGINE_HANDLE engine)
{
    const EXECUTION_ENGINE_PARAMETERS_LINUX* const parameters = execution_engine_linux_get_parameters(engine);
    return {parameters->min_thread_count, parameters->max_thread_count};
}

// LINUX_17_001
TEST(ExecutionEngineLinux, TellsTheParametersThatItWasGiven)
{
    for (const thread_limits asked :
         {thread_limits{1, 1}, thread_limits{2, 7}, thread_limits{0, 0}, thread_limits{3, 0}}) {
        EXECUTION_ENGINE_PARAMETERS_LINUX parameters{asked.minimum, asked.maximum};
        EXECUTION_ENGINE_HANDLE engine = execution_engine_create(&parameters);
        parameters = {};
        ASSERT_NE(engine, nullptr);
        EXPECT_EQ(told_of(engine).minimum, asked.minimum);
        EXPECT_EQ(told_of(engine).maximum, asked.maximum);
        execution_engine_dec_ref(engine);
    }
}

// c-pal's thread pool starts as many threads as the minimum, so that none would be none at all.
TEST(ExecutionEngineLinux, TellsTheDefaultsIfItWasGivenNone)
{
    EXECUTION_ENGINE_HANDLE engine = execution_engine_create(nullptr);
    ASSERT_NE(engine, nullptr);
    EXPECT_EQ(told_of(engine).minimum, std::uint32_t{DEFAULT_MIN_THREAD_COUNT});
    EXPECT_EQ(told_of(engine).maximum, std::uint32_t{DEFAULT_MAX_THREAD_COUNT});
    execution_engine_dec_ref(engine);
}

TEST(ExecutionEngineLinux, OfNoEngineTellsNothing)
{
    EXPECT_EQ(execution_engine_linux_get_parameters(nullptr), nullptr);
}

} // namespace
