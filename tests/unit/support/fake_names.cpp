#include "support/fake_names.hpp"

#include <cctype>
#include <cerrno>
#include <cstring>
#include <new>

#include "core/platform/system_address.hpp"

namespace async_socket::test {

namespace {

fake_names* the_current = nullptr;

core::name_answer found(const std::string& host)
{
    core::unique_addresses addresses(core::address_list::create(1));
    addresses.get()->add(host.data(), host.size());
    return {{core::ending::done, 0, 0}, std::move(addresses)};
}

} // namespace

fake_names::fake_names()
{
    the_current = this;
}

fake_names::~fake_names()
{
    for (threads_of_group* const inherited : groups_) { // whose resolver was never closed
        left_.splice(left_.end(), *inherited);
    }
    for (fake_thread& each : left_) {
        each.join();
    }
    the_current = nullptr;
}

fake_names& fake_names::current()
{
    return *the_current;
}

void fake_names::say(const std::string& host, core::outcome outcome)
{
    const std::lock_guard lock(mutex_);
    answers_[host] = outcome;
}

void fake_names::hold(const std::string& host)
{
    const std::lock_guard lock(mutex_);
    held_.insert(host);
}

void fake_names::let_go(const std::string& host)
{
    const std::lock_guard lock(mutex_);
    held_.erase(host);
    changed_.notify_all();
}

std::vector<std::string> fake_names::asked()
{
    const std::lock_guard lock(mutex_);
    return asked_;
}

core::name_answer fake_names::look_up(const core::name_question& question, backend::look_up_in where)
{
    const std::string host = question.host != nullptr ? question.host : "0";
    const bool is_notation = std::isdigit(static_cast<unsigned char>(host.front())) != 0;
    if (!is_notation && (where == backend::look_up_in::notation || question.is_numeric)) {
        return {{core::ending::no_such_name, 0, 7}, {}};
    }
    std::unique_lock lock(mutex_);
    if (!is_notation) {
        asked_.push_back(host + " " + (question.service != nullptr ? question.service : "none"));
    }
    if (held_.count(host) != 0) {
        ++inside_;
        changed_.wait(lock, [&] { return held_.count(host) == 0; });
        --inside_;
    }
    const auto said = answers_.find(host);
    if (said != answers_.end()) {
        return {said->second, {}};
    }
    return found(host);
}

void fake_names::begin_group(threads_of_group& group)
{
    const std::lock_guard lock(mutex_);
    groups_.insert(&group);
}

std::uint32_t fake_names::start_thread(backend::thread_body body, void* context, threads_of_group& group)
{
    if (refuse_threads) {
        return EAGAIN;
    }
    join_those_that_are_over(group);
    ++threads_;
    ++started_;
    group.emplace_back([this, body, context] {
        body(context);
        --threads_;
    });
    return 0;
}

void fake_names::end_group(threads_of_group& group)
{
    const std::lock_guard lock(mutex_);
    groups_.erase(&group);
    left_.splice(left_.end(), group);
    join_those_that_are_over(left_);
}

void fake_names::join_those_that_are_over(threads_of_group& threads)
{
    for (auto each = threads.begin(); each != threads.end();) {
        if (each->is_over()) {
            each->join();
            each = threads.erase(each);
        } else {
            ++each;
        }
    }
}

} // namespace async_socket::test

namespace async_socket::backend {

using test::fake_names;
using test::fake_thread;

// Whatever fits is an address, but for nothing at all.
core::ending take_address(const void* system, std::size_t size, as_address& taken) noexcept
{
    if (size == 0 || size > sizeof taken.system) {
        return core::ending::invalid;
    }
    taken = {};
    std::memcpy(taken.system, system, size);
    taken.size = static_cast<std::uint32_t>(size);
    return core::ending::done;
}

class thread_group {
public:
    thread_body body;
    void* context;
    fake_names::threads_of_group threads;
};

bool prepare_resolving() noexcept
{
    return !fake_names::current().refuse_all;
}

core::name_answer look_up(const core::name_question& question, look_up_in where) noexcept
{
    return fake_names::current().look_up(question, where);
}

thread_group* thread_group_create(thread_body body, void* context) noexcept
{
    if (fake_names::current().refuse_group) {
        return nullptr;
    }
    auto* const made = new (std::nothrow) thread_group{body, context, {}};
    if (made == nullptr) {
        return nullptr;
    }
    fake_names::current().begin_group(made->threads);
    return made;
}

std::uint32_t thread_group_start(thread_group& group) noexcept
{
    return fake_names::current().start_thread(group.body, group.context, group.threads);
}

void thread_group_close(thread_group* group) noexcept
{
    fake_names::current().end_group(group->threads);
    delete group;
}

void thread_group_close_and_wait(thread_group* group) noexcept
{
    for (fake_thread& each : group->threads) {
        each.join();
    }
    group->threads.clear();
    thread_group_close(group);
}

} // namespace async_socket::backend
