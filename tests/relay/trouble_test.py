"""What goes wrong around the relay: its output, the system's limits, memory, being stopped for a while. These are
limits and signals of Unix, so only natively."""

import json
import os
import resource
import signal
import socket
import time
import unittest

import relay_testing as rt


class Trouble(unittest.TestCase):
    def setUp(self):
        self.listener = rt.listen()
        self.addCleanup(self.listener.close)

    def echo(self, relay_port):
        """One client, passed on and back."""
        with socket.create_connection(("127.0.0.1", relay_port)) as client, rt.accept(self.listener) as target:
            client.sendall(b"?")
            self.assertEqual(rt.receive_exactly(target, 1), b"?")
            target.sendall(b"!")
            self.assertEqual(rt.receive_exactly(client, 1), b"!")

    def start(self, output, *options):
        """One whose output is the test's own; its port is known, since the first line has gone there."""
        with rt.listen() as free:
            port = rt.port_of(free)
        process = rt.subprocess.Popen(
            rt.command(rt.programs.relay, "--listen", f"127.0.0.1:{port}", "--target",
                       f"127.0.0.1:{rt.port_of(self.listener)}", "--json", *options),
            stdout=output, stderr=rt.subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        while True:
            try:
                self.echo(port)
                return process, port
            except ConnectionRefusedError:
                self.assertIsNone(process.poll())

    def test_a_reader_who_goes(self):
        reader, writer = os.pipe()
        process, port = self.start(writer, "--stats", "0.01")
        os.close(writer)
        os.read(reader, 1 << 16)
        os.close(reader)
        for _ in range(10):
            self.echo(port)
            time.sleep(0.02)  # statistics are written meanwhile, to nobody
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(rt.TIMEOUT), 0)

    def test_a_reader_who_does_not_read(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        os.set_blocking(writer, False)
        try:
            while True:
                os.write(writer, bytes(4096))  # until there is no room for a line
        except BlockingIOError:
            os.set_blocking(writer, True)
        process, port = self.start(writer, "--stats", "0.01")
        os.close(writer)
        for _ in range(10):
            self.echo(port)
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(rt.TIMEOUT), 1)  # what it had to say is lost

    def test_a_full_disk(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            process, port = self.start(full)
        self.echo(port)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(rt.TIMEOUT), 1)
        self.assertEqual(process.stderr.read(), "async-relay: cannot write: No space left on device\n")

    def limited(self, kind, limits, *options):
        return rt.Relay(rt.port_of(self.listener), *options,
                        limits=lambda: resource.setrlimit(kind, limits))

    def test_raises_the_number_of_descriptors(self):
        with self.limited(resource.RLIMIT_NOFILE, (40, 400)) as relay:
            pairs = [(relay.connect(), rt.accept(self.listener)) for _ in range(100)]
            for pair in pairs:
                for end in pair:
                    end.close()
            self.assertEqual(relay.finish()["connect_errors"], 0)

    def test_takes_no_more_connections_than_there_are_descriptors_for(self):
        with self.limited(resource.RLIMIT_NOFILE, (84, 84)) as relay:
            pairs = [(relay.connect(), rt.accept(self.listener)) for _ in range(10)]
            with relay.connect() as waiting:
                waiting.sendall(b"waiting")
                stats = relay.statistics()
                self.assertEqual((stats["open"], stats["connect_errors"]), (10, 0))
                self.assertFalse(rt.readable(self.listener, 0))
                for end in pairs.pop():
                    end.close()
                with rt.accept(self.listener) as target:
                    self.assertEqual(rt.receive_exactly(target, 7), b"waiting")
            for pair in pairs:
                for end in pair:
                    end.close()
            stats = relay.finish()
            self.assertEqual((stats["total"], stats["connect_errors"], stats["resets"]), (11, 0, 0))

    def try_to_connect(self, relay):
        try:
            return relay.connect()
        except ConnectionResetError:
            return None  # so quickly

    def accept_into(self, accepted):
        while True:
            accepted.append(self.listener.accept()[0])  # until the test closes the listener

    def test_goes_on_without_memory_for_some(self):
        with rt.Relay(rt.port_of(self.listener)) as relay:
            pid = relay.process.pid
            with relay.connect() as before, rt.accept(self.listener) as target:
                with open(f"/proc/{pid}/statm", encoding="ascii") as file:
                    size = int(file.read().split()[5]) * resource.getpagesize()  # what it can write to
                if size > 1 << 40:
                    self.skipTest("a sanitizer's memory cannot be limited")
                before.sendall(b"1")
                self.assertEqual(rt.receive_exactly(target, 1), b"1")
                target.sendall(b"1")
                self.assertEqual(rt.receive_exactly(before, 1), b"1")
                relay.statistics()  # by then it has all that it needs
                resource.prlimit(pid, resource.RLIMIT_DATA, (size, resource.RLIM_INFINITY))
                accepted = []
                rt.in_thread(self.accept_into, accepted)
                clients = [each for each in (self.try_to_connect(relay) for _ in range(200)) if each]
                self.assertTrue(rt.select.select(clients, [], [], rt.TIMEOUT)[0])  # one has been reset
                before.sendall(b"2")
                self.assertEqual(rt.receive_exactly(target, 1), b"2")
                resource.prlimit(pid, resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                relay.wait_for(lambda stats: stats["dropped"] > 0)
                for end in [*clients, *accepted]:
                    rt.reset(end)
                relay.wait_for(lambda stats: stats["open"] == 1)
            relay.finish()

    def test_was_stopped_for_a_while(self):
        with rt.Relay(rt.port_of(self.listener), "--idle-timeout", "1") as relay:
            with relay.connect() as client, rt.accept(self.listener) as target:
                for _ in range(2):
                    client.sendall(b"1")
                    self.assertEqual(rt.receive_exactly(target, 1), b"1")
                    relay.process.send_signal(signal.SIGSTOP)
                    time.sleep(1.5)  # more than the idle time
                    relay.process.send_signal(signal.SIGCONT)
                client.sendall(b"2")
                self.assertEqual(rt.receive_exactly(target, 1), b"2")
                client.close()
                self.assertEqual(rt.receive_all(target), b"")
            self.assertEqual(relay.finish()["idle"], 0)

    def test_asks_silent_peers_whether_they_are_there(self):
        with rt.Relay(rt.port_of(self.listener), "--keepalive", "30") as relay:
            with relay.connect() as client, rt.accept(self.listener) as target:
                target.sendall(b"!")
                self.assertEqual(rt.receive_exactly(client, 1), b"!")
                for end, peer in ((relay.port, rt.port_of(client)), (target.getpeername()[1], rt.port_of(self.listener))):
                    self.assertEqual(rt.timer_of(end, peer), rt.KEEPALIVE)
            relay.finish()

    def test_a_name_that_is_no_utf_8_in_json(self):
        arguments = [part.encode() for part in rt.command(rt.programs.relay, "--listen", "127.0.0.1:0", "--json")]
        with rt.Running([*arguments, b"--target", b"\xff\xfe.invalid:1"]) as relay:
            self.assertIn("\ufffd", json.loads(relay.line())["target"])
            relay.interrupt()
            self.assertEqual(relay.exit_code(), 0)


if __name__ == "__main__":
    rt.main()
