#!/usr/bin/env python3
"""Moves files through async-relay, which runs in front of nginx, and checks every byte.

The relay is the Windows program, under Wine; with --linux it is the native one. Eight downloads at once,
then one upload. The exit status is 0 only if every checksum matches. All programs that are started here
are ended here, also on Ctrl-C.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WINE = ROOT / "cmake" / "run-with-wine.sh"
RELAY_FOLDER = Path("tools") / "async_relay"
FILE_BYTES = 64 * 1024 * 1024
DOWNLOADS = 8
START_SECONDS = 120  # Wine's first start prepares its folder
END_SECONDS = 30
CHUNK = 1 << 18

# One process, no privileges to drop: its folder is private to the user who runs the demo.
NGINX_CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/www;
        client_max_body_size 0;
        location /upload/ {{ dav_methods PUT; }}
    }}
}}
"""


class DemoError(Exception):
    """What went wrong, in one line."""


@dataclass(frozen=True)
class Platform:
    name: str
    relay: list[Path]


WINDOWS = Platform("under Wine", [WINE, ROOT / "build" / "mingw" / RELAY_FOLDER / "async-relay.exe"])
LINUX = Platform("natively on Linux", [ROOT / "build" / "linux" / RELAY_FOLDER / "async-relay"])


@dataclass
class Transfer:
    name: str
    size: int = 0
    sha256: str = ""
    seconds: float = 0.0
    error: str = ""

    def matches(self, sha256: str) -> bool:
        return not self.error and self.sha256 == sha256


class Programs:
    """What was started, to be ended in the reverse order."""

    def __init__(self) -> None:
        self.running: list[subprocess.Popen[str]] = []

    def start(self, command: list[object], **keywords: object) -> subprocess.Popen[str]:
        # A session of its own: Ctrl-C reaches only this script, which then ends the others in order.
        words = [str(word) for word in command]
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, text=True, start_new_session=True, **keywords)
        self.running.append(process)
        return process

    def end_all(self) -> None:
        for process in reversed(self.running):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def say(text: str) -> None:
    print(f"demo: {text}", flush=True)


