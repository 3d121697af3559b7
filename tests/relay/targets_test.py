"""Where the relay listens and whom it passes clients on to: several of both, families, paths, itself."""

import os
import select
import socket
import tempfile
import unittest

import relay_testing as rt

LOCAL = "127.0.0.1:0"


def exchange(client, target):
    """A byte each way, which only comes through when both ends belong together."""
    client.sendall(b"?")
    assert rt.receive_exactly(target, 1) == b"?"
    target.sendall(b"!")
    assert rt.receive_exactly(client, 1) == b"!"


def is_waiting(listener):
    return rt.readable(listener, 0)


class Targets(unittest.TestCase):
    def start(self, listen, targets, *options, **keywords):
        arguments = [part for each in listen for part in ("--listen", each)]
        arguments += [part for each in targets for part in ("--target", each)]
        return rt.Running(rt.command(rt.programs.relay, *arguments, *options), **keywords)

    def ports(self, relay, count):
        return [int(relay.line().split(", relaying")[0].rsplit(":", 1)[1]) for _ in range(count)]

    def finish(self, relay):
        relay.interrupt()
        self.assertEqual(relay.exit_code(), 0)

    def test_takes_several_targets_by_turns(self):
        with rt.listen() as one, rt.listen() as other:
            names = [f"127.0.0.1:{rt.port_of(each)}" for each in (one, other)]
            with self.start([LOCAL], names) as relay:
                [port] = self.ports(relay, 1)
                for listener in (one, other, one, other):
                    with socket.create_connection(("127.0.0.1", port)) as client, rt.accept(listener) as target:
                        exchange(client, target)
                        self.assertFalse(is_waiting(one) or is_waiting(other))
                self.finish(relay)

    def test_leaves_a_target_alone_that_refuses(self):
        with rt.listen() as gone:
            dead = f"127.0.0.1:{rt.port_of(gone)}"
        with rt.listen() as alive:
            living = f"127.0.0.1:{rt.port_of(alive)}"
            with self.start([LOCAL], [dead, living], stderr=rt.subprocess.PIPE) as relay, relay.process.stderr:
                [port] = self.ports(relay, 1)
                for _ in range(4):
                    with socket.create_connection(("127.0.0.1", port)) as client, rt.accept(alive) as target:
                        exchange(client, target)
                self.finish(relay)
                warnings = relay.process.stderr.read().splitlines()
        self.assertEqual(len(warnings), 1, warnings)
        self.assertIn(f"cannot connect to {dead}, the next one is asked: ", warnings[0])
        self.assertIn("refused", warnings[0])

    def test_the_turns_of_one_that_is_left_alone_are_everybodys(self):
        with rt.listen() as gone:
            dead = f"127.0.0.1:{rt.port_of(gone)}"
        with rt.listen() as one, rt.listen() as other:
            living = [f"127.0.0.1:{rt.port_of(each)}" for each in (one, other)]
            with self.start([LOCAL], [dead, *living], stderr=rt.subprocess.DEVNULL) as relay:
                [port] = self.ports(relay, 1)
                taken = []
                for _ in range(7):
                    with socket.create_connection(("127.0.0.1", port)) as client:
                        [listener], _, _ = select.select([one, other], [], [], rt.TIMEOUT)
                        with rt.accept(listener) as target:
                            exchange(client, target)
                        taken.append(listener)
                self.assertEqual(taken[1:], [other, one] * 3 if taken[1] is other else [one, other] * 3)
                self.finish(relay)

    def test_a_target_that_is_named_twice_has_two_turns(self):
        with rt.listen() as heavy, rt.listen() as light:
            names = [f"127.0.0.1:{rt.port_of(each)}" for each in (heavy, heavy, light)]
            with self.start([LOCAL], names) as relay:
                [port] = self.ports(relay, 1)
                for listener in (heavy, heavy, light) * 2:
                    with socket.create_connection(("127.0.0.1", port)) as client, rt.accept(listener) as target:
                        exchange(client, target)
                self.finish(relay)

    def test_a_listener_that_nobody_visits_takes_no_place(self):
        with rt.listen() as listener:
            target_name = f"127.0.0.1:{rt.port_of(listener)}"
            with self.start([LOCAL, LOCAL], [target_name], "--max-connections", "1") as relay:
                idle, busy = self.ports(relay, 2)
                for _ in range(3):
                    with socket.create_connection(("127.0.0.1", busy)) as client, rt.accept(listener) as target:
                        exchange(client, target)
                # Whoever comes first is next, at whichever door.
                with socket.create_connection(("127.0.0.1", busy)) as client, rt.accept(listener) as target:
                    exchange(client, target)
                    waiting = socket.create_connection(("127.0.0.1", idle))
                    waiting.sendall(b"?")
                    self.assertFalse(rt.readable(listener, 0.2))
                with waiting, rt.accept(listener) as target:
                    self.assertEqual(rt.receive_exactly(target, 1), b"?")
                self.finish(relay)

    def test_whoever_waits_for_a_place_is_reset_at_the_end(self):
        with rt.listen() as listener:
            target_name = f"127.0.0.1:{rt.port_of(listener)}"
            with self.start([LOCAL], [target_name], "--max-connections", "1") as relay:
                [port] = self.ports(relay, 1)
                with socket.create_connection(("127.0.0.1", port)) as client, rt.accept(listener) as target:
                    exchange(client, target)
                    with socket.create_connection(("127.0.0.1", port)) as waiting:
                        relay.interrupt()
                        with self.assertRaises(ConnectionResetError):
                            rt.receive_all(waiting)
                    exchange(client, target)  # who has a place may go on
                self.assertEqual(relay.exit_code(), 0)

    def test_listens_at_several_addresses(self):
        with rt.listen() as listener:
            with self.start([LOCAL, LOCAL], [f"127.0.0.1:{rt.port_of(listener)}"]) as relay:
                for port in self.ports(relay, 2):
                    with socket.create_connection(("127.0.0.1", port)) as client, rt.accept(listener) as target:
                        exchange(client, target)
                self.finish(relay)

    def test_all_addresses_of_a_name_have_one_port(self):
        with rt.listen() as listener:
            with self.start(["localhost:0"], [f"127.0.0.1:{rt.port_of(listener)}"]) as relay:
                [port] = self.ports(relay, 1)
                hosts = {entry[4][0] for entry in socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM)}
                for host in sorted(hosts):
                    with self.subTest(host=host), socket.create_connection((host, port)) as client:
                        with rt.accept(listener) as target:
                            exchange(client, target)
                self.finish(relay)

    def test_one_family_only(self):
        for option, host, other in [("-4", "127.0.0.1", "::1"), ("-6", "::1", "127.0.0.1")]:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            with self.subTest(option), socket.create_server((host, 0), family=family) as listener:
                listener.settimeout(rt.TIMEOUT)
                target_host = f"[{host}]" if ":" in host else host
                with self.start(["0"], [f"{target_host}:{rt.port_of(listener)}"], option) as relay:
                    [port] = self.ports(relay, 1)
                    with socket.create_connection((host, port)) as client, rt.accept(listener) as target:
                        exchange(client, target)
                    with self.assertRaises(ConnectionRefusedError):
                        socket.create_connection((other, port))
                    self.finish(relay)

    def test_connects_from_the_address_that_was_asked_for(self):
        with rt.listen() as listener:
            with self.start([LOCAL], [f"127.0.0.1:{rt.port_of(listener)}"], "--bind", "127.0.0.3") as relay:
                [port] = self.ports(relay, 1)
                with socket.create_connection(("127.0.0.1", port)) as client, rt.accept(listener) as target:
                    self.assertEqual(target.getpeername()[0], "127.0.0.3")
                    exchange(client, target)
                self.finish(relay)

    def test_paths(self):
        if rt.programs.emulator:
            result = rt.run(rt.command(rt.programs.relay, "--listen", "unix:here", "--target", "localhost:1"))
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertIn("not available", result.stderr)
            return
        with tempfile.TemporaryDirectory(prefix="relay-") as folder:
            front = os.path.join(folder, "front")
            back = os.path.join(folder, "back")
            with socket.socket(socket.AF_UNIX) as stale:
                stale.bind(front)  # of a program that has gone: nobody listens there
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(back)
                listener.listen()
                listener.settimeout(rt.TIMEOUT)
                with self.start(["unix:" + front, "unix:@" + front], ["unix:" + back]) as relay:
                    self.assertEqual(relay.line(), f"listening on unix:{front}, relaying to unix:{back}")
                    self.assertEqual(relay.line(), f"listening on unix:@{front}, relaying to unix:{back}")
                    for path in (front, "\0" + front):
                        with socket.socket(socket.AF_UNIX) as client:
                            client.connect(path)
                            with rt.accept(listener) as target:
                                exchange(client, target)
                    # It looks whether anybody is there, and so comes through to the target.
                    second = rt.run(rt.command(rt.programs.relay, "--listen", "unix:" + front, "--target", "unix:" + back))
                    rt.accept(listener).close()
                    self.assertEqual(second.returncode, 1)
                    self.assertIn("cannot listen on unix:" + front, second.stderr)
                    self.finish(relay)
                    self.assertFalse(os.path.exists(front))

    def test_leaves_no_files_behind(self):
        if rt.programs.emulator:
            return  # has no such files
        with tempfile.TemporaryDirectory(prefix="relay-") as folder, rt.listen() as taken:
            listen, metrics = (os.path.join(folder, name) for name in ("listen", "metrics"))
            with self.start(["unix:" + listen], ["localhost:1"], "--metrics", "unix:" + metrics) as relay:
                relay.line()
                self.assertTrue(os.path.exists(listen) and os.path.exists(metrics))
                self.finish(relay)
            self.assertEqual(os.listdir(folder), [])
            # Nor if it cannot begin, for another reason.
            with self.start(["unix:" + listen, f"127.0.0.1:{rt.port_of(taken)}"], ["localhost:1"],
                            stderr=rt.subprocess.DEVNULL) as relay:
                self.assertEqual(relay.exit_code(), 1)
            self.assertEqual(os.listdir(folder), [])

    def test_a_target_that_is_the_relay_itself(self):
        with rt.listen() as listener:
            port = rt.port_of(listener)
        for listen in (f"127.0.0.1:{port}", str(port)):
            with self.subTest(listen), self.start([listen], [f"127.0.0.1:{port}"], stderr=rt.subprocess.PIPE) as relay:
                with relay.process.stderr:
                    relay.line()
                    for _ in range(3):
                        with self.assertRaises(ConnectionResetError):
                            with socket.create_connection(("127.0.0.1", port)) as client:
                                rt.receive_all(client)
                    relay.interrupt()
                    last = relay.line()
                    self.assertEqual(relay.exit_code(), 0)
                    self.assertIn("this relay itself", relay.process.stderr.read())
                total = int(last.split("total ")[1].split(",")[0])
                self.assertLess(total, 100, last)  # it does not go on with itself


if __name__ == "__main__":
    rt.main()
