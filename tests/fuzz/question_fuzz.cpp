// A string of bytes is a question for the addresses of a name: as_resolve refuses it if it makes no sense by the
// header's words, which are here once more, and reads nothing beyond its texts; otherwise it has an answer of its kind.
// No name is asked for: what makes sense is asked as a notation.
//
// For libFuzzer, and for replay_main.cpp, which needs no fuzzer.
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>

#include "async_socket/resolve.h"
#include "target.hpp"

namespace {

void require(bool holds, const char* what)
{
    if (!holds) {
        (void)std::fprintf(stderr, "breach: %s\n", what);
        std::abort();
    }
}

bool is(const as_outcome& outcome, as_how how)
{
    return outcome.how == static_cast<std::uint32_t>(how);
}

// A text that ends where its memory does: with its 0, or, if it is too long to be read to its end, without one.
class exact_text {
public:
    exact_text(std::string_view text, std::size_t longest)
        : text_(text), size_(std::min(text.size() + 1, longest + 1)), memory_(new char[size_]())
    {
        std::copy_n(text.begin(), std::min(text.size(), size_), memory_.get());
    }

    [[nodiscard]] const char* memory() const { return memory_.get(); }
    [[nodiscard]] std::string_view text() const { return text_; }
    [[nodiscard]] bool is_one_word(std::size_t longest) const
    {
        return !text_.empty() && text_.size() <= longest && std::ranges::none_of(text_, [](char letter) {
            return static_cast<unsigned char>(letter) <= ' ' || letter == 0x7f;
        });
    }

private:
    std::string_view text_;
    std::size_t size_;
    std::unique_ptr<char[]> memory_;
};

constexpr std::size_t longest_host = 255;
constexpr std::size_t longest_service = 63;

// What the bytes say: flags, family, which of the texts there are, and the texts, with a 0 between them.
struct asked {
    explicit asked(std::string_view bytes)
    {
        const auto take = [&bytes] {
            const std::uint8_t first = bytes.empty() ? 0 : static_cast<std::uint8_t>(bytes.front());
            bytes.remove_prefix(bytes.empty() ? 0 : 1);
            return first;
        };
        flags = take();
        family = take();
        const std::uint8_t which = take();
        const std::size_t end = std::min(bytes.find('\0'), bytes.size());
        if ((which & 1) == 0) {
            host.emplace(bytes.substr(0, end), longest_host);
        }
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
        if ((which & 2) == 0) {
            service.emplace(bytes.substr(0, bytes.find('\0')), longest_service);
        }
    }

    std::uint32_t flags = 0;
    std::uint32_t family = 0;
    std::optional<exact_text> host;
    std::optional<exact_text> service;
};

bool is_number(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char letter) { return letter >= '0' && letter <= '9'; });
}

std::optional<std::uint16_t> port_of(std::string_view digits)
{
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    const unsigned long port = digits.size() <= 5 ? std::strtoul(std::string(digits).c_str(), nullptr, 10) : 65536;
    return port <= 65535 ? std::optional(static_cast<std::uint16_t>(port)) : std::nullopt;
}

bool service_makes_sense(const std::optional<exact_text>& service)
{
    if (!service) {
        return true;
    }
    const std::string_view text = service->text();
    const auto is_letter = [](char letter) { return (letter | 32) >= 'a' && (letter | 32) <= 'z'; };
    return service->is_one_word(longest_service) &&
           (is_number(text) ? port_of(text).has_value() : std::ranges::any_of(text, is_letter));
}

bool makes_sense(const asked& what)
{
    const bool has_host = what.host ? what.host->is_one_word(longest_host) : (what.flags & AS_QUESTION_PASSIVE) != 0;
    return has_host && what.family <= AS_IPV6 && (what.flags & ~(AS_QUESTION_PASSIVE | AS_QUESTION_NUMERIC)) == 0 &&
           service_makes_sense(what.service);
}

struct answer {
    as_operation operation{on_end, this, {}};
    as_address addresses[4]{};
    std::uint32_t count = 99;
    as_outcome outcome{};
    std::binary_semaphore has_ended{0};

private:
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        auto& self = *static_cast<answer*>(operation->context);
        self.outcome = outcome;
        self.has_ended.release();
    }
};

void check_answer(const answer& found, const asked& what)
{
    const bool is_done = is(found.outcome, AS_DONE);
    require(is_done || is(found.outcome, AS_NO_SUCH_NAME) || is(found.outcome, AS_FAILED), "no such end");
    require(found.outcome.bytes == 0 && is_done == (found.outcome.code == 0), "a code if it is not done");
    require(is_done == (found.count != 0), "addresses if it is done");
    const bool has_port = !what.service || is_number(what.service->text());
    const std::uint16_t port = what.service && has_port ? *port_of(what.service->text()) : 0;
    for (std::uint32_t i = 0; i < std::min(found.count, 4U); ++i) {
        const std::uint32_t family = as_address_family(&found.addresses[i]);
        require(family == what.family || (what.family == AS_NO_FAMILY && family <= AS_IPV6), "another family");
        require(!has_port || as_address_port(&found.addresses[i]) == port, "another port");
    }
}

as_engine* engine()
{
    static as_engine* const only = [] {
        as_engine* made = nullptr;
        require(is(as_engine_create(nullptr, &made), AS_DONE), "no engine");
        return made;
    }();
    return only;
}

} // namespace

void show_trace() {}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    asked what({reinterpret_cast<const char*>(bytes), size});
    const bool has_sense = makes_sense(what);
    what.flags |= has_sense ? AS_QUESTION_NUMERIC : 0;
    const as_question question{what.host ? what.host->memory() : nullptr,
                               what.service ? what.service->memory() : nullptr, what.family, what.flags};
    answer found;
    const as_outcome started =
        as_resolve(engine(), &question, &found.operation, found.addresses, 4, &found.count, AS_NEVER);
    require(is(started, has_sense ? AS_DONE : AS_INVALID), "refused, or not, against the header's words");
    if (has_sense) {
        found.has_ended.acquire();
        check_answer(found, what);
    }
    return 0;
}
