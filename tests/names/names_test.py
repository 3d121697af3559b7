"""The resolver of the library on the C library's own, which asks a server of names of this test's.

The test puts files of its own in the place of /etc/resolv.conf and two others, in namespaces (user, mount, network)
that end with it. Where the system does not allow that it says so, and has the program tell the C library of the server,
so that everything is tested but that the C library reads these files.
"""

import argparse
import os
import queue
import socket
import subprocess
import sys
import threading
import unittest

sys.dont_write_bytecode = True
from name_server import NXDOMAIN, SERVFAIL, Name, NameServer  # noqa: E402
from own_network import is_inside, run_tests  # noqa: E402

TIMEOUT = 60
MOST_THREADS = 16
MOST_ADDRESSES = 64

# EAI_ numbers of glibc
NO_NAME, AGAIN, NO_DATA = -2, -3, -5

program = ""


class Resolver:
    """The program, with what it has said."""

    def __init__(self, server, options=None):
        arguments = [program] if is_inside() else [program, str(server.port)]
        environment = {key: value for key, value in os.environ.items() if key != "RES_OPTIONS"}
        if options:
            environment["RES_OPTIONS"] = options
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment)
        self.lines = queue.Queue()
        self.answers = {}
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.split())

    def tell(self, *words):
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()

    def next(self):
        """What it says next; an answer is noted."""
        words = self.lines.get(timeout=TIMEOUT)
        if words[0] == "answer":
            self.answers[words[1]] = (words[2], int(words[3]), words[4:])
        return words

    def start(self, number, host, service="80", family=""):
        self.tell("start", number, host, service, family)
        self.wait_for("started", number)

    def wait_for(self, *wanted):
        while self.next()[:len(wanted)] != list(wanted):
            pass

    def answer(self, number):
        while number not in self.answers:
            self.next()
        return self.answers[number]

    def ask(self, host, service="80", family=""):
        self.start("one", host, service, family)
        return self.answer("one")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.kill()
        self.process.wait(TIMEOUT)
        self.process.stdout.close()


