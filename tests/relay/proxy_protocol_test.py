"""The PROXY protocol, both versions, both ways; HAProxy as the peer that has it from its inventors."""

import os
import socket
import subprocess
import tempfile
import unittest

import relay_testing as rt

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


class HAProxy:
    """On a socket that listens already, so that there is no port to guess."""

    def __init__(self, frontend, backend=""):
        haproxy = rt.find("haproxy")
        self.folder = tempfile.TemporaryDirectory(prefix="relay-haproxy-")
        with rt.listen() as listener:
            self.port = rt.port_of(listener)
            path = os.path.join(self.folder.name, "haproxy.cfg")
            with open(path, "w", encoding="ascii") as file:
                file.write("defaults\n timeout connect 60s\n timeout client 60s\n timeout server 60s\n")
                file.write("frontend front\n" + frontend.format(bind=f"bind fd@{listener.fileno()}") + "\n" + backend)
            self.process = subprocess.Popen([haproxy, "-db", "-q", "-f", path], pass_fds=[listener.fileno()],
                                            stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(rt.TIMEOUT)
        self.folder.cleanup()


class ProxyProtocol(unittest.TestCase):
    def test_haproxy_reads_the_client_of_a_header(self):
        for version in ("v1", "v2"):
            answer = " mode http\n {bind} accept-proxy\n http-request return status 200 content-type text/plain " \
                     "lf-string %ci:%cp"
            with self.subTest(version), HAProxy(answer) as haproxy:
                with rt.Relay(haproxy.port, "--send-proxy", version) as relay, relay.connect() as client:
                    client.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    told = rt.receive_all(client).split(b"\r\n\r\n", 1)[1].decode()
                    self.assertEqual(told, "{}:{}".format(*client.getsockname()))
                    client.close()
                    relay.finish()

    def test_reads_the_headers_of_haproxy(self):
        for option in ("send-proxy", "send-proxy-v2"):
            with self.subTest(option), rt.listen() as listener:
                relay_options = ("--accept-proxy", "--send-proxy", "v1")
                with rt.Relay(rt.port_of(listener), *relay_options) as relay:
                    backend = f"backend back\n mode tcp\n server relay 127.0.0.1:{relay.port} {option}\n"
                    with HAProxy(" mode tcp\n {bind}\n default_backend back", backend) as haproxy:
                        with socket.create_connection(("127.0.0.1", haproxy.port)) as client:
                            client.sendall(b"first bytes")
                            with rt.accept(listener) as target:
                                port = client.getsockname()[1]
                                line = f"PROXY TCP4 127.0.0.1 127.0.0.1 {port} {haproxy.port}\r\n".encode()
                                self.assertEqual(rt.receive_exactly(target, len(line) + 11), line + b"first bytes")
                                target.sendall(b"answer")
                                self.assertEqual(rt.receive_exactly(client, 6), b"answer")
                    relay.wait_for(lambda stats: stats["open"] == 0 and stats["total"] > 0)
                    relay.finish()

    def passed_on(self, relay, listener, header):
        """What the target sees before the byte behind the header."""
        with relay.connect() as client:
            client.sendall(header + b"#")
            client.shutdown(socket.SHUT_WR)
            with rt.accept(listener) as target:
                seen = rt.receive_all(target)
        self.assertEqual(seen[-1:], b"#")
        return seen[:-1]

    def test_version_1(self):
        with rt.listen() as listener, rt.Relay(rt.port_of(listener), "--accept-proxy", "--send-proxy", "v1") as relay:
            for line in (b"PROXY TCP4 192.0.2.1 198.51.100.2 65535 80\r\n",
                         b"PROXY TCP6 2001:db8::1 2001:db8::2 1 443\r\n",
                         b"PROXY UNKNOWN\r\n"):
                with self.subTest(line):
                    self.assertEqual(self.passed_on(relay, listener, line), line)
            self.assertEqual(self.passed_on(relay, listener, b"PROXY UNKNOWN what ever follows here 1 2\r\n"),
                             b"PROXY UNKNOWN\r\n")
            relay.finish()

    def test_version_2(self):
        four = bytes([192, 0, 2, 1, 198, 51, 100, 2, 255, 255, 0, 80])
        six = socket.inet_pton(socket.AF_INET6, "2001:db8::1") * 2 + bytes([0, 1, 1, 187])
        extension = bytes([4, 0, 3]) + b"abc"  # as others may add
        for version in ("v1", "v2"):
            with rt.listen() as listener, rt.Relay(rt.port_of(listener), "--accept-proxy", "--send-proxy",
                                                   version) as relay:
                for head, addresses, line in ((b"\x21\x11", four, b"PROXY TCP4 192.0.2.1 198.51.100.2 65535 80\r\n"),
                                              (b"\x21\x21", six, b"PROXY TCP6 2001:db8::1 2001:db8::1 1 443\r\n"),
                                              (b"\x20\x00", b"", b"PROXY UNKNOWN\r\n"),  # the proxy's own
                                              (b"\x21\x00", b"", b"PROXY UNKNOWN\r\n")):
                    plain = SIGNATURE + head + len(addresses).to_bytes(2, "big") + addresses
                    longer = SIGNATURE + head + len(addresses + extension).to_bytes(2, "big") + addresses + extension
                    with self.subTest(line, version=version):
                        for header in (plain, longer):
                            self.assertEqual(self.passed_on(relay, listener, header),
                                             line if version == "v1" else plain)
                relay.finish()

    def test_what_is_no_header_is_reset(self):
        with rt.listen() as listener:
            with rt.Relay(rt.port_of(listener), "--accept-proxy", "--connect-timeout", "60") as relay:
                for count, sent in enumerate((
                        b"GET / HTTP/1.1\r\n\r\n", b"PROXY TCP4 192.0.2.1 198.51.100.2 80\r\n",
                        b"PROXY TCP4 192.0.2.1 198.51.100.2 65536 80\r\n",
                        b"PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n", b"PROXY TCP5 a b 1 2\r\n",
                        b"PROXY UNKNOWN " + b"x" * 100 + b"\r\n", b"PROXY " + b"x" * 5000,
                        SIGNATURE + b"\x31\x11\x00\x0c" + bytes(12), SIGNATURE + b"\x21\x11\x00\x04abcd",
                        SIGNATURE + b"\x21\x11\xff\xff" + bytes(5000), b"PROXY",
                        # What may not be written so, though one could guess what is meant.
                        b"PROXY TCP4 192.0.2.1 198.51.100.2 080 80\r\n",
                        b"PROXY TCP4 192.0.2.1 198.51.100.2 80 00443\r\n",
                        b"PROXY TCP4 192.0.2.1\x00 198.51.100.2 1 2\r\n",
                        b"PROXY TCP6 [2001:db8::1] 2001:db8::2 1 2\r\n", b"PROXY TCP6 fe80::1%lo fe80::2 1 2\r\n",
                        SIGNATURE + b"\x21\x41\x00\x00", SIGNATURE + b"\x21\x13\x00\x00"), 1):
                    with self.subTest(sent[:40]), relay.connect() as client:
                        try:
                            rt.send_and_end(client, sent)
                            with self.assertRaises(ConnectionResetError):
                                rt.receive_all(client)
                        except OSError:
                            pass  # it was reset before all of it was sent
                        stats = relay.wait_for(lambda stats, count=count: stats["bad_headers"] == count)
                        self.assertEqual((stats["resets"], stats["dropped"]), (count, 0))
                        self.assertFalse(rt.readable(listener, 0))
                relay.finish()

    def test_waits_for_a_header_for_a_while_only(self):
        with rt.listen() as listener:
            with rt.Relay(rt.port_of(listener), "--accept-proxy", "--connect-timeout", "0.3") as relay:
                with relay.connect() as client, self.assertRaises(ConnectionResetError):
                    client.sendall(b"PROXY ")
                    rt.receive_all(client)
                self.assertEqual(relay.finish()["bad_headers"], 1)


if __name__ == "__main__":
    rt.main()
