// A connect by name, or to one of several addresses, as an operation of the engine: the name is looked up, and its
// addresses run a race (race.hpp) for the stream.
//
//     start ── a name ── lookup ── answer ──┐
//       └───── addresses ───────────────────┴── race: attempts and a timer, each an operation of its own ── callback
//
// What happens comes from any thread: a callback of an attempt, or of the timer, a cancel, the deadline. It is told to
// the race under the lock. Whoever finds nobody at it does then what the race says, step by step and without the lock,
// until it says nothing: the *driver*. So steps never overlap, and nobody waits. Nothing is under way any more when the
// race is concluded; then the field goes, and the callback comes.
#pragma once

#include <cstdint>
#include <span>

#include "async_socket/connect.h"
#include "core/common/lock.hpp"
#include "core/connect/field.hpp"
#include "core/engine/engine_operation.hpp"
#include "core/resolve/name_lookup.hpp"
#include "core/resolve/name_question.hpp"

namespace async_socket::core {

class resolver;

class connecting : public engine_operation, private name_lookup {
public:
    // What is connected to: the addresses, from 1 to field::most, or else the name.
    struct target {
        name_question name;
        std::span<const as_address> addresses;
    };

    // In the memory of `asked`, whose two first members count. Not refused: it ends in a callback, and `connected` has
    // been written if that is told done. Nobody looks at the target afterwards, but `how`, and what it names, is used
    // until the callback.
    [[nodiscard]] static refusal start(as_operation* asked, execution_engine& on, const target& to,
                                       const as_connect_options& how, socket*& connected,
                                       std::uint64_t deadline) noexcept;

private:
    connecting(const as_operation& asked, execution_engine& on, const as_connect_options& how,
               socket*& connected) noexcept;

    [[nodiscard]] refusal begin_with(const target& to) noexcept;
    [[nodiscard]] refusal look_up(const name_question& name) noexcept;

    // ---- what happens
    static void answered(name_lookup& self, name_answer answer) noexcept;
    static void attempt_ended(as_operation* attempt, as_outcome outcome) noexcept;
    static void timer_ended(as_operation* timer, as_outcome outcome) noexcept;
    static void give_up(engine_operation& self, ending why) noexcept;

    // The addresses are known; or why there are none.
    void take(const name_answer& answer) noexcept;
    void begin_race(std::span<const as_address> addresses) noexcept;
    // Tells the race, if there is one. The operation may be gone when this returns.
    template <typename Event>
    void tell(Event event) noexcept;

    // ---- what is done, by the driver
    void drive() noexcept;
    [[nodiscard]] race::step next_step() noexcept;
    void start_attempt(std::uint32_t place) noexcept;
    void wait_until(std::uint64_t until_ns) noexcept;
    void conclude() noexcept;
    void report() const noexcept;

    const as_connect_options& how_;
    socket*& connected_;
    resolver* names_ = nullptr;     // who is asked for the name; null: nobody
    field* field_ = nullptr;        // while there is a race
    lock lock_;                     // for that, and all that follows
    ending stopped_ = ending::done; // as what, perhaps before there was a race; done: it was not
    bool is_driven_ = false;
};

} // namespace async_socket::core
