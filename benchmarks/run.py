"""Take the times of iph and of its peers, in turn, and write the table of the docs.

    python benchmarks/run.py [--write docs/reference/benchmarks.md]

Each row first asserts that all tools find the same, then takes medians.
"""

import argparse
import os
import sys
import time
import traceback
from pathlib import Path


def main() -> int:
    """Run every row and print the page; write it as well if asked to."""
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[threads] = "1"  # before numpy is loaded, here and in what is started
    import groups
    import processes
    import survival
    from page import page
    from timing import Job, Row

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="the page to write")
    parser.add_argument(
        "--patience",
        type=float,
        default=1800.0,
        help="seconds of the clock after which the slowest peers are given up",
    )
    asked = parser.parse_args()
    started = time.monotonic()
    slow = {
        name: Job(name) for name in ("turnbull lifelines", "table-one tableone")
    }  # minutes each: they run beside the other rows
    rows: list[Row] = []
    failed = False
    for measure in (*processes.ROWS, *groups.ROWS, *survival.ROWS):
        try:
            rows.append(measure())
        except AssertionError:  # the tools differ: such a row has no times
            traceback.print_exc()
            failed = True
        print(f"{time.monotonic() - started:6.0f} s  {rows[-1]}", file=sys.stderr)
    done = {}
    for name, job in slow.items():
        left = max(asked.patience - (time.monotonic() - started), 1.0)
        done[name] = job.result(left)
    rows.append(survival.turnbull_row(done["turnbull lifelines"]))
    rows += groups.tables_one(done["table-one tableone"])
    text = page(sorted(rows, key=lambda row: row.number))
    print(text)
    if asked.write is not None:
        asked.write.write_text(text, encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
