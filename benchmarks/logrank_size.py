"""Size and power of the log-rank tests in small groups with unequal follow-up.

    python benchmarks/logrank_size.py --runs 1000 --passes 20 logrank_size.json

Each pass adds runs of another seed to every setting and rewrites the file, so that it
can be stopped at any time and taken up again. What "auto" chooses for the log-rank
family was decided by this table.
"""

import argparse
import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from iph.stats._inference.tails import normal_two_sided
from iph.stats._survival.logrank_imputed import (
    Patients,
    contrast,
    dealt,
    drift,
    uniforms,
)
from iph.stats._survival.logrank_terms import weighting
from iph.stats._survival.survival_table import SurvivalTable, survival_table

VISITS = np.array([7.0, 30.0, 91.0, 182.0, 365.0])
SIZES = ((5, 23), (8, 20), (10, 18), (14, 14))
FOLLOW_UPS = ("equal", "first short", "second short")
EXPECTED = (3, 10, 16, 24)
RESAMPLES = 199
FIRST = 49  # of them, after which most studies are settled
TESTS = ("asymptotic", "permutation", "imputed")
RULE = weighting("logrank", 0.0, 0.0)
ALPHA = 0.05


def follow_up(kind: str, *, short: bool, n: int, rng: np.random.Generator) -> Any:
    """Return the last day under observation of each patient."""
    if kind == "visits":
        last = [0.30, 0.30, 0.20, 0.10, 0.10] if short else [0.0, 0.0, 0.05, 0.10, 0.85]
        return VISITS[rng.choice(5, size=n, p=last)]
    return rng.uniform(7.0, 182.0, n) if short else rng.uniform(270.0, 365.0, n)


def sample(
    setting: dict[str, Any], rate: float, ratio: float, rng: np.random.Generator
) -> tuple[Any, Any, Any]:
    """Return time, event and group of one study."""
    sizes = setting["sizes"]
    group = np.repeat([0, 1], sizes)
    rates = np.where(group == 0, rate * ratio, rate)
    day = rng.exponential(1.0 / rates)
    lost = np.empty(group.size)
    for index, n in enumerate(sizes):
        if setting["follow_up"] == "equal":
            mixed = rng.random(n) < 0.5
            long = follow_up(setting["times"], short=False, n=n, rng=rng)
            short = follow_up(setting["times"], short=True, n=n, rng=rng)
            lost[group == index] = np.where(mixed, long, short)
        else:
            brief = setting["follow_up"] == ("first short", "second short")[index]
            lost[group == index] = follow_up(
                setting["times"], short=brief, n=n, rng=rng
            )
    if setting["times"] == "visits":
        place = np.searchsorted(VISITS, day)
        day = np.append(VISITS, math.inf)[place]
    else:
        day, lost = np.ceil(day), np.ceil(lost)
    return np.minimum(day, lost), day <= lost, group


def rate_of(setting: dict[str, Any]) -> float:
    """Return the rate with which the events expected are those of the setting."""
    low, high = 1e-6, 1.0
    for _ in range(22):
        middle = math.sqrt(low * high)
        rng = np.random.default_rng(7)
        seen = np.mean([sample(setting, middle, 1.0, rng)[1].sum() for _ in range(300)])
        low, high = (middle, high) if seen < setting["expected"] else (low, middle)
    return low


def rejected(table: SurvivalTable, rng: np.random.Generator) -> list[bool]:
    """Return whether each test rejects in one study."""
    patients = Patients.of(table)
    m = patients.survival.size + 1
    ours = np.array([1.0, 0.0])
    group = patients.group[None, :]
    found, covariance = drift(
        patients.rank[None, :], patients.event[None, :], group, (2, m), RULE
    )
    z = float(contrast(found, covariance, ours)[0])
    if not covariance[0, 0, 0] > 0.0:
        return [False] * len(TESTS)
    scores = np.where(patients.event == 1, 1.0, 0.0) - hazards(table)[patients.rank]
    drawn = float(found[0, 0])
    n1 = np.count_nonzero(patients.group == 0)

    def by_labels(rows: int) -> Any:
        order = np.argsort(uniforms((rows, patients.rank.size), rng), axis=1)
        return np.abs(scores[order[:, :n1]].sum(axis=1)) >= abs(drawn) - 1e-9

    def by_times(rows: int) -> Any:
        ranks, events = dealt(patients, rows, rng)
        groups = np.broadcast_to(patients.group, ranks.shape)
        anew = contrast(*drift(ranks, events, groups, (2, m), RULE), ours)
        return np.abs(anew) >= abs(z) - 1e-9

    return [normal_two_sided(z) <= ALPHA, few(by_labels), few(by_times)]


def few(as_far: Any) -> bool:
    """Return whether so few resamples are as far out that the test rejects.

    It stops once they are too many: the others could not change the answer.
    """
    allowed = math.floor(ALPHA * (RESAMPLES + 1) + 1e-9) - 1
    hits = 0
    for rows in (FIRST, RESAMPLES - FIRST):
        hits += int(np.count_nonzero(as_far(rows)))
        if hits > allowed:
            return False
    return True


def hazards(table: SurvivalTable) -> Any:
    """Return the sum of the hazards of all patients up to each time."""
    return np.cumsum(table.events.sum(axis=0) / table.at_risk.sum(axis=0))


def settings() -> list[dict[str, Any]]:
    """Return all settings without their figures."""
    return [
        {"sizes": list(sizes), "follow_up": kind, "times": times, "expected": expected}
        for times in ("visits", "days")
        for sizes in SIZES
        for kind in FOLLOW_UPS
        if not (sizes[0] == sizes[1] and kind == "second short")
        for expected in EXPECTED
    ]


def add(row: dict[str, Any], ratio: float, runs: int, seed: list[int]) -> None:
    """Add runs to a setting."""
    rng = np.random.default_rng(seed)
    name = "size" if ratio == 1.0 else "power"
    counts = row.setdefault(name, {"runs": 0, **dict.fromkeys(TESTS, 0)})
    for _ in range(runs):
        time, event, group = sample(row, row["rate"], ratio, rng)
        found = rejected(survival_table(time, event, group=group), rng)
        for test, rejects in zip(TESTS, found, strict=True):
            counts[test] += int(rejects)
    counts["runs"] += runs


def main() -> None:
    """Add passes to the file, or begin it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--passes", type=int, default=20)
    arguments = parser.parse_args()
    if arguments.file.exists():
        state = json.loads(arguments.file.read_text())
    else:
        rows = settings()
        for row in rows:
            row["rate"] = rate_of(row)
        state = {"date": "", "passes": 0, "resamples": RESAMPLES, "settings": rows}
    for _ in range(arguments.passes):
        state["passes"] += 1
        for place, row in enumerate(state["settings"]):
            add(row, 1.0, arguments.runs, [state["passes"], place, 0])
            add(row, 4.0, arguments.runs // 4, [state["passes"], place, 1])
        state["date"] = dt.datetime.now(tz=dt.UTC).date().isoformat()
        head = json.dumps({k: v for k, v in state.items() if k != "settings"})[:-1]
        lines = ",\n".join(json.dumps(row) for row in state["settings"])
        arguments.file.write_text(f'{head}, "settings": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
