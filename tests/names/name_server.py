"""A server of names (DNS, by UDP and TCP) that answers as a test says, and when it says."""

import socket
import struct
import threading

A, AAAA = 1, 28
NOERROR, SERVFAIL, NXDOMAIN = 0, 2, 3
LARGEST_DATAGRAM = 512


class Name:
    """What the server says of one name."""

    def __init__(self, *addresses, code=NOERROR, held=False, silent=False):
        self.addresses = addresses
        self.code = code
        self.silent = silent
        self.asked = threading.Event()  # for the first time
        self.let_go = threading.Event()
        if not held:
            self.let_go.set()


def name_in(query):
    """The name, its type, and where the question ends."""
    labels = []
    at = 12
    while query[at] != 0:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    return ".".join(labels).lower(), struct.unpack_from("!H", query, at + 1)[0], at + 5


def records_for(name, kind):
    family, size = (socket.AF_INET, 4) if kind == A else (socket.AF_INET6, 16)
    for address in name.addresses:
        if (":" in address) == (kind == AAAA):
            yield struct.pack("!HHHIH", 0xC00C, kind, 1, 60, size) + socket.inet_pton(family, address)


class NameServer:
    """Ends with the block that it is started in; who waits for an answer then has none."""

    def __init__(self, port=0):
        self.names = {}
        while True:
            self.datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.datagrams.bind(("127.0.0.1", port))
            self.port = self.datagrams.getsockname()[1]
            try:
                self.listener = socket.create_server(("127.0.0.1", self.port))
                break
            except OSError:
                if port != 0:
                    raise
                self.datagrams.close()  # somebody has the port for TCP
        self.servers = [threading.Thread(target=body, daemon=True)
                        for body in (self._serve_datagrams, self._serve_streams)]
        for server in self.servers:
            server.start()

    def add(self, text, name):
        self.names[text] = name
        return name

    def _answer(self, query, largest):
        """None: no answer at all."""
        text, kind, end = name_in(query)
        name = self.names.get(text, Name(code=NXDOMAIN))
        name.asked.set()
        if name.silent:
            return None
        name.let_go.wait()
        records = list(records_for(name, kind))
        is_cut = end + sum(map(len, records)) > largest
        if is_cut:
            records = []
        flags = 0x8580 | (0x0200 if is_cut else 0) | name.code
        header = query[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0)
        return header + query[12:end] + b"".join(records)

    def _serve_datagrams(self):
        while True:
            query, peer = self.datagrams.recvfrom(4096)
            if not query:
                return
            threading.Thread(target=self._answer_datagram, args=(query, peer), daemon=True).start()

    def _answer_datagram(self, query, peer):
        answer = self._answer(query, LARGEST_DATAGRAM)
        if answer is not None:
            try:
                self.datagrams.sendto(answer, peer)
            except OSError:
                pass  # the test is over

    def _serve_streams(self):
        while True:
            try:
                stream, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer_stream, args=(stream,), daemon=True).start()

    def _answer_stream(self, stream):
        with stream, stream.makefile("rwb") as file:
            while size := file.read(2):
                answer = self._answer(file.read(*struct.unpack("!H", size)), 0xFFFF)
                file.write(struct.pack("!H", len(answer)) + answer)
                file.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in self.names.values():
            name.let_go.set()
        # A socket that a thread waits for does not give its port back.
        self.datagrams.sendto(b"", ("127.0.0.1", self.port))
        self.listener.shutdown(socket.SHUT_RDWR)
        for server in self.servers:
            server.join()
        self.datagrams.close()
        self.listener.close()
