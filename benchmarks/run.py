"""Take the times of iph and of its peers, in turn, and write the table of the docs.

    python benchmarks/run.py [--write docs/reference/benchmarks.md] [--kept rows.json]

Each row first asserts that all tools find the same, then takes medians. With `--kept`
rows are kept in a file as they are taken, and a run that was broken off goes on.
"""

import argparse
import functools
import importlib
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from timing import Job, Row

SAID = 4_000  # characters of an error that are shown


def main() -> int:
    """Run every row and print the page; write it as well if asked to."""
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[threads] = "1"  # before numpy is loaded, here and in what is started
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page to write")
    parser.add_argument(
        "--minutes",
        type=float,
        default=40.0,
        help="of the clock, after which slow peers are given up and no row begins",
    )
    parser.add_argument(
        "--patience",
        type=int,
        default=240,
        help="seconds of processor time after which a slow peer is given up",
    )
    parser.add_argument("--kept", type=Path, help="the file that keeps the rows taken")
    parser.add_argument("--only", nargs="+", help="the rows to take, by their names")
    asked = parser.parse_args()

    import groups
    import survival
    from page import Run, page
    from timing import Job

    run = Run.begun(asked.kept)
    slow = {
        name: Job(name, asked.patience)
        for name in ("turnbull lifelines", "table-one tableone")
        if name not in run.rows and (not asked.only or name in asked.only)
    }  # minutes each: they run beside the other rows
    left_out: dict[str, str] = {}

    def take(measure: Callable[[], "Row | list[Row]"], name: str) -> None:
        _say(run.seconds, f"{name} ...")
        try:
            found = measure()
        except Exception as error:  # noqa: BLE001  # other tools raise what they like
            # The tools differ, or one of them failed: such a row has no times. What
            # it says is cut: an error of pandas may name each of a million times.
            said = traceback.format_exception(error)
            print("".join(said)[:SAID], file=sys.stderr)
            left_out[name] = "tools differed or failed"
            return
        taken = found if isinstance(found, list) else [found]
        run.keep(name, taken)
        for row in taken:
            _say(run.seconds, f"  {row.line}")

    try:
        for measure in _measures():
            name = measure.__name__
            if name in run.rows or (asked.only and name not in asked.only):
                continue
            if run.seconds > 60 * asked.minutes:
                left_out[name] = "no time was left"
                continue
            take(measure, name)
        ends = {
            "turnbull lifelines": survival.turnbull_row,
            "table-one tableone": groups.tables_one,
        }
        for name, job in slow.items():
            left = max(60 * asked.minutes - run.seconds, 1.0)
            _say(run.seconds, f"waiting for {name}, {left:.0f} s at most")
            take(functools.partial(_finished, ends[name], job, left), name)
    finally:
        for job in slow.values():
            job.stop()
    text = page(run, left_out)
    print(text)
    if asked.write is not None:
        asked.write.write_text(text, encoding="utf-8")
    return int(bool(left_out))


def _measures() -> list[Callable[[], Any]]:
    """Return what takes the rows, but those of the slow peers."""
    names = (
        *("processes", "groups", "survival", "regression", "strata"),
        *("cross_tables", "rank_tests", "paired_tables"),
        *("small_trials", "readers", "large_counts", "studies"),
    )
    return [row for name in names for row in importlib.import_module(name).ROWS]


def _finished(
    finish: Callable[[dict[str, Any]], "Row | list[Row]"], job: "Job", seconds: float
) -> "Row | list[Row]":
    """Return the rows of a slow peer, which is stopped after some seconds."""
    return finish(job.result(seconds))


def _say(seconds: float, what: str) -> None:
    print(f"{seconds:6.0f} s  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
