// A thread of the application that issues operations.
#pragma once

#include <functional>

namespace sim {

// Returns from its construction once `body` has run, and ends when it is told to: with what it has
// pending, which the system cancels then.
class issuer {
public:
    explicit issuer(std::function<void()> body);
    ~issuer() { end(); }
    issuer(const issuer&) = delete;
    issuer& operator=(const issuer&) = delete;

    // By the time it returns the operations are cancelled.
    void end();

private:
    bool issued_ = false;
    bool may_end_ = false;
    bool ended_ = false;
};

} // namespace sim
