#include "core/resolve/name_question.hpp"

#include "core/address/address.hpp"

namespace async_socket::core {

namespace {

constexpr std::uint32_t highest_port = 65535;

// Of any byte, and not as the program's language has it.
bool is_decimal(char byte) noexcept
{
    return byte >= '0' && byte <= '9';
}

bool is_latin_letter(char byte) noexcept
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool is_blank_or_control(char byte) noexcept
{
    const auto code = static_cast<unsigned char>(byte);
    return code <= ' ' || code == 0x7F;
}

// Reads no further than one byte behind the longest that is allowed.
bool is_one_word(const char* text, std::size_t longest) noexcept
{
    std::size_t length = 0;
    for (; text[length] != '\0'; ++length) {
        if (length == longest || is_blank_or_control(text[length])) {
            return false;
        }
    }
    return length != 0;
}

bool is_port(const char* digits) noexcept
{
    std::uint32_t port = 0;
    for (; is_decimal(*digits) && port <= highest_port; ++digits) {
        port = port * 10 + static_cast<std::uint32_t>(*digits - '0');
    }
    return *digits == '\0' && port <= highest_port;
}

bool has_letter(const char* text) noexcept
{
    while (*text != '\0' && !is_latin_letter(*text)) {
        ++text;
    }
    return *text != '\0';
}

} // namespace

service_kind kind_of_service(const char* service) noexcept
{
    if (service == nullptr) {
        return service_kind::none;
    }
    if (!is_one_word(service, name_question::longest_service)) {
        return service_kind::nonsense;
    }
    if (is_port(service)) {
        return service_kind::port;
    }
    return has_letter(service) ? service_kind::name : service_kind::nonsense;
}

bool makes_sense(const name_question& question) noexcept
{
    const bool has_host = question.host != nullptr;
    if (has_host ? !is_one_word(question.host, name_question::longest_host) : !question.is_passive) {
        return false;
    }
    const bool is_of_names = question.family == AS_NO_FAMILY || is_of_internet(question.family);
    return is_of_names && kind_of_service(question.service) != service_kind::nonsense;
}

} // namespace async_socket::core
