#include "common/print.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace tools {

namespace {

constexpr std::size_t most_waiting = 1000;
constexpr std::chrono::seconds patience{2};

std::atomic<background_printer*> in_the_background{nullptr};
std::atomic<int> first_failure{0};

// 0 is none.
void note_failure(int code) noexcept
{
    int none = 0;
    (void)first_failure.compare_exchange_strong(none, code);
}

void write(std::FILE* file, const std::string& line)
{
    errno = 0;
    if (std::fwrite(line.data(), 1, line.size(), file) == line.size() && std::fflush(file) == 0) {
        return;
    }
    std::clearerr(file); // the next one may have room
    if (errno != EPIPE) {
        note_failure(errno != 0 ? errno : EIO);
    }
}

} // namespace

void print_line(std::FILE* file, std::string line) noexcept
{
    try {
        line += '\n';
    } catch (const std::exception&) { // there is no memory: it is lost
        return;
    }
    print(file, std::move(line));
}

void print(std::FILE* file, std::string text) noexcept
{
    try {
        if (background_printer* const printer = in_the_background.load()) {
            printer->take(file, std::move(text));
        } else {
            write(file, text);
        }
    } catch (const std::exception&) { // the same
    }
}

void print_error(std::string_view program, std::string_view message) noexcept
{
    try {
        std::string line = std::string(program) + ": " + std::string(message);
        std::replace(line.begin(), line.end(), '\n', ' ');
        print_line(stderr, std::move(line));
    } catch (const std::exception&) { // the same
    }
}

std::string print_failure()
{
    const int code = first_failure;
    return code == 0 ? std::string() : std::generic_category().message(code);
}

void outlive_readers()
{
#ifdef SIGPIPE
    (void)std::signal(SIGPIPE, SIG_IGN);
#endif
}

background_printer::background_printer() : thread_([this] { run(); })
{
    in_the_background = this;
}

background_printer::~background_printer()
{
    in_the_background = nullptr;
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

bool background_printer::is_stuck()
{
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, patience, [this] { return waiting_.empty() && !is_writing_; });
}

void background_printer::take(std::FILE* file, std::string&& line)
{
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() == most_waiting) {
            note_failure(file == stdout ? ENOBUFS : 0);
            return;
        }
        waiting_.push_back({file, std::move(line)});
    }
    changed_.notify_all();
}

void background_printer::run()
{
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return is_over_ || !waiting_.empty(); });
        if (waiting_.empty()) {
            return;
        }
        const entry next = std::move(waiting_.front());
        waiting_.pop_front();
        is_writing_ = true;
        lock.unlock();
        write(next.file, next.line);
        lock.lock();
        is_writing_ = false;
        changed_.notify_all();
    }
}

} // namespace tools
