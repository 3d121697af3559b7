// What a scenario must see.
#pragma once

namespace sim {

// A breach that names `what`, unless it holds.
void require(bool holds, const char* what);

} // namespace sim
