// The numbers of a stream or an engine, for scenarios.
#pragma once

#include "async_socket/statistics.h"
#include "requirement.hpp"

namespace sim {

inline as_stream_statistics statistics_of(as_stream* stream)
{
    as_stream_statistics numbers = AS_STREAM_STATISTICS;
    require(as_stream_get_statistics(stream, &numbers).how == AS_DONE, "a stream has numbers");
    return numbers;
}

inline as_engine_statistics statistics_of(as_engine* engine)
{
    as_engine_statistics numbers = AS_ENGINE_STATISTICS;
    require(as_engine_get_statistics(engine, &numbers).how == AS_DONE, "an engine has numbers");
    return numbers;
}

} // namespace sim
