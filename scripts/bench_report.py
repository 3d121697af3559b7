"""What `./dev bench` shows: tables, a CSV file of every measurement, a plot, the machine."""

from __future__ import annotations

import csv
import os
import platform as system
import re
import statistics
import subprocess
from datetime import date
from pathlib import Path

from bench_plan import CONTENDERS, FIGURES, REFERENCES, Figure
from bench_statistics import Ratio, Sample, contenders_of, ratios, values

NAMES = {"linux": "Linux", "windows": "Windows, under Wine"}
PLOTTED = ("W1", "W2-1", "W2-4", "W3-100", "W3-1000", "W4")


def first_line(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "not installed"


def machine(platform: str) -> str:
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    compiler = "g++" if platform == "linux" else "x86_64-w64-mingw32-g++-posix"
    parts = [
        f"{model.group(1) if model else system.machine()}, {os.cpu_count()} processors",
        f"Linux {system.release()}",
        first_line(compiler, "--version"),
    ]
    if platform == "windows":
        parts.append(first_line("wine", "--version"))
    return f"{date.today().isoformat()}: " + "; ".join(parts)


def number(value: float) -> str:
    if value >= 1000:
        return f"{value:.0f}"
    return f"{value:.3g}" if value < 10 else f"{value:.1f}"


def measured(samples: list[Sample], contender: str, figure: Figure) -> str:
    """The median, and what the rounds lie between."""
    rounds = list(values(samples, contender, figure).values())
    if not rounds:
        return ""
    return f"{number(statistics.median(rounds))} ({number(min(rounds))} to {number(max(rounds))})"


def markdown(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def figures_of(samples: list[Sample]) -> list[Figure]:
    runs = {sample.run for sample in samples}
    return [figure for figure in FIGURES.values() if figure.run in runs]


def absolute_table(samples: list[Sample]) -> str:
    figures = figures_of(samples)
    header = [""] + [f"{figure.key} [{figure.unit}]" for figure in figures]
    rows = [[key] + [measured(samples, key, figure) for figure in figures] for key in contenders_of(samples)]
    return markdown(header, rows)


def ratio_table(found: list[Ratio], figures: list[Figure]) -> str:
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for each in found:
        row = rows.setdefault((each.comparison.ours, each.comparison.peer), {})
        row[each.figure.key] = f"{each.median:.2f} ±{each.noise:.2f}"
    header = ["ours / the peer's"] + [figure.key for figure in figures]
    return markdown(
        header, [[f"{ours} / {peer}"] + [row.get(each.key, "") for each in figures] for (ours, peer), row in rows.items()]
    )


def bound_lines(found: list[Ratio]) -> list[str]:
    lines = []
    for each in found:
        if each.bound is None:
            continue
        sign = ">=" if each.figure.more_is_better else "<="
        verdict = "MISSED" if each.is_missed else "ok"
        who = f"{each.comparison.ours} / {each.comparison.peer}"
        lines.append(
            f"{verdict:<6} {each.figure.key:<8} {who:<46} {each.median:6.3f} {sign} {each.bound:.2f}   "
            f"margin {each.margin:+.3f}, noise {each.noise:.3f}"
        )
    return lines


def write_csv(path: Path, samples: list[Sample]) -> None:
    members = list(samples[0].numbers)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["round", "run", "contender", *members])
        for sample in samples:
            writer.writerow([sample.round, sample.run, sample.contender, *(sample.numbers[each] for each in members)])


def relative(samples: list[Sample], contender: str, reference: str, figure: Figure) -> str:
    """Median, least and greatest ratio to the reference, for gnuplot; NaN leaves a gap."""
    own, others = values(samples, contender, figure), values(samples, reference, figure)
    by_round = [own[each] / others[each] for each in own.keys() & others.keys() if others[each] > 0]
    if not by_round:
        return "NaN NaN NaN"
    return f"{statistics.median(by_round):.4f} {min(by_round):.4f} {max(by_round):.4f}"


def write_plot(path: Path, platform: str, samples: list[Sample]) -> None:
    reference = REFERENCES[platform]
    group = CONTENDERS[reference].group
    shown = [key for key in contenders_of(samples) if platform == "windows" or CONTENDERS[key].group == group]
    figures = [each for each in figures_of(samples) if each.key in PLOTTED and values(samples, reference, each)]
    rows = [
        " ".join([f'"{each.key}"', *(relative(samples, key, reference, each) for key in shown)]) for each in figures
    ]
    bars = ", ".join(
        f"$data using {2 + 3 * i}:{3 + 3 * i}:{4 + 3 * i}:xtic(1) title '{key}'" for i, key in enumerate(shown)
    )
    script = "\n".join([
        "$data << END", *rows, "END",
        "set terminal svg noenhanced size 1000,440 font 'sans-serif,12' background '#ffffff'",
        f"set output '{path}'",
        "set style data histograms", "set style histogram errorbars gap 1 linewidth 1",
        "set style fill solid 0.85 noborder", "set grid ytics linecolor '#dddddd'",
        "set key outside right top", "set yrange [0:*]", "set xtics nomirror", "set ytics nomirror", "set border 3",
        f"set ylabel '{reference} = 1; more is better'",
        f"plot {bars}, 1 with lines linecolor '#000000' dashtype 2 notitle",
    ])  # fmt: skip
    subprocess.run(["gnuplot", "-"], input=script, text=True, check=True)


def legend(samples: list[Sample]) -> str:
    return "\n".join(f"- {figure.key}: {figure.title} [{figure.unit}]" for figure in figures_of(samples))


def page(platform: str, samples: list[Sample], rounds: int) -> str:
    """The Markdown file of a platform."""
    found = ratios(samples, platform)
    return "\n\n".join([
        f"# {NAMES[platform]}",
        f"{machine(platform)}. Median of {rounds} rounds; in parentheses the least and the greatest.",
        f"![Rates relative to {REFERENCES[platform]}]({platform}.svg)",
        legend(samples),
        absolute_table(samples),
        "Ratios, with the noise of their medians:",
        ratio_table(found, figures_of(samples)),
        "What is asked for:\n\n```\n" + "\n".join(bound_lines(found)) + "\n```",
    ]) + "\n"  # fmt: skip


def readme_section(platform: str, samples: list[Sample]) -> str:
    return "\n\n".join([
        f"{NAMES[platform]} ({machine(platform)}):",
        f"![{NAMES[platform]}](bench/results/{platform}.svg)",
        ratio_table(ratios(samples, platform), figures_of(samples)),
    ])  # fmt: skip
