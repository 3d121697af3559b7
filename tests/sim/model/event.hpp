// An event object.
#pragma once

#include <cstdint>

#include "model/handles.hpp"

namespace sim {

struct event : object {
    bool manual = false;
    bool is_set = false;
    std::uint32_t operations = 0; // pending ones that will set it
};

void set_event(event& event) noexcept;

} // namespace sim
