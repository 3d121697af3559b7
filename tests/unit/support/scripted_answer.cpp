#define ASYNC_SOCKET_TEST_USES_THE_SYSTEMS_RESOLVER
#include "support/scripted_answer.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace async_socket::test {

namespace {

std::mutex script_mutex;
std::shared_ptr<scripted_answer::function> script; // who is in it keeps it

std::shared_ptr<scripted_answer::function> current_script()
{
    const std::lock_guard lock(script_mutex);
    return script;
}

void set_script(std::shared_ptr<scripted_answer::function> next)
{
    const std::lock_guard lock(script_mutex);
    script = std::move(next);
}

} // namespace

int scripted_getaddrinfo_for_lookups(const char* name, const char* service, const addrinfo* hints, addrinfo** list)
{
    const std::shared_ptr<scripted_answer::function> now = current_script();
    return now != nullptr ? (*now)(name, service, hints, list) : getaddrinfo(name, service, hints, list);
}

scripted_answer::scripted_answer(function answer)
{
    set_script(std::make_shared<function>(std::move(answer)));
}

scripted_answer::~scripted_answer()
{
    set_script(nullptr);
}

// freeaddrinfo frees node by node, so those of several lists are one.
addrinfo* list_of_ports(int count)
{
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    for (int port = count; port > 0; --port) {
        addrinfo* front = nullptr;
        if (getaddrinfo("127.0.0.1", std::to_string(port).c_str(), &hints, &front) != 0) {
            return first;
        }
        front->ai_next = first;
        first = front;
    }
    return first;
}

} // namespace async_socket::test
