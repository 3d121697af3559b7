// std::stop_token for what stop.hpp has. In a header of its own: <stop_token> takes long to compile.
#pragma once

#include <stop_token>

#include "async_socket/stop.hpp"

template <typename Function>
struct as::stop_callback_for<std::stop_token, Function> {
    using type = std::stop_callback<Function>;
};
