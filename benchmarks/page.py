"""The page of the documentation that shows the benchmarks."""

import platform
from collections.abc import Sequence
from importlib.metadata import version

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
The tools of a row run on one machine, at one time.
Results are held against each other before times are taken.
Two peers are too slow for that.
The table is checked by medians and counts against pandas, on which tableone is built.
The interval-censored curve of lifelines is not checked: it did not finish.
The times are medians of processor time, on one thread; the tools take turns.
A ratio of 4 means that iph needs a quarter of the peer's time.

To take them on your machine, install the peers and run:

```console
$ python benchmarks/run.py --write docs/reference/benchmarks.md
```
"""


def page(rows: Sequence[Row]) -> str:
    """Return the page as Markdown."""
    lines = [_HEAD, "## What was asked and what was reached\n"]
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
