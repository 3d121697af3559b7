"""keep_running.py start|stop FILE PROGRAM-OPTIONS: an echo server in the background, its pid in FILE."""

import os
import signal
import subprocess
import sys

import relay_testing as rt


def start(file):
    server = subprocess.Popen(rt.command(rt.programs.echo_server, "0"), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True)
    assert server.stdout.readline().startswith("listening"), "the echo server does not start"
    with open(file, "w", encoding="ascii") as pid_file:
        pid_file.write(str(server.pid))
    os._exit(0)  # without waiting for the server


def stop(file):
    with open(file, encoding="ascii") as pid_file:
        os.kill(int(pid_file.read()), signal.SIGKILL)
    os.remove(file)


if __name__ == "__main__":
    rt.parse_programs()
    {"start": start, "stop": stop}[sys.argv[1]](sys.argv[2])
