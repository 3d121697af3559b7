"""Throughput in both directions: both ends agree on what was moved."""

import os
import tempfile
import unittest

import perf_testing as pt

KEYS = ["host", "port", "test", "direction", "streams", "message_size", "outstanding", "bytes",
        "operations", "seconds", "cpu_seconds", "gbit_per_second", "per_stream", "intervals", "error"]
STREAM_KEYS = ["bytes", "operations", "seconds", "gbit_per_second", "direction"]
INTERVAL_KEYS = ["begin", "bytes", "operations", "seconds", "gbit_per_second"]


class Throughput(unittest.TestCase):
    def check(self, *options, streams=1, size=65536, direction="client_sends", outstanding=4, server_options=()):
        with pt.Server(*server_options) as server:
            measured, served = pt.measure(server, *options)
            server.finish()
        self.assertEqual(list(measured), KEYS)
        self.assertEqual((measured["test"], measured["streams"], measured["message_size"]), ("throughput", streams, size))
        self.assertEqual((measured["direction"], measured["error"]), (direction, None))
        self.assertEqual(measured["outstanding"], outstanding)
        self.assertEqual([list(each) for each in measured["per_stream"]], [STREAM_KEYS] * streams)
        self.assertEqual([list(each) for each in measured["intervals"]], [INTERVAL_KEYS] * len(measured["intervals"]))
        for key in ["bytes", "operations"]:
            self.assertEqual(measured[key], sum(each[key] for each in measured["per_stream"]))
            self.assertEqual(measured[key], sum(each[key] for each in measured["intervals"]))
        for part in [measured, *measured["per_stream"]]:
            self.assertGreater(part["bytes"], 0)
            self.assertGreater(part["operations"], 0)
            self.assertAlmostEqual(part["gbit_per_second"], part["bytes"] * 8e-9 / part["seconds"], places=6)
        self.assertEqual(measured["bytes"] % size, 0)
        self.assertGreaterEqual(measured["seconds"], 0.19)
        for key in ["test", "streams", "message_size", "direction", "bytes"]:
            self.assertEqual(served[key], measured[key])
        return measured

    def test_client_sends(self):
        self.check("--streams", "3", streams=3)

    def test_server_sends(self):
        self.check("--streams", "3", "--reverse", streams=3, direction="server_sends")

    def test_short_options(self):
        measured = self.check("-P", "2", "-l", "1000", "-t", "0.5", "-i", "0.05", "-o", "2", "-R", streams=2, size=1000,
                              direction="server_sends", outstanding=2)
        self.assertGreaterEqual(len(measured["intervals"]), 2)
        begins = [each["begin"] for each in measured["intervals"]]
        self.assertEqual(begins, sorted(begins))

    def test_both_ways(self):
        measured = self.check("--streams", "2", "--bidir", streams=4, direction="both_send")
        self.assertEqual([each["direction"] for each in measured["per_stream"]], ["client_sends", "server_sends"] * 2)

    def test_engines(self):
        self.check("--streams", "2", "--engine", "2,4", streams=2, server_options=["--engine", "1,0"])
        self.check("--reverse", "--engine", "1,1", direction="server_sends", server_options=["--engine", "1,1"])

    def test_so_many_bytes(self):
        for options in ["--streams", "1"], ["--reverse", "--size", "64K"], ["--size", "5000"]:
            with self.subTest(options=options), pt.Server() as server:
                measured, _ = pt.measure(server, "--bytes", "3M", *options)
                self.assertEqual(measured["bytes"], 3 << 20)
                server.finish()

    def test_a_rate(self):
        for options in [], ["--reverse"]:
            with self.subTest(options=options), pt.Server() as server:
                measured, served = pt.measure(server, "--rate", "16M", "--size", "2000", "--duration", "1", *options)
                self.assertGreater(served["bytes"], 0)
                # One each millisecond, from the beginning to the end: never more, however busy it is here.
                self.assertLessEqual(measured["bytes"], 1001 * 2000)
                server.finish()

    def test_a_rate_is_that_of_all_the_time(self):
        with pt.Server() as server:
            measured, _ = pt.measure(server, "--rate", "1M", "--bytes", "64K", "--streams", "2")
            for each in measured["per_stream"]:
                self.assertLessEqual(each["bytes"] * 8 / each["seconds"], 1_000_000)
            measured, _ = pt.measure(server, "--rate", "1M", "--duration", "0.4", "--size", "40000")
            self.assertGreaterEqual(measured["seconds"], 0.39)  # though one message is all that there is time for
            server.finish()

    def test_an_address_of_its_own(self):
        with pt.Server() as server:
            measured, served = pt.measure(server, "--bind", "127.0.0.2")
            self.assertEqual(measured["bytes"], served["bytes"])
            self.assertTrue(served["client"].startswith("127.0.0.2:"), served)
            server.finish()

    def test_one_family(self):
        with pt.Server("-4", bind="localhost") as server:
            measured, served = pt.measure(server, "-4")
            self.assertTrue(served["client"].startswith("127.0.0.1:"), served)
            result = pt.run_client(server.port, "-6", "--quiet", host="127.0.0.1")
            self.assertEqual(result.returncode, 1, result)
            self.assertIn("cannot connect to 127.0.0.1", result.stderr)
            server.finish()
        result = pt.rt.run(pt.rt.command(pt.rt.programs.perf, "--server", "-6", "--bind", "127.0.0.1"))
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("cannot listen on 127.0.0.1", result.stderr)

    def test_a_path(self):
        if pt.rt.programs.emulator:
            result = pt.rt.run(pt.rt.command(pt.rt.programs.perf, "--server", "--bind", "unix:here"))
            self.assertEqual(result.returncode, 1)
            self.assertIn("cannot listen on unix:here: not available", result.stderr)
            return
        with tempfile.TemporaryDirectory() as folder:
            for path in f"{folder}/socket", "@" + folder:
                with pt.Server(bind="unix:" + path) as server:
                    measured, served = pt.measure(server)
                    self.assertEqual((measured["host"], measured["bytes"]), ("unix:" + path, served["bytes"]))
                    server.finish()
            self.assertEqual(os.listdir(folder), [])

    def test_smallest_messages(self):
        # Of a short run among others the clock of processor time, in steps of 10 ms, may show nothing; but
        # these are many calls.
        self.assertGreater(self.check("--size", "1", "--duration", "1", size=1)["cpu_seconds"], 0)

    def test_messages_larger_than_a_receive(self):
        self.check("--size", "5000001", "--outstanding", "2", "--reverse", size=5000001, direction="server_sends",
                   outstanding=2)

    def test_one_thread_and_many_sends(self):
        self.check("--size", "1000", "--outstanding", "64", "--engine", "1,1", size=1000, outstanding=64)

    def test_two_clients_at_once(self):
        with pt.Server() as server:
            clients = [pt.rt.in_thread(pt.measure_client, server, *options)
                       for options in (["--streams", "2"], ["--reverse"])]
            measured = [client() for client in clients]
            served = [server.test(), server.test()]
            self.assertEqual(sorted(each["bytes"] for each in measured), sorted(each["bytes"] for each in served))
            server.finish()

    def test_ipv6(self):
        with pt.Server(bind="::1") as server:
            measured, served = pt.measure(server)
            self.assertEqual(measured["bytes"], served["bytes"])
            self.assertTrue(served["client"].startswith("[::1]:"), served)
            server.finish()


if __name__ == "__main__":
    pt.rt.main()
