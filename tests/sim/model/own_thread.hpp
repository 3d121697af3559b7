// A thread that the library has started, as the handle that it was given for it.
#pragma once

#include "model/handles.hpp"

namespace sim {

struct own_thread : object {};

} // namespace sim
