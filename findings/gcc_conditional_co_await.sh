#!/bin/sh
# GCC 12: a conditional expression with a co_await in both of its branches, whose values are of a class.
#
# Expected: the branch that the condition chooses is awaited, the other one is not evaluated.
# Seen with GCC 12.2.0 for x86-64 Linux, with every optimisation: both are awaited, one after the other, without a
# warning; the value is that of the right one. With values of type int, and with an if, only one is.
# So a program that chooses what to await writes an if, or chooses the arguments.
set -eu

command -v g++-12 >/dev/null || { echo "no g++-12 here: not tried"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/choice.cpp" <<'C'
#include <coroutine>
#include <cstdio>
#include <utility>

#ifdef CLASS
struct value {
    value() = default;
    value(int number) : number(number) {}
    int number = 0;
};
int number_of(const value& told) { return told.number; }
#else
using value = int;
int number_of(value told) { return told; }
#endif

struct work {
    struct promise_type {
        work get_return_object() { return work(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_value(value told) { result = told; }
        void unhandled_exception() {}
        value result{};
    };

    explicit work(std::coroutine_handle<promise_type> made) : coroutine(made) {}
    work(work&& other) : coroutine(std::exchange(other.coroutine, {})) {}
    ~work()
    {
        if (coroutine) {
            coroutine.destroy();
        }
    }

    struct awaiter {
        bool await_ready() { return false; }
        bool await_suspend(std::coroutine_handle<>)
        {
            coroutine.resume();
            return false;
        }
        value await_resume() { return coroutine.promise().result; }
        std::coroutine_handle<promise_type> coroutine;
    };
    awaiter operator co_await() && { return {coroutine}; }

    std::coroutine_handle<promise_type> coroutine;
};

work say(int number)
{
    std::printf("%d is awaited, ", number);
    co_return value(number);
}

work choose(bool is_one)
{
    value chosen{};
#ifdef IF
    if (is_one) {
        chosen = co_await say(1);
    } else {
        chosen = co_await say(2);
    }
#else
    chosen = is_one ? co_await say(1) : co_await say(2);
#endif
    std::printf("%d is the value\n", number_of(chosen));
    co_return value(0);
}

int main()
{
    choose(true).coroutine.resume();
}
C

try() {
    g++-12 -std=c++20 "$@" -o "$folder/choice" "$folder/choice.cpp"
    "$folder/choice"
}

right="1 is awaited, 1 is the value"
of_int=$(try -O1)
by_if=$(try -O1 -DCLASS -DIF)
not_optimised=$(try -O0 -DCLASS)
optimised=$(try -O2 -DCLASS)
g++-12 --version | head -n 1
cat <<TEXT
expected, in all:           $right
seen, of int:               $of_int
seen, of a class by an if:  $by_if
seen, of a class, -O0:      $not_optimised
seen, of a class, -O2:      $optimised
TEXT
wrong="1 is awaited, 2 is awaited, 1 is the value"
if [ "$of_int" != "$right" ] || [ "$by_if" != "$right" ] || [ "$not_optimised" != "$wrong" ] ||
    [ "$optimised" != "$wrong" ]; then
    echo "this has changed"
    exit 1
fi
echo "as it is written here"
