"""Options, what is printed where, and exit codes."""

import unittest

import perf_testing as pt
from perf_testing import rt


def run(*arguments):
    return rt.run(rt.command(rt.programs.perf, *arguments))


class CommandLine(unittest.TestCase):
    def assert_one_line(self, result, exit_code, mentioned):
        self.assertEqual((result.returncode, result.stdout), (exit_code, ""), result)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("async-perf: "), result.stderr)
        self.assertIn(mentioned, result.stderr)

    def refuse(self, *cases):
        for arguments, mentioned in cases:
            with self.subTest(arguments=arguments):
                self.assert_one_line(run(*arguments), 2, mentioned)

    def test_bad_combinations(self):
        self.refuse(([], "--server"),
                    (["--server", "--client", "host"], "--client"),
                    (["--server", "--streams", "2"], "--client"),
                    (["--client", "host", "--one-off"], "--server"),
                    (["--client", "host", "--port", "0"], "--port"),
                    (["--client", "host", "--ping-pong", "--reverse"], "--reverse"),
                    (["--client", "host", "--bidir", "--reverse"], "--reverse"),
                    (["--client", "host", "--bytes", "1", "--duration", "1"], "--duration"),
                    (["--client", "host", "--ping-pong", "--rate", "1M"], "--rate"),
                    (["--client", "host", "-4", "-6"], "--ipv6"),
                    (["--client", "host", "extra"], "extra"))

    def test_bad_values(self):
        self.refuse((["--client", ""], "--client"),
                    (["--client", "a host"], "--client"),
                    (["--client", "[host]"], "--client"),
                    (["--client", "unix:"], "has no path"),
                    (["--client", "host", "--bind", "localhost"], "no numeric address"),
                    (["--server", "--bind", ""], "--bind"),
                    (["--server", "--port", "65536"], "--port"),
                    (["--client", "host", "--size", "17M"], "--size"),
                    (["--client", "host", "--size", "64KB"], "--size"),
                    (["--client", "host", "--size", "-1"], "--size"),
                    (["--client", "host", "--bytes", "99999999999T"], "--bytes"),
                    (["--client", "host", "--rate", "1x"], "--rate"),
                    (["--client", "host", "--rate", "1K", "--size", "64K"], "less than a message"),
                    (["--client", "host", "--size", "2", "--rate", "1"], "less than a message"),
                    (["--client", "host", "--streams", "501", "--bidir"], "at most 500"),
                    (["--client", "host:80"], "has a port"),
                    (["--client", "unix:path", "--bind", "127.0.0.1"], "--bind"),
                    (["--client", "host", "--keepalive", "0"], "--keepalive"),
                    (["--client", "host", "--size", "0"], "--size"),
                    (["--client", "host", "--streams", "1001"], "--streams"),
                    (["--client", "host", "--outstanding", "many"], "--outstanding"),
                    (["--client", "host", "--duration", "nan"], "--duration"),
                    (["--client", "host", "--engine", "4"], "--engine"),
                    (["--client", "host", "--engine", "4,2"], "--engine"))

    def test_version(self):
        result = run("--version")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"^async-perf \d+\.\d+\.\d+\s*$")

    def test_help(self):
        result = run("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for option in ["server", "bind", "port", "one-off", "client", "streams", "size", "outstanding", "duration",
                       "reverse", "ping-pong", "engine", "interval", "json", "quiet", "bidir", "bytes", "rate", "ipv4",
                       "ipv6", "keepalive"]:
            self.assertIn("--" + option, result.stdout)
        self.assertIn("Examples:", result.stdout)
        self.assertIn("Exit codes:", result.stdout)

    def test_port_in_use(self):
        with rt.listen() as listener:
            port = rt.port_of(listener)
            result = run("--server", "--bind", "127.0.0.1", "--port", str(port))
            self.assert_one_line(result, 1, f"cannot listen on 127.0.0.1:{port}: failed")

    def test_text_and_progress(self):
        command = rt.command(rt.programs.perf, "--server", "--port", "0", "--one-off")
        with rt.Running(command) as server:
            port = int(server.line().rsplit(":", 1)[1])
            result = pt.run_client(port, "--streams", "2", "--interval", "0.05", "--duration", "0.5")
            self.assertEqual(result.returncode, 0, result)
            number = r"\d+ bytes in \d+\.\d\d s, \d+\.\d{3} Gbit/s, \d+ operations"
            first, second, total = result.stdout.splitlines()
            self.assertRegex(first, f"^stream 1: {number}$")
            self.assertRegex(second, f"^stream 2: {number}$")
            self.assertRegex(total, f"^total: {number}, \\d+\\.\\d\\d s of CPU$")
            lines = result.stderr.splitlines()
            self.assertGreaterEqual(len(lines), 2)
            for line in lines:
                self.assertRegex(line, r"^\d+\.\d s: \d+\.\d{3} Gbit/s$")
            bytes_moved = total.split()[1]
            self.assertRegex(server.line(), f"^.*:\\d+, throughput, client sends, streams 2: {bytes_moved} bytes in "
                                            r"\d+\.\d\d s, \d+\.\d{3} Gbit/s$")
            self.assertIsNone(server.line())
            self.assertEqual(server.exit_code(), 0)


if __name__ == "__main__":
    rt.main()
