"""The TLS echo server, whose bytes go through the user's hooks, driven by openssl's own clients."""

import os
import re
import signal
import socket
import subprocess
import tempfile
import unittest

import relay_testing as rt

MEGABYTE = 1 << 20


class Certificate:
    """A key and a certificate for localhost that nobody else has."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tls-echo-")
        self.file = os.path.join(self.folder.name, "certificate.pem")
        self.key = os.path.join(self.folder.name, "key.pem")
        subprocess.run([rt.find("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                        "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-days", "2", "-keyout", self.key, "-out", self.file],
                       check=True, capture_output=True, timeout=rt.TIMEOUT)


class TlsEcho(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.certificate = Certificate()
        cls.addClassCleanup(cls.certificate.folder.cleanup)

    def setUp(self):
        self.server = rt.EchoServer(rt.programs.tls_echo_server, self.certificate.file, self.certificate.key)
        self.addCleanup(self.server.__exit__)

    def client(self, *options):
        """s_client, which accepts no other server than ours."""
        client = subprocess.Popen(
            [rt.find("openssl"), "s_client", "-quiet", "-connect", f"127.0.0.1:{self.server.port}",
             "-servername", "localhost", "-CAfile", self.certificate.file, "-verify_hostname", "localhost",
             "-verify_return_error", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(self.end, client)
        return client

    @staticmethod
    def end(client):
        client.kill()
        client.wait()
        client.stdout.close()
        try:
            client.stdin.close()
        except BrokenPipeError:
            pass  # what it had not read yet

    def ask(self, client, message):
        """What comes back for a message."""
        def send():
            client.stdin.write(message)
            client.stdin.flush()
        sender = rt.in_thread(send)
        answer = client.stdout.read(len(message))
        sender()
        return answer

    def assert_echoes(self, client, message):
        self.assertEqual(rt.digest(self.ask(client, message)), rt.digest(message))

    def test_messages_come_back(self):
        client = self.client()
        for size in [1, 2, 16383, 16384, 16385, 100_000]:
            with self.subTest(size=size):
                self.assert_echoes(client, os.urandom(size))

    def test_large_amounts_by_many_clients(self):
        for version in ["-tls1_2", "-tls1_3"]:
            clients = [self.client(version) for _ in range(4)]
            with self.subTest(version=version):
                for result in [rt.in_thread(self.assert_echoes, client, os.urandom(8 * MEGABYTE)) for client in clients]:
                    result()

    def test_the_client_is_told_of_the_end(self):
        """It says that it ends, hears the same from the server, and ends well."""
        client = self.client("-no_ign_eof")
        self.assert_echoes(client, b"the last words")
        client.stdin.close()
        self.assertEqual(client.stdout.read(), b"")
        self.assertEqual(client.wait(rt.TIMEOUT), 0)

    def test_a_client_that_is_killed_harms_nobody_else(self):
        stays = self.client()
        self.assert_echoes(stays, b"before")
        for _ in range(5):
            goes = self.client()
            self.assert_echoes(goes, b"hello")
            sender = rt.in_thread(goes.stdin.write, bytes(32 * MEGABYTE))
            goes.stdout.read(MEGABYTE)
            goes.send_signal(signal.SIGKILL)
            with self.assertRaises(BrokenPipeError):
                sender()
        self.assert_echoes(stays, b"afterwards")

    def test_what_is_not_tls_is_thrown_out(self):
        stays = self.client()
        self.assert_echoes(stays, b"before")
        for words in [b"GET / HTTP/1.0\r\n\r\n", bytes(1000), b"\x16\x03\x01\xff\xff" + bytes(70_000)]:
            with self.subTest(words=words[:10]):
                with socket.create_connection(("127.0.0.1", self.server.port)) as client:
                    try:
                        client.sendall(words)
                        rt.receive_all(client)  # an alert at most, then the end
                    except (ConnectionResetError, BrokenPipeError):
                        pass  # it did not read all
        self.assert_echoes(stays, b"afterwards")

    def test_silent_clients_stop_nobody(self):
        silent = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(50)]
        for connection in silent:
            self.addCleanup(connection.close)
        self.assert_echoes(self.client(), b"I speak")

    def time_connections(self, *options):
        """The connections that s_time makes in two seconds, each by a letter: r if its session was resumed."""
        result = subprocess.run(
            [rt.find("openssl"), "s_time", "-connect", f"127.0.0.1:{self.server.port}", "-CAfile", self.certificate.file,
             "-verify", "1", "-time", "2", *options],
            capture_output=True, text=True, timeout=rt.TIMEOUT, check=True)
        letters = re.findall(r"^[rtuv*]+$", result.stdout, re.MULTILINE)
        counts = re.findall(r"(\d+) connections in \d+ real seconds", result.stdout)
        self.assertEqual([str(len(each)) for each in letters], counts, result.stdout + result.stderr)
        return "".join(letters)

    def test_many_handshakes_one_after_the_other(self):
        for version in ["-tls1_2", "-tls1_3"]:
            with self.subTest(version=version):
                connections = self.time_connections("-new", version)
                self.assertGreater(len(connections), 10)
                self.assertNotIn("r", connections)

    def test_sessions_are_resumed(self):
        connections = self.time_connections("-reuse", "-tls1_2")
        self.assertGreater(len(connections), 10)
        self.assertEqual(set(connections), {"r"})


if __name__ == "__main__":
    rt.main()
