"""The example http_files, a web server, with curl, wrk and sockets as its clients."""

import os
import re
import socket
import subprocess
import tempfile
import unittest

import relay_testing as rt

MEGABYTE = 1 << 20


class HttpFiles(rt.ServesUntilInputEnds):
    """The server on a folder that has its files for the time, and a secret beside it."""

    def __init__(self, patience=rt.TIMEOUT):
        self.folder = tempfile.TemporaryDirectory(prefix="http-files-")
        self.root = os.path.join(self.folder.name, "root")
        os.mkdir(self.root)
        with open(os.path.join(self.folder.name, "secret"), "w", encoding="ascii") as file:
            file.write("secret")
        super().__init__(rt.programs.http_files, self.root, "0", str(patience))

    def add(self, name, data):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    def url(self, path=""):
        return f"http://127.0.0.1:{self.port}/{path}"

    def curl(self, *arguments):
        """What curl says when it has ended well, whatever the status."""
        result = subprocess.run([rt.find("curl"), "--silent", "--show-error", "--max-time", str(rt.TIMEOUT),
                                 "--noproxy", "*", *arguments], stdout=subprocess.PIPE, check=True)
        return result.stdout

    def status(self, path, *arguments):
        """With the path as it is, dots included."""
        return self.curl("--path-as-is", "--output", os.devnull, "--write-out", "%{http_code}", *arguments,
                         self.url(path)).decode()

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.folder.cleanup()


def read_response(stream, with_body=True):
    """Status and body of the next response."""
    status = stream.readline().split(b" ", 1)[1].strip().decode()
    length = None
    while (line := stream.readline().strip()) != b"":
        name, value = line.split(b":", 1)
        if name.lower() == b"content-length":
            length = int(value)
    return status, stream.read(length) if with_body else length


