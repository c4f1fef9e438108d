"""Time the planning of studies, and write the page of the docs.

    python benchmarks/planning.py [--write docs/reference/benchmarks-planning.md]

Processor time on one thread; about two minutes on a quiet machine.
"""

import argparse
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from iph.design import power, sample_size

GRADES: Final = [[0.05, 0.15, 0.30, 0.50], [0.30, 0.30, 0.25, 0.15]]
BY_VISIT: Final = [[0.1, 0.15, 0.2, 0.2, 0.15, 0.2], [0.05, 0.1, 0.15, 0.15, 0.15, 0.4]]
DAYS: Final = [7, 30, 91, 182, 365]
PACKAGES: Final = ("iph", "numpy", "scipy")

ROWS: Final[tuple[tuple[str, float, Callable[[], Any]], ...]] = (
    (
        "power of Mann-Whitney, two arms of 30 in four grades (29,767,936 tables)",
        5.0,
        lambda: power("mann-whitney", GRADES, 30, method="enumerated"),
    ),
    (
        "sample size for it, a power of 80 %",
        60.0,
        lambda: sample_size("mann-whitney", GRADES, method="enumerated"),
    ),
    (
        "power of Fisher, two arms of 1,000",
        5.0,
        lambda: power("fisher", [0.50, 0.45], 1_000, method="enumerated"),
    ),
    (
        "power of McNemar, 1,000 patients",
        5.0,
        lambda: power("mcnemar", [0.2, 0.2, 0.15, 0.45], 1_000, method="enumerated"),
    ),
    (
        "power of the log-rank test, 10,000 studies of 2 x 20 patients on 5 visits",
        30.0,
        lambda: power("logrank", BY_VISIT, 20, days=DAYS, loss=0.1),
    ),
    (
        "power of the interval-censored log-rank test, the same",
        30.0,
        lambda: power("interval-logrank", BY_VISIT, 20, days=DAYS, loss=0.1),
    ),
)

_HEAD = """# Benchmarks: planning

How long it takes to plan a study, in processor time on one thread.
Each row finds a power and the true size of the test, so that 10,000 simulated studies
are 20,000 tests.

To take them on your machine:

```console
$ python benchmarks/planning.py --write docs/reference/benchmarks-planning.md
```

| what is planned | asked | taken | how | power | true size |
|---|--:|--:|---|--:|--:|
"""


def page() -> str:
    """Take all rows, and return the page."""
    lines = []
    for work, asked, plan in ROWS:
        begin = time.process_time()
        found = plan()
        taken = time.process_time() - begin
        lines.append(
            f"| {work} | {asked:g} s | {taken:.1f} s | {found.method} | "
            f"{found.power:.3f} | {found.size:.3f} |\n"
        )
        print(lines[-1], end="", file=sys.stderr)
    versions = "".join(f"| {name} | {version(name)} |\n" for name in PACKAGES)
    return (
        f"{_HEAD}{''.join(lines)}\n"
        "| package | version |\n|---|---|\n"
        f"| Python | {platform.python_version()} |\n{versions}\n"
        f"The machine: {platform.system()} on {platform.machine()}.\n"
    )


def main() -> int:
    """Print the page, and write it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page to write")
    asked = parser.parse_args()
    text = page()
    print(text)
    if asked.write is not None:
        asked.write.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
