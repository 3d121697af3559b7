"""Bytes arrive whole and in order, with real programs at both ends."""

import http.server
import os
import socket
import subprocess
import tempfile
import threading
import unittest

import relay_testing as rt

MEGABYTE = 1 << 20


class Transfer(unittest.TestCase):
    def download(self, port, name):
        with rt.curl(f"http://127.0.0.1:{port}/{name}") as client:
            data = client.stdout.read()
            self.assertEqual(client.wait(rt.TIMEOUT), 0)
        return rt.digest(data)

    def test_download_from_nginx_with_curl(self):
        with rt.Nginx() as nginx, rt.Relay(nginx.port) as relay:
            expected = nginx.add_file("file", 20 * MEGABYTE)
            self.assertEqual(self.download(relay.port, "file"), expected)
            stats = relay.finish()
            self.assertGreater(stats["bytes_to_client"], 20 * MEGABYTE)
            self.assertGreater(stats["bytes_to_target"], 0)
            self.assertEqual(stats["total"], 1)

    def test_eight_downloads_at_once(self):
        with rt.Nginx() as nginx, rt.Relay(nginx.port) as relay:
            expected = [nginx.add_file(str(i), 8 * MEGABYTE + i) for i in range(8)]
            downloads = [rt.in_thread(self.download, relay.port, str(i)) for i in range(8)]
            self.assertEqual([result() for result in downloads], expected)
            self.assertEqual(relay.finish()["total"], 8)

    def test_downloads_on_one_thread(self):
        with rt.Nginx() as nginx, rt.Relay(nginx.port, "--threads", "1") as relay:
            expected = [nginx.add_file(str(i), 4 * MEGABYTE + i) for i in range(4)]
            downloads = [rt.in_thread(self.download, relay.port, str(i)) for i in range(4)]
            self.assertEqual([result() for result in downloads], expected)
            relay.finish()

    def test_upload_to_python_with_curl(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = rt.digest(body).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        data = os.urandom(20 * MEGABYTE)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, rt.Relay(server.server_port) as relay:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            with tempfile.NamedTemporaryFile() as file:
                file.write(data)
                file.flush()
                with rt.curl("--upload-file", file.name, f"http://127.0.0.1:{relay.port}/") as client:
                    self.assertEqual(client.stdout.read().decode(), rt.digest(data))
            server.shutdown()
            relay.finish()

    def test_socat_at_both_ends(self):
        data = os.urandom(5 * MEGABYTE)
        with rt.listen() as listener:
            # inetd style: socat turns what it receives round, on a connection that is there already.
            with rt.Relay(rt.port_of(listener)) as relay:
                with subprocess.Popen([rt.find("socat"), "-t", str(rt.TIMEOUT), "-", f"TCP:127.0.0.1:{relay.port}"],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
                    with rt.accept(listener) as accepted:
                        target = subprocess.Popen([rt.find("socat"), f"FD:{accepted.fileno()}", "EXEC:cat"],
                                                  pass_fds=[accepted.fileno()])
                    answer, _ = client.communicate(data, rt.TIMEOUT)
                    self.assertEqual(target.wait(rt.TIMEOUT), 0)
                self.assertEqual(rt.digest(answer), rt.digest(data))
                relay.finish()

    def test_both_directions_at_once(self):
        up, down = os.urandom(16 * MEGABYTE), os.urandom(16 * MEGABYTE)
        with rt.listen() as listener, rt.Relay(rt.port_of(listener)) as relay:
            with relay.connect() as client, rt.accept(listener) as target:
                senders = [rt.in_thread(rt.send_and_end, client, up), rt.in_thread(rt.send_and_end, target, down)]
                at_target = rt.in_thread(rt.receive_all, target)
                self.assertEqual(rt.digest(rt.receive_all(client)), rt.digest(down))
                self.assertEqual(rt.digest(at_target()), rt.digest(up))
                for sender in senders:
                    sender()
            stats = relay.finish()
            self.assertEqual((stats["bytes_to_target"], stats["bytes_to_client"]), (len(up), len(down)))
            self.assertEqual(stats["resets"], 0)

    def test_a_slow_reader_slows_the_sender(self):
        data = os.urandom(64 * MEGABYTE)
        with rt.listen() as listener, rt.Relay(rt.port_of(listener)) as relay:
            with relay.connect() as client, rt.accept(listener) as target:
                sender = rt.in_thread(rt.send_and_end, client, data)
                # Nobody reads: the relay's counters come to rest before all is sent.
                counts = [0]
                while counts[-1] == 0 or counts[-5:] != [counts[-1]] * 5:
                    counts.append(relay.statistics()["bytes_to_target"])
                self.assertLess(counts[-1], len(data) // 2)
                self.assertEqual(rt.digest(rt.receive_all(target)), rt.digest(data))
                sender()
            relay.finish()

    def test_200_short_connections(self):
        def many(port, first):
            for i in range(first, first + 25):
                with socket.create_connection(("127.0.0.1", port)) as client:
                    rt.send_and_end(client, b"%d" % i)
                    self.assertEqual(rt.receive_all(client), b"%d" % i)

        with rt.EchoServer(rt.programs.echo_server) as server, rt.Relay(server.port) as relay:
            workers = [rt.in_thread(many, relay.port, first) for first in range(0, 200, 25)]
            for worker in workers:
                worker()
            stats = relay.finish()
            self.assertEqual((stats["total"], stats["connect_errors"], stats["resets"]), (200, 0, 0))
            self.assertEqual(stats["bytes_to_target"], stats["bytes_to_client"])


if __name__ == "__main__":
    rt.main()
