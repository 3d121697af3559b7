#include "core/common/process_mark.hpp"

namespace async_socket::core {

constinit std::uint32_t process_mark::current_ = 0;

} // namespace async_socket::core
