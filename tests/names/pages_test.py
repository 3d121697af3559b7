"""bench/clarity: pages that are fetched all at once, by names that are quick, slow, or nobody's.

Only where the test has a network and files of its own: the program asks the server of names that the machine says.
"""

import argparse
import http.server
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
from name_server import NXDOMAIN, Name  # noqa: E402
from own_network import NamedTestCase, run_tests  # noqa: E402

TIMEOUT = 60
PAGE = b"a page"

program = ""


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # pylint: disable=invalid-name
        self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + PAGE)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Pages(NamedTestCase):
    def setUp(self):
        super().setUp()
        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.web.daemon_threads = True
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        self.addCleanup(self.web.server_close)
        self.addCleanup(self.web.shutdown)

    def fetch(self, hosts):
        """What is said of each host's page."""
        urls = {f"http://{host}:{self.web.server_port}/": host for host in hosts}
        done = subprocess.run([program, *urls], stdout=subprocess.PIPE, text=True, timeout=TIMEOUT, check=True)
        said = [line.rpartition(": ") for line in done.stdout.splitlines()]
        self.assertEqual(len(said), len(urls), said)
        return {urls[url]: what for url, _, what in said}

    def test_slow_names_hold_up_nobody(self):
        quick = [f"quick{number}.test" for number in range(90)]
        slow = [f"slow{number}.test" for number in range(8)]
        nobody = ["nobody1.test", "nobody2.test"]
        for name in quick:
            self.names.add(name, Name("127.0.0.1"))
        held = [self.names.add(name, Name("127.0.0.1", held=True)) for name in slow]
        for name in nobody:
            self.names.add(name, Name(code=NXDOMAIN))
        said = self.fetch([*slow, *nobody, *quick])
        for name in held:
            name.let_go.set()
        size = len(b"HTTP/1.0 200 OK\r\n\r\n" + PAGE)
        self.assertEqual({said[name] for name in quick}, {f"done, {size} bytes"})
        self.assertEqual({said[name] for name in slow}, {"timed out, 0 bytes"})
        self.assertEqual({said[name] for name in nobody}, {"no such name, 0 bytes"})

    def test_a_port_that_nobody_has(self):
        self.names.add("here.test", Name("127.0.0.1"))
        port = self.web.server_port
        self.web.shutdown()
        self.web.server_close()
        done = subprocess.run([program, f"http://here.test:{port}"], stdout=subprocess.PIPE, text=True, timeout=TIMEOUT,
                              check=True)
        self.assertEqual(done.stdout, f"http://here.test:{port}: refused, 0 bytes\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", required=True)
    options, rest = parser.parse_known_args()
    program = options.pages
    run_tests(rest, "pages that are fetched by slow names")
