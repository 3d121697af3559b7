// An engine of the library's own interface, on a system whose calls may fail.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>

#include "async_socket/engine.h"
#include "faulty_calls.hpp"

namespace faults {

class own_engine {
public:
    own_engine() { EXPECT_TRUE(create() || create()); } // one call of it may fail
    ~own_engine()
    {
        const library_call inside;
        EXPECT_EQ(as_engine_end_and_wait(handle_).how, static_cast<std::uint32_t>(AS_DONE));
    }
    own_engine(const own_engine&) = delete;
    own_engine& operator=(const own_engine&) = delete;

    [[nodiscard]] as_engine* handle() const { return handle_; }

private:
    [[nodiscard]] bool create()
    {
        const library_call inside;
        return as_engine_create(nullptr, &handle_).how == AS_DONE;
    }

    as_engine* handle_ = nullptr;
};

} // namespace faults
