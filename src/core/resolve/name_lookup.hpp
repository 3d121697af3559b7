// A name that somebody wants the addresses of: the caller's memory for one question that is under way, and who is told.
#pragma once

#include <cstdint>
#include <utility>

#include "core/operation/outcome.hpp"
#include "core/resolve/address_list.hpp"

namespace async_socket::core {

class name_job;

struct name_answer {
    // `how` is one of
    //   done          there are addresses
    //   no_such_name  nobody knows such a host or service, or it has no address of the family that was asked for
    //   no_room       memory or threads are out
    //   invalid       the question makes no sense; nobody was asked
    //   closed_here   the resolver is of another process, from which this one was forked off
    //   failed        anything else; for a moment only, perhaps: a server did not answer or could not (EAI_AGAIN,
    //                 WSATRY_AGAIN)
    // or of those that the platform has for an error of the system's (system/error.hpp). `code` is what the resolver of
    // the system has said: on Linux an EAI_ number, negative, as 32 bits, or the errno that it stands for, on Windows
    // an error of Winsock; 0 if it was not asked.
    core::outcome outcome;
    unique_addresses addresses; // not empty if done; empty if not
};

// Of an answer that `resolver::start` knew at once: it is none, the question was not begun with.
[[nodiscard]] constexpr bool is_refusal(ending how) noexcept
{
    return how == ending::invalid || how == ending::no_room || how == ending::closed_here;
}

// The answer that the system's list (addrinfo, as both platforms have it) is: a copy.
template <typename AddressInfo>
[[nodiscard]] name_answer answer_of(const AddressInfo* first) noexcept
{
    std::uint32_t count = 0;
    for (const AddressInfo* each = first; each != nullptr && count < address_list::most; each = each->ai_next) {
        ++count;
    }
    unique_addresses copy(address_list::create(count));
    if (!copy) {
        return {{ending::no_room, 0, 0}, {}};
    }
    for (const AddressInfo* each = first; each != nullptr; each = each->ai_next) {
        copy.get()->add(each->ai_addr, each->ai_addrlen);
    }
    if (copy.get()->count() == 0) {
        return {{ending::no_such_name, 0, 0}, {}};
    }
    return {{ending::done, 0, 0}, std::move(copy)};
}

class name_lookup {
public:
    // Told of the end, exactly once if the lookup was started and is not abandoned. It is called on a thread of the
    // resolver's, with no lock held. The lookup is the function's own from its beginning on and may be gone when it
    // returns. It is to be short, since other names may wait for the thread; it may start further lookups and abandon
    // others, but not close the resolver.
    using answer_function = void (*)(name_lookup& lookup, name_answer answer) noexcept;

    explicit name_lookup(answer_function on_answer) noexcept : on_answer_(on_answer) {}
    name_lookup(const name_lookup&) = delete;
    name_lookup& operator=(const name_lookup&) = delete;

private:
    friend class name_job;
    friend class resolver;

    const answer_function on_answer_;
    // What the resolver works on for it, from the start until the answer begins or is given up; then null. Under the
    // resolver's lock.
    name_job* job_ = nullptr;
};

} // namespace async_socket::core
