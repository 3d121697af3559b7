// core/common/list.hpp: in which order things leave.
#include "core/common/list.hpp"

#include <deque>
#include <string>

#include <gtest/gtest.h>

namespace {

using namespace async_socket;

struct letter {
    char name;
    letter* next_ = nullptr;
};

class List : public testing::Test {
protected:
    letter& make(char name) { return letters_.emplace_back(letter{name}); }
    std::string take_all()
    {
        std::string names;
        while (const letter* const each = list_.pop_front()) {
            names += each->name;
        }
        EXPECT_TRUE(list_.empty());
        return names;
    }

    core::list<letter> list_;

private:
    std::deque<letter> letters_; // which does not move them
};

TEST_F(List, FirstInIsFirstOut)
{
    for (const char name : std::string("abc")) {
        list_.push_back(make(name));
    }
    EXPECT_FALSE(list_.empty());
    EXPECT_EQ(take_all(), "abc");
}

TEST_F(List, TheFrontGoesBeforeAllOthers)
{
    list_.push_front(make('b'));
    list_.push_front(make('a'));
    list_.push_back(make('c'));
    EXPECT_EQ(take_all(), "abc");
    list_.push_back(make('d')); // behind nothing
    EXPECT_EQ(take_all(), "d");
}

TEST_F(List, AnOrderIsKept)
{
    const auto comes_before = [](const letter& one, const letter& other) { return one.name < other.name; };
    for (const char name : std::string("bdac")) {
        list_.insert(make(name), comes_before);
    }
    EXPECT_EQ(take_all(), "abcd");
}

} // namespace
