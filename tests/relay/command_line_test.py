"""Options, what is printed where, and exit codes."""

import json
import re
import socket
import unittest

import relay_testing as rt


def run(*arguments):
    return rt.run(rt.command(rt.programs.relay, *arguments))


class CommandLine(unittest.TestCase):
    def assert_one_line(self, result, exit_code, mentioned):
        self.assertEqual(result.returncode, exit_code, result)
        self.assertEqual(result.stdout, "")
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), 1, result.stderr)
        self.assertTrue(lines[0].startswith("async-relay: "), lines[0])
        self.assertIn(mentioned, lines[0])

    def start(self, *options, listen="127.0.0.1:0", target="127.0.0.1:9"):
        return rt.Running(rt.command(rt.programs.relay, "--listen", listen, "--target", target, *options))

    def finish(self, relay):
        relay.interrupt()
        self.assertEqual(relay.exit_code(), 0)

    def test_bad_options(self):
        complete = ["--listen", "0", "--target", "localhost:1"]
        for arguments, mentioned in [
            ([], "--listen"),
            (["--listen", "0"], "--target"),
            (["--listen", "65536", "--target", "localhost:1"], "65536"),
            (["--listen", "host:", "--target", "localhost:1"], "host:"),
            (["--listen", "0", "--target", "localhost"], "localhost"),
            (["--listen", "0", "--target", "80"], "80"),
            (["--listen", "0", "--target", "localhost:0"], "localhost:0"),
            (["--listen", "0", "--target", "::1:80"], "brackets"),
            ([*complete, "--threads", "0"], "--threads"),
            ([*complete, "--threads", "many"], "--threads"),
            ([*complete, "--max-connections", "-1"], "--max-connections"),
            ([*complete, "--idle-timeout", "0"], "--idle-timeout"),
            ([*complete, "--idle-timeout", "nan"], "--idle-timeout"),
            ([*complete, "--connect-timeout", "1e9"], "--connect-timeout"),
            ([*complete, "--stats"], "--stats"),
            ([*complete, "--quiet", "--stats", "1"], "--quiet"),
            ([*complete, "-4", "-6"], "--ipv"),
            ([*complete, "--bind", "localhost"], "localhost"),
            ([*complete, "--send-proxy", "v3"], "--send-proxy"),
            ([*complete, "--keepalive", "0"], "--keepalive"),
            ([*complete, "--metrics", "[::1]"], "has no port"),
            (["--listen", "unix:", "--target", "localhost:1"], "has no path"),
            (["--listen", "0", "--target", "unix:" + "x" * 108], "too long"),
            (["--listen", "0", "--target", "[localhost]:1"], "no IPv6 address"),
            (["--listen", "0", "--target", "a host:1"], "no usable host"),
            (["--listen", "0", "--target", "host:65536"], "from 1 to 65535"),
            ([*complete, "--no-such-option"], "--no-such-option"),
            ([*complete, "extra"], "extra"),
        ]:
            with self.subTest(arguments=arguments):
                self.assert_one_line(run(*arguments), 2, mentioned)

    def test_port_in_use(self):
        with rt.listen() as listener:
            address = f"127.0.0.1:{rt.port_of(listener)}"
            self.assert_one_line(run("--listen", address, "--target", "localhost:1"), 1, f"{address}: failed")

    def test_address_of_another_machine(self):
        result = run("--listen", "192.0.2.1:0", "--target", "localhost:1")
        self.assert_one_line(result, 1, "192.0.2.1:0: not an address of this machine")

    def test_version(self):
        result = run("--version")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"^async-relay \d+\.\d+\.\d+\s*$")

    def test_help(self):
        result = run("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for option in ["listen", "target", "threads", "max-connections", "idle-timeout", "connect-timeout", "stats",
                       "json", "quiet", "version", "help", "bind", "ipv4", "ipv6", "keepalive", "accept-proxy",
                       "send-proxy", "half-close-timeout", "drain-timeout", "metrics"]:
            self.assertIn("--" + option, result.stdout)
        self.assertIn("Examples:", result.stdout)
        self.assertIn("Exit codes:", result.stdout)

    def test_ready_line_and_final_statistics(self):
        with self.start(target="localhost:9") as relay:
            self.assertRegex(relay.line(), r"^listening on 127\.0\.0\.1:\d+, relaying to localhost:9$")
            relay.interrupt()
            self.assertEqual(relay.line(), "open 0, total 0, bytes to target 0, bytes to client 0, connect errors 0, "
                                           "resets 0, idle 0, bad headers 0, dropped 0")
            self.assertIsNone(relay.line())
            self.assertEqual(relay.exit_code(), 0)

    def test_json(self):
        with self.start("--json", "--stats", "0.05", target="[::1]:9") as relay:
            ready = json.loads(relay.line())
            self.assertEqual(ready, {"event": "listening", "address": f"127.0.0.1:{ready['port']}",
                                     "port": ready["port"], "target": "[::1]:9"})
            for _ in range(3):
                self.assertEqual(json.loads(relay.line()), {"event": "stats", "open": 0, "total": 0,
                                                            "bytes_to_target": 0, "bytes_to_client": 0,
                                                            "connect_errors": 0, "resets": 0, "idle": 0,
                                                            "bad_headers": 0, "dropped": 0})
            self.finish(relay)

    def test_quiet(self):
        with rt.listen() as listener:
            listen = f"127.0.0.1:{rt.port_of(listener)}"
        with self.start("--quiet", listen=listen) as relay:
            while True:  # until it listens, which it does not say
                try:
                    socket.create_connection(("127.0.0.1", int(listen.split(":")[1]))).close()
                    break
                except ConnectionResetError:
                    break  # nobody listens at the target, which the relay may have found out already
                except ConnectionRefusedError:
                    pass
            relay.interrupt()
            self.assertIsNone(relay.line())
            self.assertEqual(relay.exit_code(), 0)

    def test_all_interfaces_by_default(self):
        with rt.listen() as listener, self.start(listen="0", target=f"localhost:{rt.port_of(listener)}") as relay:
            port = int(re.search(r":(\d+),", relay.line()).group(1))
            for host in ["127.0.0.1", "::1"]:
                with self.subTest(host=host), socket.create_connection((host, port)) as client:
                    with rt.accept(listener) as target:
                        rt.send_and_end(client, b"over " + host.encode())
                        self.assertEqual(rt.receive_all(target), b"over " + host.encode())
            self.finish(relay)

    def test_ipv6_address(self):
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
            listener.settimeout(rt.TIMEOUT)
            with self.start(listen="[::1]:0", target=f"[::1]:{rt.port_of(listener)}") as relay:
                port = int(re.fullmatch(r"listening on \[::1\]:(\d+), relaying to \[::1\]:\d+", relay.line()).group(1))
                with socket.create_connection(("::1", port)) as client, rt.accept(listener) as target:
                    rt.send_and_end(client, b"six")
                    self.assertEqual(rt.receive_all(target), b"six")
                self.finish(relay)


if __name__ == "__main__":
    rt.main()