def start_nginx(programs: Programs, folder: Path) -> int:
    """A private nginx; its port."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise DemoError("nginx is not installed")
    for _ in range(5):
        # nginx cannot say which port it was given, so it is told one that was free a moment ago.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        configuration = folder / "nginx.conf"
        configuration.write_text(NGINX_CONFIGURATION.format(folder=folder, port=port), encoding="utf-8")
        nginx = programs.start([program, "-p", folder, "-e", folder / "error.log", "-c", configuration])
        deadline = time.monotonic() + 10
        while nginx.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return port
            time.sleep(0.02)
    errors = (folder / "error.log").read_text(encoding="utf-8").splitlines() or ["no reason given"]
    raise DemoError(f"nginx does not start: {errors[-1]}")


class Relay:
    """async-relay; speaks JSON lines."""

    def __init__(self, programs: Programs, platform: Platform, target_port: int) -> None:
        arguments = ["--listen", "127.0.0.1:0", "--target", f"127.0.0.1:{target_port}", "--json"]
        self.process = programs.start([*platform.relay, *arguments], stdout=subprocess.PIPE)
        self.events: list[dict[str, object]] = []
        self.listening = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if not self.listening.wait(START_SECONDS) or not self.events:
            raise DemoError("async-relay does not start")
        self.port = self.events[0]["port"]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))
            self.listening.set()
        self.listening.set()

    def drain(self) -> dict[str, object]:
        """Ends it as Ctrl-C does; its last statistics."""
        self.process.send_signal(signal.SIGINT)
        try:
            status = self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            raise DemoError("async-relay does not end") from None
        self.reader.join()
        statistics = [event for event in self.events if event["event"] == "stats"]
        if status != 0 or not statistics:
            raise DemoError(f"async-relay ended with status {status} and {len(statistics)} statistics")
        return statistics[-1]


def curl(programs: Programs, *arguments: object) -> subprocess.Popen[str]:
    command = ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", *arguments]
    return programs.start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(transfer: Transfer, process: subprocess.Popen[str], started: float) -> None:
    assert process.stderr is not None
    said = process.stderr.read().strip()
    if process.wait() != 0:
        transfer.error = said or f"curl ended with status {process.returncode}"
    transfer.seconds = time.monotonic() - started


def download(programs: Programs, url: str, transfer: Transfer) -> None:
    started = time.monotonic()
    process = curl(programs, url)
    digest = hashlib.sha256()
    assert process.stdout is not None
    while chunk := process.stdout.buffer.read1(CHUNK):
        digest.update(chunk)
        transfer.size += len(chunk)
    transfer.sha256 = digest.hexdigest()
    finish(transfer, process, started)


def upload(programs: Programs, source: Path, url: str, stored: Path, transfer: Transfer) -> None:
    started = time.monotonic()
    finish(transfer, curl(programs, "--output", os.devnull, "--upload-file", source, url), started)
    if not transfer.error:
        content = stored.read_bytes()
        transfer.size = len(content)
        transfer.sha256 = hashlib.sha256(content).hexdigest()


def download_at_once(programs: Programs, url: str, transfers: list[Transfer]) -> float:
    """All of them together, with progress; the seconds it took."""
    started = time.monotonic()
    threads = [threading.Thread(target=download, args=(programs, url, t), daemon=True) for t in transfers]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(1.0 / len(threads))
        done = sum(transfer.size for transfer in transfers)
        say(f"{done / 2**20:5.0f} of {len(transfers) * FILE_BYTES / 2**20:.0f} MiB downloaded")
    return time.monotonic() - started


def rate(size: int, seconds: float) -> str:
    return f"{size / 1e6 / seconds:.1f}" if seconds > 0 else "-"


def table(transfers: list[Transfer], seconds: float, sha256: str, statistics: dict[str, object]) -> bool:
    """Prints the result; true if everything is right."""
    row = "{:<12} {:>11}  {:<12} {:>7} {:>12} {:>7}".format
    print("\n" + row("transfer", "bytes", "SHA-256", "MB/s", "connections", "errors"))
    for t in transfers:
        verdict = "equal" if t.matches(sha256) else "NOT EQUAL"
        print(row(t.name, t.size, verdict, rate(t.size, t.seconds), 1, 1 if t.error else 0))
    size = sum(t.size for t in transfers)
    equal = sum(t.matches(sha256) for t in transfers)
    # Connections and errors of the last line are what the relay counted.
    errors = int(statistics["connect_errors"]) + int(statistics["resets"]) + sum(bool(t.error) for t in transfers)
    verdict = f"{equal} of {len(transfers)}"
    print(row("all", size, verdict, rate(size, seconds), statistics["total"], errors), flush=True)
    for t in transfers:
        if t.error:
            say(f"{t.name}: {t.error}")
    return equal == len(transfers) and errors == 0 and statistics["total"] == len(transfers)


def run(programs: Programs, platform: Platform, folder: Path) -> bool:
    (folder / "www" / "upload").mkdir(parents=True)
    source = folder / "www" / "random"
    content = os.urandom(FILE_BYTES)
    source.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()

    server_port = start_nginx(programs, folder)
    say(f"nginx serves a file of {FILE_BYTES} random bytes on port {server_port}")
    say(f"starting async-relay {platform.name}")
    relay = Relay(programs, platform, server_port)
    say(f"async-relay listens on port {relay.port} and passes connections on to port {server_port}")

    base = f"http://127.0.0.1:{relay.port}"
    transfers = [Transfer(f"download {i + 1}") for i in range(DOWNLOADS)]
    seconds = download_at_once(programs, f"{base}/random", transfers)
    say("uploading the file")
    sent = Transfer("upload")
    upload(programs, source, f"{base}/upload/random", folder / "www" / "upload" / "random", sent)
    return table([*transfers, sent], seconds + sent.seconds, sha256, relay.drain())


def main() -> int:
    parser = argparse.ArgumentParser(description="Moves files through async-relay and checks every byte.")
    parser.add_argument("--linux", action="store_true", help="the native relay instead of the one under Wine")
    platform = LINUX if parser.parse_args().linux else WINDOWS
    # The usual requests to end become an exception, so that the clean-up below happens.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    programs = Programs()
    with tempfile.TemporaryDirectory(prefix="async-socket-demo-") as folder:
        try:
            return 0 if run(programs, platform, Path(folder)) else 1
        except DemoError as error:
            print(f"demo: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("demo: interrupted", file=sys.stderr)
            return 130
        finally:
            programs.end_all()


if __name__ == "__main__":
    sys.exit(main())
