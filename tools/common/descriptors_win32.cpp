#include <cstdint>

#include "common/descriptors.hpp"

namespace tools {

std::size_t raise_descriptor_limit()
{
    return SIZE_MAX;
}

} // namespace tools
