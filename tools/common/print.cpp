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
constexpr std::chrono::seconds patience{2}; // with a reader who does not read at all
constexpr std::size_t piece_size = 4096;    // of a long text: so a slow reader is seen to read

std::atomic<background_printer*> in_the_background{nullptr};
std::atomic<int> first_failure{0};

// 0 is none.
void note_failure(int code) noexcept
{
    int none = 0;
    (void)first_failure.compare_exchange_strong(none, code);
}

// False: it is lost.
bool write(std::FILE* file, std::string_view text)
{
    errno = 0;
    if (std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0) {
        return true;
    }
    std::clearerr(file); // the next one may have room
    if (errno != EPIPE) {
        note_failure(errno != 0 ? errno : EIO);
    }
    return false;
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
            (void)write(file, text);
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
    const auto is_done = [this] { return waiting_.empty() && !is_writing_; };
    while (!is_done()) {
        const std::uint64_t seen = pieces_written_;
        if (!changed_.wait_for(lock, patience, [&] { return is_done() || pieces_written_ != seen; })) {
            return true;
        }
    }
    return false;
}

void background_printer::take(std::FILE* file, std::string&& text)
{
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() == most_waiting) {
            note_failure(file == stdout ? ENOBUFS : 0);
            return;
        }
        waiting_.push_back({file, std::move(text)});
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
        for (std::string_view rest = next.text; !rest.empty();) {
            lock.unlock();
            const bool is_written = write(next.file, rest.substr(0, piece_size));
            lock.lock();
            rest = is_written ? rest.substr(std::min(rest.size(), piece_size)) : std::string_view();
            ++pieces_written_;
            changed_.notify_all();
        }
        is_writing_ = false;
        changed_.notify_all();
    }
}

} // namespace tools
