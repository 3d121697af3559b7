// A system without names (core/resolve/system_calls.hpp): the test says what each host answers and when, and whether
// there are threads, which are real ones.
//
// Each test makes one `fake_names`, which the resolvers of that time ask. At its end all their threads have to have
// ended, or are about to: it waits for them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/resolve/system_calls.hpp"

namespace async_socket::test {

// A real one, which has to be joined. Until then it has its stack, so those that have ended are not kept.
class fake_thread {
public:
    template <typename Body>
    explicit fake_thread(Body body)
        : thread_([this, body] {
              body();
              is_over_ = true;
          })
    {
    }
    [[nodiscard]] bool is_over() const { return is_over_; }
    void join() { thread_.join(); }

private:
    std::atomic<bool> is_over_{false};
    std::thread thread_;
};

class fake_names {
public:
    fake_names();
    ~fake_names();
    fake_names(const fake_names&) = delete;
    fake_names& operator=(const fake_names&) = delete;
    static fake_names& current();

    // ---- what the system answers. A host that begins with a digit is a notation. One of which nothing is said has one
    // address, whose bytes are its name.
    std::atomic<bool> refuse_all{false};
    std::atomic<bool> refuse_group{false};
    std::atomic<bool> refuse_threads{false};
    void say(const std::string& host, core::outcome outcome);
    // Whoever asks for it waits, from now on, until it is let go.
    void hold(const std::string& host);
    void let_go(const std::string& host);

    // ---- what happened
    [[nodiscard]] int threads() const { return threads_; }         // that run
    [[nodiscard]] int threads_started() const { return started_; } // ever
    [[nodiscard]] int inside() const { return inside_; }           // of a look-up that is held
    // What was asked, in that order, with "host service" for each; but for what is a notation.
    [[nodiscard]] std::vector<std::string> asked();

    // ---- for the backend's functions
    using threads_of_group = std::list<fake_thread>;
    core::name_answer look_up(const core::name_question& question, backend::look_up_in where);
    void begin_group(threads_of_group& group);
    std::uint32_t start_thread(backend::thread_body body, void* context, threads_of_group& group);
    void end_group(threads_of_group& group);

private:
    static void join_those_that_are_over(threads_of_group& threads);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, core::outcome> answers_;
    std::set<std::string> held_;
    std::vector<std::string> asked_;
    std::set<threads_of_group*> groups_;
    threads_of_group left_; // by resolvers that were closed
    std::atomic<int> threads_{0};
    std::atomic<int> started_{0};
    std::atomic<int> inside_{0};
};

} // namespace async_socket::test
