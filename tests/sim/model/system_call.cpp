#include <new>

#include "model/breach.hpp"
#include "model/thread.hpp"

namespace sim {

system_call::system_call(const char* name, std::uint64_t first, std::uint64_t second) noexcept : name_(name)
{
    point(name);
    new (lock_) model_lock;
    trace(name, first, second);
}

system_call::~system_call()
{
    std::launder(reinterpret_cast<model_lock*>(lock_))->~model_lock();
    point(name_);
}

} // namespace sim
