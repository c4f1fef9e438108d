"""How a study and each family of statistics grow with the number of patients.

    python benchmarks/growth.py [--write docs/reference/benchmarks-growth.md]
        [--patients 1e2 1e3 1e4 1e5 1e6] [--values 1e2 1e3 1e4 1e5 1e6]

The counts of the smallest study are first held against those of the patients
themselves, and each statistic of counted values against that of the values. Each study
is counted and reported in a process of its own, whose peak of memory Linux tells.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from engines import PACKAGES, peak_mb, taken

SEED = 2023
MANY = 1_000_000  # values of which one run is enough


def study(patients: str, visits: str, small: Sequence[str], out: str) -> None:
    """Count and report a study in Parquet, and print what each step took."""
    from iph.criteria import open_table
    from iph.report import write
    from iph.study import analyze, count

    def counted(places: Sequence[str]) -> Any:
        first, second = map(open_table, places)
        return count(first, assessments=second)

    counted(small)  # what is loaded for the first time is not the data's
    found: dict[str, Any] = {}
    steps: dict[str, Callable[[], Any]] = {
        "counted": lambda: found.update(counts=counted([patients, visits])),
        "analyzed": lambda: found.update(study=analyze(found["counts"])),
        "written": lambda: write(found["study"], out),
    }
    took = {name: taken(step, 1) for name, step in steps.items()}
    print(
        json.dumps(
            {
                "n": found["counts"].n,
                "mb": peak_mb(),
                **{name: [one.processor, one.clock] for name, one in took.items()},
            }
        )
    )


def equal_at_first(folder: Path) -> None:
    """Hold the counts of a small study, and statistics of counts, against the plain."""
    import pyarrow.parquet as pq

    from growth_data import written
    from iph.criteria import open_table
    from iph.study import count

    patients, visits, _ = written(300, folder, seed=1)
    lazy = count(open_table(patients), assessments=open_table(visits))
    read = count(pq.read_table(patients), assessments=pq.read_table(visits))
    assert lazy.tables == read.tables
    for name, (plain, of_counts) in statistics(2_000).items():
        assert np.allclose(plain(), of_counts(), rtol=1e-12, atol=0), name


def cells(*columns: Any) -> tuple[list[Any], Any]:
    """Return the distinct rows of some columns, and how many there are of each."""
    rows, counts = np.unique(np.stack(columns), axis=1, return_counts=True)
    return list(rows), counts


def statistics(n: int) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """Return for each family a statistic of n values, and the same of their counts."""
    from iph.stats import (
        describe,
        kaplan_meier,
        kendall,
        kruskal_wallis,
        logrank,
        mann_whitney,
        wilcoxon_signed_rank,
    )

    rng = np.random.default_rng(SEED)
    scores, arm = rng.integers(0, 11, n).astype(float), rng.integers(0, 2, n)
    later = np.clip(scores - rng.integers(0, 4, n), 0, 10).astype(float)
    days, seen = rng.integers(1, 366, n).astype(float), rng.random(n) < 0.7
    halves = [scores[arm == k] for k in (0, 1)]
    large: Any = {"method": "asymptotic"}

    def by_arm(test: Callable[..., Any]) -> float:
        own = [cells(half) for half in halves]
        values, weights = [v for (v,), _ in own], tuple(w for _, w in own)
        return float(test(*values, weights=weights, **large).p_value)

    def in_pairs(test: Callable[..., Any], **options: Any) -> Any:
        pairs, weights = cells(scores, later)
        return test(*pairs, weights=weights, **options)

    def survival() -> tuple[Any, Any, Any, Any]:
        (day, event, group), weights = cells(days, seen, arm)
        return day, event.astype(bool), group, weights

    def median_of_counts() -> float:
        day, event, _, weights = survival()
        return kaplan_meier(day, event, weights=weights).median().value

    def logrank_of_counts() -> float:
        *columns, weights = survival()
        return logrank(*columns, weights=weights, **large).statistic

    def described_counts() -> float:
        (values,), weights = cells(scores)
        return describe(values, weights=weights, rule="median").quartiles.median

    return {
        "description": (
            lambda: describe(scores, rule="median").quartiles.median,
            described_counts,
        ),
        "two samples, Mann-Whitney": (
            lambda: mann_whitney(*halves, **large).p_value,
            lambda: by_arm(mann_whitney),
        ),
        "several samples, Kruskal-Wallis": (
            lambda: kruskal_wallis(*halves, **large).p_value,
            lambda: by_arm(kruskal_wallis),
        ),
        "pairs, signed ranks": (
            lambda: wilcoxon_signed_rank(scores, later, **large).p_value,
            lambda: in_pairs(wilcoxon_signed_rank, **large).p_value,
        ),
        "association, Kendall": (
            lambda: kendall(scores, later).estimate,
            lambda: in_pairs(kendall).estimate,
        ),
        "survival, Kaplan-Meier": (
            lambda: kaplan_meier(days, seen).median().value,
            median_of_counts,
        ),
        "survival, log-rank": (
            lambda: logrank(days, seen, arm, **large).statistic,
            logrank_of_counts,
        ),
    }


def of_studies(sizes: Sequence[int], folder: Path) -> dict[int, dict[str, Any]]:
    """Count and report studies of so many patients, each in a process of its own."""
    from growth_data import written

    *small, _ = written(100, folder, seed=2)
    found = {}
    for size in sizes:
        patients, visits, rows = written(size, folder)
        asked = ["--study", patients, visits, *small, str(folder / f"report_{size}")]
        run = subprocess.run(
            [sys.executable, __file__, *asked],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        found[size] = {**json.loads(run.stdout.splitlines()[-1]), "rows": rows}
        print(size, found[size], file=sys.stderr, flush=True)
    return found


def of_statistics(sizes: Sequence[int]) -> dict[str, dict[int, float]]:
    """Return the processor time of each family by the number of values."""
    found: dict[str, dict[int, float]] = {}
    for size in sizes:
        for name, (plain, _) in statistics(size).items():
            plain()
            times = 5 if size < MANY else 1
            found.setdefault(name, {})[size] = taken(plain, times).processor
        print(size, file=sys.stderr, flush=True)
    return found


def drawn(
    studies: dict[int, dict[str, Any]],
    families: dict[str, dict[int, float]],
    file: Path,
) -> None:
    """Draw both against the number of patients, on logarithmic axes."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "iph", "svg.fonttype": "none"})
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for name in ("counted", "analyzed", "written"):
        seconds = [one[name][0] for one in studies.values()]
        axes.plot(list(studies), seconds, "o-", label=f"study, {name}")
    for name, times in families.items():
        axes.plot(list(times), list(times.values()), ".--", lw=1, label=name)
    axes.set(xscale="log", yscale="log", xlabel="patients", ylabel="processor, s")
    figure.legend(fontsize=7, loc="outside right upper")
    axes.grid(alpha=0.3)
    figure.savefig(file, metadata={"Date": None})


