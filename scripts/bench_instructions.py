"""`./dev bench --instructions`: how long the way through each library is, counted in one go. Not a matter of time."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from bench_plan import CONTENDERS, Contender
from bench_report import markdown
from bench_run import PRESETS, ROOT, prepare
from callgrind import of_one_more


@dataclass(frozen=True)
class Count:
    """What is counted of a run that does it so many times, and of a longer one."""

    title: str
    arguments: str
    short: int
    long: int


COUNTS = (
    Count("W1, round trip", "--kind ping-pong", 2000, 4000),
    Count("W4, connection", "--kind churn", 300, 600),
)

# What moves its bytes on one thread, in system calls that valgrind knows.
COUNTED = ("as_stream", "as_stream, deadlines", "async_socket", "raw epoll", "Asio", "libuv", "libuv, uv_try_write", "libevent")


def instructions(contender: Contender, count: Count) -> float:
    program = ROOT / "build" / PRESETS["linux"] / "bench" / f"bench_{contender.program}"
    options = shlex.split(f"{count.arguments} {contender.options} --operations")
    return of_one_more([str(program), *options], count.short, count.long)


def count_all() -> None:
    """Prints a table."""
    prepare("linux")
    rows = [[key, *(f"{instructions(CONTENDERS[key], count):,.0f}" for count in COUNTS)] for key in COUNTED]
    print(f"\nInstructions in user space, by callgrind:\n\n{markdown(['', *(count.title for count in COUNTS)], rows)}")
