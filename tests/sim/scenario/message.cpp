// Messages: their levels, and where they go.
#include <cstdio>
#include <string>

#include <unistd.h>

#include "async_end.hpp"
#include "message_log.hpp"
#include "requirement.hpp"
#include "scenario.hpp"
#include "simulation.hpp"

namespace sim {

namespace {

void cause_an_error()
{
    require(async_socket_create(nullptr) == nullptr, "refused");
}

void cause_a_warning()
{
    const SOCKET_TRANSPORT_HANDLE transport = socket_transport_create_client();
    require(socket_transport_connect(transport, "x", 80, 10) != 0, "there is no such name");
    socket_transport_destroy(transport);
}

void cause_an_information()
{
    async_end here;
    require(here.send(4) == ASYNC_SOCKET_SEND_SYNC_NOT_OPEN, "not open");
}

std::size_t messages_at(ASYNC_SOCKET_LOG_LEVEL level)
{
    const message_log log(level);
    cause_an_error();
    cause_a_warning();
    cause_an_information();
    return log.count();
}

void a_level_lets_through_what_is_as_grave()
{
    require(messages_at(ASYNC_SOCKET_LOG_OFF) == 0, "off: nothing");
    require(messages_at(ASYNC_SOCKET_LOG_ERROR) == 1, "the error");
    require(messages_at(ASYNC_SOCKET_LOG_WARNING) == 2, "and the warning");
    require(messages_at(ASYNC_SOCKET_LOG_INFO) == 3, "and the information");
}

// A message does not change the thread's last error.
void a_message_keeps_the_last_error()
{
    const message_log log(ASYNC_SOCKET_LOG_INFO);
    async_socket_set_log_callback([](ASYNC_SOCKET_LOG_LEVEL, const char*) { SetLastError(ERROR_INVALID_HANDLE); });
    SetLastError(ERROR_TIMEOUT);
    cause_an_error();
    require(GetLastError() == ERROR_TIMEOUT, "as it was");
}

void an_error_has_the_systems_words()
{
    const message_log log(ASYNC_SOCKET_LOG_WARNING);
    cause_a_warning();
    require(log.last() == "cannot resolve x: error 11001 (words for 11001)", "in English");
    the_machine().english = nullptr;
    cause_a_warning();
    require(log.last() == "cannot resolve x: error 11001 (mots 11001)", "if not, in the system's language");
    the_machine().other_language = nullptr;
    cause_a_warning();
    require(log.last() == "cannot resolve x: error 11001", "or only its number");
}

// What `body` writes to stderr.
template <typename Body>
std::string stderr_of(Body body)
{
    std::FILE* const file = std::tmpfile();
    const int before = dup(STDERR_FILENO);
    require(file != nullptr && before >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0, "stderr goes to a file");
    body();
    require(dup2(before, STDERR_FILENO) >= 0 && close(before) == 0, "stderr is back");
    std::rewind(file);
    std::string text(1000, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    (void)std::fclose(file);
    return text;
}

void without_a_callback_messages_go_to_stderr()
{
    const message_log log(ASYNC_SOCKET_LOG_INFO);
    async_socket_set_log_callback(nullptr);
    require(stderr_of(cause_an_error) == "async_socket error: async_socket_create: execution_engine is NULL\n",
            "an error");
    require(stderr_of(cause_a_warning) == "async_socket warning: cannot resolve x: error 11001 (words for 11001)\n",
            "a warning");
    require(stderr_of(cause_an_information) == "async_socket info: send refused: not open\n", "an information");
}

} // namespace

const std::vector<scenario> message_scenarios = {
    {"a_level_lets_through_what_is_as_grave", a_level_lets_through_what_is_as_grave},
    {"a_message_keeps_the_last_error", a_message_keeps_the_last_error},
    {"an_error_has_the_systems_words", an_error_has_the_systems_words},
    {"without_a_callback_messages_go_to_stderr", without_a_callback_messages_go_to_stderr},
};

} // namespace sim
