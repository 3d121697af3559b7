"""What becomes of the program when nobody takes what it prints, or nobody can."""

import json
import subprocess
import unittest

import perf_testing as pt
from perf_testing import rt


class Output(unittest.TestCase):
    def setUp(self):
        self.server = pt.Server()
        self.addCleanup(self.server.__exit__, None, None, None)

    def command(self, *options, duration=0.2):
        return pt.client_command(self.server.port, "--duration", str(duration), *options)

    def test_a_full_disk(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            result = subprocess.run(self.command("--quiet"), stdout=full, stderr=subprocess.PIPE, text=True, check=False,
                                    timeout=rt.TIMEOUT)
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1))
        self.assertIn("async-perf: cannot write: ", result.stderr)

    def test_readers_who_go(self):
        with subprocess.Popen(self.command("--interval", "0.01"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
            client.stdout.close()
            client.stderr.close()
            self.assertEqual(client.wait(rt.TIMEOUT), 0)
        self.assertIsNone(self.server.test()["error"])

    def test_a_reader_who_does_not_read(self):
        with subprocess.Popen(self.command("--interval", "0.001", duration=1), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, pipesize=4096) as client:
            self.assertIsNone(self.server.test()["error"])  # it was not held up
            self.assertEqual(client.wait(rt.TIMEOUT), 0)

    def test_a_name_that_is_no_utf_8_in_json(self):
        arguments = [part.encode() for part in rt.command(rt.programs.perf, "--json", "--quiet", "--client")]
        result = subprocess.run([*arguments, b"\xff\xfe.invalid"], capture_output=True, check=False, timeout=rt.TIMEOUT)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("\ufffd", json.loads(result.stdout)["error"])


if __name__ == "__main__":
    rt.main()
