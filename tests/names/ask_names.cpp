// ask_names [PORT]: a resolver that is told what to do by lines, and tells by lines what happened.
//
//   start ID HOST SERVICE [4|6]   "started ID", or the answer
//   abandon ID                    "abandoned ID", or "too late ID"
//   close                         "closed"; the last one
//   (an answer)                   "answer ID HOW CODE ADDRESS..."
//
// With a PORT the C library's server of names is the one at that port of the loopback, whatever the machine's own is:
// where nothing can be put in the place of /etc/resolv.conf.
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>

#include "asked_server.hpp"
#include "core/resolve/resolver.hpp"

namespace {

using namespace async_socket::core;

std::mutex output_mutex;

void say(const std::string& line)
{
    const std::lock_guard lock(output_mutex);
    std::cout << line << std::endl;
}

std::string text_of(const as_address& each)
{
    char text[AS_ADDRESS_TEXT_SIZE];
    (void)as_address_text(&each, text, sizeof text);
    return std::string(text) + "/" + std::to_string(as_address_port(&each));
}

const char* name_of(ending how)
{
    switch (how) {
    case ending::done:
        return "done";
    case ending::no_such_name:
        return "no_such_name";
    case ending::no_room:
        return "no_room";
    case ending::invalid:
        return "invalid";
    case ending::failed:
        return "failed";
    default:
        return "other";
    }
}

struct numbered : name_lookup {
    explicit numbered(std::string number) : name_lookup(told), id(std::move(number)) {}

    void tell(const name_answer& answer) const
    {
        std::string line = "answer " + id + " " + name_of(answer.outcome.how) + " " +
                           std::to_string(static_cast<int>(answer.outcome.code));
        if (answer.addresses) {
            for (const as_address& each : *answer.addresses.get()) {
                line += " " + text_of(each);
            }
        }
        say(line);
    }

    const std::string id;

private:
    static void told(name_lookup& self, name_answer answer) noexcept { static_cast<numbered&>(self).tell(answer); }
};

class user {
public:
    explicit user(resolver& by) : by_(by) {}

    void start(std::istringstream& words)
    {
        std::string id;
        std::string host;
        std::string service;
        std::string family;
        words >> id >> host >> service >> family;
        name_question question{host.c_str(), service.c_str()};
        question.family = family == "4" ? AS_IPV4 : family == "6" ? AS_IPV6 : AS_NO_FAMILY;
        numbered& lookup = *(all_[id] = std::make_unique<numbered>(id));
        const auto over = by_.start(lookup, question);
        over ? lookup.tell(*over) : say("started " + id);
    }

    void abandon(std::istringstream& words)
    {
        std::string id;
        words >> id;
        const bool is_mine = by_.abandon(*all_[id]);
        if (is_mine) {
            all_.erase(id);
        }
        say((is_mine ? "abandoned " : "too late ") + id);
    }

private:
    resolver& by_;
    std::map<std::string, std::unique_ptr<numbered>> all_;
};

int run()
{
    resolver* const here = resolver::create({});
    if (here == nullptr) {
        return 1;
    }
    user asks(*here);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string what;
        words >> what;
        if (what == "start") {
            asks.start(words);
        } else if (what == "abandon") {
            asks.abandon(words);
        } else {
            here->close();
            say("closed");
            return 0;
        }
    }
    here->close_and_wait();
    return 0;
}

} // namespace

int main(int count, char** arguments)
{
    ask_server_at(count > 1 ? std::atoi(arguments[1]) : 0);
    return run();
}
