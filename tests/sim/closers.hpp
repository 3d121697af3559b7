// Closes and destroys that callbacks wait in, and who of them waits for whom.
//
// A closer waits for the callbacks of its async socket. If one of those is itself inside a close, and so
// on, until the last waits for the callback that the first was called in, they are a circle. The library
// breaks it: one of them goes on without waiting for such a callback. The workload does not know which
// one, so it lets any of the circle do so, and nobody else.
#pragma once

#include <vector>

#include "frame.hpp"

namespace sim {

class closers {
public:
    // One close or destroy, as long as it lives. Constructed and destroyed under the model's lock.
    class visit {
    public:
        visit(closers& all, const endpoint& target, frame* inside);
        ~visit();
        visit(const visit&) = delete;
        visit& operator=(const visit&) = delete;

    private:
        friend class closers;

        closers& all_;
        const endpoint& target_;
        frame* const inside_; // null: nobody waits for this thread
        bool seen_ = false;   // by the search that is under way
    };

private:
    void detach_circles();
    [[nodiscard]] bool leads_to(visit& from, const visit& to);

    std::vector<visit*> visits_;
};

} // namespace sim
