"""`make bench`: latency and load of rtcwidgets in JupyterLab beside plain aiortc, in turns, in one run.

It measures, it does not judge: the exit code is 0 whatever the figures are, 1 where something could not be measured.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import itertools
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, get_args

import msgspec
from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks import bars, report, widget
from tests.benchmarks.bars import Bar
from tests.benchmarks.figures import SETTLED_S, Figures, Unusable, figures_of, median_of
from tests.benchmarks.frame_log import Log
from tests.benchmarks.plan import FIRST_ARRAY, FIRST_ARRAYS, FRAME_RATE, SIZES, Goal, Measurement, measurements
from tests.benchmarks.sender import Sender
from tests.benchmarks.widget import FirstArray
from tests.e2e import pages
from tests.e2e.lab import LabServer

REPOSITORY = Path(__file__).parents[2]
RESULTS = REPOSITORY / "build" / "bench"
PACKAGES = ("rtcwidgets", "aiortc", "aioice", "av", "numpy", "anywidget", "ipykernel", "jupyterlab", "playwright")

T = TypeVar("T")


class Round(msgspec.Struct, frozen=True):
    """One measurement in one round: its log and figures, or why it failed."""

    measurement: str
    round: int
    load: float  # of the machine, over the minute before
    figures: Figures | None = None
    failed: str | None = None
    sender: Sender | None = None
    log: Log | None = None


class Run(msgspec.Struct):
    """All that came out, as the JSON file has it."""

    began: str
    seconds: float
    rounds: int
    cpus: int
    versions: dict[str, str]
    measured: list[Round] = msgspec.field(default_factory=list)
    first_arrays: list[FirstArray] = msgspec.field(default_factory=list)
    first_arrays_failed: list[str] = msgspec.field(default_factory=list)
    medians: dict[str, Figures] = msgspec.field(default_factory=dict)
    bars: list[Bar] = msgspec.field(default_factory=list)


def main() -> int:
    options = parse_options()
    chosen = [m for m in measurements() if is_chosen(m.name, options.only)]
    firsts = FIRST_ARRAYS if is_chosen(FIRST_ARRAY, options.only) else 0
    with sync_playwright() as driver, LabServer(environment={"PYTHONPATH": str(REPOSITORY)}) as lab:
        browser = pages.launch_chromium(driver)
        run = Run(
            time.strftime("%Y-%m-%d %H:%M:%S"), options.seconds, options.rounds, os.cpu_count() or 1, versions(browser)
        )
        for number in range(options.rounds):
            for measurement in chosen:
                run.measured.append(one_round(measurement, number, lab, browser, options.seconds))
            for _ in range(number, firsts, options.rounds):
                add_first_array(run, lab, browser)
        browser.close()
    complete = conclude(run, chosen, firsts)
    print(f"\n{summary(run, chosen)}\n\nAll rounds: {write(run).relative_to(REPOSITORY)}")
    return 0 if complete else 1


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (default 3)")
    parser.add_argument("--seconds", type=float, default=10, help="for each measurement in each round (default 10)")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="what has this in its name")
    parser.add_argument("--list", action="store_true", help="show the names and end")
    options = parser.parse_args()
    if options.list:
        print(*(m.name for m in measurements()), FIRST_ARRAY, sep="\n")
        parser.exit()
    if options.rounds < 1 or options.seconds <= 2 * SETTLED_S:
        parser.error(f"at least 1 round, and more than {2 * SETTLED_S:g} seconds")
    return options


def is_chosen(name: str, only: list[str]) -> bool:
    return not only or any(text in name for text in only)


# --- measuring --------------------------------------------------------------------------------------------


def one_round(measurement: Measurement, number: int, lab: LabServer, browser: Browser, seconds: float) -> Round:
    name, load = measurement.name, os.getloadavg()[0]
    result = attempt(f"round {number + 1}: {name}", lambda: measurement.measure(lab, browser, seconds))
    if isinstance(result, str):
        return Round(name, number, load, failed=result)
    log, sender = result
    try:
        figures = figures_of(log, sender)
    except Unusable as error:
        say(f"LEFT OUT: {error}")
        return Round(name, number, load, failed=str(error), sender=sender, log=log)
    say(f"{figures.age_p50_ms:.1f} ms, p95 {figures.age_p95_ms:.1f} ms, {figures.frame_rate:.1f} fps")
    return Round(name, number, load, figures, sender=sender, log=log)


def add_first_array(run: Run, lab: LabServer, browser: Browser) -> None:
    result = attempt(FIRST_ARRAY, lambda: widget.measure_first_array(lab, browser))
    if isinstance(result, str):
        run.first_arrays_failed.append(result)
    else:
        run.first_arrays.append(result)
        say(f"{result.read_ms:.0f} ms")


def attempt(title: str, measure: Callable[[], T]) -> T | str:
    """Return what was measured, or why it was not: one failure does not cost the whole run."""
    print(title, flush=True)
    try:
        return measure()
    except Exception as error:  # whatever it is, it is shown, kept in the file, and left out of the medians
        text = f"{type(error).__name__}: {error}"
        say(f"LEFT OUT: {text.splitlines()[0]}")
        return text


def say(text: str) -> None:
    print(f"{'':9}{text}", flush=True)


# --- concluding -------------------------------------------------------------------------------------------


def conclude(run: Run, chosen: list[Measurement], firsts: int) -> bool:
    """Add medians and bars; return whether there is something of everything."""
    for measurement in chosen:
        usable = usable_rounds(run, measurement.name)
        if usable:
            run.medians[measurement.name] = median_of(usable)
    run.bars = bars.bars(run.medians, run.first_arrays)
    return len(run.medians) == len(chosen) and (not firsts or bool(run.first_arrays))


def usable_rounds(run: Run, name: str) -> list[Figures]:
    return [r.figures for r in run.measured if r.measurement == name and r.figures is not None]


def summary(run: Run, chosen: list[Measurement]) -> str:
    parts = [heading(run)]
    for goal, size in itertools.product(get_args(Goal), SIZES):
        rows = [
            report.figures_row(m.system, run.medians.get(m.name), len(usable_rounds(run, m.name)), run.rounds)
            for m in chosen
            if (m.goal, m.width, m.height) == (goal, *size)
        ]
        if rows:
            title = f"capture → {goal}, {size[0]}x{size[1]}, {FRAME_RATE} fps"
            parts.append(report.aligned([(title, *report.HEADINGS), *rows]))
    if chosen:
        parts.append(report.LEGEND)
    if run.first_arrays:
        parts.append(first_arrays_text(run.first_arrays))
    shown = [bar for bar in run.bars if bar.value is not None]
    if shown:
        parts.append(report.aligned([("bar", "here", "limit", ""), *map(report.bar_row, shown)]))
    return "\n\n".join(parts)


def heading(run: Run) -> str:
    loads = [r.load for r in run.measured]
    busy = f", load average {min(loads):.1f} to {max(loads):.1f}" if loads else ""
    packages = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return f"{run.rounds} rounds of {run.seconds:g} s on {run.cpus} CPUs{busy}\n{packages}"


def first_arrays_text(firsts: list[FirstArray]) -> str:
    def median_s(name: str) -> str:
        return f"{statistics.median(getattr(first, name) for first in firsts) / 1000:.2f} s"

    return (
        f"In a new page and kernel, median of {len(firsts)}: import rtcwidgets {median_s('import_ms')}, "
        f"Camera() {median_s('make_ms')}, display and read {median_s('read_ms')}; "
        f"another camera in the same kernel {median_s('again_ms')}"
    )


def versions(browser: Browser) -> dict[str, str]:
    found = {"Python": platform.python_version(), "Chromium": browser.version}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # run from a checkout that is not installed
    return found


def write(run: Run) -> Path:
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_bytes(msgspec.json.encode(run))
    return path


if __name__ == "__main__":
    sys.exit(main())
