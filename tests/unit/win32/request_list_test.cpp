// win32/socket/request.hpp: request_list.
#include <cstdint>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "support/any_request.hpp"

namespace {

using namespace async_socket;
using test::any_request;
using win32::request;
using win32::request_list;

class RequestList : public testing::Test {
protected:
    // A request whose round has this number.
    request& numbered(std::uint64_t number)
    {
        requests_.push_back(std::make_unique<any_request>(core::direction::send, std::vector<std::uint32_t>{1}));
        request& made = **requests_.back();
        as_buffer room[request::buffers_behind_a_cut];
        (void)made.begin_round(number, room);
        return made;
    }

    // Empties the list.
    std::vector<std::uint64_t> numbers_in_line()
    {
        std::vector<std::uint64_t> numbers;
        while (const request* const front = list_.pop_front()) {
            numbers.push_back(front->number());
        }
        EXPECT_TRUE(list_.empty());
        return numbers;
    }

    request_list list_;
    std::vector<std::unique_ptr<any_request>> requests_;
};

using numbers = std::vector<std::uint64_t>;

TEST_F(RequestList, BeginsEmpty)
{
    EXPECT_TRUE(list_.empty());
    EXPECT_EQ(list_.pop_front(), nullptr);
    EXPECT_TRUE(list_.empty());
}

TEST_F(RequestList, FirstComeFirstOut)
{
    for (const std::uint64_t number : {3U, 1U, 2U}) {
        list_.push_back(numbered(number));
        EXPECT_FALSE(list_.empty());
    }
    EXPECT_EQ(numbers_in_line(), (numbers{3, 1, 2}));
}

TEST_F(RequestList, CanBeFilledAgainAfterItWasEmptied)
{
    list_.push_back(numbered(1));
    EXPECT_EQ(numbers_in_line(), (numbers{1}));
    list_.push_back(numbered(2));
    list_.push_back(numbered(3));
    EXPECT_EQ(numbers_in_line(), (numbers{2, 3}));
    list_.insert(numbered(5), request::comes_before);
    list_.insert(numbered(4), request::comes_before);
    EXPECT_EQ(numbers_in_line(), (numbers{4, 5}));
}

TEST_F(RequestList, InsertingKeepsTheOrderOfTheNumbers)
{
    const std::vector<numbers> orders{{1, 2, 3, 4}, {4, 3, 2, 1}, {2, 4, 1, 3}, {3, 1, 4, 2}, {1, 4, 2, 3}};
    for (const numbers& order : orders) {
        for (const std::uint64_t number : order) {
            list_.insert(numbered(number), request::comes_before);
        }
        EXPECT_EQ(numbers_in_line(), (numbers{1, 2, 3, 4}));
    }
}

TEST_F(RequestList, OneAddedBehindAnInsertedLastOneStaysLast)
{
    list_.insert(numbered(2), request::comes_before);
    list_.insert(numbered(1), request::comes_before);
    list_.push_back(numbered(0));
    EXPECT_EQ(numbers_in_line(), (numbers{1, 2, 0}));
}

TEST_F(RequestList, AnyOfThemCanBeTakenOut)
{
    for (const std::uint64_t wanted : {1U, 2U, 3U}) {
        for (const std::uint64_t number : {1U, 2U, 3U}) {
            list_.push_back(numbered(number));
        }
        const auto is_wanted = [wanted](const request& each) { return each.number() == wanted; };
        const request* const taken = list_.pop_first(is_wanted);
        ASSERT_NE(taken, nullptr);
        EXPECT_EQ(taken->number(), wanted);
        EXPECT_EQ(list_.pop_first(is_wanted), nullptr);
        list_.push_back(numbered(4)); // behind the last that is left
        numbers left{1, 2, 3, 4};
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(wanted) - 1);
        EXPECT_EQ(numbers_in_line(), left);
    }
}

TEST_F(RequestList, TheOnlyOneCanBeTakenOut)
{
    list_.push_back(numbered(1));
    EXPECT_NE(list_.pop_first([](const request&) { return true; }), nullptr);
    EXPECT_TRUE(list_.empty());
    list_.push_back(numbered(2));
    EXPECT_EQ(numbers_in_line(), (numbers{2}));
}

TEST_F(RequestList, ARequestMayGoFromOneListToAnother)
{
    request_list other;
    list_.push_back(numbered(1));
    list_.push_back(numbered(2));
    while (request* const front = list_.pop_front()) {
        other.push_back(*front);
    }
    list_.push_back(*other.pop_front());
    EXPECT_EQ(other.pop_front()->number(), 2U);
    EXPECT_TRUE(other.empty());
    EXPECT_EQ(numbers_in_line(), (numbers{1}));
}

} // namespace
