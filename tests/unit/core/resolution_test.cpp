// core/resolve/resolution.hpp and core/engine/engine_operation.hpp, over a fake pool and names of the test's own.
#include "core/resolve/resolution.hpp"

#include <gtest/gtest.h>

#include "core/common/process_mark.hpp"
#include "support/fake_backend.hpp"
#include "support/fake_names.hpp"
#include "support/waiting.hpp"

namespace {

using namespace async_socket;
using namespace async_socket::test;
using core::ending;

// One question, and what its callback was told.
struct question_probe {
    core::refusal start(core::execution_engine& on, const core::name_question& question)
    {
        return core::resolution::start(&operation, on, question, {room, 1, &count}, AS_NEVER);
    }
    void stop(ending why)
    {
        core::operation& stopped = core::operation::of(&operation);
        ASSERT_TRUE(stopped.holds.take());
        static_cast<core::engine_operation&>(stopped).stop(why);
        stopped.holds.drop();
    }
    [[nodiscard]] bool wait()
    {
        return wait_until([this] { return ended.load() != 0; });
    }

    static void on_end(as_operation* operation, as_outcome outcome)
    {
        auto& self = *static_cast<question_probe*>(operation->context);
        self.outcome = outcome;
        ++self.ended;
    }

    as_operation operation{on_end, this, {}};
    as_address room[1]{};
    std::uint32_t count = 99;
    as_outcome outcome{};
    std::atomic<int> ended{0};
};

class Resolution : public testing::Test {
protected:
    fake_backend pool;
    fake_names names;
};

TEST_F(Resolution, EndsWithTheAddresses)
{
    engine_reference engine;
    question_probe asked;
    EXPECT_TRUE(asked.start(*engine, {"known.test", "80"}).is_none());
    ASSERT_TRUE(asked.wait());
    EXPECT_EQ(asked.outcome.how, std::uint32_t{AS_DONE});
    EXPECT_EQ(asked.count, 1U);
    EXPECT_EQ(asked.ended, 1);
}

TEST_F(Resolution, EndsWithTheSystemsCode)
{
    names.say("unknown.test", {ending::no_such_name, 0, 11});
    engine_reference engine;
    question_probe asked;
    EXPECT_TRUE(asked.start(*engine, {"unknown.test", "80"}).is_none());
    ASSERT_TRUE(asked.wait());
    EXPECT_EQ(asked.outcome.how, std::uint32_t{AS_NO_SUCH_NAME});
    EXPECT_EQ(asked.outcome.code, 11U);
    EXPECT_EQ(asked.count, 0U);
}

TEST_F(Resolution, EndsAtOnceAsWhatItIsStoppedFor)
{
    names.hold("slow.test");
    engine_reference engine;
    question_probe asked;
    EXPECT_TRUE(asked.start(*engine, {"slow.test", "80"}).is_none());
    ASSERT_TRUE(wait_until([&] { return names.inside() == 1; }));
    asked.stop(ending::timed_out);
    ASSERT_TRUE(asked.wait());
    EXPECT_EQ(asked.outcome.how, std::uint32_t{AS_TIMED_OUT});
    EXPECT_FALSE(core::operation::of(&asked.operation).holds.take()) << "it is over";
    names.let_go("slow.test");
    engine.release();
    EXPECT_EQ(asked.ended, 1);
}

TEST_F(Resolution, IsRefusedWithoutSenseRoomOrThreads)
{
    engine_reference engine;
    question_probe asked;
    EXPECT_EQ(asked.start(*engine, {"", "80"}).how, ending::invalid);
    pool.refuse_posts = true;
    EXPECT_EQ(asked.start(*engine, {"known.test", "80"}).how, ending::no_room);
    pool.refuse_posts = false;
    names.refuse_threads = true;
    EXPECT_EQ(asked.start(*engine, {"known.test", "80"}).how, ending::no_room);
    engine_reference another;
    names.refuse_group = true;
    EXPECT_EQ(asked.start(*another, {"known.test", "80"}).how, ending::no_room);
    EXPECT_EQ(asked.count, 0U);
    EXPECT_FALSE(core::operation::of(&asked.operation).holds.take()) << "it was refused";
}

// The engine's last reference is the operation's.
TEST_F(Resolution, KeepsItsEngine)
{
    names.hold("slow.test");
    engine_reference engine;
    question_probe asked;
    EXPECT_TRUE(asked.start(*engine, {"slow.test", "80"}).is_none());
    engine.release();
    EXPECT_EQ(pool.pools, 1);
    names.let_go("slow.test");
    ASSERT_TRUE(asked.wait());
    EXPECT_EQ(asked.outcome.how, std::uint32_t{AS_DONE});
    ASSERT_TRUE(wait_until([&] { return pool.pools == 0; }));
}

TEST_F(Resolution, IsRefusedInAProcessThatWasForkedOff)
{
    engine_reference engine;
    question_probe asked;
    core::process_mark::begin_child();
    EXPECT_EQ(asked.start(*engine, {"127.0.0.1", "80"}).how, ending::not_available);
}

} // namespace
