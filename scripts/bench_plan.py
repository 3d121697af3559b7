"""What `./dev bench` runs, what it takes from it, and what the library has to reach."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Run:
    """One call of a benchmark program."""

    key: str
    arguments: str
    is_short: bool = False  # nothing is counted: no need to go on for long


@dataclass(frozen=True)
class Figure:
    """One number of a run."""

    key: str
    title: str
    run: str
    member: str  # of the program's JSON
    unit: str
    more_is_better: bool = True
    scale: float = 1.0

    @property
    def is_rate(self) -> bool:
        return self.member in ("rate", "gigabytes_per_second")


@dataclass(frozen=True)
class Contender:
    """A program with its options, pinned to processors."""

    key: str
    platform: str
    program: str
    options: str = ""
    cores: str = "0"
    runs: tuple[str, ...] = ("w1", "w2-1", "w2-4", "w3-100", "w3-1000", "w4", "w6")
    group: str = "1 loop"


@dataclass(frozen=True)
class Comparison:
    """Ours against a peer; the bounds are of the ratio ours/peer, by figure."""

    platform: str
    ours: str
    peer: str
    bounds: dict[str, float] = field(default_factory=dict)


RUNS = {
    run.key: run
    for run in (
        Run("w1", "--kind ping-pong"),
        Run("w2-1", "--kind stream --message 65536 --receive-buffer 65536"),
        Run("w2-4", "--kind stream --message 65536 --receive-buffer 65536 --outstanding 4"),
        Run("w3-100", "--kind ping-pong --connections 100"),
        Run("w3-1000", "--kind ping-pong --connections 1000"),
        Run("w4", "--kind churn --connections 8"),
        Run("w6", "--kind idle --connections 1000", is_short=True),
    )
}

FIGURES = {
    figure.key: figure
    for figure in (
        Figure("W1", "1 connection, ping-pong", "w1", "rate", "1000/s", scale=1e-3),
        Figure("W1 p50", "the same, median time", "w1", "p50_us", "µs", more_is_better=False),
        Figure("W1 p99", "the same, 99th percentile", "w1", "p99_us", "µs", more_is_better=False),
        Figure("W2-1", "stream of 64 KiB sends, 1 outstanding", "w2-1", "gigabytes_per_second", "GB/s"),
        Figure("W2-4", "the same, 4 outstanding", "w2-4", "gigabytes_per_second", "GB/s"),
        Figure("W3-100", "100 connections, ping-pong", "w3-100", "rate", "1000/s", scale=1e-3),
        Figure("W3-1000", "1000 connections, ping-pong", "w3-1000", "rate", "1000/s", scale=1e-3),
        Figure("W4", "connect, one echo, close", "w4", "rate", "1000/s", scale=1e-3),
        Figure("W5", "CPU s per million round trips, 100 connections", "w3-100", "cpu_seconds_per_million", "s",
               more_is_better=False),
        Figure("W6", "memory per idle connection", "w6", "bytes_per_connection", "bytes", more_is_better=False),
    )
}  # fmt: skip

TWO_LOOPS = ("w3-100", "w3-1000", "w4")


def on_two_loops(key: str, program: str) -> Contender:
    return Contender(f"{key}, 2 loops", "linux", program, "--loops 2", "0,1", TWO_LOOPS, "2 loops")


CONTENDERS = {
    contender.key: contender
    for contender in (
        Contender("async_socket", "linux", "async_socket"),  # c-pal's face
        Contender("as_stream", "linux", "stream"),  # the library's own interface
        Contender("as_stream, deadlines", "linux", "stream", "--timed", runs=("w1", "w3-100")),
        Contender("coroutines", "linux", "coroutines", runs=("w1", "w2-1", "w2-4", "w3-100")),  # the C++ interface
        Contender("Asio, coroutines", "linux", "asio_coroutines", runs=("w1", "w2-1", "w3-100")),
        Contender("raw epoll", "linux", "epoll"),
        Contender("io_uring", "linux", "io_uring"),
        Contender("Asio", "linux", "asio"),
        # uv_write has a callback, as every send of ours has. uv_try_write has none; it is here as libuv's limit.
        Contender("libuv", "linux", "libuv", "--write request"),
        Contender("libuv, uv_try_write", "linux", "libuv", "--write try"),
        Contender("libevent", "linux", "libevent"),
        Contender("blocking threads", "linux", "blocking"),
        on_two_loops("async_socket", "async_socket"),
        on_two_loops("as_stream", "stream"),
        on_two_loops("raw epoll", "epoll"),
        on_two_loops("io_uring", "io_uring"),
        on_two_loops("Asio", "asio"),
        on_two_loops("libuv", "libuv"),
        on_two_loops("libevent", "libevent"),
        Contender("documented (4,0)", "windows", "async_socket", "--engine 4,0 --mode documented", group="(4,0)"),
        Contender("as_stream (4,0)", "windows", "stream", "--engine 4,0", group="(4,0)"),
        Contender("fast (4,0)", "windows", "async_socket", "--engine 4,0 --mode fast", group="(4,0)"),
        Contender("PTP_IO, event (4,0)", "windows", "ptp_event", "--engine 4,0", group="(4,0)"),
        Contender("PTP_IO (4,0)", "windows", "ptp", "--engine 4,0", group="(4,0)"),
        Contender("fast (1,1)", "windows", "async_socket", "--engine 1,1 --mode fast", group="(1,1)"),
        Contender("PTP_IO, skip (1,1)", "windows", "ptp_skip", "--engine 1,1", group="(1,1)"),
        Contender("completion port", "windows", "iocp", group="1 loop"),
        Contender("completion port, skip", "windows", "iocp_skip", group="1 loop"),
        Contender("Asio on Windows", "windows", "asio", group="1 loop"),
        Contender("blocking Winsock", "windows", "blocking", group="1 loop",
                  runs=("w1", "w2-1", "w2-4", "w3-100", "w4")),
    )
}  # fmt: skip


def speed(w1: float, w2: float, w3_100: float, w4: float, cpu: float) -> dict[str, float]:
    """The usual bounds: those of W1 to W4 are least ratios, that of W5 is the greatest."""
    return {"W1": w1, "W2-1": w2, "W2-4": w2, "W3-100": w3_100, "W4": w4, "W5": cpu}


COMPARISONS = (
    Comparison("linux", "async_socket", "raw epoll", speed(0.95, 0.92, 0.95, 0.92, 1.05)),
    Comparison("linux", "as_stream", "raw epoll"),
    Comparison("linux", "as_stream", "Asio"),
    Comparison("linux", "as_stream", "libuv"),
    Comparison("linux", "as_stream", "libevent"),
    Comparison("linux", "as_stream, deadlines", "as_stream"),
    Comparison("linux", "coroutines", "as_stream", {"W1": 0.97, "W2-1": 0.97, "W2-4": 0.97, "W3-100": 0.97}),
    Comparison("linux", "coroutines", "Asio, coroutines", {"W1": 1.3, "W3-100": 1.3}),
    Comparison("linux", "async_socket", "Asio", speed(1.08, 1.00, 1.12, 1.10, 0.93) | {"W6": 1.00}),
    Comparison("linux", "async_socket", "libuv", speed(1.15, 1.00, 1.18, 1.10, 0.88)),
    Comparison("linux", "async_socket", "libuv, uv_try_write"),
    Comparison("linux", "async_socket", "io_uring"),
    Comparison("linux", "async_socket", "libevent"),
    Comparison("linux", "async_socket", "blocking threads"),
    Comparison("linux", "async_socket, 2 loops", "Asio, 2 loops", {"W3-100": 1.20, "W5": 0.85}),
    Comparison("linux", "async_socket, 2 loops", "raw epoll, 2 loops", {"W3-1000": 0.92}),
    Comparison("linux", "async_socket, 2 loops", "io_uring, 2 loops"),
    Comparison("linux", "async_socket, 2 loops", "libuv, 2 loops"),
    Comparison("linux", "async_socket, 2 loops", "libevent, 2 loops"),
    Comparison("windows", "documented (4,0)", "PTP_IO, event (4,0)", speed(1.00, 1.00, 1.00, 1.00, 1.00)),
    Comparison("windows", "fast (4,0)", "PTP_IO, event (4,0)", speed(1.50, 1.60, 1.75, 1.15, 0.70)),
    Comparison("windows", "fast (4,0)", "PTP_IO (4,0)"),
    Comparison("windows", "as_stream (4,0)", "PTP_IO, event (4,0)"),
    Comparison("windows", "fast (1,1)", "PTP_IO, skip (1,1)", speed(0.97, 0.97, 0.97, 0.97, 1.03)),
    Comparison("windows", "fast (1,1)", "completion port"),
    Comparison("windows", "fast (1,1)", "completion port, skip"),
    Comparison("windows", "fast (1,1)", "Asio on Windows"),
    Comparison("windows", "fast (1,1)", "blocking Winsock"),
)

# What each platform's plot counts as 1.
REFERENCES = {"linux": "raw epoll", "windows": "PTP_IO, event (4,0)"}


def calls(platform: str, needed_only: bool) -> list[tuple[Run, list[Contender]]]:
    """Each run with those that do it; `needed_only`: as far as a bound asks for it."""
    needed = {
        (name, FIGURES[figure].run)
        for comparison in COMPARISONS
        for figure in comparison.bounds
        for name in (comparison.ours, comparison.peer)
    }
    chosen = []
    for run in RUNS.values():
        doing = [
            each
            for each in CONTENDERS.values()
            if each.platform == platform
            and run.key in each.runs
            and (not needed_only or (each.key, run.key) in needed)
        ]
        if doing:
            chosen.append((run, doing))
    return chosen
