"""A network and files of a test's own: namespaces (user, mount, network) that end with it, and need no privileges."""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

from name_server import NameServer

EXIT_SKIPPED = 77
INSIDE = "ASYNC_SOCKET_NAMES_INSIDE"
NAMESPACES = ["unshare", "--user", "--map-root-user", "--net", "--mount"]

FILES = {
    "/etc/resolv.conf": "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n",
    "/etc/nsswitch.conf": "hosts: files dns\nservices: files\n",
    "/etc/hosts": "127.0.0.1 localhost\n",
}


def is_inside():
    return INSIDE in os.environ


def reason_against_namespaces():
    if shutil.which("unshare") is None:
        return "there is no unshare"
    check = "mount --bind /etc/hosts /etc/hosts"
    tried = subprocess.run([*NAMESPACES, "sh", "-c", check], stderr=subprocess.PIPE, text=True)
    return tried.stderr.strip() if tried.returncode else None


def enter_namespaces(missing):
    """Does not return if it can be done."""
    reason = reason_against_namespaces()
    if reason is None:
        os.environ[INSIDE] = "1"
        os.execvp(NAMESPACES[0], [*NAMESPACES, sys.executable, "-B", *sys.argv])
    print(f"NO NAMESPACES HERE ({reason}): {missing}", file=sys.stderr)


def raise_loopback():
    request, is_up = struct.pack("16sH14x", b"lo", 1), 0x8914  # SIOCSIFFLAGS, IFF_UP
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, is_up, request)


def put_files(folder):
    for path, text in FILES.items():
        own = os.path.join(folder, os.path.basename(path))
        with open(own, "w") as file:
            file.write(text)
        subprocess.run(["mount", "--bind", own, os.path.realpath(path)], check=True)
    if os.path.isdir("/run/nscd"):  # it would answer from its own memory
        subprocess.run(["mount", "-t", "tmpfs", "none", "/run/nscd"], check=True)


class NamedTestCase(unittest.TestCase):
    """With a server of names, which programs ask as the machine says. So only in a network and with files of its own."""

    def setUp(self):
        if not is_inside():
            self.skipTest("there are no namespaces here")
        self.names = NameServer(53)
        self.names.__enter__()
        self.addCleanup(self.names.__exit__, None, None, None)


def run_tests(arguments, missing):
    """The test cases of the program, inside if that can be; `missing` says what is not tested if it cannot. The status
    tells of any that was skipped, also among others that have passed."""
    with tempfile.TemporaryDirectory() as folder:
        if is_inside():
            raise_loopback()
            put_files(folder)
        else:
            enter_namespaces(missing)
        test = unittest.main(argv=[sys.argv[0], *arguments], exit=False, verbosity=2)
    if not test.result.wasSuccessful():
        sys.exit(1)
    if test.result.skipped:
        sys.exit(EXIT_SKIPPED)
