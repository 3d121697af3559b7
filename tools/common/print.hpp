// Lines for the user of a program, and for scripts that wait for them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace tools {

// One write for the whole line, so that lines of several threads do not mix; and at once, because a script may wait for
// it.
void print_line(std::FILE* file, std::string line) noexcept;

// The same of a text that is no line, or not yet.
void print(std::FILE* file, std::string text) noexcept;

// "PROGRAM: MESSAGE" on stderr, one line whatever the message looks like.
void print_error(std::string_view program, std::string_view message) noexcept;

// Why a text could not be written; empty if all could be, or if its reader has gone. One for stdout that there was no
// room for, since its reader does not read, counts.
std::string print_failure();

// From now on a reader who has gone does not end the program.
void outlive_readers();

// As long as there is one, texts are written by a thread of its own, so that a reader who does not read holds up
// nobody: what there is no room for is lost, on stdout as something that could not be written. One at a time.
class background_printer {
public:
    background_printer();
    // Waits until all is written: ask is_stuck before.
    ~background_printer();
    background_printer(const background_printer&) = delete;
    background_printer& operator=(const background_printer&) = delete;

    // Waits until all is written. True: a reader has not read for a while, and only std::_Exit ends the program.
    [[nodiscard]] bool is_stuck();

    void take(std::FILE* file, std::string&& text);

private:
    struct entry {
        std::FILE* file;
        std::string text;
    };
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<entry> waiting_;
    bool is_writing_ = false;
    std::uint64_t pieces_written_ = 0;
    bool is_over_ = false;
    std::thread thread_;
};

} // namespace tools
