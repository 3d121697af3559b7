// The processors that the program has been pinned to: what it does not get of them.
#pragma once

#include <vector>

namespace bench {

// Once, before the workload runs. Without it nothing is known of them.
void watch_processors(std::vector<unsigned> numbers);

[[nodiscard]] unsigned watched_processors() noexcept;

// For how long they have been idle since the system started, in sum, in steps of 10 ms. 0 on Windows.
[[nodiscard]] double processors_idle_seconds();

} // namespace bench
