// The programs whose sends and receives end in completions: on a port of their own or in a pool of the system's.
#include <deque>

#include "support/countdown.hpp"
#include "support/trial.hpp"
#include "win32/client_end.hpp"
#include "win32/engine.hpp"
#include "win32/server_end.hpp"

namespace bench {

namespace {

// One session's two ends.
class pair_of_ends {
public:
    pair_of_ends(win32::engine& threads, trial& trial, std::size_t index, countdown& sessions_left)
        : session_(trial[index]),
          sessions_left_(sessions_left),
          client_(threads, trial.workload(), session_.client, trial.message(), trial.client_buffer(index),
                  [this] { one_closed(); }),
          server_(threads, trial.workload(), session_.server, trial.server_buffer(index), [this] { one_closed(); }),
          connected_(session_.connect())
    {
    }

    void open_server() { server_.open(connected_.server); }

    // Sends that end at once could keep the main thread from measuring.
    void open_client(kind what)
    {
        if (what == kind::stream) {
            client_.open_in_engine(connected_.client);
        } else {
            client_.open(connected_.client);
        }
    }

private:
    void one_closed()
    {
        const session::after after = session_.closed();
        if (after == session::after::again) {
            connected_ = session_.connect();
            open_server();
            client_.open(connected_.client);
        } else if (after == session::after::over) {
            sessions_left_.count_down();
        }
    }

    session& session_;
    countdown& sessions_left_;
    win32::client_end client_;
    win32::server_end server_;
    socket_pair connected_;
};

} // namespace

result run(const workload& work)
{
    trial trial(work);
    countdown sessions_left(work.connections);
    win32::engine threads(work);
    std::deque<pair_of_ends> pairs;
    trial.note_memory();
    for (std::size_t i = 0; i < trial.size(); ++i) {
        pairs.emplace_back(threads, trial, i, sessions_left);
    }
    for (pair_of_ends& each : pairs) {
        each.open_server();
    }
    for (pair_of_ends& each : pairs) {
        each.open_client(work.what);
    }
    trial.measure();
    sessions_left.wait();
    return trial.outcome();
}

} // namespace bench
