"""What becomes of the program when nobody takes what it prints, or nobody can; what the system says of it."""

import fcntl
import json
import os
import resource
import socket
import subprocess
import time
import unittest

import perf_testing as pt
from perf_testing import rt

F_SETPIPE_SZ = 1031


class Output(unittest.TestCase):
    def setUp(self):
        self.server = pt.Server()
        self.addCleanup(self.server.__exit__, None, None, None)

    def command(self, *options, duration=0.2):
        limit = ["--duration", str(duration)] if duration else []
        return pt.client_command(self.server.port, *limit, *options)

    def test_a_full_disk(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            result = subprocess.run(self.command("--quiet"), stdout=full, stderr=subprocess.PIPE, text=True, check=False,
                                    timeout=rt.TIMEOUT)
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1))
        self.assertIn("async-perf: cannot write: ", result.stderr)

    def test_all_of_a_long_result(self):
        result = rt.run(self.command("--quiet", "--streams", "600", "--bytes", "1", duration=None))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(len(result.stdout.splitlines()), 601)
        self.assertTrue(result.stdout.splitlines()[-1].startswith("total: 600 bytes"))

    def test_readers_who_go(self):
        with subprocess.Popen(self.command("--interval", "0.01"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
            client.stdout.close()
            client.stderr.close()
            self.assertEqual(client.wait(rt.TIMEOUT), 0)
        self.assertIsNone(self.server.test()["error"])

    def test_a_reader_who_reads_slowly(self):
        slow, result = os.pipe()
        fcntl.fcntl(result, F_SETPIPE_SZ, 4096)
        command = self.command("--quiet", "--json", "--interval", "0.002", duration="1")
        with subprocess.Popen(command, stdout=result) as client, open(slow, "rb", buffering=0) as reader:
            os.close(result)
            said = b""
            while piece := reader.read(4096):  # one at a time takes longer than a reader may say nothing at all
                said += piece
                time.sleep(0.25)
            self.assertEqual(client.wait(rt.TIMEOUT), 0)
        self.assertGreater(len(said), 10 * 4096)
        self.assertIsNone(json.loads(said)["error"])

    def test_a_reader_who_does_not_read(self):
        unread, full = os.pipe()
        self.addCleanup(os.close, unread)
        fcntl.fcntl(full, F_SETPIPE_SZ, 4096)
        os.write(full, bytes(4096))
        with subprocess.Popen(self.command("--interval", "0.001"), stdout=subprocess.DEVNULL, stderr=full) as client:
            os.close(full)
            self.assertIsNone(self.server.test()["error"])  # it was not held up
            self.assertEqual(client.wait(rt.TIMEOUT), 1)  # but its result is lost

    def test_a_name_that_is_no_utf_8_in_json(self):
        arguments = [part.encode() for part in rt.command(rt.programs.perf, "--json", "--quiet", "--client")]
        result = subprocess.run([*arguments, b"unix:@\xff\xfe"], capture_output=True, check=False, timeout=rt.TIMEOUT)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("\ufffd", json.loads(result.stdout)["error"])

    def test_asks_a_silent_peer_whether_it_is_there(self):
        with rt.listen() as listener:
            command = pt.client_command(rt.port_of(listener), "--quiet", "--keepalive", "30")
            with rt.Running(command, stderr=subprocess.DEVNULL), rt.accept(listener) as connection:
                rt.receive_exactly(connection, pt.REQUEST_SIZE)
                self.assertEqual(rt.timer_of(connection.getpeername()[1], rt.port_of(listener)), rt.KEEPALIVE)

    def test_says_why_a_client_waits(self):
        few = (40, 40)
        with pt.Server(stderr=subprocess.PIPE, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, few)) as server:
            silent = [socket.create_connection((server.host, server.port)) for _ in range(few[0] + 10)]
            self.assertIn("no descriptors", server.process.stderr.readline())
            for client in silent:
                client.close()
            pt.measure(server)
            server.finish()
            server.process.stderr.close()

    def test_a_server_is_told_to_end(self):
        self.server.process.terminate()
        self.assertIsNone(self.server.line())
        self.assertEqual(self.server.exit_code(), 0)


if __name__ == "__main__":
    rt.main()
