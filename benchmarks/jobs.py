"""One job in a fresh process: its time, and the memory it needs beyond its data.

    python jobs.py JOB SECONDS

The peak of the resident memory is set back when the data are there (Linux only), so
that neither the interpreter nor the data count. After so many seconds of processor
time, if not 0, the job is given up.
"""

import json
import math
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import data

Job = tuple[Callable[[], Any], int]


def _status(name: str) -> int:
    """Return a line of this process's status, in bytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise LookupError(name)


def _kaplan_meier_iph() -> Job:
    from iph.stats import kaplan_meier

    time, event, _ = data.whole_days(10_000_000)
    kaplan_meier(time[:100], event[:100]).median()
    return lambda: float(kaplan_meier(time, event).median().value), len(time)


def _kaplan_meier_statsmodels() -> Job:
    from statsmodels.duration.survfunc import SurvfuncRight

    time, event, _ = data.whole_days(10_000_000)
    SurvfuncRight(time[:100], event[:100]).quantile(0.5)
    return lambda: float(SurvfuncRight(time, event).quantile(0.5)), len(time)


def _kaplan_meier_lifelines() -> Job:
    from lifelines import KaplanMeierFitter

    time, event, _ = data.whole_days(10_000_000)
    KaplanMeierFitter().fit(time[:100], event[:100])
    return (
        lambda: float(KaplanMeierFitter().fit(time, event).median_survival_time_),
        len(time),
    )


def _table_one_iph() -> Job:
    from iph.study import describe_frame

    frame = data.registry(1_000_000)
    describe_frame(frame[:1000], data.CHARACTERISTICS, by="arm", description="median")
    return (
        lambda: len(
            describe_frame(
                frame, data.CHARACTERISTICS, by="arm", description="median"
            ).rows
        ),
        len(frame),
    )


def _table_one_tableone() -> Job:
    from tableone import TableOne

    frame = data.registry(1_000_000)
    data.table_of_tableone(TableOne, frame[:1000])
    return lambda: data.table_of_tableone(TableOne, frame) and 15, len(frame)


def _exact_iph() -> Job:
    from iph.stats import logrank

    time, event, group = data.distinct(16, 30)
    logrank(time[::8], event[::8], group[::8], method="exact")
    return lambda: logrank(time, event, group, method="exact").p_value, len(time)


def _turnbull_lifelines() -> Job:
    from lifelines import KaplanMeierFitter

    left, right = data.intervals(10_000)

    def work() -> list[float]:
        fitter = KaplanMeierFitter().fit_interval_censoring(left, right)
        curve = fitter.survival_function_
        return [
            float(curve[column].asof(day))
            for day in (50.0, 100.0, 150.0)
            for column in sorted(curve.columns)
        ]

    KaplanMeierFitter().fit_interval_censoring(left[:50], right[:50])
    return work, len(left)


JOBS = {
    "turnbull lifelines": _turnbull_lifelines,
    "kaplan-meier iph": _kaplan_meier_iph,
    "kaplan-meier statsmodels": _kaplan_meier_statsmodels,
    "kaplan-meier lifelines": _kaplan_meier_lifelines,
    "table-one iph": _table_one_iph,
    "table-one tableone": _table_one_tableone,
    "exact iph": _exact_iph,
}


def main() -> None:
    """Do one job and print its memory, its time and what it found."""
    work, rows = JOBS[sys.argv[1]]()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    patience = int(sys.argv[2])
    if patience:  # of the work alone
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        spent = math.ceil(time.process_time()) + patience
        resource.setrlimit(resource.RLIMIT_CPU, (spent, spent + 5))
    before = _status("VmRSS")
    start = time.process_time()
    found = work()
    seconds = time.process_time() - start
    answer = {"found": found, "seconds": seconds, "n": rows}
    print(json.dumps({**answer, "bytes": _status("VmHWM") - before}))


if __name__ == "__main__":
    main()