def page(
    studies: dict[int, dict[str, Any]], families: dict[str, dict[int, float]]
) -> str:
    """Return the page."""
    lines = []
    for size, one in studies.items():
        steps = [f"{one[step][0]:.3g}" for step in ("counted", "analyzed", "written")]
        clock = sum(one[step][1] for step in ("counted", "analyzed", "written"))
        cells_of = [f"{size:,}", f"{one['rows']:,}", *steps, f"{clock:.3g}"]
        lines.append(f"| {' | '.join([*cells_of, format(one['mb'], ',.0f')])} |")
    sizes = list(next(iter(families.values())))
    head = " | ".join(f"{size:,}" for size in sizes)
    rows = [
        f"| {name} | {' | '.join(f'{times[size]:.2g}' for size in sizes)} |"
        for name, times in families.items()
    ]
    template = Path(__file__).with_name("growth_page.md").read_text(encoding="utf-8")
    return template.format(
        studies="\n".join(lines),
        head=head,
        rule="|".join(["--:"] * len(sizes)),
        families="\n".join(rows),
        versions="\n".join(f"| {name} | {version(name)} |" for name in PACKAGES),
        python=platform.python_version(),
        machine=f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores",
    )


def main() -> None:
    """Take the benchmarks, print the page, and write it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page to write")
    parser.add_argument("--patients", type=float, nargs="+", default=[1e2, 1e3, 1e4])
    parser.add_argument("--values", type=float, nargs="+", default=[1e2, 1e4, 1e6])
    parser.add_argument("--study", nargs=5, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.study is not None:
        patients, visits, *small, out = asked.study
        study(patients, visits, small, out)
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        equal_at_first(folder)
        families = of_statistics([int(n) for n in asked.values])
        studies = of_studies([int(n) for n in asked.patients], folder)
    text = page(studies, families)
    print(text)
    if asked.write is not None:
        asked.write.write_text(text, encoding="utf-8")
        drawn(studies, families, asked.write.with_name("growth.svg"))


if __name__ == "__main__":
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    main()
