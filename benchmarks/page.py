"""The page of the documentation that shows the benchmarks."""

import json
import os
import platform
import statistics
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

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
    "duckdb",
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
machine count little; of reports and of queries of DuckDB they are of all threads.
A ratio of 4 means that iph needs a quarter of the peer's time.
*By hand* is a short version in numpy, made for the row, of what no other library has.
It finds the number that is compared and nothing else.

To take them on your machine, install the peers and run:

```console
$ python benchmarks/run.py --write docs/reference/benchmarks.md
```
"""


@attrs.define
class Run:
    """The rows taken so far, and when and under what load.

    Attributes
    ----------
    rows : dict of str to list of Row
        The rows by the name of what takes them.
    sittings : list of Sitting
        The pieces in which the run was done, this one last.
    kept : Path or None
        The file that keeps them.
    """

    rows: dict[str, list[Row]]
    sittings: list["Sitting"]
    kept: Path | None
    _started: float = attrs.field(factory=time.monotonic)

    @classmethod
    def begun(cls, kept: Path | None) -> "Run":
        """Return a run that begins now, or goes on with the rows of a file."""
        rows: dict[str, list[Row]] = {}
        sittings = []
        if kept is not None and kept.exists():
            found = json.loads(kept.read_text(encoding="utf-8"))
            rows = {k: [Row(**row) for row in v] for k, v in found["rows"].items()}
            sittings = [Sitting(**sitting) for sitting in found["sittings"]]
        now = Sitting(day=time.strftime("%Y-%m-%d"))
        return cls(rows=rows, sittings=[*sittings, now], kept=kept)

    @property
    def seconds(self) -> float:
        """How long this sitting takes so far."""
        return time.monotonic() - self._started

    def keep(self, name: str, taken: list[Row]) -> None:
        """Add rows, and note the load."""
        self.rows[name] = taken
        self.sittings[-1].seconds = self.seconds
        self.sittings[-1].loads.append(os.getloadavg()[0])
        if self.kept is not None:
            text = json.dumps(attrs.asdict(self, filter=_is_kept), indent=1)
            self.kept.write_text(text, encoding="utf-8")

    def __str__(self) -> str:
        cores = os.cpu_count() or 1
        done = [sitting for sitting in self.sittings if sitting.loads]
        if not done:
            return "No row was taken.\n"
        load = statistics.median(load for sitting in done for load in sitting.loads)
        minutes = sum(sitting.seconds for sitting in done) / 60
        pieces = "one run" if len(done) == 1 else f"one run in {len(done)} sittings"
        days = " and ".join(sorted({sitting.day for sitting in done}))
        text = (
            f"All rows come from {pieces} of {minutes:.0f} minutes, {days}, on "
            f"{cores} cores with {load:.1f} processes running at a time"
        )
        # The two slow peers run beside the rows.
        if load > cores + 2:
            text += ", most of them not of the benchmarks: a shared machine under load"
        return f"{text}.\n"


@attrs.define
class Sitting:
    """A piece of a run.

    Attributes
    ----------
    day : str
        The date.
    seconds : float
        How long it took.
    loads : list of float
        The mean number of running processes in the last minute, after each row.
    """

    day: str
    seconds: float = 0.0
    loads: list[float] = attrs.field(factory=list)


def _is_kept(field: Any, value: Any) -> bool:
    del value
    return field.name not in {"kept", "_started"}


def page(run: Run, left_out: Mapping[str, str]) -> str:
    """Return the page as Markdown."""
    taken = [row for some in run.rows.values() for row in some]
    rows = sorted(taken, key=lambda row: row.number)
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
