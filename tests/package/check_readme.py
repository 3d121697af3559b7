#!/usr/bin/env python3
"""Follows the README's lines under "Use it" literally, in a copy of the project that was never built.

Only the installation goes to a folder of ours (DESTDIR). The lines have to build library, tools and examples, with
nothing that only tests need; what they install has to be what the README's CMake lines find, for its program.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
sys.path.insert(0, str(ROOT / "tests" / "style"))
from sources import sources  # noqa: E402

# Of a program that the build must not look for or compile: they are for tests.
FOR_TESTS = re.compile(r"googletest|gtest|relacy|Python3_EXECUTABLE|-Werror")
PROGRAMS = ("tools/async_relay/async-relay", "tools/async_perf/async-perf", "examples/echo_server",
            "examples/echo_server_v1", "examples/tls_echo_server", "examples/fetch_all",
            "examples/http_files", "examples/line_chat")  # fmt: skip


def block(text: str, language: str, after: str, number: int = 0) -> str:
    """The first block of the language below a heading, or a later one."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", text.split(f"\n{after}\n", 1)[1], re.MULTILINE | re.DOTALL)
    if number >= len(found):
        raise SystemExit(f"the README has not enough {language} below '{after}'")
    return found[number]


def check_client(program: Path) -> None:
    """It asks a server of ours, prints the answer, and says how it ended."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(60)
    terminal, its_end = os.openpty()  # so that it prints line by line
    port = str(server.getsockname()[1])
    with subprocess.Popen([program, "127.0.0.1", port], stdin=subprocess.PIPE, stdout=its_end) as client:
        peer = server.accept()[0]
        question = peer.recv(100)
        peer.sendall(b"an answer\n")
        peer.close()
        printed = b""
        while b"the answer: end of stream" not in printed:
            printed += os.read(terminal, 1000)
        client.stdin.close()
        require(client.wait() == 0, "the client failed")
    require(question == b"GET / HTTP/1.0\r\n\r\n" and b"an answer" in printed, f"the client printed {printed!r}")


def require(condition: bool, text: str) -> None:
    if not condition:
        raise SystemExit(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="for the copy, is emptied")
    folder = parser.parse_args().folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    copy = folder / "copy"
    for path in sources(""):
        to = copy / path.relative_to(ROOT)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, to)
    readme = (copy / "README.md").read_text(encoding="utf-8")

    environment = {**os.environ, "DESTDIR": str(folder / "installed")}
    subprocess.run(["sh", "-e", "-x", "-c", block(readme, "sh", "## Use it")], cwd=copy, env=environment, check=True)
    build = copy / "build" / "linux"
    for name in ("CMakeCache.txt", "build.ninja"):
        found = FOR_TESTS.search((build / name).read_text(encoding="utf-8"))
        require(found is None, f"{name} has '{found and found[0]}', which is for tests")
    missing = [name for name in PROGRAMS if not os.access(build / name, os.X_OK)]
    require(not missing, f"not built: {', '.join(missing)}")

    user = folder / "user"
    user.mkdir()
    (user / "program.c").write_text(block(readme, "c", "## A program"), encoding="utf-8")
    (user / "client.c").write_text(block(readme, "c", "## A program", 1), encoding="utf-8")
    (user / "coroutines.cpp").write_text(block(readme, "cpp", "## A program"), encoding="utf-8")
    (user / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(user LANGUAGES C CXX)\nadd_executable(program program.c)\n"
        "add_executable(client client.c)\nset_target_properties(client PROPERTIES C_STANDARD 11)\n"
        "add_executable(coroutines coroutines.cpp)\nset_target_properties(coroutines PROPERTIES CXX_STANDARD 20)\n"
        + block(readme, "cmake", "## Use it")
        + "target_link_libraries(client PRIVATE async_socket::async_socket)\n"
        + "target_link_libraries(coroutines PRIVATE async_socket::async_socket)\n", encoding="utf-8")  # fmt: skip
    prefix = folder / "installed" / "opt" / "async_socket"
    subprocess.run(["cmake", "-S", user, "-B", user / "build", f"-DCMAKE_PREFIX_PATH={prefix}"], check=True)
    subprocess.run(["cmake", "--build", user / "build"], check=True)
    for client in ("client", "coroutines"):
        check_client(user / "build" / client)
    print("ok")


if __name__ == "__main__":
    main()
