"""How soon the page without a server is ready, and how long its work takes.

    python benchmarks/browser.py OUT [--write docs/reference/benchmarks-page.md]

OUT is what ``web/build.py`` wrote. It needs Chromium and playwright, and Linux, which
tells how long the browser's processes have worked.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

FILES = Path(__file__).parents[1] / "docs" / "tutorial" / "files"
PATIENT = 600_000  # milliseconds
TICKS = os.sysconf("SC_CLK_TCK")

# What is done, and the seconds in which two cores with nothing else to do shall do it.
REACH = {
    "ready, from a file on the disk": 15,
    "report of 30 patients, from the drop to the page": 12,
    "check of 300 rows, from the drop to the grid": 2,
}

_PAGE = """# Benchmarks: the page without a server

How long a reader waits for the page of {{doc}}`/how-to/use-the-page` without Python.
It was opened from the disk in Chromium, with the network off.
Elapsed time is what a person waits, and depends on what else the machine does.
Processor time is that of all processes of the browser together.
The tests refuse four times what is to be reached.

To take them on your machine:

```console
$ python benchmarks/browser.py OUT --write docs/reference/benchmarks-page.md
```

| work | to be reached (s) | elapsed (s) | processor (s) |
|---|--:|--:|--:|
{rows}

Medians of {turns} on {cores} cores with {load} running at a time, \
{day}; Chromium {browser}.
{remark}
"""
_ALONE = "The machine had nothing else to do."
_BUSY = "The machine was shared and busy: only the processor time can be compared."


def worked(root: int) -> float:
    """Return the processor seconds of a process and of all below it."""
    seconds, parents = {}, {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            cells = place.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        number = int(place.parent.name)
        parents[number] = int(cells[1])
        seconds[number] = (int(cells[11]) + int(cells[12])) / TICKS
    below = {root}
    while more := {n for n, p in parents.items() if p in below} - below:
        below |= more
    return sum(seconds.get(number, 0.0) for number in below)


def timed(use: Callable[[], None]) -> tuple[float, float]:
    """Return how long something took, and how long the browser worked for it."""
    before, started = worked(os.getpid()), time.monotonic()
    use()
    return time.monotonic() - started, worked(os.getpid()) - before


def three_hundred(folder: Path) -> Path:
    """Return a sheet of 300 patients."""
    head, *rows = (FILES / "hospital.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{turn}-{row}" for turn in range(10) for row in rows]
    path = folder / "three_hundred.csv"
    path.write_text("\n".join([head, *lines]), encoding="utf-8")
    return path


def one_turn(driver: Any, out: Path, folder: Path) -> tuple[list[Any], str]:
    """Open the page and do the work; return the times, and the browser's version."""
    path = os.environ.get("IPH_CHROMIUM") or shutil.which("chromium")
    browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
    context = browser.new_context(locale="en-US", offline=True)
    page = context.new_page()
    page.set_default_timeout(PATIENT)

    def opened() -> None:
        page.goto((out / "iph.html").resolve().as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")

    def reported() -> None:
        page.set_input_files("#file", str(FILES / "hospital.csv"))
        page.wait_for_selector("#making:not([hidden])")
        page.click("#report")
        page.wait_for_selector("#made:not([hidden])")

    def checked() -> None:
        page.set_input_files("#file", str(three_hundred(folder)))
        page.wait_for_selector("#verdict:has-text('300 patients')")

    times = [timed(use) for use in (opened, reported, checked)]
    version: str = browser.version
    browser.close()
    return times, version


def main() -> int:
    """Take the times, print the page; return 1 if something was not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="the folder that web/build.py wrote")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--write", type=Path, help="the page to write")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        turns = [one_turn(driver, asked.out, Path(folder)) for _ in range(asked.turns)]
    load = os.getloadavg()[1]
    cores = os.cpu_count() or 1
    rows, reached = [], True
    for place, (work, reach) in enumerate(REACH.items()):
        elapsed = statistics.median(times[place][0] for times, _ in turns)
        busy = statistics.median(times[place][1] for times, _ in turns)
        reached &= elapsed <= reach
        rows.append(f"| {work} | {reach} | {elapsed:.1f} | {busy:.1f} |")
    count = "one turn" if asked.turns == 1 else f"{asked.turns} turns"
    text = _PAGE.format(
        rows="\n".join(rows),
        turns=count,
        cores=cores,
        load="1 process" if round(load) == 1 else f"{load:.0f} processes",
        day=time.strftime("%Y-%m-%d"),
        browser=turns[0][1],
        remark=_ALONE if load <= cores + 1 else _BUSY,
    )
    print(text)
    if asked.write is not None:
        asked.write.write_text(text, encoding="utf-8")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
