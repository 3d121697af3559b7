// A string of bytes is a list of options with their values: a stream, a listener and a connect refuse what is out of
// range by the header's words, which are here once more, or there twice; what is in range the system takes, or says why
// not.
//
// For libFuzzer, and for replay_main.cpp, which needs no fuzzer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <semaphore>
#include <set>
#include <vector>

#include "async_socket/connect.h"
#include "async_socket/listener.h"
#include "async_socket/log.h"
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

struct range {
    std::uint64_t least;
    std::uint64_t most;
    std::uint64_t beside = 0; // one more; as good as none if it is in the range
};

// Of the options from 1 on.
constexpr range ranges[] = {{0, 1},         {0, 1},         {1, 32767},     {1, 32767},
                            {1, 127},       {1, INT32_MAX}, {1, INT32_MAX}, {0, 65535, AS_NO_LINGER},
                            {0, INT32_MAX}, {1, INT32_MAX}};

bool is_in_range(const as_option_value& each)
{
    if (each.option == 0 || each.option > std::size(ranges)) {
        return false;
    }
    const range& all = ranges[each.option - 1];
    return (each.value >= all.least && each.value <= all.most) || (all.beside != 0 && each.value == all.beside);
}

bool makes_sense(const std::vector<as_option_value>& list)
{
    std::set<std::uint32_t> seen;
    return std::ranges::all_of(
        list, [&seen](const as_option_value& each) { return is_in_range(each) && seen.insert(each.option).second; });
}

// What was under way when it began has ended when it is asked.
struct arrival {
    as_operation operation{on_end, this, {}};
    as_stream* stream = nullptr;
    as_outcome outcome{};
    std::binary_semaphore has_ended{0};

private:
    static void on_end(as_operation* operation, as_outcome outcome)
    {
        auto& self = *static_cast<arrival*>(operation->context);
        self.outcome = outcome;
        self.has_ended.release();
    }
};

class loopback {
public:
    loopback()
    {
        async_socket_set_log_level(ASYNC_SOCKET_LOG_OFF); // of listeners that are refused an option
        require(is(as_engine_create(nullptr, &engine), AS_DONE), "no engine");
        require(is(as_address_loopback(&anywhere, AS_IPV4, 0), AS_DONE), "no loopback");
        as_listener* listener = nullptr;
        require(is(as_listener_open(engine, &anywhere, 1, nullptr, &listener), AS_DONE), "no listener");
        as_address there{};
        require(is(as_listener_address(listener, 0, &there), AS_DONE), "no address");
        require(is(as_connect_address(engine, &there, &connected_.operation, &connected_.stream, AS_NEVER), AS_DONE),
                "no connect");
        connected_.has_ended.acquire();
        require(is(connected_.outcome, AS_DONE), "not connected");
    }

    [[nodiscard]] as_stream* stream() const { return connected_.stream; }

    as_engine* engine = nullptr;
    as_address anywhere{};

private:
    arrival connected_;
};

void check_stream(const loopback& here, const as_option_value& each)
{
    const as_outcome set = as_stream_set_option(here.stream(), each.option, each.value);
    require(is(set, AS_INVALID) == !is_in_range(each), "set, or not, against the header's words");
    std::uint64_t now = 0;
    const as_outcome read = as_stream_get_option(here.stream(), each.option, &now);
    require(is(read, AS_INVALID) == (each.option == 0 || each.option > std::size(ranges)), "no such option");
}

void check_listener(const loopback& here, const std::vector<as_option_value>& list)
{
    as_listener_options options = AS_LISTENER_OPTIONS;
    options.options = list.data();
    options.option_count = static_cast<std::uint32_t>(list.size());
    as_listener* listener = nullptr;
    const as_outcome opened = as_listener_open(here.engine, &here.anywhere, 1, &options, &listener);
    require(is(opened, AS_INVALID) == !makes_sense(list), "opened, or not, against the header's words");
    require((listener != nullptr) == is(opened, AS_DONE), "a listener if it is done");
    require(is(opened, AS_DONE) || is(opened, AS_INVALID) || opened.code != 0, "no reason");
    as_listener_close(listener);
}

// From a port at which nobody connects: it is refused, or was not prepared.
void check_connect(const loopback& here, const std::vector<as_option_value>& list)
{
    as_target target{};
    target.addresses = &here.anywhere;
    target.address_count = 1;
    as_connect_options options = AS_CONNECT_OPTIONS;
    options.options = list.data();
    options.option_count = static_cast<std::uint32_t>(list.size());
    arrival none;
    const as_outcome started = as_connect(here.engine, &target, &options, &none.operation, &none.stream, AS_NEVER);
    require(is(started, makes_sense(list) ? AS_DONE : AS_INVALID), "begun, or not, against the header's words");
    if (is(started, AS_DONE)) {
        none.has_ended.acquire();
        require(!is(none.outcome, AS_DONE) && none.outcome.code != 0 && none.stream == nullptr, "nobody is there");
    }
}

// 9 bytes each: the option, a small number, so that those that there are come often, and its value.
std::vector<as_option_value> list_of(const std::uint8_t* bytes, std::size_t size)
{
    constexpr std::size_t size_of_one = 9;
    std::vector<as_option_value> list;
    for (; size >= size_of_one; bytes += size_of_one, size -= size_of_one) {
        as_option_value each{bytes[0], 0};
        std::memcpy(&each.value, bytes + 1, sizeof each.value);
        list.push_back(each);
    }
    return list;
}

} // namespace

void show_trace() {}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    static const loopback here;
    const std::vector<as_option_value> list = list_of(bytes, size);
    for (const as_option_value& each : list) {
        check_stream(here, each);
    }
    check_listener(here, list);
    check_connect(here, list);
    return 0;
}
