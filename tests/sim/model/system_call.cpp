#include <new>

#include "model/breach.hpp"
#include "model/machine.hpp"
#include "model/thread.hpp"

namespace sim {

void count(const char* name) noexcept
{
    if (call_counts* const counted = the_machine().counted; counted != nullptr && *name != '(') { // the test's own
        ++(*counted)[name];
    }
}

system_call::system_call(const char* name, std::uint64_t first, std::uint64_t second) noexcept : name_(name)
{
    point(name);
    self().call = name;
    new (lock_) model_lock;
    trace(name, first, second);
    count(name);
}

system_call::~system_call()
{
    std::launder(reinterpret_cast<model_lock*>(lock_))->~model_lock();
    point(name_);
}

} // namespace sim
