"""Read, screen and report patients by a study file and by the built-in classes.

    python benchmarks/study_files.py [--write docs/reference/benchmarks-study-files.md]

The file adds one field to the built-in study, so that its classes are made from it.
What both give must be equal before any time counts.
"""

import argparse
import platform
import sys
import tempfile
import time
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

from iph.criteria import screen
from iph.protocol import LI_2023_PROTOCOL, read_protocol
from iph.records import read
from iph.report._contents import document_of
from iph.report._formats.markdown import document_markdown
from iph.study import analyze
from records import make

SIZES = (1_000, 3_000, 10_000)
STEPS = ("read", "screen", "report")
FILE = """based_on = "li_2023"
title = "The study of 2023, and whether patients smoke"
[patient]
smoker = { label = "Smoker", yes_no = true }
"""
ASKED = 1.3
# What speaks of the field that one of both does not have.
OF_THE_FIELD = {"missing", "table_1"}

_HEAD = """# Benchmarks: study files

How much longer it takes to read, screen and report patients by a study file than by the
classes that are built in.
The file adds a field to the study of Li et al. 2023, so that its classes are made from
it; every patient has 24 recorded fields and 5 at each of 7 visits.
Both give the same flow of records and the same tables before any time counts.
The times are seconds of processor time on one thread, the least of {times} runs that
take turns; the report is made in Markdown, without figures.
Asked was a ratio of {asked} at most.

To take them on your machine:

```console
$ python benchmarks/study_files.py --write docs/reference/benchmarks-study-files.md
```

"""


def taken(path: Path, protocol: Any) -> tuple[list[float], Any]:
    """Return the time of each step, and what it gave."""
    marks = [time.process_time()]
    cohort = read(path, protocol=protocol)
    marks.append(time.process_time())
    flow = screen(cohort, protocol=protocol).flow
    marks.append(time.process_time())
    study = analyze(cohort, protocol=protocol, population="not-excluded")
    document = document_of(study)
    size = len(document_markdown(document))
    marks.append(time.process_time())
    assert size
    tables = {s.name: s for s in document.sheets if s.name not in OF_THE_FIELD}
    spent = [after - before for before, after in pairwise(marks)]
    return spent, (flow, tables)


def row(path: Path, times: int) -> list[list[float]]:
    """Return the least times of both, after what they give was found equal."""
    by_file = read_protocol(path.with_name("study.toml"))
    found: list[list[list[float]]] = [[], []]
    for _ in range(times):
        told = []
        for place, protocol in enumerate((LI_2023_PROTOCOL, by_file)):
            spent, gave = taken(path, protocol)
            found[place].append(spent)
            told.append(gave)
        assert told[0] == told[1]
    return [[min(step) for step in zip(*runs, strict=True)] for runs in found]


def page(rows: dict[int, list[list[float]]], times: int) -> str:
    """Return the page as Markdown."""
    heads = " | ".join(f"{step}, built in | {step}, by a file" for step in STEPS)
    lines = [
        _HEAD.format(asked=ASKED, times=times).rstrip("\n"),
        "",
        f"| patients | {heads} | ratio of all |",
        "|--:" * (2 + 2 * len(STEPS)) + "|",
    ]
    for n, (built_in, by_file) in rows.items():
        cells = [
            f"{t:.2f} s" for pair in zip(built_in, by_file, strict=True) for t in pair
        ]
        ratio = sum(by_file) / sum(built_in)
        lines.append(f"| {n:,} | {' | '.join(cells)} | {ratio:.2f} |")
    lines += [
        "",
        (
            f"iph {version('iph')} on Python {platform.python_version()}, "
            f"{platform.system()} on {platform.machine()}."
        ),
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Take all sizes, print the page, and write it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page to write")
    parser.add_argument("--most", type=int, default=10_000, help="the largest size")
    parser.add_argument("--times", type=int, default=5, help="runs of each")
    asked = parser.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cohort.csv"
        path.with_name("study.toml").write_text(FILE, encoding="utf-8")
        for n in SIZES:
            if n <= asked.most:
                make(path, n)
                rows[n] = row(path, asked.times)
                print(n, rows[n], file=sys.stderr)
    text = page(rows, asked.times)
    print(text)
    if asked.write is not None:
        asked.write.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
