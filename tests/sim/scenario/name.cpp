// The names of the enums' constants.
#include <cstring>

#include "api.hpp"
#include "requirement.hpp"
#include "scenario.hpp"

extern "C" const char* MU_ASYNC_SOCKET_SEND_SYNC_RESULT_ToString_v1(ASYNC_SOCKET_SEND_SYNC_RESULT value);
extern "C" int ASYNC_SOCKET_SEND_SYNC_RESULT_FromString_v1(const char* text, ASYNC_SOCKET_SEND_SYNC_RESULT* found);

namespace sim {

namespace {

// The constants are 0, 1, ... in this order, and are found by their names; what follows has no name.
template <typename Enum>
void require_names(const char* (*name_of)(Enum), int (*find)(const char*, Enum*), const std::vector<const char*>& names)
{
    Enum found{};
    for (std::size_t i = 0; i < names.size(); ++i) {
        require(std::strcmp(name_of(static_cast<Enum>(i)), names[i]) == 0, names[i]);
        require(find(names[i], &found) == 0 && found == static_cast<Enum>(i), names[i]);
    }
    require(std::strcmp(name_of(static_cast<Enum>(names.size())), "UNKNOWN") == 0, "no further name");
    require(find("UNKNOWN", &found) != 0 && find(nullptr, &found) != 0, "no such constant");
    require(found == static_cast<Enum>(names.size() - 1), "what is not found changes nothing");
    require(find(names[0], nullptr) != 0, "no place for it");
}

void the_transport_enums_have_names()
{
    require_names(MU_SOCKET_SEND_RESULT_ToString, SOCKET_SEND_RESULT_FromString,
                  {"SOCKET_SEND_RESULT_INVALID", "SOCKET_SEND_INVALID_ARG", "SOCKET_SEND_OK", "SOCKET_SEND_ERROR",
                   "SOCKET_SEND_FAILED", "SOCKET_SEND_SHUTDOWN"});
    require_names(MU_SOCKET_RECEIVE_RESULT_ToString, SOCKET_RECEIVE_RESULT_FromString,
                  {"SOCKET_RECEIVE_RESULT_INVALID", "SOCKET_RECEIVE_INVALID_ARG", "SOCKET_RECEIVE_OK",
                   "SOCKET_RECEIVE_WOULD_BLOCK", "SOCKET_RECEIVE_ERROR", "SOCKET_RECEIVE_SHUTDOWN"});
    require_names(MU_SOCKET_ACCEPT_RESULT_ToString, SOCKET_ACCEPT_RESULT_FromString,
                  {"SOCKET_ACCEPT_RESULT_INVALID", "SOCKET_ACCEPT_OK", "SOCKET_ACCEPT_ERROR",
                   "SOCKET_ACCEPT_PORT_EXHAUSTION", "SOCKET_ACCEPT_INPROGRESS", "SOCKET_ACCEPT_NO_CONNECTION"});
    require_names(MU_SOCKET_TYPE_ToString, SOCKET_TYPE_FromString,
                  {"SOCKET_TYPE_INVALID", "SOCKET_BINDING", "SOCKET_CLIENT"});
    require_names(MU_ADDRESS_TYPE_ToString, ADDRESS_TYPE_FromString,
                  {"ADDRESS_TYPE_INVALID", "ADDRESS_INET", "ADDRESS_INET_6", "ADDRESS_NETBIOS"});
}

void the_async_socket_enums_have_names()
{
    require_names(MU_ASYNC_SOCKET_OPEN_RESULT_ToString, ASYNC_SOCKET_OPEN_RESULT_FromString,
                  {"ASYNC_SOCKET_OPEN_RESULT_INVALID", "ASYNC_SOCKET_OPEN_OK", "ASYNC_SOCKET_OPEN_ERROR"});
    require_names(MU_ASYNC_SOCKET_SEND_SYNC_RESULT_ToString, ASYNC_SOCKET_SEND_SYNC_RESULT_FromString,
                  {"ASYNC_SOCKET_SEND_SYNC_RESULT_INVALID", "ASYNC_SOCKET_SEND_SYNC_OK", "ASYNC_SOCKET_SEND_SYNC_ERROR",
                   "ASYNC_SOCKET_SEND_SYNC_NOT_OPEN"});
    require_names(MU_ASYNC_SOCKET_SEND_SYNC_RESULT_ToString_v1, ASYNC_SOCKET_SEND_SYNC_RESULT_FromString_v1,
                  {"ASYNC_SOCKET_SEND_SYNC_RESULT_INVALID", "ASYNC_SOCKET_SEND_SYNC_OK", "ASYNC_SOCKET_SEND_SYNC_ERROR",
                   "ASYNC_SOCKET_SEND_SYNC_ABANDONED"});
    require_names(MU_ASYNC_SOCKET_SEND_RESULT_ToString, ASYNC_SOCKET_SEND_RESULT_FromString,
                  {"ASYNC_SOCKET_SEND_RESULT_INVALID", "ASYNC_SOCKET_SEND_OK", "ASYNC_SOCKET_SEND_ERROR",
                   "ASYNC_SOCKET_SEND_ABANDONED"});
    require_names(MU_ASYNC_SOCKET_RECEIVE_RESULT_ToString, ASYNC_SOCKET_RECEIVE_RESULT_FromString,
                  {"ASYNC_SOCKET_RECEIVE_RESULT_INVALID", "ASYNC_SOCKET_RECEIVE_OK", "ASYNC_SOCKET_RECEIVE_ERROR",
                   "ASYNC_SOCKET_RECEIVE_ABANDONED"});
    require_names(
        MU_ASYNC_SOCKET_NOTIFY_IO_TYPE_ToString, ASYNC_SOCKET_NOTIFY_IO_TYPE_FromString,
        {"ASYNC_SOCKET_NOTIFY_IO_TYPE_INVALID", "ASYNC_SOCKET_NOTIFY_IO_TYPE_IN", "ASYNC_SOCKET_NOTIFY_IO_TYPE_OUT"});
    require_names(MU_ASYNC_SOCKET_NOTIFY_IO_RESULT_ToString, ASYNC_SOCKET_NOTIFY_IO_RESULT_FromString,
                  {"ASYNC_SOCKET_NOTIFY_IO_RESULT_INVALID", "ASYNC_SOCKET_NOTIFY_IO_RESULT_IN",
                   "ASYNC_SOCKET_NOTIFY_IO_RESULT_OUT", "ASYNC_SOCKET_NOTIFY_IO_RESULT_ABANDONED",
                   "ASYNC_SOCKET_NOTIFY_IO_RESULT_ERROR"});
}

} // namespace

const std::vector<scenario> name_scenarios = {
    {"the_transport_enums_have_names", the_transport_enums_have_names},
    {"the_async_socket_enums_have_names", the_async_socket_enums_have_names},
};

} // namespace sim
