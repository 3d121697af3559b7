#include "model/machine.hpp"

#include <cstring>
#include <iterator>

#include "model/breach.hpp"
#include "model/connection.hpp"
#include "model/pool.hpp"
#include "model/thread.hpp"

namespace sim {

namespace {

// Never freed: the library's static objects may ask for it at the end of the program.
std::unique_ptr<machine>& current = *new std::unique_ptr<machine>;

} // namespace

machine::machine() = default;
machine::~machine() = default;

machine& the_machine() noexcept
{
    return *current;
}

void machine_begin(std::uint64_t seed, const behaviour& how, const fault_plan& faults)
{
    if (blocks_in_use() != 0) {
        breach("the library holds memory before the run begins");
    }
    current = std::make_unique<machine>();
    current->dice = random(seed ^ 0x6D616368696E65U);
    current->how = how;
    current->faults = faults;
}

void machine_end()
{
    const machine& here = *current;
    current->process_exits = true; // for what the library does when the program ends
    if (blocks_in_use() != 0) {
        breach("leak: %zu blocks of memory", blocks_in_use());
    }
    if (here.handles.count() != 0) {
        breach("leak: %zu handles", here.handles.count());
    }
    if (here.environments != 0) {
        breach("leak: %u thread pool environments", here.environments);
    }
    if (!here.overlapped_in_use.empty()) {
        breach("leak: %zu operations are still with the system", here.overlapped_in_use.size());
    }
    if (here.modules_loaded != 0) {
        breach("leak: %u modules that the library has loaded", here.modules_loaded);
    }
    if (here.address_lists != 0) {
        breach("leak: %u address lists", here.address_lists);
    }
    for (const auto& pool : here.pools) {
        if (!pool->closed) {
            breach("leak: a thread pool");
        }
    }
    for (const auto& io : here.ios) {
        if (!io->closed) {
            breach("leak: a thread pool I/O");
        }
    }
    for (const auto& work : here.works) {
        if (!work->closed) {
            breach("leak: a thread pool work");
        }
    }
    for (const auto& timer : here.timers) {
        if (!timer->closed) {
            breach("leak: a thread pool timer");
        }
    }
    for (const auto& group : here.groups) {
        if (!group->closed) {
            breach("leak: a cleanup group");
        }
    }
    if (here.module_holders > 1) {
        breach("leak: the module is still held");
    }
    if (here.pool_threads != 0) {
        breach("leak: %u pool threads", here.pool_threads);
    }
    if (here.own_threads != 0) {
        breach("leak: %u threads of the library", here.own_threads);
    }
}

DWORD fault(const char* call, std::initializer_list<DWORD> codes) noexcept
{
    machine& here = the_machine();
    const std::uint32_t number = ++here.fallible_calls;
    const fault_plan& plan = here.faults;
    here.codes.push_back(static_cast<std::uint32_t>(codes.size()));
    const bool planned =
        plan.first != 0 && (number == plan.first || number == plan.second || (plan.for_ever && number > plan.first));
    if ((!planned && !here.dice.one_in(plan.one_in)) || (plan.call != nullptr && std::strcmp(plan.call, call) != 0) ||
        plan.most == 0) {
        return 0;
    }
    --here.faults.most;
    const std::size_t choice = plan.first != 0 ? plan.choice % codes.size() : here.dice.below(codes.size());
    const DWORD code = *std::next(codes.begin(), static_cast<std::ptrdiff_t>(choice));
    here.failed_call = call;
    here.struck.push_back(code);
    trace("FAULT: the next call fails", code);
    return code;
}

void fail_with(DWORD code) noexcept
{
    self().last_error = code;
}

void disturb_last_error() noexcept
{
    static constexpr DWORD nonsense[] = {NO_ERROR, ERROR_IO_PENDING, 10054, ERROR_OPERATION_ABORTED, 0xBAD};
    machine& here = the_machine();
    if (here.dice.one_in(here.how.disturbed_error_one_in)) {
        self().last_error = nonsense[here.dice.below(std::size(nonsense))];
    }
}

} // namespace sim
