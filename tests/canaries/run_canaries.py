#!/usr/bin/env python3
"""Plants one known bug at a time into a copy of the library and asks the simulation to find it.

A suite that finds nothing proves something only if it would find a bug that is there. Each canary is a
bug that libraries of this kind have had: a line of src/ replaced by another. All of them must be found,
and the unchanged copy must pass. Not here, since the simulation does not find them: the reading of byte counts
(see tests/unit, result_test) and sends of different threads at once (see tests/contract, silence_test).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ["sim_scenarios", "sim_fault_sweep", "sim_prove"]
LIMIT_SECONDS = 120  # the simulation ends by itself when nobody can run; this is for a loop without end

TOP_LEVEL = """cmake_minimum_required(VERSION 3.25)
project(canaries LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
add_library(async_socket_warnings INTERFACE)
enable_testing()
add_subdirectory(tests/sim)
"""


@dataclass
class Canary:
    name: str
    file: str
    old: str
    new: str


CANARIES = [
    Canary("the announcement of a refused operation is not taken back", "win32/binding.cpp",
           "CancelThreadpoolIo(io_);", ";"),
    Canary("the announcement of a queued operation is taken back", "win32/binding.cpp",
           "announced.queued();", "(void)announced;"),
    Canary("an operation is freed although it was started", "c_api/async_socket.cpp",
           "if (result != core::start_result::started) {", "{"),
    Canary("a refused operation is not freed", "c_api/async_socket.cpp",
           "if (result != core::start_result::started) {", "if (false) {"),
    Canary("the event of an operation is not closed", "win32/unique_handle.hpp",
           "(void)CloseHandle(handle);", "(void)handle;"),
    Canary("the last call that leaves does not wake the closer", "core/lifecycle.cpp",
           "if (calls_in(left) == 0 && (now == state::closing || now == state::destroying)) {", "if (false && now == state::closing) {"),
    Canary("a close does not wait for the calls inside", "core/socket.cpp",
           "life_.wait_for_calls(); // 01_020", "// 01_020"),
    Canary("a close does not wait for callbacks", "win32/binding.cpp",
           "WaitForThreadpoolIoCallbacks(io_.get(), FALSE); // 01_040", "// 01_040"),
    Canary("a close in a callback waits for that callback", "core/socket.cpp",
           "    callback_frame::detach_all(*this);\n    {", "    {"),
    Canary("a destroy does not wait", "core/socket.cpp",
           "    while (!retire()) { // 01_093\n        close();        // 01_006\n    }\n", ""),
    Canary("the end of a close wakes nobody", "core/lifecycle.cpp",
           "(void)change(state::closing, state::closed, 0);\n    backend::wake_all(word_);",
           "(void)change(state::closing, state::closed, 0);"),
    Canary("a socket is closed without CancelIoEx", "win32/connection.cpp",
           "(void)CancelIoEx(reinterpret_cast<HANDLE>(socket), nullptr);", ""),
    Canary("a transport is disconnected without CancelIoEx", "win32/transport.cpp",
           "    (void)CancelIoEx(reinterpret_cast<HANDLE>(socket_.get()), nullptr);\n    socket_.reset();",
           "    socket_.reset();"),
    Canary("what a thread's end cancelled does not go on", "win32/lane.cpp",
           "outcome.how == core::ending::cancelled && request.can_go_on()", "false"),
    Canary("more buffers in one call than the system takes", "win32/request.hpp",
           "max_buffers_in_a_call = 1024;", "max_buffers_in_a_call = 4096;"),
    Canary("a pool with a maximum is never lent a thread", "win32/pool.cpp",
           "if (lend == lent_ && granted_) {", "if (lend == lent_ || lend != lent_) {"),
    Canary("a refused send on a closed transport leaves a stale error", "win32/transport.cpp",
           "WSASetLastError(WSAENOTCONN);", "WSASetLastError(WSA_IO_PENDING);"),
    Canary("the engine's reference is not given back", "core/socket.cpp",
           "engine_->release();", "(void)engine_;"),
    Canary("the thread-pool I/O is not closed", "win32/unique_handle.hpp",
           "CloseThreadpoolIo(handle);", "(void)handle;"),
    Canary("the byte count of a receive is narrowed before it is compared", "core/result.cpp",
           "outcome.bytes > total", "static_cast<std::uint32_t>(outcome.bytes) > total"),
    Canary("the byte count of a send is narrowed before it is compared", "core/result.cpp",
           "outcome.bytes == total", "static_cast<std::uint32_t>(outcome.bytes) == total"),
    Canary("a short send is reported as success", "core/result.cpp",
           "outcome.bytes == total", "outcome.bytes <= total"),
    Canary("parts of a send that are wrong together pass for right", "win32/request.cpp",
           "!filled_ && transferred_ == total", "false"),
    Canary("sends of different threads are with the system together", "win32/lane.cpp",
           "issuer_ == me && in_line_.empty()", "in_line_.empty()"),
    Canary("a receive goes on although a later one has got bytes", "win32/lane.cpp",
           "others_around || overtaken ||", "others_around || (overtaken && false) ||"),
    Canary("callbacks that close each other's sockets wait for each other", "core/close_wait.cpp",
           "if (!leads_back(target_, &circle_end)) {", "if (!leads_back(target_, &circle_end) || true) {"),
    Canary("a close that was lent no thread does not ask again", "win32/channel.cpp",
           "need.ask_again();", "(void)need;"),
]


def copy_tree(copy: Path) -> None:
    shutil.rmtree(copy, ignore_errors=True)
    for folder in ("src", "include", "tests/sim"):
        shutil.copytree(ROOT / folder, copy / folder)
    (copy / "CMakeLists.txt").write_text(TOP_LEVEL)


def build(copy: Path) -> bool:
    commands = [
        ["cmake", "-S", copy, "-B", copy / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo"],
        ["cmake", "--build", copy / "build", "--target", *TARGETS],
    ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            print(done.stdout[-3000:], done.stderr[-3000:], file=sys.stderr)
            return False
    return True


def finder(copy: Path, seeds: int) -> str | None:
    """What found something wrong with the copy; None if all passes."""
    for target in TARGETS:
        command = [copy / "build" / "tests" / "sim" / target]
        if target == "sim_prove":
            command += ["--seeds", str(seeds)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            return f"{target} (no end)"
        if done.returncode != 0:
            return target
    return None


def plant(copy: Path, canary: Canary) -> bool:
    text = (ROOT / "src" / canary.file).read_text()
    if text.count(canary.old) != 1:
        return False
    (copy / "src" / canary.file).write_text(text.replace(canary.old, canary.new))
    return True


def verdict(copy: Path, canary: Canary, seeds: int) -> tuple[bool, str]:
    if not plant(copy, canary):
        return False, f"cannot be planted: src/{canary.file} has changed"
    try:
        if not build(copy):
            return False, "does not build"
        found_by = finder(copy, seeds)
        return found_by is not None, f"found by {found_by}" if found_by else "NOT FOUND"
    finally:
        shutil.copyfile(ROOT / "src" / canary.file, copy / "src" / canary.file)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copy", type=Path, required=True, help="folder for the copy, overwritten")
    parser.add_argument("--seeds", type=int, default=20000)
    arguments = parser.parse_args()

    copy_tree(arguments.copy)
    if not build(arguments.copy):
        return 1
    found_by = finder(arguments.copy, arguments.seeds)
    if found_by is not None:
        print(f"the library as it is does not pass: {found_by}")
        return 1
    missed = 0
    for canary in CANARIES:
        found, text = verdict(arguments.copy, canary, arguments.seeds)
        missed += not found
        print(f"{canary.name}: {text}", flush=True)
    print(f"canaries: {len(CANARIES) - missed} of {len(CANARIES)} found")
    return 0 if missed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
