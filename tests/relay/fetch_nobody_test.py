"""The example fetch_all, with names that nobody knows. Only natively: Wine's server is for one view of the files."""

import contextlib
import subprocess
import tempfile
import unittest

import relay_testing as rt
from fetch_all_test import fetch


@contextlib.contextmanager
def no_servers_of_names():
    """What a program runs within so that the machine's own files alone know names: whether a server of names can be
    reached, and what it says, is another thing on each machine."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("hosts: files\n")
        file.flush()
        put = 'mount --bind "$0" /etc/nsswitch.conf && exec "$@"'
        within = [rt.find("unshare"), "--user", "--map-root-user", "--mount", "sh", "-c", put, file.name]
        tried = subprocess.run([*within, "true"], stderr=subprocess.PIPE, text=True, check=False)
        if tried.returncode != 0:
            raise unittest.SkipTest("there are no namespaces here: " + tried.stderr)
        yield within


class FetchNobody(unittest.TestCase):
    def test_those_that_nobody_knows(self):
        with no_servers_of_names() as within:
            nobody = "http://nobody.invalid/"
            self.assertEqual(fetch([nobody], within=within)[nobody], ["connecting: no such name"])


if __name__ == "__main__":
    rt.main()
