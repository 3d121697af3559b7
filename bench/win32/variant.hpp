// What the programs that share these sources differ in; CMakeLists.txt says which is which.
#pragma once

namespace bench::win32 {

// Operations that succeed at once are gone on with in place, without a completion: the system's mode
// FILE_SKIP_COMPLETION_PORT_ON_SUCCESS.
#ifdef BENCH_SKIP_ON_SUCCESS
inline constexpr bool skips_on_success = true;
#else
inline constexpr bool skips_on_success = false;
#endif

// Each operation has memory and an event of its own, created before it is started and gone after it ended.
#ifdef BENCH_EVENT_PER_OPERATION
inline constexpr bool allocates_operations = true;
#else
inline constexpr bool allocates_operations = false;
#endif

static_assert(!(skips_on_success && allocates_operations), "not written");

} // namespace bench::win32
