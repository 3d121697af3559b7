// A user's question for the addresses of a name, as an operation of the engine: a lookup in the memory of an
// as_operation, whose answer is copied into the caller's room.
#pragma once

#include <cstdint>

#include "core/engine/engine_operation.hpp"
#include "core/resolve/name_lookup.hpp"
#include "core/resolve/name_question.hpp"
#include "core/resolve/resolver.hpp"

namespace async_socket::core {

// The caller's memory for addresses, which has to last until the callback.
struct address_room {
    as_address* first;
    std::uint32_t capacity;
    std::uint32_t* count; // that were found, perhaps more than there is room for; 0 unless done
};

class resolution : public engine_operation, private name_lookup {
public:
    // In the memory of `asked`, whose two first members count. Not refused: it ends in a callback, which may have been
    // called already, with an outcome of name_answer's, or what it was stopped for. Nobody looks at the question
    // afterwards.
    [[nodiscard]] static refusal start(as_operation* asked, execution_engine& on, const name_question& question,
                                       const address_room& room, std::uint64_t deadline) noexcept;

private:
    resolution(const as_operation& asked, execution_engine& on, const address_room& room) noexcept;

    [[nodiscard]] refusal look_up(const name_question& question) noexcept;
    void take(const name_answer& answer) noexcept;

    static void answered(name_lookup& self, name_answer answer) noexcept;
    static void give_up(engine_operation& self, ending why) noexcept;

    resolver* const names_; // the engine's; null: refused
    const address_room room_;
};

} // namespace async_socket::core
