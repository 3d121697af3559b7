// The execution engine as an object that gives its reference back.
#pragma once

#include <memory>

#include "c_pal/execution_engine.h"

namespace tools {

struct engine_releaser {
    void operator()(EXECUTION_ENGINE_HANDLE engine) const { execution_engine_dec_ref(engine); }
};
using unique_engine = std::unique_ptr<EXECUTION_ENGINE_TAG, engine_releaser>;

} // namespace tools
