"""The example line_chat, with sockets, socat, and a crowd as its guests."""

import asyncio
import socket
import subprocess
import unittest

import relay_testing as rt

LINES = 2


class LineChat(rt.ServesUntilInputEnds):
    def __init__(self, patience=rt.TIMEOUT):
        super().__init__(rt.programs.line_chat, "0", str(patience))


class Guest:
    """Who has read its own arrival, so that the next one has the next number."""

    def __init__(self, server, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", server.port))
        self.lines = self.socket.makefile("r", encoding="ascii", newline="\n")
        self.number = self.line().split()[0]

    def say(self, *lines):
        self.socket.sendall("".join(line + "\n" for line in lines).encode())

    def line(self):
        return self.lines.readline().rstrip("\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.socket.close()


class Chat(unittest.TestCase):
    def test_lines_reach_everybody_in_one_order(self):
        with LineChat() as server, Guest(server) as one, Guest(server) as two:
            self.assertEqual(one.line(), "2 has come")
            one.say("first")
            two.say("second", "third")
            heard = [one.line() for _ in range(3)]
            self.assertCountEqual(heard, ["1: first", "2: second", "2: third"])
            self.assertLess(heard.index("2: second"), heard.index("2: third"))
            self.assertEqual([two.line() for _ in range(3)], heard)

    def test_lines_of_all_kinds(self):
        with LineChat() as server, Guest(server) as guest:
            guest.socket.sendall(b"\n\r\ntwo\r\n" + b"x" * 700 + b"\n\x1b[2J\n")
            self.assertEqual([guest.line() for _ in range(6)],
                             ["1: ", "1: ", "1: two", "1: " + "x" * 512, "1: " + "x" * 188, "1:  [2J"])

    def test_those_who_go(self):
        with LineChat() as server, Guest(server) as stays:
            for number in range(2, 52):
                guest = Guest(server)
                self.assertEqual(stays.line(), f"{number} has come")
                if number % 2 == 0:
                    guest.socket.close()
                    guest.lines.close()
                    self.assertEqual(stays.line(), f"{number} has left: end of its lines")
                else:
                    guest.lines.close()
                    rt.reset(guest.socket)
                    self.assertRegex(stays.line(), f"{number} has left: .*reset")
            stays.say("still here")
            self.assertEqual(stays.line(), "1: still here")

    def test_socat_gets_what_was_said_before_its_end(self):
        lines = [str(number) for number in range(1000)]
        with LineChat() as server:
            result = subprocess.run([rt.find("socat"), "-t", str(rt.TIMEOUT), "-", f"TCP:127.0.0.1:{server.port}"],
                                    input="".join(line + "\n" for line in lines), stdout=subprocess.PIPE,
                                    timeout=rt.TIMEOUT, text=True, check=True)
        self.assertEqual(result.stdout.split("\n"), ["1 has come"] + ["1: " + line for line in lines] + [""])

    def test_a_crowd(self):
        missing = size = 200 if rt.programs.emulator else 500  # each line goes to each: Wine takes its time

        async def guest(server, all_are_here):
            nonlocal missing
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            heard, last_arrival = bytearray(b"\n"), b"%d has come\n" % size

            async def hear(text):
                text = b"\n" + text
                while (start := heard.find(text)) < 0:
                    part = await reader.read(1 << 16)
                    self.assertNotEqual(part, b"", "shown out")
                    heard.extend(part)
                return start + len(text)

            end_of_arrivals = await hear(last_arrival)
            mine = bytes(heard[1:heard.index(b" ")])
            del heard[:end_of_arrivals - 1]
            missing -= 1
            if missing == 0:
                all_are_here.set()
            await all_are_here.wait()
            for number in range(LINES):
                writer.write(b"line %d\n" % number)
                await hear(mine + b": line %d\n" % number)
            while heard.count(b"\n") <= size * LINES:
                heard.extend(await reader.read(1 << 16))
            return writer, bytes(heard)

        async def crowd(server):
            all_are_here = asyncio.Event()
            return await asyncio.gather(*[guest(server, all_are_here) for _ in range(size)])

        with LineChat() as server:
            results = asyncio.run(crowd(server))
        self.assertEqual(len({heard for _, heard in results}), 1)
        said = results[0][1].strip().split(b"\n")
        self.assertEqual((len(said), len(set(said))), (size * LINES, size * LINES))


class SlowGuests(unittest.TestCase):
    """A guest that does not read, and one that talks until that must be too much for it."""

    TEXT = "x" * 500
    ENOUGH = 24_000  # lines of that length: more than all the system's buffers and the queue have room for

    def talk(self, guest, until=lambda line: False):
        """Says a hundred lines at a time and hears them before the next."""
        for _ in range(0, self.ENOUGH, 100):
            guest.say(*[self.TEXT] * 100)
            heard = 0
            while heard < 100:
                line = guest.line()
                heard += line == f"{guest.number}: {self.TEXT}"
                if until(line):
                    return line
        return None

    def test_one_that_never_reads_is_given_up(self):
        with LineChat(patience=1) as server, Guest(server, 4096), Guest(server) as talker:
            if self.talk(talker, lambda line: line.startswith("1 has left")) is None:
                self.assertRegex(talker.line(), "^1 has left")
            talker.say("still here")
            while (line := talker.line()) != "2: still here":
                self.assertEqual(line, f"2: {self.TEXT}")

    def test_one_that_reads_late_finds_why(self):
        with LineChat() as server, Guest(server, 4096) as slow, Guest(server) as talker:
            # It goes when the system has its last line, which may be while the other one still talks.
            left = self.talk(talker, lambda line: line.startswith("1 has left"))
            last = line = slow.line()
            self.assertEqual(line, "2 has come")
            while (line := slow.line()) != "":
                last = line
            self.assertEqual(last, "1 has to leave: too far behind")
            self.assertEqual(left or talker.line(), "1 has left: too far behind")
            talker.say("still here")
            while (line := talker.line()) != "2: still here":
                self.assertEqual(line, f"2: {self.TEXT}")


class End(unittest.TestCase):
    def test_everybody_is_told(self):
        with LineChat() as server, Guest(server) as one, Guest(server) as two:
            self.assertEqual(one.line(), "2 has come")
            server.end_input()
            for guest in (one, two):
                heard = [guest.line()]
                while heard[-1] != "":
                    heard.append(guest.line())
                self.assertIn(f"{guest.number} has to leave: the chat is over", heard)


if __name__ == "__main__":
    rt.main()
