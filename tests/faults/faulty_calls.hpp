// The system under the library, as it is on a bad day: each function that the library calls can be made to
// fail, to be interrupted, to move less than it could, or to have it done later. The linker puts these
// functions in the place of the system's (--wrap).
#pragma once

#include <cstdint>

namespace faults {

enum class kind : std::uint8_t {
    error,       // fails with `code`
    interrupted, // EINTR, three times
    short_count, // moves one byte
    later        // EAGAIN although the socket is ready; the system tells of it once more, as it would
};

struct fault {
    const char* call;
    std::uint32_t number; // the first call that it hits, from 1
    std::uint32_t count;  // and how many in a row
    kind what;
    int code;
};

// From now on this fault and no other; null: none. Calls are counted from here.
void plan(const fault* planned);
[[nodiscard]] std::uint32_t calls_of(const char* call);
[[nodiscard]] bool has_struck();
// Pieces of memory that the library has and has not given back.
[[nodiscard]] std::int64_t memory_in_use();

// The test's own calls never fail. What a thread calls is the library's affair or the test's as the
// innermost of these scopes says; without one it is the library's, whose threads have none.
template <bool is_test>
class caller_scope {
public:
    caller_scope();
    ~caller_scope();
    caller_scope(const caller_scope&) = delete;
    caller_scope& operator=(const caller_scope&) = delete;

private:
    bool before_;
};

using library_call = caller_scope<false>;
using test_call = caller_scope<true>;

} // namespace faults
