"""Rows about whole studies: reports of many patients, and records where they lie."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import growth
from engine_data import written
from engines import in_a_process, taken
from timing import Row

RECORDS = 10_000_000
STEPS = ("counted", "analyzed", "written")


def reports() -> list[Row]:
    """Take reports of 10,000 and of a million patients from Parquet."""
    with tempfile.TemporaryDirectory() as place:
        growth.equal_at_first(Path(place))
        found = growth.of_studies((10_000, 1_000_000), Path(place))
    small, large = found[10_000], found[1_000_000]
    return [
        _steps(64, "10,000", small, 6.0),
        Row(
            number=65,
            work="analysis of the counts of 10,000 patients",
            found={"iph": small["analyzed"][0]},
            asked="0.5 s",
            reached=small["analyzed"][0] <= 0.5,
        ),
        _steps(66, "1,000,000", large, 30.0),
        Row(
            number=67,
            work="the same, peak memory of the process",
            found={"iph": large["mb"]},
            asked="under 1 GB",
            reached=large["mb"] < 1000,
            unit="MB",
        ),
    ]


def _steps(number: int, patients: str, found: dict[str, Any], asked: float) -> Row:
    """Return the row of a report, from Parquet to the folder."""
    processor = [found[step][0] for step in STEPS]
    clock = sum(found[step][1] for step in STEPS)
    parts = ", ".join(
        f"{step} in {seconds:.3g} s"
        for step, seconds in zip(STEPS, processor, strict=True)
    )
    return Row(
        number=number,
        work=f"report of {patients} patients with their visits, from Parquet",
        found={"iph": sum(processor)},
        asked=f"under {asked:g} s of the clock, on two cores",
        reached=clock < asked,
        note=f"{clock:.3g} s of the clock; {parts}.",
    )


def records() -> list[Row]:
    """Screen and grade records in Parquet with DuckDB, beside SQL by hand."""
    from engine_queries import by_iph
    from iph.criteria import open_table
    from sql_by_hand import by_sql

    with tempfile.TemporaryDirectory() as place:
        paths: Sequence[str] = [written(RECORDS, Path(place))]
        small = written(1000, Path(place), seed=1)
        alone = in_a_process("screen, DuckDB on Parquet", small, paths)
        assert by_iph(open_table(paths)) == by_sql(paths)
        ours = taken(lambda: by_iph(open_table(paths)))
        hand = taken(lambda: by_sql(paths))
    times = {"iph": ours.processor, "SQL by hand": hand.processor}
    return [
        Row(
            number=68,
            work=f"screening, flow, 3 grades of {RECORDS:,} records, DuckDB",
            found=times,
            asked="within 1.5 times the SQL by hand",
            reached=ours.processor <= 1.5 * hand.processor,
            note=f"of the clock {ours.clock:.3g} s and {hand.clock:.3g} s.",
        ),
        Row(
            number=69,
            work="the same, peak memory of the process",
            found={"iph": alone["mb"]},
            asked="under 1 GB",
            reached=alone["mb"] < 1000,
            unit="MB",
        ),
    ]


ROWS = (reports, records)
