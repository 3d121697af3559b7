// What the program asks the system about itself.
#pragma once

namespace async_perf::system_process {

// Time that all threads so far have kept a processor busy, in the program and in the system.
double cpu_seconds();

// Does a person read what goes to stderr as it comes?
bool stderr_is_terminal();

} // namespace async_perf::system_process
