// A string of bytes is the text of an address: the parsers refuse it and write nothing, or read it; what they have read
// is printed, and read again as an equal address. The same bytes are what the system
// says an address is.
//
// For libFuzzer, and for replay_main.cpp, which needs no fuzzer.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "async_socket/address.h"
#include "target.hpp"

namespace {

void require(bool holds, const char* what, const std::string& text)
{
    if (!holds) {
        (void)std::fprintf(stderr, "breach: %s: \"%s\"\n", what, text.c_str());
        std::abort();
    }
}

as_address untouched()
{
    as_address address;
    std::memset(&address, 0x5a, sizeof address);
    return address;
}

void check_refused(const as_address& address, const as_outcome& outcome, const std::string& text)
{
    const as_address before = untouched();
    require(std::memcmp(&address, &before, sizeof address) == 0, "written although refused", text);
    require(outcome.how == AS_INVALID || outcome.how == AS_UNREACHABLE, as_how_text(outcome.how), text);
}

using print_function = std::size_t (*)(const as_address*, char*, std::size_t);

std::string printed(const as_address& address, print_function print)
{
    char room[AS_ADDRESS_TEXT_SIZE];
    const std::size_t length = print(&address, room, sizeof room);
    require(length < sizeof room && room[length] == '\0', "no text", "");
    char exact[AS_ADDRESS_TEXT_SIZE];
    require(print(&address, exact, length + 1) == length, "does not fit exactly", room);
    require(print(&address, exact, length) == 0, "fits too little room", room);
    return room;
}

void check_read(const as_address& address, const std::string& text)
{
    require(as_address_family(&address) == AS_IPV4 || as_address_family(&address) == AS_IPV6, "no family", text);
    as_address again = untouched();
    const std::string bare = printed(address, as_address_text);
    (void)as_address_parse(&again, bare.c_str(), as_address_port(&address));
    require(as_address_equal(&address, &again), "printed and read as another", text);
    again = untouched();
    const std::string with_port = printed(address, as_address_text_with_port);
    (void)as_address_parse_with_port(&again, with_port.c_str());
    require(as_address_equal(&address, &again), "printed with its port and read as another", text);
    again = untouched();
    std::size_t size = 0;
    const void* const system = as_address_system(&address, &size);
    (void)as_address_from_system(&again, system, size);
    require(as_address_equal(&address, &again), "not the same in the system's form", text);
}

void check_text(const std::string& text)
{
    as_address address = untouched();
    as_outcome outcome = as_address_parse(&address, text.c_str(), 80);
    if (outcome.how == AS_DONE) {
        check_read(address, text);
        require(as_address_port(&address) == 80, "another port", text);
    } else {
        check_refused(address, outcome, text);
    }
    address = untouched();
    outcome = as_address_parse_with_port(&address, text.c_str());
    if (outcome.how == AS_DONE) {
        check_read(address, text);
    } else {
        check_refused(address, outcome, text);
    }
}

// What the system says an address is.
void check_system_form(const std::string& bytes)
{
    as_address address = untouched();
    const as_outcome outcome = as_address_from_system(&address, bytes.data(), bytes.size());
    if (outcome.how == AS_DONE) {
        std::size_t size = 0;
        as_address again = untouched();
        const void* const system = as_address_system(&address, &size);
        (void)as_address_from_system(&again, system, size);
        require(as_address_equal(&address, &again), "not the same when taken again", "");
        char room[AS_ADDRESS_TEXT_SIZE];
        require(as_address_text(&address, room, sizeof room) < sizeof room, "no room for its text", "");
    } else {
        const as_address before = untouched();
        require(std::memcmp(&address, &before, sizeof address) == 0, "written although refused", "");
    }
}

} // namespace

void show_trace() {}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const std::string input(reinterpret_cast<const char*>(bytes), size);
    check_text(input);
    check_system_form(input);
    return 0;
}
