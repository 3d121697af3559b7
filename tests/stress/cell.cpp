#include "cell.hpp"

#include <algorithm>

#include "ledger.hpp"
#include "stopwatch.hpp"

namespace stress {

using contract::bytes;

namespace {

constexpr action all_actions[] = {
    {"SendSmall", true, false, false, ending::close_at_rest},
    {"SendLarge", false, true, false, ending::close_at_rest},
    {"Receive", false, false, true, ending::close_at_rest},
    {"SendAndReceive", true, true, true, ending::close_at_rest},
    {"CloseFromAnotherThread", true, true, true, ending::close_elsewhere},
    {"CloseInCallback", true, true, true, ending::close_in_callback},
    {"DestroyWhilePending", true, true, true, ending::destroy},
#if ASYNC_SOCKET_API_VERSION != 1
    {"Reopen", true, true, true, ending::close_and_reopen},
#endif
};

constexpr int small_buffer = 4096;

bool is_beginning_of(const bytes& beginning, const bytes& whole)
{
    return beginning.size() <= whole.size() && std::equal(beginning.begin(), beginning.end(), whole.begin());
}

class cell {
public:
    cell(EXECUTION_ENGINE_HANDLE engine, const hostile_peer& who, const action& what)
        : who_(who), what_(what), connection_(connect(who)), near_end_(engine, connection_.near_end)
    {
        talk_.far_end = std::move(connection_.far_end);
        talk_.greeting = what.receives ? contract::pattern(64, 5) : bytes();
    }

    std::string run()
    {
        found_.require(near_end_.open() == 0, "not opened");
        if (what_.how == ending::close_in_callback) {
            ledger_.in_callback = [this] {
                (void)armed_.wait();
                closes_.time([this] { async_socket_close(near_end_.handle()); });
            };
        }
        prepare_peer();
        start_operations();
        std::thread peer([this] { who_.meanwhile(talk_); });
        end();
        peer.join();
        check();
        return found_.text();
    }

private:
    static contract::loopback_pair connect(const hostile_peer& who)
    {
        contract::loopback_pair pair = contract::connect_pair();
        if (who.small_buffers) {
            contract::limit_buffers(pair.near_end, small_buffer);
            pair.far_end.limit_buffers(small_buffer);
        }
        return pair;
    }

    void prepare_peer()
    {
        contract::receive_record idle;
        if (who_.receive_first) {
            found_.require(idle.start(near_end_.handle()) == 0, "the idle receive was refused");
        }
        who_.before(talk_.far_end);
        if (who_.receive_first) {
            const bool ended = idle.wait() && idle.events()[0].result == ASYNC_SOCKET_RECEIVE_ABANDONED;
            found_.require(ended, "the idle receive was not abandoned");
        }
    }

    void start_operations()
    {
        const ASYNC_SOCKET_HANDLE socket = near_end_.handle();
        if (what_.receives) {
            ledger_.receive(socket, talk_.greeting.size(), who_.receive);
        }
        if (what_.sends_small) {
            ledger_.send(socket, small_message(), who_.small_send);
        }
        if (what_.sends_large) {
            ledger_.send(socket, large_message(), who_.large_send);
        }
        sent_ = ledger_.accepted_bytes();
        talk_.to_read = sent_.size();
    }

    void end()
    {
        switch (what_.how) {
        case ending::close_at_rest:
            found_.require(ledger_.wait_for_those_that_end_alone(), "an operation does not end");
            receive_the_rest();
            close();
            break;
        case ending::close_elsewhere:
            std::thread([this] { close(); }).join();
            break;
        case ending::close_in_callback:
            armed_.open();
            found_.require(ledger_.wait_for_all() && closes_.wait(ledger_.accepted()), "a callback did not come");
            close(); // if nothing was accepted, nobody has closed yet
            break;
        case ending::destroy:
            closes_.time([this] { near_end_.destroy(); });
            settle();
            break;
        case ending::close_and_reopen:
            close();
            reopen();
            break;
        }
    }

    void close()
    {
        closes_.time([this] { async_socket_close(near_end_.handle()); });
        settle();
    }

    void settle() { found_.require(ledger_.callbacks() == ledger_.accepted(), "the close came before a callback"); }

    // What did not come with the first bytes, so that nothing is unread at the close.
    void receive_the_rest()
    {
        if (what_.receives && who_.receive == fates{fate::whole}) {
            const std::size_t first = ledger_.received().size();
            rest_ = contract::receive_async(near_end_.handle(), talk_.greeting.size() - first);
            found_.require(first + rest_.size() == talk_.greeting.size(), "not all came that the peer has sent");
        }
    }

    void reopen()
    {
        contract::loopback_pair fresh = contract::connect_pair();
        near_end_.replace(fresh.near_end);
        found_.require(near_end_.open() == 0, "not opened again");
        found_.require(contract::carries_traffic(near_end_.handle(), fresh.far_end), "no traffic after the re-open");
        closes_.time([this] { async_socket_close(near_end_.handle()); });
        found_.require(fresh.far_end.sees_end(), "the second connection was not closed");
    }

    void check()
    {
        if (near_end_.handle() != nullptr) {
            near_end_.destroy();
        }
        closes_.check(found_);
        settle(); // and none came later
        ledger_.check(what_.how != ending::close_at_rest, found_);
        check_received();
        check_sent();
    }

    void check_received()
    {
        bytes received = ledger_.received();
        received.insert(received.end(), rest_.begin(), rest_.end());
        found_.require(is_beginning_of(received, talk_.greeting) && received.size() <= talk_.greeted,
                       "received what was not sent");
        all_received_ = received.size() == talk_.greeted;
    }

    void check_sent()
    {
        if (who_.reads_to_end) {
            const bytes more = talk_.far_end.receive_to_end();
            talk_.seen.insert(talk_.seen.end(), more.begin(), more.end());
        }
        const std::size_t whole = ledger_.whole_bytes();
        found_.require(is_beginning_of(talk_.seen, sent_), "the peer has seen what was not sent");
        // Bytes that our end has not read at its close make the system reset the connection.
        if (who_.reads_to_end && all_received_) {
            found_.require(talk_.seen.size() >= whole, "the peer has not seen all that was reported as sent");
        }
        if (whole < sent_.size()) {
            found_.require(talk_.seen.size() < sent_.size(), "the peer has seen all of a send that was reported cut");
        }
    }

    const hostile_peer& who_;
    const action& what_;
    problems found_;
    stopwatch closes_;
    contract::gate armed_;
    ledger ledger_;
    conversation talk_;
    bytes sent_;
    bytes rest_;
    bool all_received_ = false;
    contract::loopback_pair connection_;
    contract::async_end near_end_;
};

} // namespace

std::span<const action> actions()
{
    return all_actions;
}

std::string run_cell(EXECUTION_ENGINE_HANDLE engine, const hostile_peer& who, const action& what)
{
    return cell(engine, who, what).run();
}

} // namespace stress
