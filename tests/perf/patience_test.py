"""How long a peer may be silent; for ./dev prove, since that is half a minute."""

import time
import unittest

import perf_testing as pt
from perf_testing import rt

SILENCE = 30  # seconds


class Patience(unittest.TestCase):
    def with_server(self, behave, *options):
        """What the client ends with, and how long that took."""
        with rt.listen() as listener:
            def serve():
                with rt.accept(listener) as connection:
                    rt.receive_exactly(connection, pt.REQUEST_SIZE)
                    connection.sendall(pt.REPLY)
                    rt.receive_exactly(connection, 1)
                    behave(connection)
            served = rt.in_thread(serve)
            begin = time.monotonic()
            result = pt.run_client(rt.port_of(listener), "--quiet", *options)
            took = time.monotonic() - begin
            served()
            return result, took

    def test_a_silent_server_is_given_up(self):
        def behave(connection):
            rt.receive_all(connection)
            time.sleep(SILENCE + 5)
        result, took = self.with_server(behave, "--duration", "0.1")
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("the server does not answer", result.stderr)
        self.assertGreaterEqual(took, SILENCE)

    def test_a_slow_server_is_not(self):
        def behave(connection):
            received = 0
            end = time.monotonic() + SILENCE + 5  # one message of 16 MiB is under way all the time
            while part := connection.recv(200_000):
                received += len(part)
                if time.monotonic() < end:
                    time.sleep(0.5)
            connection.sendall((received - 8).to_bytes(8, "big"))
        result, took = self.with_server(behave, "--bytes", "40M", "--size", "16M", "--outstanding", "1")
        self.assertEqual(result.returncode, 0, result)
        self.assertGreaterEqual(took, SILENCE + 5)


if __name__ == "__main__":
    rt.main()
