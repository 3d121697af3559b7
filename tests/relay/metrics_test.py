"""What Prometheus is told, and what its own tool says of that."""

import socket
import subprocess
import unittest

import relay_testing as rt


class Metrics(unittest.TestCase):
    def setUp(self):
        with rt.listen() as free:
            self.port = rt.port_of(free)

    def ask(self, request):
        with socket.create_connection(("127.0.0.1", self.port)) as scraper:
            scraper.sendall(request)
            head, body = rt.receive_all(scraper).split(b"\r\n\r\n", 1)
        return head.decode(), body.decode()

    def values(self):
        _, body = self.ask(b"GET /metrics HTTP/1.1\r\nHost: relay\r\n\r\n")
        return {line.rsplit(" ", 1)[0]: int(line.rsplit(" ", 1)[1]) for line in body.splitlines() if line[0] != "#"}

    def test_counts_what_has_happened(self):
        with rt.listen() as listener:
            name = f"127.0.0.1:{rt.port_of(listener)}"
            with rt.Relay(rt.port_of(listener), "--metrics", f"127.0.0.1:{self.port}") as relay:
                with relay.connect() as client, rt.accept(listener) as target:
                    client.sendall(b"12345")
                    rt.receive_exactly(target, 5)
                    self.assertEqual(self.values()["async_relay_connections_open"], 1)
                relay.wait_for(lambda stats: (stats["open"], stats["total"]) == (0, 1))
                values = self.values()
                self.assertEqual(values["async_relay_connections_open"], 0)
                self.assertEqual(values["async_relay_connections_total"], 1)
                self.assertEqual(values['async_relay_bytes_total{direction="to_target"}'], 5)
                self.assertEqual(values['async_relay_bytes_total{direction="to_client"}'], 0)
                self.assertEqual(values[f'async_relay_target_connections_total{{target="{name}"}}'], 1)
                self.assertEqual(values[f'async_relay_target_up{{target="{name}"}}'], 1)
                relay.finish()

    def test_its_own_tool_finds_no_fault_with_it(self):
        promtool = rt.find("promtool")
        targets = ["127.0.0.1:1", "127.0.0.1:1"]  # which is two turns of one target
        if not rt.programs.emulator:
            targets.append('unix:/a \n "path" \\')
        command = rt.command(rt.programs.relay, "--listen", "127.0.0.1:0", "--metrics", f"127.0.0.1:{self.port}",
                             *(part for each in targets for part in ("--target", each)))
        with rt.Running(command) as relay:
            relay.line()
            _, body = self.ask(b"GET /metrics HTTP/1.1\r\nHost: relay\r\n\r\n")
            samples = [line.rsplit(" ", 1)[0] for line in body.splitlines() if line[0] != "#"]
            self.assertEqual(len(samples), len(set(samples)), body)
            checked = subprocess.run([promtool, "check", "metrics"], input=body, capture_output=True, text=True,
                                     timeout=rt.TIMEOUT, check=False)
            self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))
            relay.interrupt()
            self.assertEqual(relay.exit_code(), 0)

    def test_answers_for_what_else_is_asked(self):
        with rt.listen() as listener:
            with rt.Relay(rt.port_of(listener), "--metrics", f"127.0.0.1:{self.port}") as relay:
                self.assertIn(" 404 ", self.ask(b"GET / HTTP/1.1\r\n\r\n")[0])
                self.assertIn(" 405 ", self.ask(b"POST /metrics HTTP/1.1\r\n\r\n")[0])
                for strange in (b"", b"GET /metrics HTTP/1.1\r\n", b"x" * 9000):
                    with socket.create_connection(("127.0.0.1", self.port)) as scraper:
                        try:
                            rt.send_and_end(scraper, strange)
                            self.assertEqual(rt.receive_all(scraper), b"")
                        except OSError:
                            pass  # it was reset: that is more than anybody reads
                with rt.curl(f"http://127.0.0.1:{self.port}/metrics") as client:
                    self.assertIn(b"async_relay_connections_total 0\n", client.stdout.read())
                    self.assertEqual(client.wait(rt.TIMEOUT), 0)
                relay.finish()

    def test_a_scraper_that_says_nothing_does_not_hold_up_the_end(self):
        with rt.listen() as listener:
            with rt.Relay(rt.port_of(listener), "--metrics", f"127.0.0.1:{self.port}") as relay:
                with socket.create_connection(("127.0.0.1", self.port)):
                    relay.finish()


if __name__ == "__main__":
    rt.main()
