"""What the relay does when it may not, or cannot, go on as usual."""

import socket
import time
import unittest

import relay_testing as rt


class Limits(unittest.TestCase):
    def assert_reset(self, connection):
        with self.assertRaises(ConnectionResetError):
            rt.receive_all(connection)

    def assert_connect_is_reset(self, port):
        """A reset that is quick may come before the client has seen that it was connected."""
        with self.assertRaises(ConnectionResetError):
            with socket.create_connection(("127.0.0.1", port)) as client:
                rt.receive_all(client)

    def assert_echoed(self, client, target, message):
        client.sendall(message)
        self.assertEqual(rt.receive_exactly(target, len(message)), message)
        target.sendall(message)
        self.assertEqual(rt.receive_exactly(client, len(message)), message)

    def test_unreachable_target(self):
        with rt.listen() as listener, rt.Relay(rt.port_of(listener)) as relay:
            with relay.connect() as before, rt.accept(listener) as target:
                self.assert_echoed(before, target, b"before")
                port = rt.port_of(listener)
                listener.close()
                self.assert_connect_is_reset(relay.port)
                self.assert_echoed(before, target, b"still there")
                with socket.create_server(("127.0.0.1", port)) as again:
                    again.settimeout(rt.TIMEOUT)
                    with relay.connect() as after, rt.accept(again) as target_again:
                        self.assert_echoed(after, target_again, b"back")
            stats = relay.finish()
            self.assertEqual((stats["total"], stats["connect_errors"]), (3, 1))

    def test_one_warning_for_an_unreachable_target(self):
        with rt.listen() as listener:
            port = rt.port_of(listener)
        arguments = rt.command(rt.programs.relay, "--listen", "127.0.0.1:0", "--target", f"127.0.0.1:{port}")
        with rt.Running(arguments, stderr=rt.subprocess.PIPE) as relay, relay.process.stderr:
            relay_port = int(relay.line().split(",")[0].rsplit(":", 1)[1])
            self.assert_connect_is_reset(relay_port)
            relay.interrupt()
            warnings = relay.process.stderr.read().splitlines()
            self.assertEqual(relay.exit_code(), 0)
        self.assertEqual(len(warnings), 1, warnings)
        self.assertIn(f"cannot connect to 127.0.0.1:{port}", warnings[0])

    def unanswering_target(self):
        """A target whose queue is full, so that the system does not answer further connections."""
        listener = rt.listen(backlog=0)
        self.addCleanup(listener.close)
        while True:
            filler = socket.socket()
            self.addCleanup(filler.close)
            filler.settimeout(0.3)
            try:
                filler.connect(listener.getsockname())
            except socket.timeout:
                return listener

    def test_connect_timeout(self):
        listener = self.unanswering_target()
        with rt.Relay(rt.port_of(listener), "--connect-timeout", "0.5") as relay:
            begin = time.monotonic()
            with relay.connect() as client:
                self.assert_reset(client)
            self.assertGreater(time.monotonic() - begin, 0.4)
            self.assertEqual(relay.finish()["connect_errors"], 1)

    def test_a_target_that_does_not_answer_stalls_nobody_else(self):
        with rt.listen(backlog=0) as listener, rt.Relay(rt.port_of(listener), "--connect-timeout", "2") as relay:
            with relay.connect() as first, rt.accept(listener) as target:
                self.assert_echoed(first, target, b"first")
                waiting = [relay.connect() for _ in range(6)]
                stats = relay.wait_for(lambda stats: stats["total"] == 7)
                self.assertEqual(stats["open"], 7)
                self.assert_echoed(first, target, b"meanwhile")
                relay.wait_for(lambda stats: stats["connect_errors"] > 0)
                self.assert_echoed(first, target, b"afterwards")
                for client in waiting:
                    rt.reset(client)

    def test_many_connects_to_a_target_that_does_not_answer_wait_side_by_side(self):
        timeout = 3
        count = 24
        listener = self.unanswering_target()
        with rt.Relay(rt.port_of(listener), "--connect-timeout", str(timeout)) as relay:
            waiting = [relay.connect() for _ in range(count)]
            relay.wait_for(lambda stats: stats["connect_errors"] > 0)
            first = time.monotonic()
            relay.wait_for(lambda stats: stats["connect_errors"] == count)
            self.assertLess(time.monotonic() - first, timeout)  # nobody has waited for another one's time
            for client in waiting:
                with client:
                    self.assert_reset(client)
            relay.finish()

    def test_max_connections(self):
        with rt.listen() as listener, rt.Relay(rt.port_of(listener), "--max-connections", "2") as relay:
            pairs = [(relay.connect(), rt.accept(listener)) for _ in range(2)]
            with relay.connect() as waiting:
                waiting.sendall(b"waiting")
                for _ in range(3):  # three statistics later it still waits
                    stats = relay.statistics()
                    self.assertEqual((stats["open"], stats["total"]), (2, 2))
                self.assertFalse(rt.readable(listener, 0))
                for connection in pairs[0]:
                    connection.close()
                with rt.accept(listener) as target:
                    self.assertEqual(rt.receive_exactly(target, 7), b"waiting")
            for connection in pairs[1]:
                connection.close()
            self.assertEqual(relay.finish()["total"], 3)

    def test_idle_timeout(self):
        with rt.listen() as listener, rt.Relay(rt.port_of(listener), "--idle-timeout", "0.6") as relay:
            with relay.connect() as silent, rt.accept(listener) as silent_target:
                with relay.connect() as busy, rt.accept(listener) as busy_target:
                    begin = time.monotonic()
                    while not rt.readable(silent, 0.1):
                        self.assert_echoed(busy, busy_target, b"tick")
                    self.assertGreater(time.monotonic() - begin, 0.4)
                    self.assert_reset(silent)
                    self.assert_reset(silent_target)
                    self.assert_echoed(busy, busy_target, b"tock")
            stats = relay.finish()
            self.assertEqual((stats["total"], stats["resets"]), (2, 1))

    def test_idle_timeout_ends_a_direction_that_nobody_reads(self):
        with rt.listen() as listener, rt.Relay(rt.port_of(listener), "--idle-timeout", "0.5") as relay:
            with relay.connect() as client, rt.accept(listener):
                with self.assertRaises((ConnectionResetError, BrokenPipeError)):
                    client.sendall(bytes(64 << 20))
            relay.finish()

    def test_a_slow_reader_is_not_idle(self):
        """It takes a little now and then, of much that waits for it: less in the idle time than the system needs to have
        taken before it has room for more. Windows does not tell what a peer takes, so there it is that room."""
        idle = "4" if rt.programs.emulator else "1.5"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(rt.TIMEOUT)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
            with rt.Relay(rt.port_of(listener), "--idle-timeout", idle) as relay, relay.connect() as client:
                with rt.accept(listener) as target:
                    sent = bytes(range(256)) * (1 << 16)
                    sender = rt.in_thread(rt.send_and_end, client, sent)
                    got = b""
                    for _ in range(40):
                        got += rt.receive_exactly(target, 1 << 16)
                        time.sleep(0.1)
                    got += rt.receive_all(target)
                sender()
                self.assertEqual(rt.receive_all(client), b"")
                self.assertEqual(rt.digest(got), rt.digest(sent))
                stats = relay.finish()
                self.assertEqual((stats["idle"], stats["resets"]), (0, 0))

    def test_the_time_of_a_half_closed_one_begins_with_the_end(self):
        with rt.listen() as listener, rt.Relay(rt.port_of(listener), "--half-close-timeout", "2") as relay:
            with relay.connect() as client, rt.accept(listener) as target:
                time.sleep(3)  # silence that nobody has limited
                client.shutdown(socket.SHUT_WR)
                self.assertEqual(rt.receive_all(target), b"")
                time.sleep(1)  # less than it may take
                target.sendall(b"answer")
                target.close()
                self.assertEqual(rt.receive_all(client), b"answer")
            self.assertEqual(relay.finish()["idle"], 0)

    def test_half_closed_for_too_long(self):
        with rt.listen() as listener, rt.Relay(rt.port_of(listener), "--half-close-timeout", "0.5") as relay:
            with relay.connect() as whole, rt.accept(listener) as whole_target:
                with relay.connect() as half, rt.accept(listener) as half_target:
                    half.shutdown(socket.SHUT_WR)
                    self.assertEqual(rt.receive_all(half_target), b"")
                    self.assert_reset(half)
                    with self.assertRaises((ConnectionResetError, BrokenPipeError)):
                        while True:
                            half_target.sendall(b"it hears nothing else, since it has seen the end")
                self.assert_echoed(whole, whole_target, b"still there")
            stats = relay.finish()
            self.assertEqual((stats["idle"], stats["resets"]), (1, 1))


if __name__ == "__main__":
    rt.main()
