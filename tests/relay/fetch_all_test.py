"""The example fetch_all, with nginx, and servers that go wrong in every way, as its targets."""

import socket
import subprocess
import threading
import unittest

import relay_testing as rt

MEGABYTE = 1 << 20


def fetch(urls, seconds=rt.TIMEOUT, by_input=False, within=()):
    """What is said of each URL: the rest of its line, and the indented lines behind it."""
    arguments = [f"-{seconds}", *([] if by_input else urls)]
    result = subprocess.run([*within, *rt.command(rt.programs.fetch_all, *arguments)],
                            input="".join(url + "\n" for url in urls),
                            stdout=subprocess.PIPE, timeout=rt.TIMEOUT, text=True, check=True)
    said, last = {}, None
    for line in result.stdout.splitlines():
        if line.startswith("    "):
            said[last].append(line.strip())
        else:
            last = next(url for url in sorted(urls, key=len, reverse=True) if line.startswith(url + ": "))
            assert last not in said, line
            said[last] = [line[len(last) + 2:]]
    assert set(said) == set(urls), result.stdout
    return said


class Target:
    """Does something with each connection, in a thread of its own."""

    def __init__(self, serve):
        self.listener = rt.listen()
        self.serve = serve
        self.open = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        try:
            while True:
                self.open.append(rt.accept(self.listener))
                self.serve(self.open[-1])
        except OSError:
            pass  # the test has ended

    def url(self, host="127.0.0.1"):
        return f"http://{host}:{rt.port_of(self.listener)}/"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        for connection in self.open:
            connection.close()


def answering(answer, end=lambda connection: connection.close()):
    def serve(connection):
        while b"\r\n\r\n" not in connection.recv(4096, socket.MSG_PEEK):
            pass
        connection.recv(4096)
        connection.sendall(answer)
        end(connection)
    return serve


def keep(_):
    """Leaves the connection open."""


class FetchAll(unittest.TestCase):
    def test_a_hundred_by_name(self):
        with rt.Nginx() as nginx:
            for number in range(100):
                nginx.add_file(f"file{number}", 1000 * number)
            base = f"http://localhost:{nginx.port}/file"
            said = fetch([f"{base}{number}" for number in range(100)], by_input=True)
            for number in range(100):
                self.assertEqual(said[f"{base}{number}"], [f"status 200, {1000 * number} bytes"])

    def test_statuses(self):
        with rt.Nginx() as nginx:
            nginx.add_file("file", 5 * MEGABYTE)
            base = f"http://127.0.0.1:{nginx.port}"
            said = fetch([base + "/file", base + "/file?query#fragment", base + "/none", base])
            self.assertEqual(said[base + "/file"], ["status 200, 5242880 bytes"])
            self.assertEqual(said[base + "/file?query#fragment"], ["status 200, 5242880 bytes"])
            self.assertRegex(said[base + "/none"][0], r"^status 404, \d+ bytes$")
            self.assertRegex(said[base][0], r"^status 403, \d+ bytes$")

    def test_those_that_are_too_slow(self):
        with rt.Nginx() as nginx, Target(keep) as silent, \
                Target(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", keep)) as stops, \
                Target(answering(b"HTTP/1.1 200 OK\r\n\r\nall", keep)) as never_ends:
            nginx.add_file("file", 64 * MEGABYTE)
            slow = f"http://127.0.0.1:{nginx.port}/slow/file"
            said = fetch([slow, silent.url(), stops.url(), never_ends.url()], 2)
            self.assertEqual(said[slow], ["in the page: timed out"])
            self.assertEqual(said[silent.url()], ["before the page: timed out"])
            self.assertEqual(said[stops.url()], ["in the page: timed out"])
            self.assertEqual(said[never_ends.url()], ["in the page: timed out"])

    def test_those_that_go_wrong(self):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
        with Target(answering(b"")) as empty, Target(answering(b"", rt.reset)) as resets, \
                Target(answering(head + b"half")) as half, Target(answering(head + b"half", rt.reset)) as cut, \
                Target(answering(b"220 welcome\r\n\r\n", keep)) as mail, \
                Target(answering(b"x" * 10_000, keep)) as noise, \
                Target(answering(head + b"0123456789", keep)) as whole:
            said = fetch([target.url() for target in (empty, resets, half, cut, mail, noise, whole)])
            self.assertRegex(said[empty.url()][0], "^before the page: .*end")
            self.assertRegex(said[resets.url()][0], "^before the page: .*reset")
            self.assertRegex(said[half.url()][0], "^in the page: .*end")
            self.assertRegex(said[cut.url()][0], "page: .*reset")
            self.assertEqual(said[mail.url()], ["in the answer: that is no HTTP"])
            self.assertEqual(said[noise.url()], ["in the answer: that is no HTTP"])
            self.assertEqual(said[whole.url()], ["status 200, 10 bytes"])

    def test_those_that_nobody_serves(self):
        with socket.socket() as bound:  # and does not listen
            bound.bind(("127.0.0.1", 0))
            port = bound.getsockname()[1]
            by_address, by_name = f"http://127.0.0.1:{port}/", f"http://localhost:{port}/x"
            said = fetch([by_address, by_name])
            refused = f"127.0.0.1:{port}: refused"
            self.assertEqual(said[by_address], ["connecting: refused", refused])
            self.assertEqual(said[by_name][0], "connecting: refused")
            self.assertIn(refused, said[by_name][1:])

    def test_those_on_an_interface_that_there_is_not(self):
        nowhere = "http://[fe80::1%nosuchif]/"
        self.assertEqual(fetch([nowhere])[nowhere], ["connecting: no such name"])

    def test_what_is_no_url(self):
        urls = ["nonsense", "https://127.0.0.1/", "http://", "http:///path", "http://" + "x" * 300 + "/", "http://[::1",
                "http://127.0.0.1:port/", "http://127.0.0.1:70000/"]
        for said in fetch(urls).values():
            self.assertRegex(said[0], "that is no http URL|invalid|no such name")


if __name__ == "__main__":
    rt.main()
