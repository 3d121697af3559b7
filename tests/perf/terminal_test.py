"""Progress on a terminal: one line, written again and again."""

import os
import pty
import subprocess
import unittest

import perf_testing as pt


class Terminal(unittest.TestCase):
    def test_one_line(self):
        terminal, client_end = pty.openpty()
        with pt.Server() as server, os.fdopen(terminal, "rb", buffering=0) as screen:
            command = pt.client_command(server.port, "--duration", "0.8", "--interval", "0.05")
            client = subprocess.run(command, stdout=subprocess.PIPE, stderr=client_end, check=True,
                                    timeout=pt.rt.TIMEOUT, text=True)
            os.close(client_end)
            shown = self.read(screen)
            self.assertTrue(client.stdout.startswith("total: "), client.stdout)
            self.assertIsNone(server.test()["error"])
            server.finish()
        lines = shown.split("\r")
        self.assertEqual(lines[-1], "\n")  # the terminal's own "\r\n" at the end, and nowhere else
        self.assertEqual(shown.count("\n"), 1)
        self.assertGreaterEqual(len(lines), 5)
        for line in lines[1:-1]:
            self.assertRegex(line, r"^\d+\.\d s: \d+\.\d{3} Gbit/s *$")

    def read(self, screen):
        parts = []
        try:
            while part := screen.read(4096):
                parts.append(part)
        except OSError:  # how Linux tells the end of a terminal
            pass
        return b"".join(parts).decode()


if __name__ == "__main__":
    pt.rt.main()
