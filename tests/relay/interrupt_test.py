"""Ctrl-C ends the relay in good order; a second one at once."""

import socket
import unittest

import relay_testing as rt

MEGABYTE = 1 << 20


class Interrupt(unittest.TestCase):
    def wait_until_refusing(self, relay):
        """Until the relay accepts nobody any more."""
        while True:
            try:
                rt.reset(relay.connect())
            except ConnectionResetError:
                pass  # it was in the queue when the relay stopped listening
            except ConnectionRefusedError:
                return

    def test_drains_a_download(self):
        with rt.Nginx() as nginx, rt.Relay(nginx.port) as relay:
            expected = nginx.add_file("file", 16 * MEGABYTE)
            with rt.curl(f"http://127.0.0.1:{relay.port}/slow/file") as client:
                data = client.stdout.read(MEGABYTE)
                relay.interrupt()
                self.wait_until_refusing(relay)
                self.assertIsNone(client.poll(), "the download should take longer than the interrupt")
                data += client.stdout.read()
                self.assertEqual(client.wait(rt.TIMEOUT), 0)
            self.assertEqual(rt.digest(data), expected)
            self.assertGreater(relay.end()["bytes_to_client"], 16 * MEGABYTE)

    def test_waits_for_a_silent_connection(self):
        with rt.listen() as listener, rt.Relay(rt.port_of(listener)) as relay:
            with relay.connect() as client, rt.accept(listener) as target:
                relay.interrupt()
                self.wait_until_refusing(relay)
                client.sendall(b"late")
                self.assertEqual(rt.receive_exactly(target, 4), b"late")
                client.close()
                self.assertEqual(rt.receive_all(target), b"")
                self.assertIsNone(relay.process.poll())
            relay.end()

    def test_second_one_resets_the_connections(self):
        with rt.listen() as listener, rt.Relay(rt.port_of(listener)) as relay:
            pairs = [(relay.connect(), rt.accept(listener)) for _ in range(10)]
            relay.interrupt()
            self.wait_until_refusing(relay)
            relay.interrupt()
            for pair in pairs:
                for connection in pair:
                    with connection, self.assertRaises(ConnectionResetError):
                        rt.receive_all(connection)
            self.assertEqual(relay.exit_code(), 130)

    def test_second_one_does_not_wait_for_a_connect(self):
        with rt.listen(backlog=0) as listener, rt.Relay(rt.port_of(listener), "--connect-timeout", "600") as relay:
            clients = [relay.connect() for _ in range(4)]
            relay.wait_for(lambda stats: stats["open"] == 4)
            relay.interrupt()
            self.wait_until_refusing(relay)
            relay.interrupt()
            self.assertEqual(relay.exit_code(), 130)
            for client in clients:
                with client, self.assertRaises(ConnectionResetError):
                    rt.receive_all(client)

    def test_does_not_wait_for_ever(self):
        with rt.listen() as listener:
            with rt.Relay(rt.port_of(listener), "--drain-timeout", "0.4") as relay:
                with relay.connect() as client, rt.accept(listener):
                    relay.interrupt()
                    with self.assertRaises(ConnectionResetError):
                        rt.receive_all(client)
                    self.assertEqual(relay.exit_code(), 3)

    def test_without_connections(self):
        with rt.listen() as listener, rt.Relay(rt.port_of(listener)) as relay:
            self.assertEqual(relay.finish()["total"], 0)


if __name__ == "__main__":
    rt.main()
