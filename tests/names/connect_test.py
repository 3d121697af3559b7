"""Names and connects by name, by the public functions: a server of names of this test's, and addresses that answer,
refuse, are silent or answer late, in a network of its own."""

import argparse
import errno
import queue
import shutil
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.dont_write_bytecode = True
from name_server import NXDOMAIN, SERVFAIL, Name, NameServer  # noqa: E402
from own_network import is_inside, run_tests  # noqa: E402

TIMEOUT = 60
DELAY = "250"
LONG = "100000"  # longer than a test lasts

# Addresses of this test's network. Nobody is behind those that are silent: what is sent there is lost.
HERE = ["127.0.0.1", "127.0.0.2"]
HERE_IPV6 = "::1"
SILENT = ["198.51.100.2", "198.51.100.3"]
SILENT_IPV6 = ["2001:db8::2", "2001:db8::3"]
NOWHERE = "203.0.113.1"  # no way leads there

program = ""


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def lay_out_network():
    """Two ends of a cable, of which one knows where to send to, and the other throws away what comes."""
    ip("link", "add", "near", "type", "veth", "peer", "name", "far")
    ip("addr", "add", "198.51.100.1/24", "dev", "near")
    ip("-6", "addr", "add", "2001:db8::1/64", "dev", "near", "nodad")
    ip("link", "set", "near", "up")
    ip("link", "set", "far", "up")
    for address in SILENT + SILENT_IPV6:
        ip("neigh", "add", address, "lladdr", "02:00:00:00:00:99", "dev", "near", "nud", "permanent")


