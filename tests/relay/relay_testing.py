"""What the tests of async-relay share: starting the programs, and peers for them.

A test file ends with `relay_testing.main()` and is called with the programs' paths, see
CMakeLists.txt. Everything that waits, waits for an event (a line, bytes, an end) and at most TIMEOUT.
"""

import argparse
import hashlib
import json
import os
import queue
import select
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

TIMEOUT = 60
EXIT_SKIPPED = 77

ATTEMPTS = 3

RETRANSMISSION, KEEPALIVE = "01", "02"  # timers in /proc/net/tcp

programs = argparse.Namespace(emulator="", relay="", perf="", echo_server="", echo_server_v1="", tls_echo_server="",
                              fetch_all="", http_files="", line_chat="")
socket.setdefaulttimeout(TIMEOUT)


def command(program, *arguments):
    return shlex.split(programs.emulator) + [program, *arguments]


def find(program):
    """The path of somebody else's program; without it the test is skipped."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin:/usr/local/sbin")
    if path is None:
        raise unittest.SkipTest(program + " is not installed")
    return path


class Running:
    """A program that was started, and ends with the block it was started in."""

    emulator_failed = False  # under any of them

    def __init__(self, arguments, **keywords):
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, **keywords)
        self.killed = False
        self.silent = True  # nothing has been read from it yet
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip())
        self.lines.put(None)

    def line(self):
        """The next line that the program prints; None at its end."""
        line = self.lines.get(timeout=TIMEOUT)
        look_for_emulator_failure(line is None and self.silent)
        self.silent = False
        return line

    def interrupt(self):
        """Once its first thread sleeps: ThreadSanitizer, which does not know the library's waits, lets a signal that comes
        just before one wait for the thread's next step."""
        while self.process.poll() is None and first_thread_state(self.process.pid) != "S":
            time.sleep(0.001)
        self.process.send_signal(signal.SIGINT)

    def kill(self):
        self.killed = True
        self.process.kill()

    def exit_code(self):
        return self.process.wait(TIMEOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.killed:
            look_for_emulator_failure((self.process.poll() or 0) < 0)
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()


def first_thread_state(pid):
    """As in proc(5): S sleeps."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]


def timer_of(local_port, remote_port):
    """The timer that runs for one end of a connection between two ports of this machine, as in proc(5).

    Both ports say which end: another connection may have either of them at the same time. A timer of data that is not
    acknowledged yet comes before the others and goes by itself, so it is waited for.
    """
    while True:
        with open("/proc/net/tcp", encoding="ascii") as file:
            rows = [line.split() for line in file.readlines()[1:]]
        (timer,) = (row[5].split(":")[0] for row in rows
                    if [int(end.split(":")[1], 16) for end in row[1:3]] == [local_port, remote_port])
        if timer != RETRANSMISSION:
            return timer
        time.sleep(0.01)


def look_for_emulator_failure(failed):
    """Tells main() that a test may have failed because of Wine alone."""
    if programs.emulator and failed:
        Running.emulator_failed = True


def run(arguments):
    """Runs a program of ours to its end.

    A program that crashes under Wine ends with an exit code, and one of ours that fails says why. So Wine itself
    failed if the end was a signal, or came without a word, or with a word of its own.
    """
    result = subprocess.run(arguments, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    silent = result.returncode != 0 and not result.stdout and not result.stderr
    look_for_emulator_failure(result.returncode < 0 or silent or "wine client error" in result.stderr)
    return result


class Relay(Running):
    """async-relay on a port that the system chose. Prints statistics every 0.1 s."""

    def __init__(self, target_port, *options, target_host="127.0.0.1", limits=None):
        """`limits` is called in the process before it becomes the relay."""
        target = f"{target_host}:{target_port}"
        super().__init__(command(programs.relay, "--listen", "127.0.0.1:0", "--target", target, "--json",
                                 "--stats", "0.1", *options), preexec_fn=limits)
        ready = json.loads(self.line())
        assert ready["event"] == "listening" and ready["target"] == target, ready
        self.port = ready["port"]

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port))

    def statistics(self):
        """Statistics that are not older than this call."""
        while not self.lines.empty():
            assert self.lines.get() is not None, "the relay has ended"
        self.line()  # may have been on its way already
        return json.loads(self.line())

    def wait_for(self, condition):
        """The first statistics that the condition holds for."""
        while True:
            line = self.line()
            assert line is not None, "the relay has ended"
            stats = json.loads(line)
            if condition(stats):
                return stats

    def end(self):
        """The final statistics after an orderly end, with nothing left open."""
        last = None
        while (line := self.line()) is not None:
            last = json.loads(line)
        assert self.exit_code() == 0, self.exit_code()
        assert last["event"] == "stats" and last["open"] == 0, last
        return last

    def finish(self):
        self.interrupt()
        return self.end()


class EchoServer(Running):
    def __init__(self, program, *options):
        super().__init__(command(program, "0", *options))
        ready = self.line()
        assert ready.startswith("listening on port "), ready
        self.port = int(ready.split()[-1])


class ServesUntilInputEnds(Running):
    """One that prints its port, and ends in good order when its standard input does."""

    def __init__(self, program, *arguments):
        super().__init__(command(program, *arguments), stdin=subprocess.PIPE)
        ready = self.line()
        assert ready.startswith("listening on port "), ready
        self.port = int(ready.split()[-1])

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port))

    def end_input(self):
        self.process.stdin.close()

    def __exit__(self, error, *arguments):
        self.end_input()
        end = None if error is not None else self.exit_code()
        super().__exit__(error, *arguments)
        assert not end, end


def listen(backlog=100):
    """A target that does what the test does with it."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=backlog)
    listener.settimeout(TIMEOUT)
    return listener


def port_of(own):
    """Of a listener, or of this end of a connection."""
    return own.getsockname()[1]


def accept(listener):
    connection, _ = listener.accept()
    connection.settimeout(TIMEOUT)
    return connection


def in_thread(function, *arguments):
    """Runs the function beside the test; result() waits for it and hands over what it raised."""
    outcome = queue.Queue()

    def run():
        try:
            outcome.put((function(*arguments), None))
        except BaseException as error:  # pylint: disable=broad-except
            outcome.put((None, error))

    threading.Thread(target=run, daemon=True).start()

    def result():
        value, error = outcome.get(timeout=TIMEOUT)
        if error is not None:
            raise error
        return value

    return result


def reset(connection):
    """Closes so that the peer sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def receive_all(connection):
    """All bytes up to the end of the stream."""
    parts = []
    while part := connection.recv(1 << 18):
        parts.append(part)
    return b"".join(parts)


def receive_exactly(connection, count):
    parts = []
    while count > 0:
        part = connection.recv(min(count, 1 << 18))
        assert part, f"the stream ended {count} bytes too early"
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def send_and_end(connection, data):
    connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)


def readable(connection, seconds):
    return bool(select.select([connection], [], [], seconds)[0])


def digest(data):
    return hashlib.sha256(data).hexdigest()


class Nginx:
    """A web server for the files of a folder, as any user, without a trace left behind.

    It inherits a socket that listens already, so there is no port to guess and no start to wait for.
    """

    CONFIGURATION = """
        daemon off; worker_processes 1; pid nginx.pid; error_log stderr error; {user}
        events {{ worker_connections 256; }}
        http {{
            access_log off;
            client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
            server {{
                listen 127.0.0.1:{port}; root files;
                location /slow/ {{ alias {folder}/files/; limit_rate 8m; }}
            }}
        }}"""

    def __init__(self):
        nginx = find("nginx")
        self.folder = tempfile.TemporaryDirectory(prefix="relay-nginx-")
        os.mkdir(os.path.join(self.folder.name, "files"))
        with listen() as listener:
            self.port = port_of(listener)
            path = os.path.join(self.folder.name, "nginx.conf")
            with open(path, "w", encoding="ascii") as file:
                # Only root's nginx changes the user; the folder is for its owner alone.
                user = "user root root;" if os.geteuid() == 0 else ""
                file.write(self.CONFIGURATION.format(port=self.port, folder=self.folder.name, user=user))
            self.process = subprocess.Popen(
                [nginx, "-e", "stderr", "-p", self.folder.name, "-c", path], pass_fds=[listener.fileno()],
                env={**os.environ, "NGINX": f"{listener.fileno()};"}, stderr=subprocess.DEVNULL)

    def add_file(self, name, size):
        """Random bytes; returns their digest."""
        data = os.urandom(size)
        with open(os.path.join(self.folder.name, "files", name), "wb") as file:
            file.write(data)
        return digest(data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()  # it ends its worker then
        self.process.wait(TIMEOUT)
        self.folder.cleanup()


def curl(*arguments, **keywords):
    return subprocess.Popen([find("curl"), "--silent", "--show-error", "--fail", "--max-time", str(TIMEOUT),
                             "--noproxy", "*", *arguments], stdout=subprocess.PIPE, **keywords)


def parse_programs():
    """Takes the programs from the command line; returns what else is there."""
    parser = argparse.ArgumentParser()
    for name in vars(programs):
        parser.add_argument("--" + name.replace("_", "-"), default="")
    return parser.parse_known_args(namespace=programs)[1]


def main():
    rest = parse_programs()
    for attempt in range(1, ATTEMPTS + 1):
        Running.emulator_failed = False
        test = unittest.main(argv=[sys.argv[0], *rest], exit=False, verbosity=2)
        if test.result.wasSuccessful() or not Running.emulator_failed:
            break
        print(f"Wine failed (attempt {attempt})", file=sys.stderr)  # see cmake/run-test-with-wine.sh
    if not test.result.wasSuccessful():
        sys.exit(1)
    if test.result.testsRun == len(test.result.skipped):
        sys.exit(EXIT_SKIPPED)
