// Who touches an operation from outside, before its callback: whoever cancels it.
//
// A cancel comes from any thread, and the operation may come to its callback meanwhile, in which its memory, its stream
// and its engine may go. So whoever cancels holds the operation as long as it touches it, and whoever is about to call
// back waits for those who do. That is soon: a cancel does not block.
#pragma once

#include <atomic>
#include <cstdint>

namespace async_socket::core {

class operation_holds {
public:
    struct of_nothing {};

    operation_holds() = default;
    // Of what was never accepted: nobody can.
    explicit operation_holds(of_nothing /*was_accepted*/) noexcept : word_(0) {}
    // Nobody holds the copy of an operation.
    operation_holds(const operation_holds& /*other*/) noexcept {}
    operation_holds& operator=(const operation_holds&) = delete;

    // False: its callback is about to be called, or it is none that was accepted (all bits 0, say), and nothing else of
    // it may be touched. Otherwise it has to be dropped.
    [[nodiscard]] bool take() noexcept;
    void drop() noexcept;

    // Once. From now on nobody can: its callback is about to be called, or it was refused. Returns when nobody does.
    void end() noexcept;

private:
    static constexpr std::uint32_t can_be_held = 1;
    static constexpr std::uint32_t one = 2;

    std::atomic<std::uint32_t> word_{can_be_held};
};

} // namespace async_socket::core
