#include "completions.hpp"

#include <algorithm>
#include <cstddef>

namespace contract {

ASYNC_SOCKET_SEND_SYNC_RESULT send_record::start(ASYNC_SOCKET_HANDLE socket, const void* data, std::size_t size)
{
    return start(socket, {{const_cast<void*>(data), static_cast<std::uint32_t>(size)}});
}

ASYNC_SOCKET_SEND_SYNC_RESULT send_record::start(ASYNC_SOCKET_HANDLE socket,
                                                 const std::vector<ASYNC_SOCKET_BUFFER>& pieces)
{
    return async_socket_send_async(socket, pieces.data(), static_cast<std::uint32_t>(pieces.size()), on_complete, this);
}

void send_record::on_complete(void* context, ASYNC_SOCKET_SEND_RESULT result)
{
    auto& self = *static_cast<send_record*>(context);
    // Read before the record is written: a test that waits for the record may go on and end then.
    const std::function<void()> then = self.then;
    self.signal_.update([&] { self.results_.push_back(result); });
    if (then) {
        then();
    }
}

bool send_record::wait(std::size_t count)
{
    return signal_.wait([&] { return results_.size() >= count; });
}

std::vector<ASYNC_SOCKET_SEND_RESULT> send_record::results()
{
    return signal_.read([&] { return results_; });
}

int receive_record::start(ASYNC_SOCKET_HANDLE socket)
{
    return start(socket, {{memory.data(), static_cast<std::uint32_t>(memory.size())}});
}

int receive_record::start(ASYNC_SOCKET_HANDLE socket, std::vector<ASYNC_SOCKET_BUFFER> pieces)
{
    return async_socket_receive_async(socket, pieces.data(), static_cast<std::uint32_t>(pieces.size()), on_complete,
                                      this);
}

void receive_record::on_complete(void* context, ASYNC_SOCKET_RECEIVE_RESULT result, std::uint32_t bytes_received)
{
    auto& self = *static_cast<receive_record*>(context);
    const std::function<void(const receive_event&)> then = self.then;
    const receive_event event{result, bytes_received};
    self.signal_.update([&] { self.events_.push_back(event); });
    if (then) {
        then(event);
    }
}

bool receive_record::wait(std::size_t count)
{
    return signal_.wait([&] { return events_.size() >= count; });
}

std::vector<receive_event> receive_record::events()
{
    return signal_.read([&] { return events_; });
}

bytes receive_async(ASYNC_SOCKET_HANDLE socket, std::size_t size, std::size_t step)
{
    bytes all;
    while (all.size() < size) {
        receive_record record(std::min(step, size - all.size()));
        if (record.start(socket) != 0 || !record.wait() || record.events()[0].result != ASYNC_SOCKET_RECEIVE_OK) {
            break;
        }
        all.insert(all.end(), record.memory.begin(),
                   record.memory.begin() + static_cast<std::ptrdiff_t>(record.events()[0].bytes));
    }
    return all;
}

bool carries_traffic(ASYNC_SOCKET_HANDLE socket, peer& far_end)
{
    const bytes question = pattern(100, 7);
    const bytes answer = pattern(100, 8);
    send_record sent;
    const bool asked = sent.start(socket, question.data(), question.size()) == ASYNC_SOCKET_SEND_SYNC_OK &&
                       far_end.receive(question.size()) == question && sent.wait() &&
                       sent.results() == std::vector{ASYNC_SOCKET_SEND_OK};
    return asked && far_end.send(answer) && receive_async(socket, answer.size()) == answer;
}

} // namespace contract
