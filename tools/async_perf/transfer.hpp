// What one end of a stream does between the go and the end: it sends, receives, asks or answers. It ends
// the stream when it is done.
#pragma once

#include <memory>

#include "protocol.hpp"
#include "stream.hpp"

namespace async_perf {

class histogram;

class transfer {
public:
    transfer() = default;
    virtual ~transfer() = default;
    transfer(const transfer&) = delete;
    transfer& operator=(const transfer&) = delete;

    // Once. Returns at once; goes on in the stream's callbacks.
    virtual void start() = 0;

    // Of those who measure it, when the stream has ended; nullptr of the others.
    [[nodiscard]] virtual const histogram* latencies() const { return nullptr; }
};

enum class role { client, server };
std::unique_ptr<transfer> make_transfer(stream& connection, const request& asked, role own);

} // namespace async_perf