class Connects:
    """The program, with what it has said."""

    def __init__(self, server):
        arguments = [program] if is_inside() else [program, str(server.port)]
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
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
        words = self.lines.get(timeout=TIMEOUT)
        if words[0] == "answer":
            self.answers[words[1]] = (words[2], int(words[3]), words[4:])
        return words

    def start(self, what, number, host, service, until="0", delay=DELAY):
        self.tell(what, number, host, str(service), until, delay)
        self.wait_for("accepted", number)

    def wait_for(self, *wanted):
        while self.next()[:len(wanted)] != list(wanted):
            pass

    def answer(self, number):
        while number not in self.answers:
            self.next()
        return self.answers[number]

    def resolve(self, host, service="80", until="0"):
        self.start("resolve", "one", host, service, until)
        return self.answer("one")

    def connect(self, host, service, until="0", delay=DELAY):
        """How, the address that was reached, and how each attempt ended."""
        self.start("connect", "one", host, service, until, delay)
        how, _, addresses = self.answer("one")
        return how, addresses[0], addresses[1:]

    def end(self):
        self.process.stdin.close()
        return self.process.wait(TIMEOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.kill()
        self.process.wait(TIMEOUT)
        self.process.stdout.close()


class NamesTestCase(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(NameServer(53 if is_inside() else 0))
        self.connects = self.enterContext(Connects(self.server))

    def tearDown(self):
        self.assertIn(self.connects.process.poll(), (None, 0))

    def enterContext(self, context):  # unittest has it since Python 3.11
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def listener(self, address, port=0):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        made = self.enterContext(socket.create_server((address, port), family=family))
        self.port = made.getsockname()[1]
        return made


class Resolve(NamesTestCase):
    def test_a_name_has_its_addresses(self):
        self.server.add("both.test", Name("192.0.2.1", "2001:db8::7"))
        how, code, addresses = self.connects.resolve("both.test", "4711")
        self.assertEqual((how, code, sorted(addresses)), ("done", 0, ["192.0.2.1/4711", "2001:db8::7/4711"]))

    def test_a_name_has_none(self):
        self.server.add("none.test", Name(code=NXDOMAIN))
        self.server.add("fails.test", Name(code=SERVFAIL))
        self.assertEqual(self.connects.resolve("none.test"), ("no_such_name", socket.EAI_NONAME, []))
        self.connects.answers.clear()
        self.assertEqual(self.connects.resolve("fails.test"), ("failed", socket.EAI_AGAIN, []))

    def test_a_cancel_does_not_wait_for_the_server(self):
        slow = self.server.add("slow.test", Name("192.0.2.1", held=True))
        self.connects.start("resolve", "slow", "slow.test", "80")
        self.assertTrue(slow.asked.wait(TIMEOUT))
        self.connects.tell("cancel", "slow")
        self.assertEqual(self.connects.answer("slow"), ("cancelled", errno.ECANCELED, []))
        self.assertFalse(slow.let_go.is_set())
        slow.let_go.set()
        self.assertEqual(self.connects.end(), 0)

    def test_a_deadline_does_not_wait_for_the_server(self):
        slow = self.server.add("slow.test", Name("192.0.2.1", held=True))
        self.assertEqual(self.connects.resolve("slow.test", until="20"), ("timed_out", errno.ETIME, []))
        self.assertFalse(slow.let_go.is_set())


class Connect(NamesTestCase):
    def test_a_name_is_connected_to(self):
        listener = self.listener(HERE[0])
        self.server.add("here.test", Name(HERE[0]))
        self.assertEqual(self.connects.connect("here.test", self.port),
                         ("done", f"{HERE[0]}/{self.port}", [f"{HERE[0]}/{self.port}=done"]))
        listener.settimeout(TIMEOUT)
        listener.accept()[0].close()

    def test_there_is_no_such_name(self):
        self.server.add("none.test", Name(code=NXDOMAIN))
        self.assertEqual(self.connects.connect("none.test", 80), ("no_such_name", "-", []))

    def test_a_cancel_does_not_wait_for_the_server_of_names(self):
        slow = self.server.add("slow.test", Name(HERE[0], held=True))
        self.connects.start("connect", "slow", "slow.test", "80")
        self.assertTrue(slow.asked.wait(TIMEOUT))
        self.connects.tell("cancel", "slow")
        self.assertEqual(self.connects.answer("slow"), ("cancelled", errno.ECANCELED, ["-"]))
        slow.let_go.set()
        self.assertEqual(self.connects.end(), 0)

    def test_a_deadline_does_not_wait_for_the_server_of_names(self):
        slow = self.server.add("slow.test", Name(HERE[0], held=True))
        self.assertEqual(self.connects.connect("slow.test", 80, until="20"), ("timed_out", "-", []))
        slow.let_go.set()
        self.assertEqual(self.connects.end(), 0)

    def test_the_next_address_is_tried_at_once_when_one_refuses(self):
        self.listener(HERE[0])
        self.server.add("half.test", Name(HERE[0], HERE_IPV6))
        how, reached, attempts = self.connects.connect("half.test", self.port, delay=LONG)
        self.assertEqual((how, reached), ("done", f"{HERE[0]}/{self.port}"))
        self.assertEqual(attempts, [f"{HERE_IPV6}/{self.port}=refused", f"{HERE[0]}/{self.port}=done"])


class SilentAddresses(NamesTestCase):
    def setUp(self):
        if not is_inside():
            self.skipTest("there is no network of the test's own")
        if shutil.which("ip") is None:
            self.skipTest("there is no ip")
        super().setUp()

    def test_a_silent_address_has_its_time_and_no_more(self):
        self.listener(HERE[0])
        self.server.add("half.test", Name(SILENT_IPV6[0], HERE[0]))
        begin = time.monotonic()
        how, reached, attempts = self.connects.connect("half.test", self.port)
        self.assertGreaterEqual(time.monotonic() - begin, 0.25)
        self.assertEqual((how, reached), ("done", f"{HERE[0]}/{self.port}"))
        self.assertEqual(attempts, [f"{SILENT_IPV6[0]}/{self.port}=cancelled", f"{HERE[0]}/{self.port}=done"])

    def test_the_families_take_turns(self):
        self.server.add("silent.test", Name(*SILENT, *SILENT_IPV6))
        how, _, attempts = self.connects.connect("silent.test", 80, until="500", delay="1")
        self.assertEqual(how, "timed_out")
        self.assertGreater(len(attempts), 0)  # all four, unless the machine is very busy
        self.assertEqual([":" in each for each in attempts], [True, False, True, False][:len(attempts)])
        self.assertTrue(all(each.endswith("=timed_out") for each in attempts), attempts)

    def test_a_late_answer_wins_if_it_is_the_first(self):
        self.server.add("late.test", Name(*SILENT))
        self.connects.start("connect", "late", "late.test", "4711", delay="1")
        time.sleep(0.05)  # so that both have been sent to; the system asks again after a second
        ip("addr", "add", f"{SILENT[1]}/32", "dev", "lo")
        self.addCleanup(ip, "addr", "del", f"{SILENT[1]}/32", "dev", "lo")
        self.listener(SILENT[1], port=4711)
        how, _, addresses = self.connects.answer("late")
        self.assertEqual((how, addresses[0]), ("done", f"{SILENT[1]}/4711"))
        self.assertEqual(sorted(addresses[1:]), [f"{SILENT[0]}/4711=cancelled", f"{SILENT[1]}/4711=done"])

    def test_the_most_telling_failure_is_told(self):
        self.server.add("mixed.test", Name(NOWHERE, HERE[1]))
        how, _, attempts = self.connects.connect("mixed.test", 9, delay=LONG)
        self.assertEqual(how, "refused")
        self.assertEqual(sorted(attempts), [f"{HERE[1]}/9=refused", f"{NOWHERE}/9=unreachable"])

    def test_a_cancel_ends_attempts_that_nobody_answers(self):
        self.server.add("silent.test", Name(*SILENT))
        self.connects.start("connect", "one", "silent.test", "80", delay="1")
        time.sleep(0.05)  # it may come at any time; this is for one in the middle
        self.connects.tell("cancel", "one")
        how, _, addresses = self.connects.answer("one")
        self.assertEqual((how, addresses[0]), ("cancelled", "-"))
        self.assertEqual(self.connects.end(), 0)


def main():
    global program
    parser = argparse.ArgumentParser()
    parser.add_argument("--ask-names", required=True)
    parser.add_argument("--connect-names", required=True)
    options, rest = parser.parse_known_args()
    program = options.connect_names
    if is_inside() and shutil.which("ip") is not None:
        lay_out_network()
    run_tests(rest, "not tested are addresses that do not answer")


if __name__ == "__main__":
    main()
