#include "async_socket/resolve.h"

#include "c_api/own/handles.hpp"
#include "c_api/own/start.hpp"
#include "core/resolve/resolution.hpp"

using namespace async_socket;

namespace {

constexpr std::uint32_t flags_that_are = AS_QUESTION_PASSIVE | AS_QUESTION_NUMERIC;

} // namespace

extern "C" as_outcome as_resolve(as_engine* engine, const as_question* question, as_operation* operation,
                                 as_address* addresses, std::uint32_t capacity, std::uint32_t* count,
                                 as_deadline deadline)
{
    const bool has_all = engine != nullptr && question != nullptr && operation != nullptr && count != nullptr;
    if (!has_all || operation->on_end == nullptr || (addresses == nullptr && capacity != 0) ||
        question->family > AS_IPV6 || (question->flags & ~flags_that_are) != 0) {
        return c_api::refused(operation, {core::ending::invalid});
    }
    core::name_question asked{question->host, question->service};
    asked.family = static_cast<as_family>(question->family);
    asked.is_passive = (question->flags & AS_QUESTION_PASSIVE) != 0;
    asked.is_numeric = (question->flags & AS_QUESTION_NUMERIC) != 0;
    return c_api::started(operation, core::resolution::start(operation, *c_api::to_engine(engine), asked,
                                                             {addresses, capacity, count}, deadline));
}
