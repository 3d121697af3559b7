// The simulated machine as a whole: how it behaves in this run, and what exists on it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "model/handles.hpp"
#include "model/random.hpp"
#include "windows.h"

struct TP_SIMPLE;
struct TP_TIMER;

namespace sim {

struct connection;

// Where Windows and Wine differ, or either may do as it likes.
struct behaviour {
    bool wine = false;
    std::uint32_t wine_version = 8;         // or 10
    bool cancels_later = false;             // what a cancel or a close has ended is told some time later
    std::uint32_t cancel_misses_one_in = 0; // Wine 10: an operation that is just moving
    std::uint32_t spurious_wake_one_in = 8;
    std::uint32_t disturbed_error_one_in = 2; // a successful call leaves nonsense as the last error
    std::uint32_t pends_one_in = 2;           // a call that could succeed at once says "pending"
    std::uint32_t send_room = 256;            // bytes that a connection holds for a peer that does not read
    bool pool_grows = true;                   // by itself, while its threads block
    std::uint32_t timers_are_late_ms = 16;    // at most; the system's clock has steps
    std::uint32_t most_pool_threads = 500;    // of a pool without a maximum
    bool layered_provider = false;            // its sockets are not handles of the system's
    bool ports_are_taken = false;             // every one that a program asks for
    bool resets_are_aborts = false;           // Windows may say either of a connection that the peer has reset
};

// Which fallible calls fail.
struct fault_plan {
    std::uint32_t first = 0;         // the number of the first call that fails, from 1; 0: none
    bool for_ever = false;           // and all after it
    std::uint32_t choice = 0;        // which of the call's error codes
    std::uint32_t one_in = 0;        // or: by chance
    std::uint32_t second = 0;        // another call that fails, beside the first
    const char* call = nullptr;      // only calls of this name
    std::uint32_t most = UINT32_MAX; // no more than so many
};

// By name.
using call_counts = std::map<std::string_view, std::uint32_t>;

// One more of it, if the machine counts.
void count(const char* name) noexcept;

class machine {
public:
    random dice{0};
    behaviour how;
    fault_plan faults;
    std::uint32_t fallible_calls = 0;  // so far, in this run
    call_counts* counted = nullptr;    // not null: every call is counted, and every atomic read-modify-write
    std::vector<std::uint32_t> codes;  // how many each of them distinguishes
    const char* failed_call = nullptr; // the last one that was made to fail
    std::vector<std::uint32_t> struck; // the codes of all of those

    handle_table handles;
    std::vector<std::unique_ptr<connection>> connections;
    std::vector<std::unique_ptr<TP_POOL>> pools;
    std::vector<std::unique_ptr<TP_IO>> ios;
    std::vector<std::unique_ptr<TP_WORK>> works;
    std::vector<std::unique_ptr<TP_SIMPLE>> simples;
    std::vector<std::unique_ptr<TP_TIMER>> timers;
    std::vector<std::unique_ptr<TP_CLEANUP_GROUP>> groups;
    std::vector<void*> overlapped_in_use; // memory that the kernel owns
    std::uint32_t environments = 0;       // TP_CALLBACK_ENVIRONs alive
    std::uint32_t address_lists = 0;
    std::uint32_t pool_threads = 0;
    std::uint32_t own_threads = 0;         // of the library
    std::uint32_t lookups_inside = 0;      // calls of getaddrinfo that have not returned
    bool program_ended = false;            // by the library's abort, or of itself
    std::vector<std::int64_t> false_bytes; // added to the next byte counts, of successes and cancellations, one each
    const char* host_name = "aA";          // of this machine; network.hpp
    const char* adapters = "aA";           // each with one address; network.hpp
    const char* english = "words for";     // in front of an error's number; null: it has no words in English,
    const char* other_language = "mots";   // or in its own language
    std::uint32_t module_holders = 1;      // of the library; the program's own is the first
    bool module_is_pinned = false;
    std::uint32_t modules_loaded = 0; // of others, by the library
    bool process_exits = false;

    machine();
    ~machine();
    machine(const machine&) = delete;
    machine& operator=(const machine&) = delete;
};

[[nodiscard]] machine& the_machine() noexcept;

// A fresh machine, and a check that nothing of the last run is left on the old one.
void machine_begin(std::uint64_t seed, const behaviour& how, const fault_plan& faults);
// Breaches when something leaked. What the test itself made must be gone as well.
void machine_end();

// For each fallible call: 0, or the error with which it fails this time.
[[nodiscard]] DWORD fault(const char* call, std::initializer_list<DWORD> codes) noexcept;

// The thread's last error after a call that failed, and after one that did not.
void fail_with(DWORD code) noexcept;
void disturb_last_error() noexcept;

// Thread-local slots that the library has. It keeps them for the life of the process.
[[nodiscard]] std::uint32_t slots_in_use() noexcept;

// Blocks of the library's memory that are not freed yet.
[[nodiscard]] std::size_t blocks_in_use() noexcept;

} // namespace sim
