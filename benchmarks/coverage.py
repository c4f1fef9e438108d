"""How often each interval of `iph.stats` holds the truth in small samples.

    $ python benchmarks/coverage.py --runs 20000 --kept docs/reference/coverage.json
    $ python benchmarks/coverage.py --kept docs/reference/coverage.json \
          --write docs/reference/coverage.md

The first command fills the file with what is missing in it, row by row, and may be
broken off and begun again; the second writes the page. Another interval is one entry
in a list `INTERVALS` of one of the modules named in `MODULES`.
"""

import argparse
import importlib
import json
import math
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from coverage_cases import SIZES, Interval

MODULES = (
    "coverage_shares",
    "coverage_effects",
    "coverage_ranks",
    "coverage_agreement",
    "coverage_readers",
    "coverage_wins",
    "coverage_repeated",
    "coverage_odds",
    "coverage_rates",
    "coverage_pooling",
)


_HEAD = """\
# Coverage of the intervals

How often does an interval with a level of 95 % hold the true value?

An interval is *guaranteed* if it does so in .95 of samples or more wherever all samples were gone through.
It is *approximate* if it does so in .945 on average and nowhere in fewer than .92.
What is neither is not a default.
One default is approximate under a condition only: that of `probability_of_superiority` holds less where the smaller group is the more spread.

Each row gives the mean over a grid of true values, and the least with its place.
A figure with ± was simulated, in so many runs a place as its row says, and ± is its standard error.
The least of many such figures lies below the true least by chance.
All others are enumerated: every sample was gone through, with its probability.
Where an interval has a closed form, the drawn samples were worked out together, and the function itself in the first 25 of each place, with the same result.
A sample without an interval counts as a miss.

Two figures have no interval by default, because none was found that holds.
They are Kendall's W (`kendalls_w`), and the standardized difference of three or more categories (`standardized_share_difference`).
Some intervals are those of another function:

- `risk_ratio`, exact: `barnard`, ratio;
- `cliffs_delta`: `probability_of_superiority`;
- `shares_within_margins`: `barnard`; `scores_within_margins`: `hodges_lehmann`, two groups; `odds_within_margins`: `odds_of_higher_grades`;
- `responder_table`, `share_bounds` and `recovered_by_visit`: `proportion`;
- `quantile` intervals of a curve and `median_follow_up`: the curve ({doc}`survival-size`, with the intervals of `kaplan_meier`, of differences of two curves and of hazard ratios).

`benchmarks/coverage.py` made the figures and this page.
"""  # noqa: E501 - one sentence a line


def intervals() -> list[Interval]:
    """Return every interval that is tried, in the order of the page."""
    return [
        interval
        for module in MODULES
        for interval in importlib.import_module(module).INTERVALS
    ]


def measured(interval: Interval, n: int, runs: int) -> dict[str, Any]:
    """Try one interval at every place of its grid with so many patients."""
    start = time.perf_counter()
    rows = []
    for place in interval.places(n):
        seed = zlib.crc32(f"{interval.name} {n} {place.name}".encode())
        rows.append((place.name, place.measure(np.random.default_rng(seed), runs)))
    mean = math.fsum(found.coverage for _, found in rows) / len(rows)
    error = math.sqrt(math.fsum(found.error**2 for _, found in rows)) / len(rows)
    where, least = min(rows, key=lambda row: row[1].coverage)
    return {
        "interval": interval.name,
        "n": n,
        "places": len(rows),
        "runs": runs if any(found.error for _, found in rows) else None,
        "mean": mean,
        "mean_error": error,
        "least": least.coverage,
        "least_error": least.error,
        "where": where,
        "undefined": max(found.undefined for _, found in rows),
        "seconds": round(time.perf_counter() - start, 1),
    }


def page(rows: list[dict[str, Any]]) -> str:
    """Return the page with one row for each interval and number of patients."""
    found = {(row["interval"], row["n"]): row for row in rows}
    text = [_HEAD]
    for interval in intervals():
        mine = [
            (n, found[interval.name, n]) for n in SIZES if (interval.name, n) in found
        ]
        if not mine:
            continue
        text += [
            f"## {interval.name}",
            "",
            "The default." if interval.default else "By name.",
            interval.grid,
            "",
            "| patients | mean | least | where | without one, at most | runs a place |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for n, row in mine:
            runs = f"{row['runs']:,}" if row["runs"] else "all samples"
            text.append(
                f"| {n} | {_share(row['mean'], row['mean_error'])} "
                f"| {_share(row['least'], row['least_error'])} | {row['where']} "
                f"| {row['undefined']:.1%} | {runs} |"
            )
        text.append("")
    return "\n".join(text)


def _share(value: float, error: float) -> str:
    shown = f"{math.floor(value * 1000) / 1000:.3f}"  # never up to the nominal level
    return f"{shown} ± {error:.4f}" if error else shown


def main() -> None:
    """Measure what is missing, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--only", default="", help="how the name of an interval begins")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    rows = json.loads(asked.kept.read_text("utf-8")) if asked.kept.exists() else []
    if asked.write:
        asked.write.write_text(page(rows), encoding="utf-8")
        return
    done = {(row["interval"], row["n"]) for row in rows}
    for n in asked.sizes:
        for interval in intervals():
            if not interval.name.startswith(asked.only) or (interval.name, n) in done:
                continue
            rows.append(measured(interval, n, asked.runs))
            print(rows[-1], flush=True)
            asked.kept.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
