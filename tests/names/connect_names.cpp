// connect_names [PORT]: the public functions for names, told what to do by lines, and telling by lines what happened.
//
//   resolve ID HOST SERVICE MS         "accepted ID", or "refused ID HOW"
//   connect ID HOST SERVICE MS DELAY   the same
//   cancel ID                          "cancelled ID"
//   (a callback)                       "answer ID HOW CODE ADDRESS..."; of a connect: "answer ID HOW CODE REACHED
//                                      ADDRESS=HOW...", with "-" for no address
//   (the end of the input)             ends when the engine has
//
// MS: until the deadline; 0: none. DELAY: what each address has before the next one is tried. PORT as for ask_names.
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>

#include "asked_server.hpp"
#include "async_socket/connect.h"
#include "async_socket/resolve.h"

namespace {

constexpr std::uint32_t room = 64;

std::mutex output_mutex;

void say(const std::string& line)
{
    const std::lock_guard lock(output_mutex);
    std::cout << line << std::endl;
}

std::string word(std::uint32_t how)
{
    std::string text = as_how_text(how);
    for (char& each : text) {
        each = each == ' ' ? '_' : each;
    }
    return text;
}

std::string text_of(const as_address& each)
{
    char text[AS_ADDRESS_TEXT_SIZE];
    (void)as_address_text(&each, text, sizeof text);
    return text[0] == '\0' ? "-" : std::string(text) + "/" + std::to_string(as_address_port(&each));
}

// One thing that is under way.
struct numbered {
    explicit numbered(std::string number) : id(std::move(number)) {}
    ~numbered() { as_stream_close(stream); }
    numbered(const numbered&) = delete;
    numbered& operator=(const numbered&) = delete;

    void note(const as_outcome& answer) const
    {
        say(answer.how == AS_DONE ? "accepted " + id : "refused " + id + " " + word(answer.how));
    }
    void resolve(as_engine* engine, const std::string& host, const std::string& service, as_deadline until)
    {
        as_question question{};
        question.host = host.c_str();
        question.service = service.c_str();
        operation.on_end = resolved;
        note(as_resolve(engine, &question, &operation, addresses, room, &count, until));
    }
    void connect(as_engine* engine, const std::string& host, const std::string& service, as_deadline until,
                 std::uint32_t delay_ms)
    {
        as_target target{};
        target.host = host.c_str();
        target.service = service.c_str();
        options.delay_ms = delay_ms;
        options.attempts = attempts;
        options.attempt_capacity = room;
        options.attempt_count = &count;
        options.reached = &reached;
        operation.on_end = connected;
        note(as_connect(engine, &target, &options, &operation, &stream, until));
    }

    const std::string id;
    as_operation operation{nullptr, this, {}};
    as_connect_options options = AS_CONNECT_OPTIONS;
    as_stream* stream = nullptr;
    as_address addresses[room]{};
    as_attempt attempts[room]{};
    as_address reached{};
    std::uint32_t count = 0;

private:
    [[nodiscard]] std::string begin_answer(const as_outcome& outcome) const
    {
        return "answer " + id + " " + word(outcome.how) + " " + std::to_string(static_cast<int>(outcome.code));
    }
    static void resolved(as_operation* operation, as_outcome outcome)
    {
        const auto& self = *static_cast<numbered*>(operation->context);
        std::string line = self.begin_answer(outcome);
        for (std::uint32_t i = 0; i < self.count; ++i) {
            line += " " + text_of(self.addresses[i]);
        }
        say(line);
    }
    static void connected(as_operation* operation, as_outcome outcome)
    {
        const auto& self = *static_cast<numbered*>(operation->context);
        std::string line = self.begin_answer(outcome) + " " + text_of(self.reached);
        for (std::uint32_t i = 0; i < self.count; ++i) {
            line += " " + text_of(self.attempts[i].address) + "=" + word(self.attempts[i].outcome.how);
        }
        say(line);
    }
};

class user {
public:
    explicit user(as_engine* engine) : engine_(engine) {}

    void obey(std::istringstream& words)
    {
        std::string what;
        std::string id;
        std::string host;
        std::string service;
        std::uint64_t until_ms = 0;
        std::uint32_t delay_ms = 0;
        words >> what >> id >> host >> service >> until_ms >> delay_ms;
        if (what == "cancel") {
            as_operation_cancel(&all_[id]->operation);
            say("cancelled " + id);
            return;
        }
        numbered& one = *(all_[id] = std::make_unique<numbered>(id));
        const as_deadline until = until_ms != 0 ? as_in_ms(until_ms) : AS_NEVER;
        if (what == "resolve") {
            one.resolve(engine_, host, service, until);
        } else {
            one.connect(engine_, host, service, until, delay_ms);
        }
    }

private:
    as_engine* const engine_;
    std::map<std::string, std::unique_ptr<numbered>> all_; // until the end: the callback may be about to return
};

int run()
{
    as_engine* engine = nullptr;
    if (as_engine_create(nullptr, &engine).how != AS_DONE) {
        return 1;
    }
    {
        user does(engine);
        for (std::string line; std::getline(std::cin, line);) {
            std::istringstream words(line);
            does.obey(words);
        }
    }
    return as_engine_end_and_wait(engine).how == AS_DONE ? 0 : 1;
}

} // namespace

int main(int count, char** arguments)
{
    ask_server_at(count > 1 ? std::atoi(arguments[1]) : 0);
    return run();
}
