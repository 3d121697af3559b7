// How something ended: what every operation and every function of this interface that can fail answers. Nothing throws
// but value(), which is for those who want it.
//
//     const auto got = co_await peer.receive(room, as::within(30s));
//     if (!got) { log(got.message().c_str()); co_return; }         // "timed out", "reset: Connection reset by peer"
//     ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include "async_socket/detail/face.hpp"
#include "async_socket/detail/misuse.hpp"
#include "async_socket/outcome.h"

namespace as {
inline namespace ASYNC_SOCKET_FACE {

// outcome.h says what each means. One that is none of these is treated as `failed`.
enum class how : std::uint32_t {
    done = AS_DONE,
    end_of_stream = AS_END_OF_STREAM,
    reset = AS_RESET,
    closed_here = AS_CLOSED_HERE,
    cancelled = AS_CANCELLED,
    timed_out = AS_TIMED_OUT,
    refused = AS_REFUSED,
    unreachable = AS_UNREACHABLE,
    no_such_name = AS_NO_SUCH_NAME,
    no_room = AS_NO_ROOM,
    not_available = AS_NOT_AVAILABLE,
    invalid = AS_INVALID,
    failed = AS_FAILED
};

// The category of error codes whose values are those of `how`. Compare an error with as::how::timed_out, say, or with
// std::errc where the standard has the same: timed_out, operation_canceled, connection_reset, connection_refused,
// host_unreachable, not_enough_memory, not_supported, invalid_argument. One object for each module that is linked:
// compare codes with `==` in the module that they come from.
[[nodiscard]] const std::error_category& category() noexcept;

[[nodiscard]] inline std::error_code make_error_code(how reason) noexcept
{
    return {static_cast<int>(reason), category()};
}

// How an outcome reads: "reset: Connection reset by peer".
class message {
public:
    explicit message(const as_outcome& outcome) noexcept
    {
        append(as_how_text(outcome.how));
        const std::size_t length = length_;
        append(": ");
        length_ += as_code_text(outcome.code, text_ + length_, sizeof text_ - length_);
        if (length_ == length + 2) { // the system has said nothing
            length_ = length;
            text_[length_] = '\0';
        }
    }

    [[nodiscard]] const char* c_str() const noexcept { return text_; }
    [[nodiscard]] const char* data() const noexcept { return text_; }
    [[nodiscard]] std::size_t size() const noexcept { return length_; }

private:
    void append(const char* what) noexcept
    {
        while (*what != '\0' && length_ + 1 < sizeof text_) {
            text_[length_++] = *what++;
        }
        text_[length_] = '\0';
    }

    char text_[192];
    std::size_t length_ = 0;
};

class result {
public:
    // Of what was never started: `invalid`.
    constexpr result() noexcept : outcome_{0, AS_INVALID, 0} {}
    constexpr result(const as_outcome& outcome) noexcept : outcome_(outcome) {}
    constexpr result(as::how ended) noexcept : outcome_{0, static_cast<std::uint32_t>(ended), 0} {}

    [[nodiscard]] constexpr as::how how() const noexcept
    {
        return outcome_.how <= AS_FAILED ? static_cast<as::how>(outcome_.how) : as::how::failed;
    }
    // All that was asked for.
    [[nodiscard]] explicit constexpr operator bool() const noexcept { return outcome_.how == AS_DONE; }
    // That were moved, however it ended.
    [[nodiscard]] constexpr std::size_t bytes() const noexcept { return static_cast<std::size_t>(outcome_.bytes); }
    // The system's own (outcome.h), for messages.
    [[nodiscard]] constexpr std::uint32_t code() const noexcept { return outcome_.code; }
    // "timed out"
    [[nodiscard]] const char* text() const noexcept { return as_how_text(outcome_.how); }
    // The same with what the system says of its code.
    [[nodiscard]] as::message message() const noexcept { return as::message(outcome_); }
    [[nodiscard]] constexpr const as_outcome& outcome() const noexcept { return outcome_; }

    // No error, if it is done. The bytes and the system's code are only here.
    [[nodiscard]] std::error_code error() const noexcept { return *this ? std::error_code() : make_error_code(how()); }
    operator std::error_code() const noexcept { return error(); }

    // The bytes, of what is done. Otherwise throws std::system_error, or, in a program without exceptions, ends it.
    std::size_t value() const
    {
        require_done();
        return bytes();
    }

    [[nodiscard]] friend constexpr bool operator==(const result& one, as::how other) noexcept
    {
        return one.how() == other;
    }

protected:
    void require_done() const
    {
        if (!*this) {
#if ASYNC_SOCKET_HAS_EXCEPTIONS
            char text[160];
            (void)as_code_text(outcome_.code, text, sizeof text);
            throw std::system_error(error(), text);
#else
            detail::give_up(message().c_str());
#endif
        }
    }

private:
    as_outcome outcome_;
};

// How something ended that makes something: a connect a stream, say. It is there if the result is true.
template <typename Made>
class result_of : public result {
public:
    constexpr result_of() noexcept = default;
    // How it ended without one; what says that it is done is invalid.
    constexpr result_of(const result& how_it_ended) noexcept
        : result(how_it_ended ? result(as::how::invalid) : how_it_ended)
    {
    }
    constexpr result_of(const as_outcome& outcome, Made made) noexcept : result(outcome), made_(std::move(made)) {}

    [[nodiscard]] Made& operator*() & noexcept { return made_; }
    [[nodiscard]] const Made& operator*() const& noexcept { return made_; }
    [[nodiscard]] Made&& operator*() && noexcept { return std::move(made_); }
    [[nodiscard]] Made* operator->() noexcept { return &made_; }
    [[nodiscard]] const Made* operator->() const noexcept { return &made_; }

    // As result::value.
    [[nodiscard]] Made value() &&
    {
        require_done();
        return std::move(made_);
    }
    [[nodiscard]] const Made& value() const&
    {
        require_done();
        return made_;
    }
    [[nodiscard]] Made& value() &
    {
        require_done();
        return made_;
    }

private:
    // Of what is empty by a function of its own, and not by default.
    [[nodiscard]] static constexpr Made none() noexcept
    {
        if constexpr (requires { Made::none(); }) {
            return Made::none();
        } else {
            return Made{};
        }
    }

    Made made_ = none();
};

namespace detail {

class error_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "async_socket"; }
    [[nodiscard]] std::string message(int value) const override
    {
        return as_how_text(static_cast<std::uint32_t>(value));
    }
    [[nodiscard]] std::error_condition default_error_condition(int value) const noexcept override
    {
        switch (static_cast<how>(value)) {
        case how::reset:
            return std::errc::connection_reset;
        case how::cancelled:
            return std::errc::operation_canceled;
        case how::timed_out:
            return std::errc::timed_out;
        case how::refused:
            return std::errc::connection_refused;
        case how::unreachable:
            return std::errc::host_unreachable;
        case how::no_room:
            return std::errc::not_enough_memory;
        case how::not_available:
            return std::errc::not_supported;
        case how::invalid:
            return std::errc::invalid_argument;
        default:
            return {value, *this};
        }
    }
};

} // namespace detail

inline const std::error_category& category() noexcept
{
    static const detail::error_category only{};
    return only;
}

} // namespace ASYNC_SOCKET_FACE
} // namespace as

template <>
struct std::is_error_code_enum<as::how> : std::true_type {
};
