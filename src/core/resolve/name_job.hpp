// What a resolver works on for one lookup. It is the resolver's own, so that a thread that is deep in the system's
// resolver uses nothing of the caller's.
#pragma once

#include <cstdio>

#include "core/common/list.hpp"
#include "core/resolve/name_lookup.hpp"
#include "core/resolve/name_question.hpp"

namespace async_socket::core {

class name_job {
public:
    // The question makes sense.
    name_job(name_lookup& asked_by, const name_question& question) noexcept : asked_by_(&asked_by), question_(question)
    {
        question_.host = copy(question.host, host_, sizeof host_);
        question_.service = copy(question.service, service_, sizeof service_);
        asked_by.job_ = this;
    }
    name_job(const name_job&) = delete;
    name_job& operator=(const name_job&) = delete;

    [[nodiscard]] const name_question& question() const noexcept { return question_; }

    // The lookup and its job do not know each other any more. The lookup; null if that was so before.
    name_lookup* part() noexcept
    {
        name_lookup* const parted = asked_by_;
        if (parted != nullptr) {
            parted->job_ = nullptr;
            asked_by_ = nullptr;
        }
        return parted;
    }

private:
    friend class list<name_job>;

    static const char* copy(const char* text, char* room, std::size_t size) noexcept
    {
        if (text != nullptr) {
            (void)std::snprintf(room, size, "%s", text);
        }
        return text != nullptr ? room : nullptr;
    }

    name_job* next_ = nullptr;
    name_lookup* asked_by_;
    name_question question_;
    char host_[name_question::longest_host + 1];
    char service_[name_question::longest_service + 1];
};

} // namespace async_socket::core
