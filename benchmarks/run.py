"""Take the times of iph and of its peers, in turn, and write the table of the docs.

    python benchmarks/run.py [--write docs/reference/benchmarks.md]

Each row first asserts that all tools find the same, then takes medians.
"""

import argparse
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from timing import Row


def main() -> int:
    """Run every row and print the page; write it as well if asked to."""
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[threads] = "1"  # before numpy is loaded, here and in what is started
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page to write")
    parser.add_argument(
        "--minutes",
        type=float,
        default=13.0,
        help="of the clock, after which slow peers are given up and no row begins",
    )
    asked = parser.parse_args()

    import groups
    import processes
    import survival
    from page import Run, page
    from timing import Job

    run = Run.begun()
    slow = {
        name: Job(name) for name in ("turnbull lifelines", "table-one tableone")
    }  # minutes each: they run beside the other rows
    rows: list[Row] = []
    left_out: dict[str, str] = {}

    def take(measure: Callable[[], "Row | list[Row]"], name: str) -> None:
        _say(run.seconds, f"{name} ...")
        try:
            found = measure()
        except (AssertionError, subprocess.CalledProcessError, RuntimeError):
            # The tools differ, or one of them failed: such a row has no times.
            traceback.print_exc()
            left_out[name] = "tools differed or failed"
            return
        for row in found if isinstance(found, list) else [found]:
            rows.append(row)
            _say(run.seconds, f"  {row.line}")
        run.look()

    try:
        for measure in (*processes.ROWS, *groups.ROWS, *survival.ROWS):
            if run.seconds > 60 * asked.minutes:
                left_out[measure.__name__] = "no time was left"
                continue
            take(measure, measure.__name__)
        ends = [
            ("turnbull lifelines", survival.turnbull_row),
            ("table-one tableone", groups.tables_one),
        ]
        for name, finish in ends:
            left = max(60 * asked.minutes - run.seconds, 1.0)
            _say(run.seconds, f"waiting for {name}, {left:.0f} s at most")
            take(lambda f=finish, j=slow[name], s=left: f(j.result(s)), name)  # type: ignore[misc] # bound at once
    finally:
        for job in slow.values():
            job.stop()
    text = page(sorted(rows, key=lambda row: row.number), run, left_out)
    print(text)
    if asked.write is not None:
        asked.write.write_text(text, encoding="utf-8")
    return int(bool(left_out))


def _say(seconds: float, what: str) -> None:
    print(f"{seconds:6.0f} s  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
