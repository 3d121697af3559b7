#!/usr/bin/env python3
"""Asks one question about the public headers and one compiler; see the functions named after it."""

from __future__ import annotations

import argparse
import itertools
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True  # leaves no __pycache__ in the source tree
import declarations  # noqa: E402

HERE = Path(__file__).resolve().parent
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror".split()
LANGUAGES = {"c11": "c", "c++11": "c++", "c++20": "c++"}
FACE_LANGUAGES = ("c++20", "c++2b")  # of the C++ interface
WHOLE_FACE = "async_socket/async_socket.hpp"
VERSIONS = {"undefined": [], **{v: [f"-DASYNC_SOCKET_API_VERSION={v}"] for v in ("1", "2", "3")}}
# Of the system's sockets, threads and handles, on either platform.
SYSTEM_HEADERS = re.compile(r"/(sys/(socket|epoll|un|eventfd|timerfd|uio)|netinet/\w+|arpa/inet|netdb|poll|liburing)\.h\b")
WINDOWS_HEADERS = re.compile(r"/(windows|winsock2?|ws2tcpip|windef|minwindef|winbase|winnt)\.h\b", re.I)
SIGNATURES = ("signatures.c", "own_signatures.c")  # c-pal's interface, and the library's own
STAND_INS = {name: HERE / "stand_in" / name for name in ("with_macro_utils", "with_umock_c")}


class Compiler:
    def __init__(self, c: str, cxx: str) -> None:
        self.commands = {"c": c.split(), "c++": cxx.split()}
        macros = subprocess.run(
            [*self.commands["c"], "-dM", "-E", "-x", "c", os.devnull], capture_output=True, text=True, check=True
        ).stdout
        self.is_windows = "#define _WIN32 " in macros
        self.arguments = [f"-I{declarations.INCLUDE}"]
        if self.is_windows:
            self.arguments.append("-D_WIN32_WINNT=0x0A00")

    def headers(self) -> list[str]:
        return declarations.headers_for(self.is_windows)

    def run(self, standard: str, arguments: list[str], source: str) -> subprocess.CompletedProcess[str]:
        language = LANGUAGES.get(standard, "c++")
        command = [*self.commands[language], "-x", language, f"-std={standard}", *self.arguments, *arguments, "-"]
        return subprocess.run(command, input=source, capture_output=True, text=True)

    def check(self, standard: str, arguments: list[str], source: str) -> str:
        """The compiler's words if it is not content without a warning."""
        result = self.run(standard, ["-fsyntax-only", *WARNINGS, *arguments], source)
        return result.stderr or (f"exit status {result.returncode}" if result.returncode else "")


def include(header: str) -> str:
    return f'#include "{header}"\n'


def own_name(symbol: str) -> str:
    """The name as a user writes it, without the generation that a macro adds."""
    return re.sub(r"_v[13]$", "", symbol)


