"""What the tests of async-perf share: starting its two ends, and the protocol for peers in Python."""

import json
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "relay"))
import relay_testing as rt  # noqa: E402

MAGIC = b"ASYNCPRF" + struct.pack(">H", 2)
REPLY = MAGIC + bytes(6)  # accepted
REQUEST_SIZE = 52
GO = b"\x01"

SERVER_KEYS = ["event", "client", "test", "direction", "streams", "message_size", "bytes", "operations", "seconds",
               "error"]


def request(kind=0, direction=0, size=1000, outstanding=1, streams=1, duration_ms=100, amount=0, rate=0, test_id=1):
    return MAGIC + struct.pack(">BBIIIIQQQ", kind, direction, size, outstanding, streams, duration_ms, amount, rate,
                               test_id)


class Server(rt.Running):
    """On a port that the system chose."""

    def __init__(self, *options, bind="127.0.0.1", **keywords):
        super().__init__(rt.command(rt.programs.perf, "--server", "--bind", bind, "--port", "0", "--json", *options),
                         **keywords)
        ready = json.loads(self.line())
        assert list(ready) == ["event", "address", "port"] and ready["event"] == "listening", ready
        self.host, self.port = bind, ready["port"] or 5201  # a path has none, and nobody looks at it then

    def test(self):
        """What it says of the next test that has ended."""
        line = json.loads(self.line())
        assert list(line) == SERVER_KEYS and line["event"] == "test", line
        return line

    def finish(self):
        self.interrupt()
        assert self.line() is None
        assert self.exit_code() == 0, self.exit_code()


def client_command(port, *options, host="127.0.0.1"):
    return rt.command(rt.programs.perf, "--client", host, "--port", str(port), *options)


def run_client(port, *options, host="127.0.0.1"):
    """A short test, unless the options say how long it is."""
    duration = [] if {"--duration", "-t", "--bytes", "-n"} & set(options) else ["--duration", "0.2"]
    return rt.run(client_command(port, *duration, *options, host=host))


def measure_client(server, *options):
    """The client's document of a test that has to succeed."""
    result = run_client(server.port, "--json", "--quiet", *options, host=server.host)
    assert (result.returncode, result.stderr) == (0, ""), result
    return json.loads(result.stdout)


def measure(server, *options):
    """The client's document, and the server's line."""
    measured = measure_client(server, *options)
    served = server.test()
    assert served["error"] is None, served
    return measured, served
