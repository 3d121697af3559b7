#include "win32/connection_end.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "support/failure.hpp"
#include "win32/variant.hpp"

namespace bench::win32 {

namespace {

// An echo may be there, and handled, before the completion of its message is: on Wine 8, whose pool hands out a
// burst of completions last one first, even long before.
std::size_t operations_for_sends(const workload& work) noexcept
{
    constexpr std::size_t spare = 3;
    return allocates_operations || work.what == kind::idle ? 0 : work.outstanding + spare;
}

operation& allocate_operation() noexcept
{
    auto* const created = new (std::nothrow) operation;
    require(created != nullptr, "new");
    created->is_allocated = true;
    if constexpr (allocates_operations) {
        created->overlapped.hEvent = CreateEventW(nullptr, TRUE, FALSE, nullptr);
        require(created->overlapped.hEvent != nullptr, "CreateEvent");
    }
    return *created;
}

void give_back(operation& operation) noexcept
{
    if constexpr (allocates_operations) {
        (void)CloseHandle(operation.overlapped.hEvent);
    }
    if (operation.is_allocated) {
        delete &operation;
    } else {
        operation.is_used.store(false, std::memory_order_release);
    }
}

// The client's close is a reset.
bool is_end_of_stream(DWORD error) noexcept
{
    return error == ERROR_NETNAME_DELETED || error == WSAECONNRESET;
}

[[noreturn]] void fail_with(DWORD error, direction way) noexcept
{
    SetLastError(error);
    fail(way == direction::send ? "a send" : "a receive");
}

} // namespace

connection_end::connection_end(engine& threads, const workload& work, std::function<void()> on_closed)
    : threads_(threads), sends_(operations_for_sends(work)), on_closed_(std::move(on_closed))
{
}

void connection_end::open(SOCKET socket)
{
    socket_ = socket;
    holds_.store(2, std::memory_order_relaxed); // open, and this call
    binding_.emplace(threads_, socket, *this);
    if constexpr (skips_on_success) {
        // Nobody waits for the handle, so the system need not signal it.
        constexpr UCHAR modes = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE;
        require(SetFileCompletionNotificationModes(reinterpret_cast<HANDLE>(socket), modes) != FALSE,
                "SetFileCompletionNotificationModes");
    }
    opened();
    let_go();
}

void connection_end::open_in_engine(SOCKET socket)
{
    socket_ = socket;
    threads_.post(*this);
}

void connection_end::close() noexcept
{
    (void)closesocket(std::exchange(socket_, INVALID_SOCKET));
    let_go();
}

void connection_end::let_go() noexcept
{
    if (holds_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        binding_.reset();
        on_closed_();
    }
}

std::optional<std::size_t> connection_end::receive(std::span<char> buffer) noexcept
{
    operation& operation = allocates_operations ? allocate_operation() : receive_;
    return start(operation, direction::receive, {static_cast<ULONG>(buffer.size()), buffer.data()});
}

bool connection_end::send(std::span<const char> bytes) noexcept
{
    operation& operation = free_send();
    auto* const data = const_cast<char*>(bytes.data()); // the system only reads it
    return start(operation, direction::send, {static_cast<ULONG>(bytes.size()), data}).has_value();
}

operation& connection_end::free_send() noexcept
{
    const auto found = std::find_if(sends_.begin(), sends_.end(), [](operation& each) {
        return !each.is_used.exchange(true, std::memory_order_acquire);
    });
    return found != sends_.end() ? *found : allocate_operation();
}

std::optional<std::size_t> connection_end::start(operation& operation, direction way, WSABUF buffer) noexcept
{
    HANDLE const event = operation.overlapped.hEvent;
    operation.overlapped = {};
    operation.overlapped.hEvent = event;
    operation.way = way;
    operation.length = buffer.len;
    holds_.fetch_add(1, std::memory_order_relaxed);
    binding_->expect();
    DWORD moved = 0;
    DWORD flags = 0;
    DWORD* const count = skips_on_success ? &moved : nullptr; // otherwise the completion tells
    const int result = way == direction::send
                           ? WSASend(socket_, &buffer, 1, count, 0, &operation.overlapped, nullptr)
                           : WSARecv(socket_, &buffer, 1, count, &flags, &operation.overlapped, nullptr);
    if (result == 0 && !skips_on_success) {
        return std::nullopt;
    }
    const DWORD error = result == 0 ? 0 : static_cast<DWORD>(WSAGetLastError());
    if (error == WSA_IO_PENDING) {
        return std::nullopt;
    }
    binding_->do_not_expect();
    give_back(operation);
    holds_.fetch_sub(1, std::memory_order_relaxed); // not the last: the caller has one
    if (error != 0 && !(way == direction::receive && is_end_of_stream(error))) {
        fail_with(error, way);
    }
    require(way == direction::receive || moved == buffer.len, "a whole send");
    return moved;
}

void connection_end::ended(OVERLAPPED& overlapped, DWORD bytes, DWORD error) noexcept
{
    auto& ended = reinterpret_cast<operation&>(overlapped);
    const direction way = ended.way;
    const DWORD length = ended.length;
    give_back(ended);
    if (way == direction::receive && is_end_of_stream(error)) {
        bytes = 0;
    } else if (error != 0) {
        fail_with(error, way);
    }
    if (way == direction::send) {
        require(bytes == length, "a whole send");
        sent();
    } else {
        received(bytes);
    }
    let_go();
}

} // namespace bench::win32
