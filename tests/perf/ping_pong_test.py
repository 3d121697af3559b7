"""Ping-pong: rate and latencies."""

import re
import unittest

import perf_testing as pt

KEYS = ["host", "port", "test", "direction", "streams", "message_size", "outstanding", "bytes",
        "operations", "seconds", "cpu_seconds", "round_trips_per_second", "latency_microseconds", "per_stream",
        "intervals", "error"]
STREAM_KEYS = ["bytes", "operations", "seconds", "round_trips_per_second", "direction"]


class PingPong(unittest.TestCase):
    def check(self, *options, streams=1, size=64):
        with pt.Server() as server:
            measured, served = pt.measure(server, "--ping-pong", *options)
            server.finish()
        self.assertEqual(list(measured), KEYS)
        self.assertEqual((measured["test"], measured["direction"], measured["streams"]), ("ping_pong", "both_send", streams))
        self.assertEqual([list(each) for each in measured["per_stream"]], [STREAM_KEYS] * streams)
        latency = measured["latency_microseconds"]
        self.assertEqual(list(latency), ["p50", "p99", "max"])
        self.assertLess(0, latency["p50"])
        self.assertLessEqual(latency["p50"], latency["p99"])
        self.assertLessEqual(latency["p99"], latency["max"])
        self.assertLess(latency["max"], measured["seconds"] * 1e6)
        self.assertEqual(measured["bytes"], measured["operations"] * size)
        for key in ["test", "direction", "streams", "bytes", "operations"]:
            self.assertEqual(served[key], measured[key])
        for each in measured["per_stream"]:
            self.assertGreater(each["operations"], 0)

    def test_default_size(self):
        self.check()

    def test_several_streams(self):
        self.check("--streams", "4", "--size", "1", streams=4, size=1)

    def test_large_messages(self):
        self.check("--size", "300000", size=300000)

    def test_one_thread(self):
        self.check("--engine", "1,1")

    def test_so_many_bytes(self):
        with pt.Server() as server:
            measured, _ = pt.measure(server, "--ping-pong", "--size", "1k", "--bytes", "100K")
            self.assertEqual((measured["bytes"], measured["operations"]), (102400, 100))
            measured, _ = pt.measure(server, "--ping-pong", "--bytes", "100")  # in whole messages
            self.assertEqual((measured["bytes"], measured["operations"]), (128, 2))
            server.finish()

    def test_text(self):
        with pt.Server() as server:
            result = pt.run_client(server.port, "--ping-pong", "--quiet")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            total, latency = result.stdout.splitlines()
            self.assertRegex(total, r"^total: \d+ bytes in \d+\.\d\d s, \d+ round trips, \d+ a second, \d+\.\d\d s of CPU$")
            number = r"\d+\.\d us"
            self.assertTrue(re.fullmatch(f"latency: p50 {number}, p99 {number}, max {number}", latency), latency)
            self.assertEqual(server.test()["error"], None)
            server.finish()


if __name__ == "__main__":
    pt.rt.main()
