"""Listening at a name: at those of its addresses that the machine has.

Only where the test has a network and files of its own: the program asks the server of names that the machine says.
"""

import argparse
import subprocess
import sys

sys.dont_write_bytecode = True
from name_server import NXDOMAIN, Name  # noqa: E402
from own_network import NamedTestCase, run_tests  # noqa: E402

TIMEOUT = 60

program = ""


class Listen(NamedTestCase):
    def listen(self, name):
        """The words that are said of it."""
        done = subprocess.run([program, name], stdout=subprocess.PIPE, text=True, timeout=TIMEOUT, check=True)
        said, _, rest = done.stdout.partition(": ")
        self.assertEqual(said, name)
        return rest.split()

    def test_where_it_can(self):
        self.names.add("here-and-away.test", Name("192.0.2.1", "127.0.0.2", "192.0.2.2", "127.0.0.3"))
        addresses, ports = zip(*(each.rsplit(":", 1) for each in self.listen("here-and-away.test")))
        self.assertEqual(sorted(addresses), ["127.0.0.2", "127.0.0.3"])
        self.assertEqual(len(set(ports)), 1)

    def test_nowhere(self):
        self.names.add("away.test", Name("192.0.2.1", "192.0.2.2"))
        self.names.add("nobody.test", Name(code=NXDOMAIN))
        self.assertEqual(self.listen("away.test"), ["unreachable"])
        self.assertEqual(self.listen("nobody.test"), ["no", "such", "name"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen-names", required=True)
    options, rest = parser.parse_known_args()
    program = options.listen_names
    run_tests(rest, "listening at a name of which some addresses are elsewhere")
