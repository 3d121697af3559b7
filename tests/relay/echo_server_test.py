"""The examples: both echo servers with many connections."""

import os
import socket
import subprocess
import unittest

import relay_testing as rt


class EchoServer(unittest.TestCase):
    def check_many_connections(self, program):
        with rt.EchoServer(program) as server:
            clients = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(100)]
            messages = [os.urandom(1 + 997 * i) for i in range(len(clients))]
            answers = [rt.in_thread(rt.receive_all, client) for client in clients]
            senders = [rt.in_thread(rt.send_and_end, *pair) for pair in zip(clients, messages)]
            for sender, answer, message in zip(senders, answers, messages):
                sender()
                self.assertEqual(rt.digest(answer()), rt.digest(message))
            for client in clients:
                client.close()

    def check_resets(self, program):
        """A peer that goes away harms nobody else."""
        with rt.EchoServer(program) as server:
            with socket.create_connection(("127.0.0.1", server.port)) as stays:
                for _ in range(50):
                    goes = socket.create_connection(("127.0.0.1", server.port))
                    goes.sendall(bytes(100_000))
                    rt.reset(goes)
                rt.send_and_end(stays, b"still here")
                self.assertEqual(rt.receive_all(stays), b"still here")

    def check_socat(self, program):
        data = os.urandom(3_000_000)
        with rt.EchoServer(program) as server:
            result = subprocess.run([rt.find("socat"), "-t", str(rt.TIMEOUT), "-", f"TCP:127.0.0.1:{server.port}"],
                                    input=data, stdout=subprocess.PIPE, timeout=rt.TIMEOUT, check=True)
        self.assertEqual(rt.digest(result.stdout), rt.digest(data))

    def test_many_connections(self):
        self.check_many_connections(rt.programs.echo_server)

    def test_many_connections_v1(self):
        self.check_many_connections(rt.programs.echo_server_v1)

    def test_resets(self):
        self.check_resets(rt.programs.echo_server)

    def test_resets_v1(self):
        self.check_resets(rt.programs.echo_server_v1)

    def test_socat(self):
        self.check_socat(rt.programs.echo_server)

    def test_socat_v1(self):
        self.check_socat(rt.programs.echo_server_v1)


if __name__ == "__main__":
    rt.main()
