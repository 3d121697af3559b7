// Where the relay listens, so that it notices when its target is itself.
#pragma once

#include <vector>

#include "async_socket/listener.hpp"
#include "async_socket/stream.hpp"

namespace async_relay {

class own_addresses {
public:
    void add(const as::listener& listener);

    // Whether a stream that was connected has one of these at its other end.
    [[nodiscard]] bool is_at_the_end_of(const as::stream& connected) const;

    [[nodiscard]] std::size_t size() const { return all_.size(); }

private:
    std::vector<as::address> all_;
};

} // namespace async_relay
