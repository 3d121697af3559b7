"""How a stream ends at one side, it ends at the other: in order, half, or by a reset."""

import signal
import socket
import unittest

import relay_testing as rt

ANSWER = b"answer" * 100_000


class StreamEnd(unittest.TestCase):
    def setUp(self):
        listener = self.enterContext(rt.listen())
        self.relay = self.enterContext(rt.Relay(rt.port_of(listener)))
        self.listener = listener

    def enterContext(self, context):  # in unittest only since Python 3.11
        value = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return value

    def pair(self):
        """A client and the target's end of its connection, with bytes moved both ways."""
        client = self.enterContext(self.relay.connect())
        target = self.enterContext(rt.accept(self.listener))
        client.sendall(b"?")
        self.assertEqual(rt.receive_exactly(target, 1), b"?")
        target.sendall(b"!")
        self.assertEqual(rt.receive_exactly(client, 1), b"!")
        return client, target

    def assert_reset(self, connection):
        with self.assertRaises(ConnectionResetError):
            rt.receive_all(connection)

    def assert_none_left(self, resets):
        self.assertEqual(self.relay.finish()["resets"], resets)

    def test_half_close_by_the_client(self):
        client, target = self.pair()
        rt.send_and_end(client, b"question")
        self.assertEqual(rt.receive_all(target), b"question")
        sender = rt.in_thread(rt.send_and_end, target, ANSWER)
        self.assertEqual(rt.receive_all(client), ANSWER)
        sender()
        self.assert_none_left(resets=0)

    def test_half_close_by_the_target(self):
        client, target = self.pair()
        rt.send_and_end(target, b"greeting")
        self.assertEqual(rt.receive_all(client), b"greeting")
        sender = rt.in_thread(rt.send_and_end, client, ANSWER)
        self.assertEqual(rt.receive_all(target), ANSWER)
        sender()
        self.assert_none_left(resets=0)

    def test_end_without_a_byte(self):
        with self.relay.connect() as client, rt.accept(self.listener) as target:
            client.shutdown(socket.SHUT_WR)
            self.assertEqual(rt.receive_all(target), b"")
            target.close()
            self.assertEqual(rt.receive_all(client), b"")
        self.assert_none_left(resets=0)

    def test_reset_by_the_client(self):
        client, target = self.pair()
        rt.reset(client)
        self.assert_reset(target)
        self.assert_none_left(resets=1)

    def test_reset_by_the_target(self):
        client, target = self.pair()
        rt.reset(target)
        self.assert_reset(client)
        self.assert_none_left(resets=1)

    def test_reset_after_the_other_direction_ended(self):
        client, target = self.pair()
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(rt.receive_all(target), b"")
        rt.reset(target)
        self.assert_reset(client)
        self.assert_none_left(resets=1)

    def test_reset_behind_bytes_that_wait(self):
        """Nobody receives from the client when it resets: the relay waits for the target to read."""
        client, target = self.pair()
        client.settimeout(0.5)
        try:
            while True:
                client.sendall(bytes(1 << 20))
        except socket.timeout:
            pass
        rt.reset(client)
        self.assert_reset(target)
        self.assert_none_left(resets=1)

    def test_many_resets_from_both_sides(self):
        pairs = [self.pair() for _ in range(40)]
        for i, (client, target) in enumerate(pairs):
            rt.reset(client if i % 2 == 0 else target)
        for i, (client, target) in enumerate(pairs):
            self.assert_reset(target if i % 2 == 0 else client)
        self.assert_none_left(resets=40)

    def test_client_killed_during_a_download(self):
        with rt.curl(f"http://127.0.0.1:{self.relay.port}/") as client:
            target = self.enterContext(rt.accept(self.listener))
            self.assertTrue(target.recv(1 << 16).startswith(b"GET / "))
            target.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + ANSWER)
            self.assertEqual(client.stdout.read(1000), ANSWER[:1000])
            client.send_signal(signal.SIGKILL)
            with self.assertRaises((ConnectionResetError, BrokenPipeError)):
                while True:
                    target.sendall(ANSWER)
        self.assert_none_left(resets=1)

    def test_target_reset_during_an_upload(self):
        client, target = self.pair()
        upload = rt.in_thread(client.sendall, bytes(64 << 20))
        rt.receive_exactly(target, 1 << 20)
        rt.reset(target)
        with self.assertRaises((ConnectionResetError, BrokenPipeError)):
            upload()
        self.assert_none_left(resets=1)


if __name__ == "__main__":
    rt.main()
