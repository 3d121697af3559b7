// A run of the random workload: its threads, its endpoints, and what each of them does next. In three files: the
// life of a run (workload.cpp), what is chosen (workload_actions.cpp), and the calls of the library with their
// callbacks (workload_calls.cpp).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "blocking_calls.hpp"
#include "closers.hpp"
#include "frame.hpp"
#include "ledger.hpp"
#include "plan.hpp"
#include "shared_dice.hpp"
#include "simulation.hpp"
#include "workload.hpp"

namespace sim {

class workload {
public:
    workload(const plan& plan, const decisions& choices, const workload_options& options)
        : plan_(plan), dice_(choices), budget_(options.actions), blocking_(book_, dice_)
    {
    }
    workload(const workload&) = delete;
    workload& operator=(const workload&) = delete;

    void run();
    [[nodiscard]] const ledger& book() const noexcept { return book_; }
    [[nodiscard]] const workload_figures& figures() const noexcept { return figures_; }

private:
    void begin();
    void application_thread();
    void drain();
    void check_that_it_still_works(endpoint& endpoint);
    void end();

    void act(frame* inside);
    void act_on(endpoint& endpoint, frame* inside);
    void act_on_peer();
    void act_on_transport();
    void act_beside(endpoint* endpoint, frame* inside);
    void nested(frame& inside);

    link& fresh_link();
    [[nodiscard]] static link& adopted_by(const endpoint& endpoint);
    endpoint* fresh_endpoint(std::uint32_t slot);
    void close_link(link& link);
    [[nodiscard]] static frame* frame_of(const endpoint& endpoint, frame* inside);
    static void keep_or_lose(frame& detached, bool is_open_or_close);
    static void look_after(frame* inside);

    bool open(endpoint& endpoint, frame* inside);
    void close(endpoint& endpoint, frame* inside);
    void destroy(endpoint& endpoint, frame* inside);
    void send(endpoint& endpoint, frame* inside);
    void receive(endpoint& endpoint, frame* inside);
    void start(request_record& request, endpoint& endpoint, frame* inside);
    void cut_into_pieces(request_record& request, std::uint32_t piece_count);
    [[nodiscard]] bool begin_use(endpoint& endpoint, frame* inside, active_call& call);
    void end_use(endpoint& endpoint, active_call& call);

    static void on_open(void* context, ASYNC_SOCKET_OPEN_RESULT result);
    static void on_send(void* context, ASYNC_SOCKET_SEND_RESULT result);
    static void on_receive(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes);
    void in_callback(endpoint& owner, frame* outer);

    std::uint32_t below(std::size_t limit) { return dice_.below(limit); }
    bool one_in(std::uint32_t count) { return dice_.one_in(count); }
    void count_operation()
    {
        const model_lock lock;
        ++figures_.operations;
    }
    bool take_action()
    {
        const model_lock lock;
        return !draining_ && !dice_.at_end() && budget_ != 0 && budget_-- != 0;
    }

    const plan plan_;
    shared_dice dice_;
    std::uint32_t budget_;
    ledger book_;
    closers closers_; // under the model's lock
    blocking_calls blocking_;
    std::array<EXECUTION_ENGINE_HANDLE, 2> engines_{};
    std::vector<endpoint*> slots_; // null: destroyed and not created again
    std::uint32_t threads_running_ = 0;
    bool draining_ = false;
    workload_figures figures_; // under the model's lock
};

} // namespace sim
