// One call of the system fails in one way, wherever it is made.
#pragma once

#include <cstdint>
#include <string>

#include "variant.hpp"

namespace faults {

// Later calls are like earlier ones.
constexpr std::uint32_t calls_tried = 12;

// `run` does what is to be done, and tells what is wrong with that. It is called once for the first call that fails,
// once for the second, and so on; what it leaves behind is an error, too.
void expect_order_after_each_fault(const variant& each, std::string (*run)());

// Before it: what the system keeps after the first use is no matter.
void run_without_faults(std::string (*run)());

} // namespace faults
