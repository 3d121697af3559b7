"""Peers that are not there, talk nonsense, or go away: a clear error, no hang, and a server goes on."""

import json
import socket
import struct
import subprocess
import sys
import unittest

import perf_testing as pt
from perf_testing import rt

# A client that is killed. Not async-perf: Wine 8 was seen to keep the connection of a program that was killed for as
# long as Wine itself ran, so that the server was told nothing (one of 25).
ENDLESS_CLIENT = """
import socket, sys
port, request, step = sys.argv[1:]
connection = socket.create_connection(("127.0.0.1", int(port)))
send = connection.sendall
receive = lambda size: connection.recv(size, socket.MSG_WAITALL)
send(bytes.fromhex(request))
receive(16)
send(b"\\x01")
for _ in range(100):
    eval(step)
print("in the middle", flush=True)
while True:
    eval(step)
"""


class Trouble(unittest.TestCase):
    def assert_fails(self, port, mentioned, *options):
        result = pt.run_client(port, "--quiet", "--json", *options)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn(mentioned, result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        document = json.loads(result.stdout)
        self.assertIn(mentioned, document["error"])
        return document

    def assert_goes_on(self, server):
        measured, served = pt.measure(server)
        self.assertEqual(measured["bytes"], served["bytes"])
        server.finish()

    def check_bad_server(self, mentioned, behave, *options):
        with rt.listen() as listener:
            def serve():
                with rt.accept(listener) as connection:
                    behave(connection)
            served = rt.in_thread(serve)
            self.assert_fails(rt.port_of(listener), mentioned, *options)
            served()

    def greet(self, connection):
        rt.receive_exactly(connection, pt.REQUEST_SIZE)
        connection.sendall(pt.REPLY)
        self.assertEqual(rt.receive_exactly(connection, 1), pt.GO)

    def test_nobody_listens(self):
        with rt.listen() as listener:
            port = rt.port_of(listener)
        document = self.assert_fails(port, f"cannot connect to 127.0.0.1:{port}: 127.0.0.1:{port}: refused")
        self.assertEqual(list(document), ["error"])  # there was no test

    def test_server_talks_nonsense(self):
        def behave(connection):
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            rt.receive_exactly(connection, pt.REQUEST_SIZE)
        self.check_bad_server("no async-perf", behave)

    def test_server_ends_before_the_reply(self):
        self.check_bad_server("ended the connection early",
                              lambda connection: rt.receive_exactly(connection, pt.REQUEST_SIZE))

    def test_server_refuses(self):
        def behave(connection):
            rt.receive_exactly(connection, pt.REQUEST_SIZE)
            connection.sendall(pt.MAGIC + b"\x01" + bytes(5))
        self.check_bad_server("refuses", behave)

    def test_server_goes_away_while_we_send(self):
        def behave(connection):
            self.greet(connection)
            rt.receive_exactly(connection, 1 << 20)
            rt.reset(connection)
        self.check_bad_server("ended the connection early", behave, "--duration", "60")

    def test_server_ends_while_it_sends(self):
        def behave(connection):
            self.greet(connection)
            rt.send_and_end(connection, bytes(100_000))
            rt.receive_all(connection)
        self.check_bad_server("ended the connection early", behave, "--reverse", "--duration", "60")

    def test_server_ends_in_a_ping_pong(self):
        def behave(connection):
            self.greet(connection)
            rt.receive_exactly(connection, 64)
        self.check_bad_server("ended the connection early", behave, "--ping-pong", "--duration", "60")

    def test_server_received_less(self):
        def behave(connection):
            self.greet(connection)
            rt.receive_all(connection)
            connection.sendall(struct.pack(">Q", 12))
        self.check_bad_server("the peer received 12 of", behave)

    def check_bad_client(self, sent, mentioned):
        """A client that the server is told nothing about but a warning."""
        with pt.Server(stderr=subprocess.PIPE) as server, server.process.stderr:
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                rt.send_and_end(client, sent)
                try:
                    self.assertLessEqual(len(rt.receive_all(client)), len(pt.REPLY))
                except ConnectionResetError:
                    pass  # what it has not read may end the connection so
            self.assertIn(mentioned, server.process.stderr.readline())
            self.assert_goes_on(server)

    def test_client_talks_nonsense(self):
        self.check_bad_client(b"GET / HTTP/1.0\r\nHost: somewhere-else-yet.example\r\n\r\n", "no async-perf")

    def test_client_of_another_version(self):
        self.check_bad_client(b"ASYNCPRF\x00\x03" + bytes(42), "no async-perf of this version")

    def test_client_asks_for_the_impossible(self):
        self.check_bad_client(pt.request(size=0), "cannot be done")
        self.check_bad_client(pt.request(rate=1), "cannot be done")

    def test_client_ends_in_the_request(self):
        self.check_bad_client(pt.request()[:20], "ended the connection early")

    def check_failed_test(self, request, sent, mentioned):
        """A client that gets as far as a test, which then fails."""
        with pt.Server() as server:
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                client.sendall(request)
                self.assertEqual(rt.receive_exactly(client, len(pt.REPLY)), pt.REPLY)
                rt.send_and_end(client, pt.GO + sent)
                rt.receive_all(client)
            self.assertIn(mentioned, server.test()["error"])
            self.assert_goes_on(server)

    def test_client_ends_without_its_count(self):
        self.check_failed_test(pt.request(), b"m" * 5000, "ended the connection early")

    def test_client_lies_about_its_count(self):
        self.check_failed_test(pt.request(), b"m" * 5000 + struct.pack(">Q", 6000), "ended the connection early")

    def test_client_promises_more_streams(self):
        self.check_failed_test(pt.request(streams=2), b"m" * 5000 + struct.pack(">Q", 5000), "promised 2 streams")

    def greeted(self, server, request, reply):
        client = socket.create_connection(("127.0.0.1", server.port))
        self.addCleanup(client.close)
        client.sendall(request)
        self.assertEqual(rt.receive_exactly(client, len(pt.REPLY)), reply)
        return client

    def test_client_asks_for_streams_that_are_not_of_its_test(self):
        refused = pt.MAGIC + b"\x01" + bytes(5)
        with pt.Server(stderr=subprocess.DEVNULL) as server:
            first = self.greeted(server, pt.request(streams=2), pt.REPLY)
            self.greeted(server, pt.request(streams=2, size=1), refused)
            self.greeted(server, pt.request(streams=2, kind=1), refused)
            second = self.greeted(server, pt.request(streams=2, direction=1), pt.REPLY)
            self.greeted(server, pt.request(streams=2), refused)
            for each in first, second:
                each.close()
            self.assertEqual(server.test()["streams"], 2)
            self.assert_goes_on(server)

    def test_one_off_is_for_one(self):
        with pt.Server("--one-off", stderr=subprocess.DEVNULL) as server:
            first = self.greeted(server, pt.request(), pt.REPLY)
            result = pt.run_client(server.port, "--quiet")
            self.assertEqual(result.returncode, 1, result)
            self.assertIn("the server refuses the test", result.stderr)
            rt.send_and_end(first, pt.GO + struct.pack(">Q", 0))
            self.assertEqual(rt.receive_all(first), struct.pack(">Q", 0))
            self.assertIsNone(server.test()["error"])
            self.assertIsNone(server.line())
            self.assertEqual(server.exit_code(), 0)

    def test_client_ends_in_a_ping_pong(self):
        self.check_failed_test(pt.request(kind=1), b"\0" * 1500, "ended the connection early")

    def check_killed_client(self, step, **asked):
        with pt.Server() as server:
            arguments = [sys.executable, "-c", ENDLESS_CLIENT, str(server.port), pt.request(**asked).hex(), step]
            with rt.Running(arguments) as client:
                self.assertEqual(client.line(), "in the middle")
                client.kill()
                served = server.test()
            self.assertIn("ended the connection early", served["error"])
            self.assertGreater(served["bytes"], 0)
            self.assert_goes_on(server)

    def test_client_killed_while_it_sends(self):
        self.check_killed_client("send(bytes(1000))")

    def test_client_killed_while_it_receives(self):
        self.check_killed_client("receive(1000)", direction=1)

    def test_client_killed_in_a_ping_pong(self):
        self.check_killed_client("send(bytes(1000)), receive(1000)", kind=1)

    def test_client_interrupted(self):
        with pt.Server() as server:
            command = pt.client_command(server.port, "--duration", "60", "--interval", "0.05", "--json")
            with rt.Running(command, stderr=subprocess.PIPE) as client, client.process.stderr:
                self.assertIn("s: ", client.process.stderr.readline())
                client.interrupt()
                self.assertIn("async-perf: interrupted", client.process.stderr.read())
                self.assertEqual(client.exit_code(), 130)
                lines = []
                while (line := client.line()) is not None:
                    lines.append(line)
                so_far = json.loads("".join(lines))
                self.assertEqual(so_far["error"], "interrupted")
                self.assertGreater(so_far["bytes"], 0)
                self.assertGreater(so_far["seconds"], 0)
                self.assertGreater(len(so_far["intervals"]), 0)
            self.assertIsNotNone(server.test()["error"])
            self.assert_goes_on(server)

    def test_server_interrupted(self):
        with pt.Server() as server:
            command = pt.client_command(server.port, "--duration", "60", "--interval", "0.05", "--reverse")
            with rt.Running(command, stderr=subprocess.PIPE) as client, client.process.stderr:
                self.assertIn("s: ", client.process.stderr.readline())
                server.interrupt()
                self.assertIn("the peer ended the connection early", client.process.stderr.read())
                self.assertEqual(client.exit_code(), 1)
            self.assertEqual(server.test()["error"], "the server was interrupted")
            self.assertIsNone(server.line())
            self.assertEqual(server.exit_code(), 0)

    def test_one_off_that_fails(self):
        with pt.Server("--one-off") as server:
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                client.sendall(pt.request())
                rt.receive_exactly(client, len(pt.REPLY))
            self.assertIn("ended the connection early", server.test()["error"])
            self.assertIsNone(server.line())
            self.assertEqual(server.exit_code(), 1)


if __name__ == "__main__":
    rt.main()
