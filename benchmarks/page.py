"""The page of the documentation that shows the benchmarks."""

import os
import platform
import statistics
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import attrs

from timing import Row, in_r

PACKAGES = (
    "iph",
    "numpy",
    "scipy",
    "statsmodels",
    "lifelines",
    "scikit-posthocs",
    "tableone",
    "pandas",
)

_HEAD = """# Benchmarks

How fast iph is beside the tools that do the same.
The tools of a row run on one machine, at one time, in turn.
Results are held against each other before times are taken: to nine digits where they
are computed, within the error of the simulation where they are simulated.
Two peers are too slow for that at the size of their row.
So the table of tableone is compared at 2,001 rows, and the interval-censored curve of
lifelines at 300.
The times are medians of processor time, on one thread, so that other programs on the
machine count little.
A ratio of 4 means that iph needs a quarter of the peer's time.

To take them on your machine, install the peers and run:

```console
$ python benchmarks/run.py --write docs/reference/benchmarks.md
```
"""


@attrs.define
class Run:
    """When and under what load the rows were taken.

    Attributes
    ----------
    day : str
        The date.
    started : float
        The clock at the start.
    loads : list of float
        The mean number of running processes in the last minute, after each row.
    """

    day: str
    started: float
    loads: list[float] = attrs.field(factory=list)

    @classmethod
    def begun(cls) -> "Run":
        """Return a run that begins now."""
        return cls(time.strftime("%Y-%m-%d"), time.monotonic())

    @property
    def seconds(self) -> float:
        """How long it takes so far."""
        return time.monotonic() - self.started

    def look(self) -> None:
        """Note the load."""
        self.loads.append(os.getloadavg()[0])

    def __str__(self) -> str:
        cores = os.cpu_count()
        load = statistics.median(self.loads)
        text = (
            f"All rows come from one run of {self.seconds / 60:.0f} minutes on "
            f"{self.day}, on {cores} cores with {load:.1f} processes running at a time"
        )
        # The two slow peers run beside the rows.
        if load > cores + 2:
            text += ", most of them not of the benchmarks: a shared machine"
        return f"{text}.\n"


def page(rows: Sequence[Row], run: Run, left_out: Mapping[str, str]) -> str:
    """Return the page as Markdown."""
    lines = [_HEAD, str(run)]
    lines += [f"Not taken: {name} ({why}).\n" for name, why in left_out.items()]
    lines.append("## What was asked and what was reached\n")
    lines.append("| work | iph | fastest peer | ratio | asked | reached |")
    lines.append("|---|--:|---|--:|---|---|")
    for row in rows:
        fastest = row.fastest
        peer = "none" if fastest is None else f"{fastest} {row.shown(fastest)}"
        ratio = "" if row.ratio is None else _digits(row.ratio)
        reached = "yes" if row.reached else "**no**"
        iph = row.shown("iph")
        lines.append(
            f"| {row.work} | {iph} | {peer} | {ratio} | {row.asked} | {reached} |"
        )
    lines.append("\n## All tools\n")
    lines.append("| work | tool | median | times iph |")
    lines.append("|---|---|--:|--:|")
    for row in rows:
        for name in sorted(row.found, key=row.found.__getitem__):
            ratio = _digits(row.found[name] / row.found["iph"])
            lines.append(f"| {row.work} | {name} | {row.shown(name)} | {ratio} |")
    noted = [row for row in rows if row.note]
    lines.append("\n## Notes\n")
    lines += [f"- {row.work}: {row.note}" for row in noted]
    lines.append("\n## Versions\n")
    r = in_r("versions")
    lines.append("| package | version |")
    lines.append("|---|---|")
    lines.append(f"| Python | {platform.python_version()} |")
    lines += [f"| {name} | {version(name)} |" for name in PACKAGES]
    lines += [f"| {name if name == 'R' else f'R {name}'} | {r[name]} |" for name in r]
    lines.append(f"\nThe machine: {platform.system()} on {platform.machine()}.\n")
    return "\n".join(lines)


def _digits(value: float) -> str:
    """Two significant digits are all that such a ratio carries."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
