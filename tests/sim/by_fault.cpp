#include "by_fault.hpp"

#include <algorithm>
#include <vector>

#include "model/machine.hpp"
#include "outcome.hpp"

namespace sim {

bool is_by_fault(const as_outcome& outcome)
{
    const std::vector<std::uint32_t>& struck = the_machine().struck;
    const bool may_fail_so = outcome.how != static_cast<std::uint32_t>(AS_DONE) &&
                             outcome.how != static_cast<std::uint32_t>(AS_END_OF_STREAM) &&
                             outcome.how != static_cast<std::uint32_t>(AS_CANCELLED) &&
                             outcome.how < static_cast<std::uint32_t>(AS_INVALID);
    const bool is_failure = may_fail_so || is(outcome, AS_FAILED);
    return is_failure && (std::ranges::find(struck, outcome.code) != struck.end() ||
                          (is(outcome, AS_NO_ROOM) && outcome.code == 0 && !struck.empty()));
}

} // namespace sim
