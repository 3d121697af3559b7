#include "requirement.hpp"

#include "model/breach.hpp"

namespace sim {

void require(bool holds, const char* what)
{
    if (!holds) {
        breach("required: %s", what);
    }
}

} // namespace sim
