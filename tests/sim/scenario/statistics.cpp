// What streams and engines count.
#include "async_socket/statistics.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>

#include "async_socket/resolve.h"
#include "requirement.hpp"
#include "scenario.hpp"
#include "statistics.hpp"
#include "stream_end.hpp"

namespace sim {

namespace {

bool are(const as_stream_statistics& numbers, std::uint64_t sends, std::uint64_t receives, std::uint64_t bytes_sent,
         std::uint64_t bytes_received)
{
    return numbers.sends == sends && numbers.receives == receives && numbers.bytes_sent == bytes_sent &&
           numbers.bytes_received == bytes_received;
}

void what_a_stream_moves_is_counted()
{
    const own_engine pool(3);
    stream_end end(pool);
    require(are(statistics_of(end.handle), 0, 0, 0, 0), "nothing yet");
    piece_of_work& received = end.receive(8);
    received.in_callback = [&] { require(are(statistics_of(end.handle), 0, 1, 0, 4), "before it is told"); };
    peer_write(*end.peer, 4);
    end.wait_for_all();
    (void)end.send(600);
    (void)end.send(3000, 3000); // in several calls
    piece_of_work& cancelled = end.receive(8);
    as_operation_cancel(&cancelled.operation);
    (void)end.shut_down_send();
    end.wait_for_all();
    require(are(statistics_of(end.handle), 3, 2, 3600, 4), "bytes, and operations however they ended");
    require(is(end.try_again(end.make(8, 1, true)), AS_CLOSED_HERE), "refused");
    end.all.pop_back();
    require(are(statistics_of(end.handle), 3, 2, 3600, 4), "which does not count");
}

void a_send_that_is_cut_counts_what_went()
{
    const own_engine pool(3);
    stream_end end(pool);
    peer_stall(*end.peer, true);
    const piece_of_work& cut = end.send(600, 1, as_in_ms(20));
    end.wait_for_all();
    require(is(cut.outcome, AS_TIMED_OUT), "cut");
    require(are(statistics_of(end.handle), 1, 0, cut.outcome.bytes, 0), "what went out");
    require(statistics_of(end.handle).deadlines_passed == 1, "by its deadline");
    require(statistics_of(pool.handle()).deadlines_passed == 1, "which the engine counts, too");
}

void a_lookup_that_its_deadline_ends_is_counted()
{
    const own_engine pool(2);
    for (const bool is_in_time : {true, false}) {
        struct lookup {
            as_operation operation{[](as_operation* ended, as_outcome told) {
                                       auto& self = *static_cast<lookup*>(ended->context);
                                       self.outcome = told;
                                       self.has_ended = true;
                                   },
                                   this,
                                   {}};
            as_outcome outcome{};
            bool has_ended = false;
        } one;
        as_question question{};
        question.host = is_in_time ? "a" : "sa";
        as_address address{};
        std::uint32_t count = 0;
        require(is(as_resolve(pool.handle(), &question, &one.operation, &address, 1, &count,
                              as_in_ms(is_in_time ? 100'000 : 10)),
                   AS_DONE),
                "it is accepted");
        wait_until("it ends", [&] { return one.has_ended; });
        const bool is_done = is(one.outcome, AS_DONE); // a slow one, too, if the pool's timer comes late
        require(is_done || (!is_in_time && is(one.outcome, AS_TIMED_OUT)), "in time, or not");
        require(statistics_of(pool.handle()).deadlines_passed == (is_done ? 0 : 1), "that one alone");
    }
}

void what_streams_counted_outlasts_them()
{
    constexpr std::array<std::array<std::size_t, 3>, 4> orders = {{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}}};
    const own_engine pool(2);
    std::uint64_t all = 0;
    for (const auto& order : orders) {
        std::array<std::unique_ptr<stream_end>, 3> ends;
        for (auto& each : ends) {
            each = std::make_unique<stream_end>(pool);
            (void)each->send(10);
            each->wait_for_all();
            all += 10;
        }
        std::uint64_t open = ends.size();
        for (const std::size_t next : order) {
            require(statistics_of(pool.handle()).streams_open == open--, "those that are open");
            ends[next]->close();
            const as_engine_statistics numbers = statistics_of(pool.handle());
            require(numbers.bytes_sent == all && numbers.sends == all / 10, "nothing is forgotten");
        }
    }
    require(statistics_of(pool.handle()).streams_open == 0, "none is left");
}

void numbers_are_read_while_they_change()
{
    const own_engine pool(3);
    bool is_over = false;
    spawn_application_thread([&] {
        as_engine_statistics last = statistics_of(pool.handle());
        for (int i = 0; i < 20; ++i) {
            const as_engine_statistics now = statistics_of(pool.handle());
            require(now.sends >= last.sends && now.bytes_sent >= last.bytes_sent && now.receives >= last.receives &&
                        now.bytes_received >= last.bytes_received,
                    "they only grow");
            last = now;
        }
        is_over = true;
    });
    for (int i = 0; i < 3; ++i) {
        stream_end end(pool);
        (void)end.receive(4);
        (void)end.send(8);
        peer_write(*end.peer, 4);
        end.wait_for_all();
    }
    wait_until("it is over", [&] { return is_over; });
    const as_engine_statistics numbers = statistics_of(pool.handle());
    require(numbers.sends == 3 && numbers.receives == 3 && numbers.bytes_sent == 24 && numbers.bytes_received == 12,
            "all of it");
}

void a_stream_that_is_closing_tells_no_numbers()
{
    const own_engine pool(2);
    stream_end end(pool);
    as_stream_statistics numbers = AS_STREAM_STATISTICS;
    as_outcome answer{};
    as_stream* const stream = end.handle;
    end.receive(4).in_callback = [&] { answer = as_stream_get_statistics(stream, &numbers); };
    end.close();
    require(is(answer, AS_CLOSED_HERE), "refused");
    require(statistics_of(pool.handle()).receives == 1, "but its engine knows");
}

void structures_of_another_size()
{
    const own_engine pool(2);
    stream_end end(pool);
    struct {
        as_stream_statistics known = AS_STREAM_STATISTICS;
        std::uint64_t later = 7;
    } grown;
    grown.known.size = sizeof grown;
    grown.known.sends = 7;
    require(is(as_stream_get_statistics(end.handle, &grown.known), AS_DONE), "of a later library");
    require(grown.known.sends == 0 && grown.later == 0 && grown.known.size == sizeof grown, "0 for what is not known");
    as_stream_statistics small = AS_STREAM_STATISTICS;
    small.size = offsetof(as_stream_statistics, deadlines_passed);
    small.deadlines_passed = 7;
    require(is(as_stream_get_statistics(end.handle, &small), AS_DONE), "of the first library");
    require(small.deadlines_passed == 7, "nothing is written behind it");
    --small.size;
    require(is(as_stream_get_statistics(end.handle, &small), AS_INVALID), "too small");
    require(is(as_stream_get_statistics(nullptr, &grown.known), AS_INVALID), "no stream");
    require(is(as_stream_get_statistics(end.handle, nullptr), AS_INVALID), "nowhere");
    as_engine_statistics numbers = AS_ENGINE_STATISTICS;
    require(is(as_engine_get_statistics(nullptr, &numbers), AS_INVALID), "no engine");
    require(is(as_engine_get_statistics(pool.handle(), nullptr), AS_INVALID), "nowhere");
    numbers.size = sizeof numbers - 1;
    require(is(as_engine_get_statistics(pool.handle(), &numbers), AS_INVALID), "too small");
}

} // namespace

const std::vector<scenario> statistics_scenarios = {
    {"what_a_stream_moves_is_counted", what_a_stream_moves_is_counted},
    {"a_send_that_is_cut_counts_what_went", a_send_that_is_cut_counts_what_went},
    {"a_lookup_that_its_deadline_ends_is_counted", a_lookup_that_its_deadline_ends_is_counted},
    {"what_streams_counted_outlasts_them", what_streams_counted_outlasts_them},
    {"numbers_are_read_while_they_change", numbers_are_read_while_they_change},
    {"a_stream_that_is_closing_tells_no_numbers", a_stream_that_is_closing_tells_no_numbers},
    {"structures_of_another_size", structures_of_another_size},
};

} // namespace sim
