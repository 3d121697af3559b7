// The library as a module that can be unloaded: how often it is held, and that nothing runs in it afterwards.
#pragma once

namespace sim {

void hold_module() noexcept;
// The last one unloads it.
void release_module() noexcept;
// The process exits: the other threads are gone, and the module is told.
void exit_process() noexcept;
// A breach that says `what` if the module is gone.
void check_module_is_there(const char* what) noexcept;

} // namespace sim
