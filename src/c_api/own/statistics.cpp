#include "async_socket/statistics.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "c_api/own/handles.hpp"
#include "core/engine/execution_engine.hpp"
#include "core/socket/socket.hpp"

using namespace async_socket;

namespace {

using core::told;

// The first ones that there were: as many as any program asks for.
constexpr std::uint32_t least_of_stream = offsetof(as_stream_statistics, deadlines_passed);
constexpr std::uint32_t least_of_engine = sizeof(as_engine_statistics);
static_assert(least_of_stream == 40 && least_of_engine == 96);

// As many as there is room for; what the library does not know is 0.
template <typename Statistics>
void write(const Statistics& known, Statistics& room) noexcept
{
    const std::uint32_t size = room.size;
    std::memset(static_cast<void*>(&room), 0, size);
    std::memcpy(&room, &known, std::min<std::size_t>(size, sizeof known));
    room.size = size;
}

} // namespace

extern "C" as_outcome as_stream_get_statistics(as_stream* stream, as_stream_statistics* statistics)
{
    if (stream == nullptr || statistics == nullptr || statistics->size < least_of_stream) {
        return told(core::ending::invalid);
    }
    core::socket& socket = *c_api::to_socket(stream);
    const core::lifecycle::visit visit(socket.life());
    if (!visit.is_inside()) {
        return told(core::ending::closed_here);
    }
    const core::traffic_sums sums = socket.traffic().sums();
    write({0, 0, sums.sends, sums.receives, sums.bytes_sent, sums.bytes_received, socket.traffic().deadlines_passed()},
          *statistics);
    return told(core::ending::done);
}

extern "C" as_outcome as_engine_get_statistics(as_engine* engine, as_engine_statistics* statistics)
{
    if (engine == nullptr || statistics == nullptr || statistics->size < least_of_engine) {
        return told(core::ending::invalid);
    }
    core::execution_engine& asked = *c_api::to_engine(engine);
    if (asked.is_inherited()) { // somebody who is not here may have been counting
        return told(core::ending::not_available);
    }
    const core::tally::sums sums = asked.tally().read();
    write({0, 0, sums.traffic.sends, sums.traffic.receives, sums.traffic.bytes_sent, sums.traffic.bytes_received,
           sums.streams_open, sums.connections_accepted, sums.connections_lost, sums.accept_shortages,
           sums.connects_done, sums.connects_failed, sums.deadlines_passed},
          *statistics);
    return told(core::ending::done);
}
