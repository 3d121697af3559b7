// async_socket/version.h
#include "async_socket/version.h"

#include <gtest/gtest.h>

namespace {

TEST(Version, OfTheLibraryIsThatOfTheHeader)
{
    EXPECT_EQ(as_version(), AS_VERSION);
}

} // namespace