class Names(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(NameServer(53 if is_inside() else 0))

    def enterContext(self, context):  # unittest has it since Python 3.11
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def resolver(self, options=None):
        return self.enterContext(Resolver(self.server, options))

    def test_a_name_has_its_addresses(self):
        self.server.add("both.test", Name("192.0.2.1", "192.0.2.2", "2001:db8::1"))
        resolver = self.resolver()
        how, _, addresses = resolver.ask("both.test", "4711")
        self.assertEqual((how, sorted(addresses)), ("done", ["192.0.2.1/4711", "192.0.2.2/4711", "2001:db8::1/4711"]))

    def test_the_order_is_the_systems(self):
        if not is_inside():
            self.skipTest("only what reads the same files can tell the order")
        self.server.add("both.test", Name("192.0.2.2", "127.0.0.2", "192.0.2.1", "2001:db8::1"))
        expected = [f"{entry[4][0]}/80" for entry in socket.getaddrinfo("both.test", 80, type=socket.SOCK_STREAM)]
        resolver = self.resolver()
        self.assertEqual(resolver.ask("both.test")[2], expected)

    def test_a_family_is_asked_for_alone(self):
        self.server.add("both.test", Name("192.0.2.1", "2001:db8::1"))
        self.assertEqual(self.resolver().ask("both.test", "80", "4")[2], ["192.0.2.1/80"])
        self.assertEqual(self.resolver().ask("both.test", "80", "6")[2], ["2001:db8::1/80"])

    def test_a_slow_name_does_not_hold_up_a_quick_one(self):
        slow = self.server.add("slow.test", Name("192.0.2.1", held=True))
        self.server.add("quick.test", Name("192.0.2.2"))
        resolver = self.resolver()
        resolver.start("slow", "slow.test")
        self.assertTrue(slow.asked.wait(TIMEOUT))
        resolver.start("quick", "quick.test")
        self.assertEqual(resolver.answer("quick")[2], ["192.0.2.2/80"])
        self.assertNotIn("slow", resolver.answers)
        slow.let_go.set()
        self.assertEqual(resolver.answer("slow")[2], ["192.0.2.1/80"])

    def test_as_many_slow_names_as_there_are_threads(self):
        slow = [self.server.add(f"slow{i}.test", Name("192.0.2.1", held=True)) for i in range(MOST_THREADS)]
        last = self.server.add("last.test", Name("192.0.2.2"))
        resolver = self.resolver()
        for number, name in enumerate(slow):
            resolver.start(str(number), f"slow{number}.test")
            self.assertTrue(name.asked.wait(TIMEOUT))
        resolver.start("last", "last.test")
        resolver.tell("start", "notation", "127.0.0.1", "80")
        self.assertEqual(resolver.answer("notation")[2], ["127.0.0.1/80"])
        self.assertFalse(last.asked.is_set())
        slow[3].let_go.set()
        self.assertEqual(resolver.answer("last")[2], ["192.0.2.2/80"])
        self.assertEqual(set(resolver.answers), {"notation", "last", "3"})

    def test_a_server_that_never_answers(self):
        self.server.add("never.test", Name(silent=True))
        self.assertEqual(self.resolver("timeout:1 attempts:1").ask("never.test"), ("failed", AGAIN, []))

    def test_no_such_name(self):
        self.server.add("none.test", Name(code=NXDOMAIN))
        self.assertEqual(self.resolver().ask("none.test"), ("no_such_name", NO_NAME, []))

    def test_a_server_that_fails(self):
        self.server.add("fails.test", Name(code=SERVFAIL))
        self.assertEqual(self.resolver().ask("fails.test"), ("failed", AGAIN, []))

    def test_a_name_without_addresses(self):
        self.server.add("bare.test", Name())
        self.assertEqual(self.resolver().ask("bare.test"), ("no_such_name", NO_DATA, []))

    def test_many_addresses(self):
        some = [f"192.0.2.{i}" for i in range(1, 25)]  # as many as a datagram holds
        many = [f"198.51.100.{i}" for i in range(1, 101)]  # the rest comes by TCP
        self.server.add("some.test", Name(*some))
        self.server.add("many.test", Name(*many))
        resolver = self.resolver()
        resolver.start("some", "some.test")
        resolver.start("many", "many.test")
        self.assertEqual(sorted(resolver.answer("some")[2]), sorted(f"{each}/80" for each in some))
        how, _, addresses = resolver.answer("many")
        self.assertEqual((how, len(set(addresses))), ("done", MOST_ADDRESSES))
        self.assertLessEqual(set(addresses), {f"{each}/80" for each in many})

    def test_nobody_is_told_after_an_abandon(self):
        slow = self.server.add("slow.test", Name("192.0.2.1", held=True))
        self.server.add("quick.test", Name("192.0.2.2"))
        resolver = self.resolver()
        resolver.start("slow", "slow.test")
        self.assertTrue(slow.asked.wait(TIMEOUT))
        resolver.tell("abandon", "slow")
        resolver.wait_for("abandoned", "slow")
        slow.let_go.set()
        resolver.start("quick", "quick.test")
        resolver.answer("quick")
        resolver.tell("abandon", "quick")
        resolver.wait_for("too", "late", "quick")
        resolver.process.stdin.close()  # it ends when all threads have come back
        self.assertEqual(resolver.process.wait(TIMEOUT), 0)
        self.assertEqual(set(resolver.answers), {"quick"})

    def test_a_close_does_not_wait_for_the_server(self):
        slow = self.server.add("slow.test", Name("192.0.2.1", held=True))
        resolver = self.resolver()
        resolver.start("slow", "slow.test")
        self.assertTrue(slow.asked.wait(TIMEOUT))
        resolver.tell("close")
        resolver.wait_for("closed")
        self.assertEqual(resolver.process.wait(TIMEOUT), 0)
        self.assertNotIn("slow", resolver.answers)

    def test_a_hosts_file_is_asked_as_well(self):
        how, _, addresses = self.resolver().ask("localhost")
        self.assertEqual(how, "done")
        self.assertIn("127.0.0.1/80", addresses)


def main():
    global program
    parser = argparse.ArgumentParser()
    parser.add_argument("--ask-names", required=True)
    parser.add_argument("--connect-names", required=True)
    options, rest = parser.parse_known_args()
    program = options.ask_names
    run_tests(rest, "not tested is that the C library reads /etc/resolv.conf")


if __name__ == "__main__":
    main()
