"""Screening and grading where the data lie, against hand-written queries.

    python benchmarks/engines.py [ROWS ...]

Every answer is compared before any time is taken. All times are of one run on one
machine; memory is the peak of a process of its own above that of the imports.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from iph.criteria import LI_2023, open_table, screen
from iph.scales import HEMOPHILIA, HIP_FLEXION, PAIN_RULES, Cutpoints
from iph.stats import kaplan_meier, logrank
from iph.study import recovery_counts, tally

CHUNK = 500_000


def chunk(rows: int, seed: int) -> pa.Table:
    """Return made-up records with missing values and NaN in every column."""
    rng = np.random.default_rng(seed)

    def some(values: Any, share: float = 0.03) -> pa.Array:
        return pa.array(values, mask=rng.random(rows) < share)

    def words(choices: list[str], chances: list[float]) -> pa.Array:
        return some(
            np.array(choices, dtype=object)[rng.choice(len(choices), rows, p=chances)]
        )

    age = rng.integers(0, 100, rows).astype(float)
    age[rng.random(rows) < 0.01] = np.nan
    examined = ["yes", "no", "not_done", "unknown"]
    return pa.table(
        {
            "age_years": some(age),
            "ct": words(examined, [0.7, 0.1, 0.15, 0.05]),
            "mri": words(examined, [0.2, 0.1, 0.65, 0.05]),
            "surgical_confirmation": words(examined, [0.1, 0.05, 0.8, 0.05]),
            "records_complete": some(rng.random(rows) < 0.95),
            "other_areas": some(rng.random(rows) < 0.05),
            "muscle": words(["psoas", "iliopsoas", "retroperitoneal"], [0.4, 0.4, 0.2]),
            "femoral": words(["involved", "spared", "unknown"], [0.7, 0.2, 0.1]),
            "associated_lesions": words(
                ["none", "cyst", "infection;tumor", "unknown"], [0.9, 0.04, 0.03, 0.03]
            ),
            "hematoma_present": some(rng.random(rows) < 0.97),
            "imaging_available": some(rng.random(rows) < 0.95),
            "lost_to_follow_up": some(rng.random(rows) < 0.1),
            "hip_flexion_deg": some(rng.integers(0, 161, rows)),
            "vas": some(rng.integers(0, 11, rows)),
            "factor_viii_percent": some(rng.integers(0, 101, rows).astype(float)),
            "day": some(rng.integers(0, 366, rows)),
            "seen": some(rng.random(rows) < 0.7),
            "drug": words(["a", "b"], [0.5, 0.5]),
        }
    )


def written(rows: int, folder: Path) -> str:
    """Write made-up records as Parquet, chunk by chunk, and return the path."""
    path = folder / f"{rows}.parquet"
    first = chunk(min(rows, CHUNK), 0)
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for place in range(1, -(-rows // CHUNK)):
            writer.write_table(chunk(min(CHUNK, rows - place * CHUNK), place))
    return str(path)


SCALES: dict[str, Cutpoints[Any]] = {
    "hip_flexion_deg": HIP_FLEXION,
    "vas": PAIN_RULES["li2023"],
    "factor_viii_percent": HEMOPHILIA,
}
IMAGES = ("ct", "mri", "surgical_confirmation")
Answer = tuple[list[tuple[int, ...]], list[list[int]]]


def by_iph(frame: Any) -> Answer:
    """Return the flow and the counts of three grades."""
    flow = screen(frame, LI_2023).flow
    grades = [tally(frame, scale.expr(column)) for column, scale in SCALES.items()]
    steps: list[tuple[int, ...]] = [
        (s.n_removed, s.n_unknown, s.n_remaining) for s in flow
    ]
    return steps, [[*g.counts[0], g.missing[0]] for g in grades]


def flow_of(counted: dict[tuple[int, int], int], never: int) -> list[tuple[int, ...]]:
    """Return the flow from how many fail first, and are unknown first, where."""
    steps: list[tuple[int, ...]] = []
    for place in range(never):
        alive = {key: n for key, n in counted.items() if key[0] > place}
        steps.append(
            (
                sum(n for key, n in counted.items() if key[0] == place),
                sum(n for key, n in alive.items() if key[1] <= place),
                sum(n for key, n in alive.items() if key[1] > place),
            )
        )
    return steps


def by_polars(frame: pl.LazyFrame) -> Answer:
    """Answer by a query written by hand, as safe against null and NaN."""
    col, when, lit = pl.col, pl.when, pl.lit
    number = col("age_years").is_finite() & col("age_years").is_between(0, 120)
    lesions = col("associated_lesions")
    found = [
        when(col(c).is_in(["yes", "no", "not_done"])).then(col(c) == "yes")
        for c in IMAGES
    ]
    undone = [
        when(col(c).is_in(["yes", "no", "not_done"])).then(col(c) == "not_done")
        for c in IMAGES[:2]
    ]
    available = col("imaging_available")
    femoral = when(col("femoral").is_in(["involved", "spared"])).then(col("femoral"))
    failed = [
        when(number).then(col("age_years") <= 14),
        ~pl.any_horizontal(found),
        ~col("records_complete"),
        col("other_areas"),
        (col("muscle") == "retroperitoneal") & (femoral == "spared"),
        when(lesions != "unknown").then(
            lesions.str.contains("^(?:.*;)?(?:cyst|infection|tumor|other)(?:;|$)")
        ),
        ~col("hematoma_present"),
        ~available.fill_null(value=True)
        | (undone[0] & undone[1] & ~available.fill_null(value=False)),
        col("lost_to_follow_up"),
    ]
    never = len(failed)
    first_failed, first_unknown = lit(never), lit(never)
    for place in reversed(range(never)):
        first_failed = when(failed[place]).then(place).otherwise(first_failed)
        unknown = failed[place].is_null()
        first_unknown = when(unknown).then(place).otherwise(first_unknown)
    flexion, vas, factor = (col(name) for name in SCALES)
    grades = [
        when(flexion.is_between(0, 160)).then(
            when(flexion < 45).then(1).when(flexion < 90).then(2).otherwise(3)
        ),
        when(vas.is_between(0, 10)).then(
            when(vas <= 0)
            .then(0)
            .when(vas < 4)
            .then(1)
            .when(vas < 7)
            .then(2)
            .otherwise(3)
        ),
        when(factor.is_finite() & factor.is_between(0, 600)).then(
            when(factor < 1)
            .then(3)
            .when(factor <= 5)
            .then(2)
            .when(factor < 40)
            .then(1)
            .otherwise(0)
        ),
    ]
    states = frame.select(f=first_failed, u=first_unknown).group_by("f", "u").len()
    rows = states.collect().iter_rows()
    flow = flow_of({(f, u): n for f, u, n in rows}, never)
    made = []
    for grade in grades:
        counts = dict(frame.select(g=grade).group_by("g").len().collect().iter_rows())
        levels = sorted(level for level in counts if level is not None)
        made.append([*(counts[level] for level in levels), counts.get(None, 0)])
    return flow, made


def by_pandas(frame: pd.DataFrame) -> Answer:
    """Answer by masks written by hand, as safe against missing values."""
    age, lesions = frame["age_years"], frame["associated_lesions"]
    known = {c: frame[c].isin(["yes", "no", "not_done"]) for c in IMAGES}
    yes = {c: frame[c] == "yes" for c in IMAGES}
    undone = {c: frame[c] == "not_done" for c in IMAGES}
    stated = frame["imaging_available"]
    any_yes = yes["ct"] | yes["mri"] | yes["surgical_confirmation"]
    all_known = known["ct"] & known["mri"] & known["surgical_confirmation"]
    retro, muscle = frame["muscle"] == "retroperitoneal", frame["muscle"].notna()
    spared = frame["femoral"] == "spared"
    nerve = frame["femoral"].isin(["involved", "spared"])
    neither = undone["ct"] & undone["mri"]
    one_done = (known["ct"] & ~undone["ct"]) | (known["mri"] & ~undone["mri"])
    lesion = lesions.str.contains(
        "(?:^|;)(?:cyst|infection|tumor|other)(?:;|$)", na=False
    )
    failed_passed = [
        (age.between(0, 14), (age > 14) & (age <= 120)),
        (~any_yes & all_known, any_yes),
        (frame["records_complete"].eq(False), frame["records_complete"].eq(True)),
        (frame["other_areas"].eq(True), frame["other_areas"].eq(False)),
        (retro & spared, (muscle & ~retro) | (nerve & ~spared)),
        (lesion, lesions.notna() & ~lesion & (lesions != "unknown")),
        (frame["hematoma_present"].eq(False), frame["hematoma_present"].eq(True)),
        (
            stated.eq(False) | (neither & ~stated.eq(True)),
            ~stated.eq(False) & (one_done | stated.eq(True)),
        ),
        (frame["lost_to_follow_up"].eq(True), frame["lost_to_follow_up"].eq(False)),
    ]
    never = len(failed_passed)
    failed = [f.to_numpy(dtype=bool) for f, _ in failed_passed]
    unknown = [~(f | p).to_numpy(dtype=bool) for f, p in failed_passed]
    first_failed = np.select(failed, range(never), never)
    first_unknown = np.select(unknown, range(never), never)
    states = pd.DataFrame({"f": first_failed, "u": first_unknown}).value_counts()
    flow = flow_of({key: int(n) for key, n in states.items()}, never)
    made = []
    for name, edges, sides in (
        ("hip_flexion_deg", [0, 45, 90, 160], "left"),
        ("vas", [-1, 1, 4, 7, 10], "left"),
        ("factor_viii_percent", [0, 1, 5.000001, 40, 600], "left"),
    ):
        values = frame[name].to_numpy(dtype=float)
        legal = (values >= max(edges[0], 0)) & (values <= edges[-1])
        codes = np.searchsorted(edges[1:-1], values[legal], side="right")
        counts = np.bincount(codes, minlength=len(edges) - 1).tolist()
        del sides
        made.append(
            [
                *(counts[::-1] if name.startswith("factor") else counts),
                int(len(values) - legal.sum()),
            ]
        )
    return flow, made


def taken(work: Callable[[], Any], times: int = 3) -> float:
    """Return the shortest time of a few."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def peak_mb() -> float:
    """Return the peak memory of this process alone, as Linux counts it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (peak,) = (line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def memory(path: str) -> None:
    """Print seconds, and MB above what the same on a small file takes."""
    folder = Path(path).parent
    by_iph(open_table(folder / "1000.parquet"))
    before = peak_mb()
    seconds = taken(lambda: by_iph(open_table(path)), 1)
    more = peak_mb() - before
    print(f"DuckDB from Parquet: {seconds:.2f} s, {more:.0f} MB more")


def survival(path: str) -> None:
    """Print how much of a survival analysis is the engine's counting."""
    start = time.perf_counter()
    counts = recovery_counts(open_table(path), "day", "seen", by="drug")
    counted = time.perf_counter()
    kaplan_meier(counts.time, counts.event, weights=counts.weights)
    logrank(counts.time, counts.event, counts.group, weights=counts.weights)
    done = time.perf_counter()
    share = (counted - start) / (done - start)
    print(f"Kaplan-Meier and log-rank: {done - start:.2f} s, {share:.0%} counting")


def main(sizes: list[int]) -> None:
    """Compare and time every size in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written(1000, folder)
        for rows in sizes:
            path = written(rows, folder)
            print(f"{rows} rows")
            lazy = pl.read_parquet(path).lazy()
            frame = lazy.collect().to_pandas()
            expected = by_polars(lazy)
            assert by_iph(lazy) == expected
            assert by_pandas(frame) == expected
            assert by_iph(open_table(path)) == expected
            ours, hand = taken(lambda: by_iph(lazy)), taken(lambda: by_polars(lazy))  # noqa: B023
            pandas = taken(lambda: by_pandas(frame), 1)  # noqa: B023
            print(f"iph on Polars {ours:.3f} s; by hand {hand:.3f} s, ", end="")
            print(f"{ours / hand:.2f} times; pandas by hand {pandas:.2f} s, ", end="")
            print(f"{pandas / ours:.1f} times")
            sys.stdout.flush()
            subprocess.run([sys.executable, __file__, "--memory", path], check=True)


if __name__ == "__main__":
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    if sys.argv[1:2] == ["--memory"]:
        memory(sys.argv[2])
        survival(sys.argv[2])
    else:
        main([int(float(size)) for size in sys.argv[1:]] or [100_000, 1_000_000])
