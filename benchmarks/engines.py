"""Screening, grading and counting where the data lie, against queries by hand.

    python benchmarks/engines.py [--write docs/reference/benchmarks-engines.md]
        [--rows 1e5 1e6 1e7] [--huge 1e8]

Every answer is compared before any time is taken. Memory is the peak of a process of
its own, as Linux counts it, above what the same took on a thousand rows.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import attrs

PACKAGES = ("iph", "narwhals", "polars", "duckdb", "pandas", "pyarrow", "numpy")
TABLE = (
    *("age_years", "ct", "mri", "records_complete", "muscle", "femoral"),
    *("associated_lesions", "imaging_available", "vas", "hip_flexion_deg"),
)


@attrs.frozen
class Taken:
    """What a piece of work took: seconds of the clock and of the processors."""

    clock: float
    processor: float

    def __str__(self) -> str:
        return f"{_digits(self.processor)} s | {_digits(self.clock)} s"


def _digits(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def taken(work: Callable[[], Any], times: int = 3) -> Taken:
    """Return the least of a few runs, of the clock and of all threads together."""
    clock, processor = [], []
    for _ in range(times):
        start, used = time.perf_counter(), _processor()
        work()
        clock.append(time.perf_counter() - start)
        processor.append(_processor() - used)
    return Taken(min(clock), min(processor))


def peak_mb() -> float:
    """Return the peak memory of this process alone, as Linux counts it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (peak,) = (line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def _screened_by_duckdb(paths: Sequence[str]) -> dict[str, Any]:
    from engine_queries import by_iph
    from iph.criteria import open_table

    return {"flow": by_iph(open_table(paths))[0]}


def _screened_by_polars(paths: Sequence[str]) -> dict[str, Any]:
    import polars as pl

    from engine_queries import by_iph

    pl.Config.set_engine_affinity("streaming")
    return {"flow": by_iph(pl.scan_parquet(list(paths)))[0]}


def _described(paths: Sequence[str]) -> dict[str, Any]:
    from iph.criteria import open_table
    from iph.study import describe_frame

    table = describe_frame(open_table(paths), TABLE, by="drug")
    return {"rows": len(table.rows)}


def _survival(paths: Sequence[str], day: str, by: str, method: Any) -> dict[str, Any]:
    """Say how much of a survival analysis is the engine's counting."""
    from iph.criteria import open_table
    from iph.stats import kaplan_meier, logrank
    from iph.study import recovery_counts

    records = open_table(paths)
    start, used = time.perf_counter(), _processor()
    counts = recovery_counts(records, day, "seen", by=by)
    counted, count_used = time.perf_counter(), _processor()
    columns = (counts.time, counts.event, counts.group)
    curve = kaplan_meier(*columns[:2], weights=counts.weights)
    test = logrank(*columns, weights=counts.weights, method=method)
    return {
        "clock_share": (counted - start) / (time.perf_counter() - start),
        "processor_share": (count_used - used) / (_processor() - used),
        "cells": len(counts.time),
        "method": test.method,
        "n": curve.n + curve.n_missing,
    }


JOBS: dict[str, Callable[[Sequence[str]], dict[str, Any]]] = {
    "screen, DuckDB on Parquet": _screened_by_duckdb,
    "screen, Polars streaming from Parquet": _screened_by_polars,
    "Table 1, DuckDB on Parquet": _described,
    "Kaplan-Meier and log-rank, 366 days": lambda paths: _survival(
        paths, "day", "drug", "asymptotic"
    ),
    "Kaplan-Meier and exact log-rank, 5 visits, arm of 10": lambda paths: _survival(
        paths, "visit_day", "arm_of_10", "exact"
    ),
    "Kaplan-Meier and exact log-rank, 5 visits, arm of 20": lambda paths: _survival(
        paths, "visit_day", "arm_of_20", "exact"
    ),
}


def job(name: str, small: str, paths: Sequence[str]) -> None:
    """Do a job on a small file, then on the one asked for, and print what it took."""
    work = JOBS[name]
    work([small])  # what is loaded for the first time is not the data's
    before = peak_mb()
    found: dict[str, Any] = {}
    took = taken(lambda: found.update(work(paths)), 1)
    more = peak_mb()
    found |= {"clock": took.clock, "processor": took.processor}
    print(json.dumps(found | {"mb_more": more - before, "mb": more}))


def in_a_process(name: str, small: str, paths: Sequence[str]) -> dict[str, Any]:
    """Do a job in a process of its own."""
    run = subprocess.run(
        [sys.executable, __file__, "--job", name, small, *paths],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def compared(path: str, rows: int) -> tuple[list[str], list[tuple[int, ...]]]:
    """Hold the answers against each other, then take times in memory, in turn."""
    import polars as pl

    from engine_queries import by_iph, by_pandas, by_polars
    from iph.criteria import open_table

    lazy = pl.read_parquet(path).lazy()
    frame = lazy.collect().to_pandas()
    expected = by_polars(lazy)
    assert by_iph(lazy) == expected
    assert by_iph(open_table(path)) == expected
    assert by_pandas(frame) == expected
    pandas = taken(lambda: by_pandas(frame), 1)
    ours, hand = taken(lambda: by_iph(lazy), 5), taken(lambda: by_polars(lazy), 5)
    cells = [
        f"{rows:,}",
        *(str(part) for part in (ours, hand, pandas)),
        f"{ours.processor / hand.processor:.2f}",
        f"{pandas.processor / ours.processor:.1f}",
    ]
    return [f"| {' | '.join(cells)} |"], expected[0]


def page(sizes: Sequence[int], huge: int, folder: Path) -> str:
    """Take everything and return the page."""
    from engine_data import written

    small = written(1000, folder)
    memory, screened, counted = [], [], []
    for rows in sizes:
        path = written(rows, folder)
        lines, flow = compared(path, rows)
        memory += lines
        for name in JOBS:
            found = in_a_process(name, small, [path])
            assert [tuple(step) for step in found.get("flow", flow)] == flow
            took = Taken(found["clock"], found["processor"])
            each = f"{1e6 * took.processor / rows:.3g}"
            cells = [name, f"{rows:,}", str(took), each, f"{found['mb_more']:.0f}"]
            screened.append(f"| {' | '.join(cells)} |")
            if "cells" in found:
                shares = (found["processor_share"], found["clock_share"])
                cells = [name, f"{rows:,}", found["method"], str(found["cells"])]
                cells += [f"{share:.1%}" for share in shares]
                counted.append(f"| {' | '.join(cells)} |")
        print(f"{rows} rows done", file=sys.stderr, flush=True)
    big = [_huge(huge, max(sizes), small, folder)] if huge else []
    template = Path(__file__).with_name("engines_page.md").read_text(encoding="utf-8")
    return template.format(
        memory="\n".join(memory),
        screened="\n".join(screened),
        counted="\n".join(counted),
        huge="\n".join(big),
        versions="\n".join(f"| {name} | {version(name)} |" for name in PACKAGES),
        python=platform.python_version(),
        machine=f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores",
    )


def _huge(rows: int, part: int, small: str, folder: Path) -> str:
    """Screen a folder of files, each of other records, by DuckDB."""
    from engine_data import written

    files = [written(part, folder, seed=1 + i) for i in range(rows // part)]
    name = "screen, DuckDB on Parquet"
    found = in_a_process(name, small, files)
    first = found["flow"][0]
    assert sum(first) == rows
    took = Taken(found["clock"], found["processor"])
    size = sum(Path(file).stat().st_size for file in files) / 1e6
    return (
        f"| {rows:,} | {len(files)} files, {size:,.0f} MB | {took} | "
        f"{found['mb']:,.0f} MB |"
    )


def main() -> None:
    """Take the benchmarks, print the page, and write it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page to write")
    parser.add_argument("--rows", type=float, nargs="+", default=[1e5, 1e6, 1e7])
    parser.add_argument("--huge", type=float, default=0)
    parser.add_argument("--job", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.job is not None:
        name, small, *paths = asked.job
        job(name, small, paths)
        return
    with tempfile.TemporaryDirectory() as folder:
        sizes = [int(rows) for rows in asked.rows]
        text = page(sizes, int(asked.huge), Path(folder))
    print(text)
    if asked.write is not None:
        asked.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    main()