class Files(unittest.TestCase):
    def test_curl_gets_files_over_one_connection(self):
        with HttpFiles() as server:
            files = {f"{size}.bin": os.urandom(size) for size in (0, 1, 65535, 65536, 65537, 3 * MEGABYTE)}
            for name, data in files.items():
                server.add(name, data)
            with tempfile.TemporaryDirectory() as got:
                connects = server.curl("--write-out", "%{num_connects} ", "--output-dir", got, "--remote-name-all",
                                       *[server.url(name) for name in files])
                self.assertEqual(connects.split(), [b"1"] + [b"0"] * (len(files) - 1))
                for name, data in files.items():
                    with open(os.path.join(got, name), "rb") as file:
                        self.assertEqual(rt.digest(file.read()), rt.digest(data), name)

    def test_names(self):
        with HttpFiles() as server:
            server.add("index.html", b"of the root")
            server.add("a/index.html", b"of a folder")
            server.add("a/two words.txt", b"two words")
            for path, data in {"": b"of the root", "?query": b"of the root", "a/": b"of a folder",
                               "a/two%20words.txt": b"two words", "a/two%20words.txt?x=/..": b"two words"}.items():
                self.assertEqual(server.curl(server.url(path)), data)

    def test_head(self):
        with HttpFiles() as server:
            server.add("file", bytes(100_000))
            head = server.curl("--head", server.url("file")).decode()
            self.assertIn("HTTP/1.1 200 OK", head)
            self.assertIn("Content-Length: 100000", head)
            self.assertIn("HTTP/1.1 404 Not Found", server.curl("--head", server.url("none")).decode())

    def test_no_way_out(self):
        with HttpFiles() as server:
            server.add("a/file", b"file")
            server.add(".hidden", b"hidden")
            self.assertEqual(server.status("a/file"), "200")
            for path in ("none", "a", "a/", "a/none", ".hidden", "../secret", "a/../../secret", "a/../a/file",
                         "./a/file", "%2e%2e/secret", "..%2fsecret", "a/..%2f..%2fsecret", "..%5csecret",
                         "..\\secret", "//a/file", "a//file", "a/file%00", "a/file%", "a/file%2", "a/file.",
                         "a/file%20", "a/file::$DATA", "con", "nul.txt", "a/COM1", "c:/windows/win.ini", "a" * 600,
                         "%ff%fe"):
                self.assertEqual(server.status(path), "404", path)

    def test_other_methods(self):
        with HttpFiles() as server:
            server.add("file", b"file")
            # The end of the connection must not take the answer with it, though nobody has read the body.
            for arguments in (["--data", "x" * 100_000], ["--request", "DELETE"],
                              ["--upload-file", server.root + "/file"]):
                self.assertEqual(server.status("file", *arguments), "405")

    def test_nonsense(self):
        with HttpFiles() as server:
            for request in (b"nonsense\r\n\r\n", b"GET /file\r\n\r\n", b"GET /file HTTP/2.0\r\n\r\n", b"\r\n\r\n",
                            b"GET /file HTTP/1.1\r\n\r\n",
                            b"GET /file HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
                            b"GET /file HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                            b"GET /\0 HTTP/1.1\r\n", b"x" * 10_000):
                with server.connect() as client, client.makefile("rb") as answers:
                    client.sendall(request)
                    self.assertEqual(read_response(answers)[0], "400 Bad Request", request)
                    self.assertEqual(answers.read(), b"", request)


class Connections(unittest.TestCase):
    def test_pipelining_keeps_the_order(self):
        with HttpFiles() as server:
            files = [os.urandom(size) for size in (10, 200_000, 0, 70_000)]
            for index, data in enumerate(files):
                server.add(str(index), data)
            head = b" HTTP/1.1\r\nHost: x\r\n\r\n"
            batch = b"".join([b"GET /%d" % index + head for index in range(len(files))] +
                             [b"GET /none" + head, b"HEAD /1" + head])
            with server.connect() as client, client.makefile("rb") as answers:
                sender = rt.in_thread(client.sendall, batch * 50)
                for _ in range(50):
                    for data in files:
                        self.assertEqual(read_response(answers), ("200 OK", data))
                    self.assertEqual(read_response(answers)[0], "404 Not Found")
                    self.assertEqual(read_response(answers, False), ("200 OK", 200_000))
                sender()

    def test_a_request_comes_byte_by_byte(self):
        with HttpFiles() as server:
            server.add("file", b"file")
            with server.connect() as client, client.makefile("rb") as answers:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for byte in b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n" * 2:
                    client.sendall(bytes([byte]))
                for _ in range(2):
                    self.assertEqual(read_response(answers), ("200 OK", b"file"))

    def test_the_connection_lives_as_long_as_was_agreed(self):
        with HttpFiles() as server:
            server.add("file", b"file")
            for head, stays in ((b"HTTP/1.1\r\nHost: x\r\n", True),
                                (b"HTTP/1.1\r\nHost: x\r\nconnection: Close\r\n", False),
                                (b"HTTP/1.0\r\n", False), (b"HTTP/1.0\r\nConnection: keep-alive\r\n", True)):
                with server.connect() as client, client.makefile("rb") as answers:
                    client.sendall(b"GET /file " + head + b"\r\n")
                    self.assertEqual(read_response(answers), ("200 OK", b"file"))
                    if stays:
                        client.sendall(b"GET /file " + head + b"\r\n")
                        self.assertEqual(read_response(answers), ("200 OK", b"file"))
                    else:
                        self.assertEqual(answers.read(), b"")

    def test_five_hundred_at_once(self):
        with HttpFiles() as server:
            server.add("file", b"file")
            clients = [server.connect() for _ in range(500)]
            for _ in range(2):
                for client in clients:
                    client.sendall(b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n")
                for client in clients:
                    with client.makefile("rb") as answers:
                        self.assertEqual(read_response(answers), ("200 OK", b"file"))
            for client in clients:
                client.close()

    def test_wrk(self):
        with HttpFiles() as server:
            server.add("file", os.urandom(2000))
            # A busy machine may keep an answer for longer than the two seconds that wrk calls an error.
            result = subprocess.run([rt.find("wrk"), "--threads", "2", "--connections", "50", "--duration", "2s",
                                     "--timeout", "30s", server.url("file")], stdout=subprocess.PIPE, text=True, check=True,
                                    timeout=rt.TIMEOUT)
            self.assertNotRegex(result.stdout, "Socket errors|Non-2xx")
            self.assertGreater(int(re.search(r"(\d+) requests in", result.stdout)[1]), 50)


class Deadlines(unittest.TestCase):
    def test_an_idle_connection_is_closed(self):
        with HttpFiles(patience=1) as server, server.connect() as client:
            self.assertEqual(rt.receive_all(client), b"")

    def test_a_slow_request_is_refused(self):
        with HttpFiles(patience=1) as server, server.connect() as client, client.makefile("rb") as answers:
            client.sendall(b"GET /file HTTP/1.1\r\nHost:")
            self.assertEqual(read_response(answers)[0], "408 Request Timeout")
            self.assertEqual(answers.read(), b"")


class End(unittest.TestCase):
    def test_a_download_is_finished_and_what_is_idle_is_not_waited_for(self):
        with HttpFiles() as server:
            server.add("file", data := os.urandom(32 * MEGABYTE))
            with server.connect() as idle, server.connect() as client, client.makefile("rb") as answers:
                client.sendall(b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n")
                start = client.recv(1, socket.MSG_PEEK)
                server.end_input()
                self.assertEqual(rt.receive_all(idle), b"")
                self.assertEqual(start, b"H")
                self.assertEqual(read_response(answers), ("200 OK", data))
                self.assertEqual(answers.read(), b"")

    def test_a_download_that_stands_still_is_given_up(self):
        with HttpFiles(patience=1) as server:
            server.add("file", bytes(64 * MEGABYTE))
            with server.connect() as client:
                client.sendall(b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n")
                client.recv(1, socket.MSG_PEEK)
                server.end_input()
                self.assertEqual(server.exit_code(), 0)

    def test_a_download_that_takes_too_long_is_cut(self):
        """Each of its pieces is taken at once."""
        size = (1 << 31) - 1
        with HttpFiles(patience=1) as server:
            server.add("file", b"")
            os.truncate(os.path.join(server.root, "file"), size)
            with server.connect() as client:
                client.sendall(b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n")
                client.recv(1, socket.MSG_PEEK)
                server.end_input()
                received = 0
                while part := client.recv(512):
                    received += len(part)
                self.assertLess(received, size)

    def test_without_connections(self):
        with HttpFiles() as server:
            server.end_input()
            self.assertIsNone(server.line())


if __name__ == "__main__":
    rt.main()
