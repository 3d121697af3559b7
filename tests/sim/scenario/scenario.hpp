// A scenario: a short program against the public API, with what it must see. It runs under many
// schedules, as Windows and as Wine, with messages on and off.
#pragma once

#include <vector>

namespace sim {

struct scenario {
    const char* name;
    void (*body)();
};

// One list for each file of this folder.
extern const std::vector<scenario> address_scenarios;
extern const std::vector<scenario> argument_scenarios;
extern const std::vector<scenario> arrival_scenarios;
extern const std::vector<scenario> circle_scenarios;
extern const std::vector<scenario> closing_scenarios;
extern const std::vector<scenario> coroutine_scenarios;
extern const std::vector<scenario> cost_scenarios;
extern const std::vector<scenario> data_scenarios;
extern const std::vector<scenario> deadline_scenarios;
extern const std::vector<scenario> drain_scenarios;
extern const std::vector<scenario> engine_scenarios;
extern const std::vector<scenario> fast_scenarios;
extern const std::vector<scenario> hindrance_scenarios;
extern const std::vector<scenario> idle_time_scenarios;
extern const std::vector<scenario> listener_scenarios;
extern const std::vector<scenario> lookup_scenarios;
extern const std::vector<scenario> message_scenarios;
extern const std::vector<scenario> name_scenarios;
extern const std::vector<scenario> opening_scenarios;
extern const std::vector<scenario> order_scenarios;
extern const std::vector<scenario> outcome_scenarios;
extern const std::vector<scenario> question_scenarios;
extern const std::vector<scenario> race_scenarios;
extern const std::vector<scenario> refusal_scenarios;
extern const std::vector<scenario> statistics_scenarios;
extern const std::vector<scenario> stream_scenarios;
extern const std::vector<scenario> stream_socket_scenarios;
extern const std::vector<scenario> transport_scenarios;

} // namespace sim
