"""Throughput in both directions: both ends agree on what was moved."""

import unittest

import perf_testing as pt

KEYS = ["host", "port", "test", "direction", "streams", "message_size", "outstanding", "completion_mode", "bytes",
        "operations", "seconds", "cpu_seconds", "gbit_per_second", "per_stream"]
STREAM_KEYS = ["bytes", "operations", "seconds", "gbit_per_second"]


class Throughput(unittest.TestCase):
    def check(self, *options, streams=1, size=65536, direction="client_sends", mode="documented", server_options=()):
        with pt.Server(*server_options) as server:
            measured, served = pt.measure(server, *options)
            server.finish()
        self.assertEqual(list(measured), KEYS)
        self.assertEqual((measured["test"], measured["streams"], measured["message_size"]), ("throughput", streams, size))
        self.assertEqual((measured["direction"], measured["completion_mode"]), (direction, mode))
        self.assertEqual([list(each) for each in measured["per_stream"]], [STREAM_KEYS] * streams)
        for key in ["bytes", "operations"]:
            self.assertEqual(measured[key], sum(each[key] for each in measured["per_stream"]))
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

    def test_fast_mode(self):
        self.check("--streams", "2", "--fast", "--engine", "2,4", streams=2, mode="fast",
                   server_options=["--fast", "--engine", "1,0"])

    def test_fast_mode_reverse(self):
        self.check("--reverse", "--fast", mode="fast", direction="server_sends", server_options=["--fast"])

    def test_smallest_messages(self):
        # Of a short run among others the clock of processor time, in steps of 10 ms, may show nothing; but
        # these are many calls.
        self.assertGreater(self.check("--size", "1", "--duration", "1", size=1)["cpu_seconds"], 0)

    def test_messages_larger_than_a_receive(self):
        self.check("--size", "5000001", "--outstanding", "2", "--reverse", size=5000001, direction="server_sends")

    def test_one_thread_and_many_sends(self):
        self.check("--size", "1000", "--outstanding", "64", "--engine", "1,1", size=1000)

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
