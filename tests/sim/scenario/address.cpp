// socket_transport_get_local_address.
#include <cstring>
#include <string>

#include "api.hpp"
#include "model/network.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

// A handle to ask through.
class asker {
public:
    asker() : handle_(socket_transport_create_client()) {}
    ~asker() { socket_transport_destroy(handle_); }
    asker(const asker&) = delete;
    asker& operator=(const asker&) = delete;

    [[nodiscard]] SOCKET_TRANSPORT_HANDLE handle() const { return handle_; }

private:
    SOCKET_TRANSPORT_HANDLE handle_;
};

void both_families_are_told()
{
    const asker here;
    the_machine().host_name = "here";
    the_machine().adapters = "lAa";
    char name[MAX_GET_HOST_NAME_LEN] = {};
    LOCAL_ADDRESS* list = nullptr;
    std::uint32_t count = 0;
    require(socket_transport_get_local_address(here.handle(), name, &list, &count) == 0, "found");
    require(std::strcmp(name, "here") == 0 && count == 2, "the name and both addresses, without the loopback");
    require(list[0].address_type == ADDRESS_INET_6 && std::strcmp(list[0].address, "::1") == 0, "IPv6");
    require(list[1].address_type == ADDRESS_INET && std::strcmp(list[1].address, "127.0.0.1") == 0, "IPv4");
    free_library_memory(list);
}

void what_does_not_fit_an_entry_is_left_out()
{
    const asker here;
    static constexpr char adapters[] = {is_down, of_another_family, too_long_to_print, answers_at_once, '\0'};
    the_machine().adapters = adapters;
    char name[MAX_GET_HOST_NAME_LEN] = {};
    LOCAL_ADDRESS* list = nullptr;
    std::uint32_t count = 0;
    require(socket_transport_get_local_address(here.handle(), name, &list, &count) == 0, "found");
    require(count == 1 && list[0].address_type == ADDRESS_INET, "the one that fits");
    free_library_memory(list);
}

void a_machine_that_does_not_know_its_own_name_has_addresses()
{
    const asker here;
    static constexpr char nobody[] = {not_found, '\0'};
    the_machine().host_name = nobody;
    char name[MAX_GET_HOST_NAME_LEN] = {};
    for (const char* adapters : {"a", "l", ""}) {
        the_machine().adapters = adapters;
        LOCAL_ADDRESS* list = nullptr;
        std::uint32_t count = 7;
        require(socket_transport_get_local_address(here.handle(), name, &list, &count) == 0, "found");
        require(list != nullptr && count == std::strlen(adapters), "the loopback, if there is nothing else");
        free_library_memory(list);
    }
}

void many_adapters_take_a_second_look()
{
    const asker here;
    const std::string adapters(1000, answers_at_once);
    the_machine().adapters = adapters.c_str();
    char name[MAX_GET_HOST_NAME_LEN] = {};
    LOCAL_ADDRESS* list = nullptr;
    std::uint32_t count = 0;
    require(socket_transport_get_local_address(here.handle(), name, &list, &count) == 0, "found");
    require(count == adapters.size(), "all of them");
    free_library_memory(list);
}

void failures_give_no_list()
{
    const asker here;
    char name[MAX_GET_HOST_NAME_LEN] = {};
    LOCAL_ADDRESS* list = nullptr;
    std::uint32_t count = 7;
    for (std::uint32_t call = 1; call <= 6; ++call) { // gethostname, the module, its function, memory, the list, memory
        the_machine().faults = {the_machine().fallible_calls + call, false, 0, 0};
        require(socket_transport_get_local_address(here.handle(), name, &list, &count) != 0, "refused");
        require(list == nullptr && count == 7, "nothing was written");
    }
    the_machine().faults = {};
}

void null_is_refused()
{
    const asker here;
    char name[MAX_GET_HOST_NAME_LEN] = {};
    LOCAL_ADDRESS* list = nullptr;
    std::uint32_t count = 0;
    require(socket_transport_get_local_address(nullptr, name, &list, &count) != 0, "no handle");
    require(socket_transport_get_local_address(here.handle(), nullptr, &list, &count) != 0, "no name");
    require(socket_transport_get_local_address(here.handle(), name, nullptr, &count) != 0, "no list");
    require(socket_transport_get_local_address(here.handle(), name, &list, nullptr) != 0, "no count");
}

} // namespace

const std::vector<scenario> address_scenarios = {
    {"both_families_are_told", both_families_are_told},
    {"what_does_not_fit_an_entry_is_left_out", what_does_not_fit_an_entry_is_left_out},
    {"a_machine_that_does_not_know_its_own_name_has_addresses",
     a_machine_that_does_not_know_its_own_name_has_addresses},
    {"many_adapters_take_a_second_look", many_adapters_take_a_second_look},
    {"failures_give_no_list", failures_give_no_list},
    {"null_is_refused", null_is_refused},
};

} // namespace sim
