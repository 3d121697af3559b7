// Memory to be sent from and received into. Anything that has data() and size() and plain elements is such memory: a
// std::array, a std::span, a std::vector, a std::string, a std::string_view; and an array of C. None of it is copied:
// it stays where it is until the operation has ended. Plain elements are numbers and std::byte.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "async_socket/buffer.h"
#include "async_socket/detail/face.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

namespace detail {

// Numbers and bytes: what a peer can make something of. Not pointers, nor descriptions of other memory.
template <typename Element>
concept plain = std::is_arithmetic_v<std::remove_cv_t<Element>> || std::is_same_v<std::remove_cv_t<Element>, std::byte>;

template <typename Memory>
using element_of = std::remove_reference_t<decltype(*std::declval<Memory&>().data())>;

template <typename Memory>
concept contiguous = requires(Memory& memory)
{
    *memory.data();
    {
        memory.size()
        } -> std::convertible_to<std::size_t>;
}
&&plain<element_of<Memory>>;

// What a temporary can be had of without its memory going with it.
template <typename Memory>
concept stays = std::is_lvalue_reference_v<Memory> || std::ranges::enable_borrowed_range<std::remove_cvref_t<Memory>>;

template <typename Memory>
concept writable =
    contiguous<std::remove_reference_t<Memory>> && !std::is_const_v<element_of<std::remove_reference_t<Memory>>> &&
    stays<Memory>;

template <typename Element>
inline constexpr bool is_character = std::is_same_v<Element, const char> || std::is_same_v<Element, const char8_t>;

} // namespace detail

// To be received into.
class bytes {
public:
    constexpr bytes() noexcept = default;
    constexpr bytes(void* data, std::size_t size) noexcept : data_(data), size_(size) {}
    template <detail::writable Memory> // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): it is no memory itself
    constexpr bytes(Memory&& memory) noexcept : data_(memory.data()), size_(memory.size() * sizeof(*memory.data()))
    {
    }
    template <typename Element, std::size_t count>
    requires(detail::plain<Element> && !std::is_const_v<Element>) constexpr bytes(Element (&array)[count]) noexcept
        : data_(array), size_(sizeof array)
    {
    }

    [[nodiscard]] constexpr void* data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

private:
    void* data_ = nullptr;
    std::size_t size_ = 0;
};

// To be sent. A literal is what stands between the quotes: of an array of constant characters a 0 at its end does not
// count.
class const_bytes {
public:
    constexpr const_bytes() noexcept = default;
    constexpr const_bytes(const void* data, std::size_t size) noexcept : data_(data), size_(size) {}
    constexpr const_bytes(const bytes& other) noexcept : data_(other.data()), size_(other.size()) {}
    template <detail::contiguous Memory>
    constexpr const_bytes(const Memory& memory) noexcept
        : data_(memory.data()), size_(memory.size() * sizeof(*memory.data()))
    {
    }
    template <typename Element, std::size_t count>
    requires(detail::plain<Element>) constexpr const_bytes(Element (&array)[count]) noexcept
        : data_(array),
          size_(detail::is_character<Element> && array[count - 1] == Element{} ? sizeof array - sizeof(Element)
                                                                               : sizeof array)
    {
    }

    [[nodiscard]] constexpr const void* data() const noexcept { return data_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }

private:
    const void* data_ = nullptr;
    std::size_t size_ = 0;
};

// Several pieces of memory that are sent, or received into, in one operation, in this order. Those of no bytes are left
// out.
//
//     co_await peer.send(as::gather(head, body))
template <std::size_t most>
class pieces {
public:
    constexpr pieces() noexcept = default;
    explicit constexpr pieces(const_bytes only) noexcept { add(only.data(), only.size()); } // none if that is empty

    [[nodiscard]] constexpr const as_buffer* data() const noexcept { return all_; }
    [[nodiscard]] constexpr std::uint32_t size() const noexcept { return count_; }
    [[nodiscard]] constexpr bool is_nothing() const noexcept { return count_ == 0; }

    constexpr void add(const void* data, std::size_t size) noexcept
    {
        if (size != 0) {
            all_[count_++] = as_buffer_of(data, size);
        }
    }

private:
    as_buffer all_[most]{};
    std::uint32_t count_ = 0;
};

template <typename... Memory>
requires(sizeof...(Memory) > 0 && (std::is_constructible_v<const_bytes, Memory&&> && ...))
    [[nodiscard]] constexpr pieces<sizeof...(Memory)> gather(Memory&&... memory) noexcept
{
    pieces<sizeof...(Memory)> made;
    const auto add = [&made](const_bytes each) { made.add(each.data(), each.size()); };
    (add(memory), ...);
    return made;
}

template <typename... Memory>
requires(sizeof...(Memory) > 0 && (std::is_constructible_v<bytes, Memory&&> && ...))
    [[nodiscard]] constexpr pieces<sizeof...(Memory)> scatter(Memory&&... memory) noexcept
{
    pieces<sizeof...(Memory)> made;
    const auto add = [&made](bytes each) { made.add(each.data(), each.size()); };
    (add(std::forward<Memory>(memory)), ...);
    return made;
}

} // namespace ASYNC_SOCKET_FACE
} // namespace as
