// core/life/callback_frame.hpp
#include "core/life/callback_frame.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "core/socket/socket.hpp"
#include "support/fake_backend.hpp"
#include "support/waiting.hpp"

namespace {

using async_socket::core::callback_frame;
using async_socket::core::socket;
using async_socket::test::background;

class CallbackFrame : public testing::Test {
protected:
    async_socket::test::fake_backend fake_;
    async_socket::test::engine_reference engine_;
};

// Never opened: a frame asks its owner for nothing but its engine.
class owning_socket {
public:
    explicit owning_socket(async_socket::core::execution_engine& engine)
        : socket_(*socket::create(engine, async_socket::backend::no_connection(), 0, nullptr))
    {
    }
    ~owning_socket() { socket_.close_and_free(); }
    owning_socket(const owning_socket&) = delete;
    owning_socket& operator=(const owning_socket&) = delete;

    [[nodiscard]] const socket& get() const { return socket_; }

private:
    socket& socket_;
};

struct detached_count {
    int times = 0;
    static void add(void* self) { ++static_cast<detached_count*>(self)->times; }
};

TEST_F(CallbackFrame, NoFrameOutsideOfCallbacks)
{
    const owning_socket owner(*engine_);
    EXPECT_EQ(callback_frame::innermost(), nullptr);
    callback_frame::detach_all(owner.get());
}

TEST_F(CallbackFrame, AFrameLastsAsLongAsItsScope)
{
    const owning_socket owner(*engine_);
    detached_count count;
    {
        const callback_frame frame(owner.get(), detached_count::add, &count);
        EXPECT_NE(callback_frame::innermost(), nullptr);
    }
    EXPECT_EQ(callback_frame::innermost(), nullptr);
    callback_frame::detach_all(owner.get());
    EXPECT_EQ(count.times, 0);
}

TEST_F(CallbackFrame, AFrameIsDetachedOnce)
{
    const owning_socket owner(*engine_);
    detached_count count;
    const callback_frame frame(owner.get(), detached_count::add, &count);
    callback_frame::detach_all(owner.get());
    callback_frame::detach_all(owner.get());
    EXPECT_EQ(count.times, 1);
    EXPECT_NE(callback_frame::innermost(), nullptr) << "a detached callback still occupies its thread";
}

TEST_F(CallbackFrame, OnlyTheOwnersFramesAreDetached)
{
    const owning_socket first(*engine_);
    const owning_socket second(*engine_);
    detached_count of_first;
    detached_count of_second;
    detached_count of_first_again;
    const callback_frame outer(first.get(), detached_count::add, &of_first);
    const callback_frame middle(second.get(), detached_count::add, &of_second);
    const callback_frame inner(first.get(), detached_count::add, &of_first_again);
    callback_frame::detach_all(first.get());
    EXPECT_EQ(of_first.times, 1);
    EXPECT_EQ(of_second.times, 0);
    EXPECT_EQ(of_first_again.times, 1);
    callback_frame::detach_all(second.get());
    EXPECT_EQ(of_first.times, 1);
    EXPECT_EQ(of_second.times, 1);
    EXPECT_EQ(of_first_again.times, 1);
}

TEST_F(CallbackFrame, TheOuterFrameComesBackWhenTheInnerEnds)
{
    const owning_socket first(*engine_);
    const owning_socket second(*engine_);
    detached_count of_outer;
    detached_count of_inner;
    const callback_frame outer(first.get(), detached_count::add, &of_outer);
    {
        const callback_frame inner(second.get(), detached_count::add, &of_inner);
    }
    EXPECT_NE(callback_frame::innermost(), nullptr);
    callback_frame::detach_all(second.get());
    callback_frame::detach_all(first.get());
    EXPECT_EQ(of_outer.times, 1);
    EXPECT_EQ(of_inner.times, 0);
}

TEST_F(CallbackFrame, ANewSocketAtTheAddressOfAFreedOneIsAnotherOwner)
{
    const owning_socket place(*engine_);
    detached_count of_the_freed;
    detached_count of_the_new;
    const callback_frame outer(place.get(), detached_count::add, &of_the_freed);
    callback_frame::detach_all(place.get()); // what a destroy in the callback does
    const callback_frame inner(place.get(), detached_count::add, &of_the_new);
    callback_frame::detach_all(place.get());
    EXPECT_EQ(of_the_freed.times, 1);
    EXPECT_EQ(of_the_new.times, 1);
}

TEST_F(CallbackFrame, TellsWhoseCallbacksAreOnAStack)
{
    const owning_socket first(*engine_);
    const owning_socket second(*engine_);
    detached_count count;
    EXPECT_FALSE(callback_frame::is_inside(nullptr, first.get()));
    const callback_frame outer(first.get(), detached_count::add, &count);
    const callback_frame* const outer_stack = callback_frame::innermost();
    const callback_frame inner(second.get(), detached_count::add, &count);
    const callback_frame* const whole_stack = callback_frame::innermost();
    EXPECT_TRUE(callback_frame::is_inside(whole_stack, first.get()));
    EXPECT_TRUE(callback_frame::is_inside(whole_stack, second.get()));
    EXPECT_TRUE(callback_frame::is_inside(outer_stack, first.get()));
    EXPECT_FALSE(callback_frame::is_inside(outer_stack, second.get()));
    callback_frame::detach_all(first.get());
    EXPECT_FALSE(callback_frame::is_inside(whole_stack, first.get())) << "detached ones do not count";
    EXPECT_TRUE(callback_frame::is_inside(whole_stack, second.get()));
}

TEST_F(CallbackFrame, OtherThreadsFramesAreLeftAlone)
{
    const owning_socket owner(*engine_);
    detached_count count;
    const callback_frame frame(owner.get(), detached_count::add, &count);
    bool other_is_inside = true;
    {
        background other([&] {
            other_is_inside = callback_frame::innermost() != nullptr;
            callback_frame::detach_all(owner.get());
        });
    }
    EXPECT_FALSE(other_is_inside);
    EXPECT_EQ(count.times, 0);
}

} // namespace