def in_parallel(function, cases) -> list[str]:
    """One entry for each case that failed: its name and what the compiler said."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [failure for failure in pool.map(lambda case: function(*case), list(cases)) if failure]


def compile_alone(compiler: Compiler) -> list[str]:
    """Each header alone, twice in one file, in each language and for each version: no warning."""

    def one(header: str, standard: str, version: str) -> str:
        said = compiler.check(standard, VERSIONS[version], include(header) * 2)
        return said and f"{header} as {standard}, version {version}:\n{said}"

    return in_parallel(one, itertools.product(compiler.headers(), LANGUAGES, VERSIONS))


def inside_extern_c(compiler: Compiler) -> list[str]:
    """C++ programs put headers of C into a linkage block of their own: each compiles there, and does what it did."""

    def one(header: str, standard: str, version: str) -> str:
        wrapped = f'extern "C" {{\n{include(header)}}}\n' + include(str(HERE / "engine_parameters.c"))
        said = compiler.check(standard, VERSIONS[version], wrapped)
        return said and f"{header} as {standard}, version {version}:\n{said}"

    in_cpp = [standard for standard, language in LANGUAGES.items() if language == "c++"]
    return in_parallel(one, itertools.product(compiler.headers(), in_cpp, VERSIONS))


def wrong_version(compiler: Compiler) -> list[str]:
    """Any other version is an error, and its message lists the three."""

    def one(version: str, standard: str) -> str:
        result = compiler.run(
            standard, ["-fsyntax-only", f"-DASYNC_SOCKET_API_VERSION={version}"], include("c_pal/async_socket.h")
        )
        message = re.search(r"error:.*\b1\b.*\b2\b.*\b3\b", result.stderr)
        if result.returncode and message:
            return ""
        return f"version {version} as {standard}: no error that lists 1, 2 and 3:\n{result.stderr}"

    return in_parallel(one, itertools.product(("0", "4", "99"), LANGUAGES))


def system_headers(compiler: Compiler) -> list[str]:
    """No header but the one for Windows includes a Windows header."""

    def one(header: str, version: str) -> str:
        result = compiler.run("c11", ["-M", *VERSIONS[version]], include(header))
        found = WINDOWS_HEADERS.search(result.stdout)
        if result.returncode or bool(found) != (header == declarations.WINDOWS_ONLY):
            return f"{header}, version {version}: includes {found and found[0]}\n{result.stderr}"
        return ""

    return in_parallel(one, itertools.product(compiler.headers(), VERSIONS))


def face_alone(compiler: Compiler) -> list[str]:
    """Each header of the C++ interface alone, twice in one file, without a warning; all of it, and its use, also without
    exceptions and without type information, for the sanitizers, and in the next language. None includes a header of the
    system's sockets."""

    def one(header: str, standard: str, *arguments: str) -> str:
        use = include(str(HERE / "face_use.cpp")) if header == WHOLE_FACE else ""
        said = compiler.check(standard, list(arguments), include(header) * 2 + use)
        if not said:
            found = SYSTEM_HEADERS.search(text := compiler.run(standard, ["-M"], include(header)).stdout)
            found = found or WINDOWS_HEADERS.search(text)
            said = f"includes {found[0]}" if found else ""
        return said and f"{header} as {standard} {' '.join(arguments)}:\n{said}"

    cases = [(header, "c++20") for header in declarations.face_headers()]
    cases += [(WHOLE_FACE, standard, *lacks) for standard in FACE_LANGUAGES
              for lacks in ((), ("-fno-exceptions", "-fno-rtti"))]  # fmt: skip
    if not compiler.is_windows:  # MinGW has no sanitizers
        cases.append((WHOLE_FACE, "c++20", "-fsanitize=address,undefined"))
    return in_parallel(one, cases)


def signatures(compiler: Compiler) -> list[str]:
    """Types, numbers, layouts and signatures are those of the requirement documents."""

    def one(source: str, standard: str, version: str) -> str:
        text = include(str(HERE / source))
        said = compiler.check(standard, VERSIONS[version], text)
        return said and f"{source} as {standard}, version {version}:\n{said}"

    failures = in_parallel(
        one, itertools.product((*SIGNATURES, "engine_parameters.c", "zero_arguments.c"), LANGUAGES, VERSIONS)
    )
    # A function that is added to a header must be added to one of these.
    covered = set(re.findall(r"\w+", "".join((HERE / name).read_text(encoding="utf-8") for name in SIGNATURES)))
    for version, macros in VERSIONS.items():
        arguments = [*compiler.arguments, *macros]
        for name in declarations.declared_functions(compiler.commands["c"], compiler.headers(), arguments):
            if own_name(name) not in covered:
                failures.append(f"version {version}: {name}: not in {' or '.join(SIGNATURES)}")
    return failures


