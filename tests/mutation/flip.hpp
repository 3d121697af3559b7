// Included by force in a build of the mutated library: every condition of the library asks here, and the
// one whose number is in the environment variable MUTANT goes the other way. So all mutants are one build.
#pragma once

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <type_traits>
#include <utility>

namespace mutation {

inline unsigned chosen() noexcept
{
    const char* const text = std::getenv("MUTANT");
    return text == nullptr ? 0 : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

inline const unsigned active = chosen(); // 0: the library as it is

constexpr bool flip(unsigned number, bool condition) noexcept
{
    return std::is_constant_evaluated() ? condition : condition != (active == number);
}

// A variable that is declared in a condition: nothing where something was, and something where nothing was.
template <typename T>
T* flip_object(unsigned number, T* pointer) noexcept
{
    if (active != number) {
        return pointer;
    }
    return pointer != nullptr ? nullptr : static_cast<T*>(static_cast<void*>(std::calloc(1, sizeof(T))));
}

template <typename T>
std::optional<T> flip_object(unsigned number, std::optional<T> value) noexcept
{
    if (active != number) {
        return value;
    }
    return value ? std::nullopt : std::optional<T>(T{});
}

// What owns something cannot be made up: nothing where something was.
template <typename T>
requires(!std::is_copy_constructible_v<T>) T flip_object(unsigned number, T owner)
noexcept
{
    return active != number ? std::move(owner) : T{};
}

// A switch has one mutant for each label: the value of that label is taken for one that has none.
template <typename T>
constexpr T no_label() noexcept
{
    if constexpr (std::is_enum_v<T> && sizeof(T) == 1) {
        return std::bit_cast<T>(std::uint8_t{0x70});
    } else if constexpr (std::is_enum_v<T>) {
        return std::bit_cast<T>(0x7FFFFFF0);
    } else {
        return static_cast<T>(0x7FFFFFF0 & static_cast<T>(~T{}));
    }
}

template <typename T, typename... Labels>
constexpr T divert(unsigned first_number, T value, Labels... labels) noexcept
{
    unsigned number = first_number;
    bool diverted = false;
    ((diverted = diverted || (number == active && value == static_cast<T>(labels)), ++number), ...);
    return diverted ? no_label<T>() : value;
}

} // namespace mutation
