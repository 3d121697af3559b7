// An address of a peer or a listener (address.h), with its functions as members. It is copied, and owns nothing.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "async_socket/address.h"
#include "async_socket/bytes.hpp"
#include "async_socket/detail/face.hpp"
#include "async_socket/result.hpp"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

enum class family : std::uint32_t { none = AS_NO_FAMILY, ipv4 = AS_IPV4, ipv6 = AS_IPV6, unix_domain = AS_UNIX };

// A text that the C interface reads: a literal, or anything with c_str(). It is not copied.
class c_string {
public:
    constexpr c_string(const char* characters) noexcept : characters_(characters) {}
    template <typename String>
    requires requires(const String& string)
    {
        {
            string.c_str()
            } -> std::convertible_to<const char*>;
    }
    constexpr c_string(const String& string) noexcept : characters_(string.c_str()) {}

    [[nodiscard]] constexpr const char* c_str() const noexcept { return characters_; }

private:
    const char* characters_;
};

// "192.0.2.1:80", "[::1]:80"; without its port "192.0.2.1", "::1".
class address_text {
public:
    [[nodiscard]] const char* c_str() const noexcept { return text_; }
    [[nodiscard]] const char* data() const noexcept { return text_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    friend class address;

    char text_[AS_ADDRESS_TEXT_SIZE]{};
    std::size_t size_ = 0;
};

class address : public as_address {
public:
    // Of no family.
    constexpr address() noexcept : as_address() {}
    constexpr address(const as_address& other) noexcept : as_address(other) {}

    // address.h says of each which texts there are, and what the answer is for others.
    [[nodiscard]] static result_of<address> parse(c_string text, std::uint16_t port) noexcept
    {
        return made([&](as_address& made) noexcept { return as_address_parse(&made, text.c_str(), port); });
    }
    [[nodiscard]] static result_of<address> parse_with_port(c_string text) noexcept
    {
        return made([&](as_address& made) noexcept { return as_address_parse_with_port(&made, text.c_str()); });
    }
    [[nodiscard]] static result_of<address> unix_domain(const_bytes path) noexcept
    {
        return made([&](as_address& made) noexcept {
            return as_address_unix(&made, static_cast<const char*>(path.data()), path.size());
        });
    }
    // Those of a family that is not IPv4 or IPv6 have no family.
    [[nodiscard]] static address any(as::family family, std::uint16_t port) noexcept
    {
        address made;
        (void)as_address_any(&made, static_cast<as_family>(family), port);
        return made;
    }
    [[nodiscard]] static address loopback(as::family family, std::uint16_t port) noexcept
    {
        address made;
        (void)as_address_loopback(&made, static_cast<as_family>(family), port);
        return made;
    }

    [[nodiscard]] as::family family() const noexcept { return static_cast<as::family>(as_address_family(this)); }
    [[nodiscard]] std::uint16_t port() const noexcept { return as_address_port(this); }
    result set_port(std::uint16_t port) noexcept { return as_address_set_port(this, port); }

    [[nodiscard]] address_text text() const noexcept
    {
        address_text made;
        made.size_ = as_address_text_with_port(this, made.text_, sizeof made.text_);
        return made;
    }
    [[nodiscard]] address_text text_without_port() const noexcept
    {
        address_text made;
        made.size_ = ::as_address_text(this, made.text_, sizeof made.text_);
        return made;
    }

    [[nodiscard]] friend bool operator==(const address& one, const address& other) noexcept
    {
        return as_address_equal(&one, &other);
    }

private:
    template <typename Make>
    [[nodiscard]] static result_of<address> made(Make make) noexcept
    {
        address made;
        const as_outcome outcome = make(made);
        return {outcome, made};
    }
};

} // namespace ASYNC_SOCKET_FACE
} // namespace as
