// One run of a test body on a simulated machine.
#pragma once

#include <functional>

#include "model/machine.hpp"
#include "model/thread.hpp"

namespace sim {

// Runs `body` as the first thread of a fresh machine, waits until the pool's threads are gone, and
// checks that nothing is left.
void simulate(const schedule& how, const behaviour& world, const fault_plan& faults, const std::function<void()>& body);

// The same as the first use of the library in this process, without faults. Once. True: the library has
// ended the program, and nothing was checked.
[[nodiscard]] bool simulate_first_use(const schedule& how, const behaviour& world, const std::function<void()>& body);

// A thread of the application: its end cancels what it issued.
void spawn_application_thread(std::function<void()> body);

// What a caller does with memory that the library gave it: free(), which is the model's here.
void free_library_memory(void* memory) noexcept;

// Sleeps for a while of the machine's time. The network and all other threads go on.
void sleep_ms(std::uint64_t time) noexcept;

// Waits, for a long while of the machine's time, until `holds`; a breach that names `what` otherwise.
void wait_until(const char* what, const std::function<bool()>& holds) noexcept;

} // namespace sim