def stand_in(compiler: Compiler) -> list[str]:
    """With macro_utils or umock_c on the include path their macros declare everything, rightly."""
    choices = ({"with_macro_utils"}, {"with_umock_c"}, set(STAND_INS))
    if compiler.is_windows:
        # The rest of <windows.h> is nothing to this question, and most of the work.
        compiler.arguments.append("-DWIN32_LEAN_AND_MEAN")

    def same_types(chosen: set[str], standard: str, version: str) -> str:
        paths = [f"-I{STAND_INS[name]}" for name in sorted(chosen)]
        said = compiler.check(standard, VERSIONS[version] + paths, include(str(HERE / "signatures.c")))
        return said and f"version {version}, {'+'.join(sorted(chosen))}, {standard}:\n{said}"

    # signatures() asks about the other languages, and that without a version it is 2.
    failures = in_parallel(same_types, itertools.product(choices, ("c11", "c++20"), ("1", "2", "3")))
    for version, macros in VERSIONS.items():
        headers = compiler.headers()
        arguments = [*compiler.arguments, *macros]
        plain = declarations.declared_functions(compiler.commands["c"], headers, arguments)
        # Strings of enums belong to macro_utils; the log functions and those of the library's own interface have no
        # counterpart in c-pal that somebody could mock.
        own = {"async_socket_set_log_callback", "async_socket_set_log_level"}
        own |= {name for name in plain if name.startswith("as_")}
        enums = {name for name in plain if re.fullmatch(r"MU_\w+_ToString(_v1)?", name)}
        from_strings = {name for name in plain if re.fullmatch(r"\w+_FromString(_v1)?", name)}
        expected = {
            "with_macro_utils": {re.sub(r"MU_(\w+)_ToString(_v1)?", r"\1", name) for name in enums},
            "with_umock_c": plain - own - enums - from_strings,
        }
        for chosen in choices:
            paths = [f"-I{STAND_INS[name]}" for name in sorted(chosen)]
            marks = re.findall(
                r"STAND_IN_(MACRO_UTILS|UMOCK_C)_(\w+);",
                declarations.header_text(
                    declarations.preprocess(compiler.commands["c"], headers, arguments + paths),
                    [declarations.INCLUDE],
                ),
            )
            for name, mark in (("with_macro_utils", "MACRO_UTILS"), ("with_umock_c", "UMOCK_C")):
                found = {function for kind, function in marks if kind == mark}
                wanted = expected[name] if name in chosen else set()
                for missing in sorted(wanted ^ found):
                    failures.append(f"version {version}, {'+'.join(sorted(chosen))}: {missing}: wrong macro used")
        if not expected["with_umock_c"] or not expected["with_macro_utils"]:
            failures.append(f"version {version}: no declarations found")
    return failures


def parameter_names(compiler: Compiler) -> list[str]:
    """A mock finds the parameters under c-pal's names, and no mockable function is left out."""
    source = HERE / "parameter_names.c"
    recorder = f"-I{HERE / 'stand_in' / 'with_recorded_calls'}"
    if compiler.is_windows:
        compiler.arguments.append("-DWIN32_LEAN_AND_MEAN")

    def one(standard: str, version: str) -> str:
        said = compiler.check(standard, [*VERSIONS[version], recorder], include(str(source)))
        return said and f"{source.name} as {standard}, version {version}:\n{said}"

    failures = in_parallel(one, itertools.product(LANGUAGES, VERSIONS))
    covered = set(re.findall(r"\w+", source.read_text(encoding="utf-8")))
    for version, macros in VERSIONS.items():
        arguments = [*compiler.arguments, *macros, recorder]
        text = declarations.preprocess(compiler.commands["c"], compiler.headers(), arguments)
        found = re.findall(r"\b(\w+)_PARAMETER_COUNT\b", text)
        failures += [f"version {version}: {name}: not in {source.name}" for name in sorted(set(map(own_name, found)) - covered)]
        if not found:
            failures.append(f"version {version}: no declarations found")
    return failures


QUESTIONS = {
    f.__name__: f
    for f in (
        compile_alone,
        inside_extern_c,
        wrong_version,
        system_headers,
        face_alone,
        signatures,
        stand_in,
        parameter_names,
    )
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("question", choices=QUESTIONS)
    parser.add_argument("--c", required=True, help="the C compiler, with arguments")
    parser.add_argument("--cxx", required=True, help="the C++ compiler, with arguments")
    options = parser.parse_args()
    failures = QUESTIONS[options.question](Compiler(options.c, options.cxx))
    print("\n".join(failures) or "ok")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
