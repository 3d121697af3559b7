// The operations of one socket: what was asked, what was refused, what the callbacks were told.
#pragma once

#include <deque>
#include <functional>

#include "fates.hpp"
#include "problems.hpp"
#include "support/completions.hpp"

namespace stress {

class ledger {
public:
    // Runs in every callback, after it was recorded. To be set before the first operation.
    std::function<void()> in_callback;

    // `alone`: what it may come to if our end does not close.
    // `payload` has to stay.
    void send(ASYNC_SOCKET_HANDLE socket, const contract::bytes& payload, fates alone);
    void receive(ASYNC_SOCKET_HANDLE socket, std::size_t size, fates alone);

    [[nodiscard]] std::size_t accepted() const;
    [[nodiscard]] std::size_t callbacks();
    // The bytes of the sends that were accepted, in their order.
    [[nodiscard]] contract::bytes accepted_bytes() const;
    // How many bytes the sends have that were told OK, and the bytes that the receives were given.
    [[nodiscard]] std::size_t whole_bytes();
    [[nodiscard]] contract::bytes received();

    // Waits until everything has ended that was accepted; or that ends without a close. False if it did
    // not within the deadline.
    [[nodiscard]] bool wait_for_all();
    [[nodiscard]] bool wait_for_those_that_end_alone();

    // Once the socket is closed: each accepted operation has had one callback, each refused one none, and
    // each has come to what it may. `early`: the socket was closed while operations could still end alone.
    void check(bool early, problems& found);

private:
    struct entry {
        fates alone;
        bool accepted = false;
        bool refused_as_not_open = false;
    };
    struct send_entry : entry {
        const contract::bytes* payload = nullptr;
        contract::send_record record;
        [[nodiscard]] fate outcome();
    };
    struct receive_entry : entry {
        explicit receive_entry(std::size_t size) : record(size) {}
        contract::receive_record record;
        [[nodiscard]] fate outcome();
    };

    template <typename Entry>
    static bool wait(std::deque<Entry>& entries, bool all);
    template <typename Entry>
    static void check(std::deque<Entry>& entries, bool early, const char* name, problems& found);

    std::deque<send_entry> sends_;
    std::deque<receive_entry> receives_;
};

} // namespace stress
