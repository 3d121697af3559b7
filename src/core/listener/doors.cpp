#include "core/listener/doors.hpp"

#include <cstdlib>
#include <new>
#include <utility>

#include "core/address/address.hpp"
#include "core/address/address_text.hpp"
#include "core/common/log.hpp"

namespace async_socket::core {

namespace {

// Ports of the system's choice that are tried until one is free at all addresses.
constexpr int most_choices = 16;

void log_failure(const as_address& address, const refusal& refused) noexcept
{
    char text[AS_ADDRESS_TEXT_SIZE];
    (void)print_address(address, port_in_text::yes, text, sizeof text);
    LOG_ERROR_CODE(refused.code, "cannot listen at %s", text);
}

} // namespace

doors* doors::open(const as_address* addresses, std::uint32_t count, const door_options& options, refusal& why) noexcept
{
    void* const memory = std::malloc(sizeof(doors) + count * sizeof(door));
    if (memory == nullptr) {
        LOG_ERROR("cannot listen: out of memory");
        why = {ending::no_room};
        return nullptr;
    }
    bool is_taken = true;
    for (int choice = 0; choice < most_choices && is_taken; ++choice) {
        auto* const opened = new (memory) doors(options.of_streams);
        why = opened->open_all(addresses, count, options, is_taken);
        if (why.is_none()) {
            return opened;
        }
        opened->~doors();
    }
    std::free(memory);
    return nullptr;
}

refusal doors::open_all(const as_address* addresses, std::uint32_t count, const door_options& options,
                        bool& is_taken) noexcept
{
    std::uint16_t port = 0; // of the first that has one
    bool is_chosen = false; // by the system
    for (std::uint32_t i = 0; i < count; ++i) {
        as_address address = addresses[i];
        const bool asks_for_port = port_of(address) == 0;
        const bool follows = asks_for_port && port != 0;
        if (follows) {
            (void)set_port(address, port);
        }
        const refusal refused = add(address, options);
        is_taken = follows && is_chosen && backend::is_taken(refused.code);
        if (!refused.is_none()) {
            if (!is_taken) {
                log_failure(address, refused);
            }
            return refused;
        }
        if (port == 0) {
            port = port_of(at(i).address);
            is_chosen = asks_for_port;
        }
    }
    return {};
}

refusal doors::add(const as_address& address, const door_options& options) noexcept
{
    as_address bound{};
    refusal why;
    backend::unique_socket socket = backend::open_door(address, options, bound, why);
    if (why.is_none()) {
        new (first() + count_) door{std::move(socket), bound};
        ++count_;
    }
    return why;
}

} // namespace async_socket::core
