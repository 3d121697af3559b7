"""The canaries: bugs that libraries of this kind have had, one line of src/ replaced by another each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Canary:
    key: str  # for ASYNC_SOCKET_CANARY
    bug: str
    file: str  # below src/
    old: str  # occurs once
    new: str


CANARIES = [
    Canary("announcement-kept", "the announcement of a refused operation is not taken back",
           "win32/binding.cpp",
           "CancelThreadpoolIo(io_);", ";"),
    Canary("announcement-taken-back", "the announcement of a queued operation is taken back",
           "win32/binding.cpp",
           "announced.queued();", "(void)announced;"),
    Canary("freed-while-started", "an operation is freed although it was started",
           "c_api/async_socket.cpp",
           "if (result != core::start_result::started) {", "{"),
    Canary("touched-after-start", "an operation is touched after it was started",
           "c_api/async_socket.cpp",
           "    operation->context = context;\n    const core::start_result result = socket.start(*operation);\n",
           "    const core::start_result result = socket.start(*operation);\n    operation->context = context;\n"),
    Canary("refused-not-freed", "a refused operation is not freed",
           "c_api/async_socket.cpp",
           "if (result != core::start_result::started) {", "if (false) {"),
    Canary("event-not-closed", "the event of an operation is not closed",
           "win32/unique_handle.hpp",
           "(void)CloseHandle(handle);", "(void)handle;"),
    Canary("leaver-wakes-nobody", "the last call that leaves does not wake the closer",
           "core/lifecycle.cpp",
           "if (calls_in(left) == 0 && (now == state::closing || now == state::destroying)) {", "if (false && now == state::closing) {"),
    Canary("close-ignores-calls", "a close does not wait for the calls inside",
           "core/socket.cpp",
           "life_.wait_for_calls(); // 01_020", "// 01_020"),
    Canary("close-ignores-callbacks", "a close does not wait for callbacks",
           "win32/binding.cpp",
           "WaitForThreadpoolIoCallbacks(io_.get(), FALSE); // 01_040", "// 01_040"),
    Canary("close-waits-for-itself", "a close in a callback waits for that callback",
           "core/socket.cpp",
           "    callback_frame::detach_all(*this);\n    {", "    {"),
    Canary("destroy-does-not-wait", "a destroy does not wait",
           "core/socket.cpp",
           "    while (!retire()) { // 01_093\n        close();        // 01_006\n    }\n", ""),
    Canary("close-wakes-nobody", "the end of a close wakes nobody",
           "core/lifecycle.cpp",
           "(void)change(state::closing, state::closed, 0);\n    backend::wake_all(word_);",
           "(void)change(state::closing, state::closed, 0);"),
    Canary("socket-without-cancel", "a socket is closed without CancelIoEx",
           "win32/connection.cpp",
           "(void)CancelIoEx(reinterpret_cast<HANDLE>(socket), nullptr);", ""),
    Canary("transport-without-cancel", "a transport is disconnected without CancelIoEx",
           "win32/transport.cpp",
           "    (void)CancelIoEx(reinterpret_cast<HANDLE>(socket_.get()), nullptr);\n    socket_.reset();",
           "    socket_.reset();"),
    Canary("thread-end-cuts", "what a thread's end cancelled does not go on",
           "win32/lane.cpp",
           "outcome.how == core::ending::cancelled && request.can_go_on()", "false"),
    Canary("too-many-buffers", "more buffers in one call than the system takes",
           "win32/request.hpp",
           "max_buffers_in_a_call = 1024;", "max_buffers_in_a_call = 4096;"),
    Canary("no-thread-lent", "a pool with a maximum is never lent a thread",
           "win32/pool.cpp",
           "if (lend == lent_) {", "if (lend == lent_ || lend != lent_) {"),
    Canary("stale-error", "a refused send on a closed transport leaves a stale error",
           "win32/transport.cpp",
           "WSASetLastError(WSAENOTCONN);", "WSASetLastError(WSA_IO_PENDING);"),
    Canary("engine-reference-kept", "the engine's reference is not given back",
           "core/socket.cpp",
           "engine_->release();", "(void)engine_;"),
    Canary("pool-io-not-closed", "the thread-pool I/O is not closed",
           "win32/unique_handle.hpp",
           "CloseThreadpoolIo(handle);", "(void)handle;"),
]
