// async_socket/result.hpp
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <system_error>

#include "async_socket/result.hpp"

namespace {

TEST(FaceResult, WhatWasNeverStartedIsInvalid)
{
    const as::result none;
    EXPECT_FALSE(none);
    EXPECT_EQ(none, as::how::invalid);
    EXPECT_EQ(none.bytes(), 0U);
}

TEST(FaceResult, BytesAreThereHoweverItEnded)
{
    const as::result cut(as_outcome{3, AS_END_OF_STREAM, 0});
    EXPECT_FALSE(cut);
    EXPECT_EQ(cut, as::how::end_of_stream);
    EXPECT_EQ(cut.bytes(), 3U);
}

TEST(FaceResult, AHowThatNobodyKnowsIsAFailure)
{
    const as::result later(as_outcome{0, AS_FAILED + 1, 0});
    EXPECT_EQ(later, as::how::failed);
    EXPECT_FALSE(later);
}

TEST(FaceResult, AnErrorHasItsOwnCategoryAndEachHowItsOwnValue)
{
    const std::error_code timed_out = as::result(as::how::timed_out);
    const std::error_code cancelled = as::result(as::how::cancelled);
    const std::error_code ended = as::result(as::how::end_of_stream);
    EXPECT_STREQ(timed_out.category().name(), "async_socket");
    EXPECT_EQ(timed_out.message(), "timed out");
    EXPECT_NE(timed_out, cancelled);
    EXPECT_NE(ended, cancelled);
    EXPECT_EQ(ended, as::how::end_of_stream);
    EXPECT_FALSE(std::error_code(as::result(as::how::done)));
}

TEST(FaceResult, ErrorsAreThoseOfTheStandardWhereItHasThem)
{
    const auto error = [](as::how how) { return as::result(how).error(); };
    EXPECT_EQ(error(as::how::timed_out), std::errc::timed_out);
    EXPECT_EQ(error(as::how::cancelled), std::errc::operation_canceled);
    EXPECT_EQ(error(as::how::reset), std::errc::connection_reset);
    EXPECT_EQ(error(as::how::refused), std::errc::connection_refused);
    EXPECT_EQ(error(as::how::unreachable), std::errc::host_unreachable);
    EXPECT_EQ(error(as::how::no_room), std::errc::not_enough_memory);
    EXPECT_EQ(error(as::how::not_available), std::errc::not_supported);
    EXPECT_EQ(error(as::how::invalid), std::errc::invalid_argument);
    EXPECT_NE(error(as::how::end_of_stream), std::errc::timed_out);
}

TEST(FaceResult, AMessageHasWhatTheSystemSaid)
{
    EXPECT_STREQ(as::result(as::how::timed_out).message().c_str(), "timed out");
    char text[128];
    ASSERT_NE(as_code_text(5, text, sizeof text), 0U); // every system has an error of that number
    EXPECT_EQ(as::result(as_outcome{0, AS_RESET, 5}).message().c_str(), std::string("reset: ") + text);
}

TEST(FaceResult, ValueThrowsWhatIsNotDone)
{
    EXPECT_EQ(as::result(as_outcome{7, AS_DONE, 0}).value(), 7U);
    try {
        (void)as::result(as_outcome{7, AS_TIMED_OUT, 0}).value();
        ADD_FAILURE() << "it threw nothing";
    } catch (const std::system_error& thrown) {
        EXPECT_EQ(thrown.code(), std::errc::timed_out);
    }
}

TEST(FaceResult, WhatWasMadeIsThereIfItIsDone)
{
    as::result_of<std::string> made(as_outcome{0, AS_DONE, 0}, "made");
    ASSERT_TRUE(made);
    EXPECT_EQ(*made, "made");
    EXPECT_EQ(made->size(), 4U);
    EXPECT_EQ(std::move(made).value(), "made");
    as::result_of<std::string> not_made = as::result(as::how::refused);
    EXPECT_FALSE(not_made);
    EXPECT_EQ(*not_made, "");
    EXPECT_THROW((void)not_made.value(), std::system_error);
}

} // namespace
