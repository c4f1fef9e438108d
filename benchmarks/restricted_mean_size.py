"""Size of the tests of two restricted means, and coverage of their intervals.

    python benchmarks/restricted_mean_size.py --runs 4000 restricted_mean_size.json

Recovery is exponential with the same rate in both groups; the true difference is 0, so
the interval misses it where the test rejects.
"""

import argparse
import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from iph.stats._inference.tails import normal_two_sided
from iph.stats._survival.logrank_imputed import Patients, uniforms
from iph.stats._survival.restricted_mean_permutation import standardized
from iph.stats._survival.survival_table import survival_table

SIZES = ((4, 8), (6, 6), (8, 8), (6, 18), (5, 23), (15, 15), (30, 30))
FOLLOW_UPS = ("equal", "first short", "second short")
RESAMPLES = 199
RATE = 0.02


def sample(
    sizes: tuple[int, int], follow_up: str, rng: np.random.Generator
) -> tuple[Any, Any, Any]:
    """Return time, event and group of one study."""
    group = np.repeat([0, 1], sizes)
    day = np.ceil(rng.exponential(1.0 / RATE, group.size))
    end = np.full(group.size, 180.0)
    if follow_up != "equal":
        end[group == ("first short", "second short").index(follow_up)] = 90.0
    lost = np.ceil(rng.uniform(30.0, end))
    return np.minimum(day, lost), day <= lost, group


def main() -> None:
    """Write the shares of runs in which each test rejects at 5 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=4000)
    arguments = parser.parse_args()
    rows = []
    for place, (sizes, follow_up) in enumerate(
        (sizes, kind) for sizes in SIZES for kind in FOLLOW_UPS
    ):
        if sizes[0] == sizes[1] and follow_up == "second short":
            continue
        rng = np.random.default_rng([2023, place])
        rejected = {"normal": 0, "permutation": 0}
        for _ in range(arguments.runs):
            time, event, group = sample(sizes, follow_up, rng)
            table = survival_table(time, event, group=group)
            patients = Patients.of(table)
            own = patients.group[None, :]
            z = float(standardized(patients, own, table.time, None)[0])
            if not math.isfinite(z):
                continue
            order = np.argsort(uniforms((RESAMPLES, group.size), rng), axis=1)
            dealt = patients.group[order]
            far = np.abs(standardized(patients, dealt, table.time, None))
            hits = int(np.count_nonzero(far >= abs(z) * (1.0 - 1e-9)))
            rejected["normal"] += normal_two_sided(z) <= 0.05
            rejected["permutation"] += (hits + 1) / (RESAMPLES + 1) <= 0.05
        sizes_now = {name: int(n) / arguments.runs for name, n in rejected.items()}
        rows.append({"sizes": list(sizes), "follow_up": follow_up, **sizes_now})
    state = {
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "runs": arguments.runs,
        "resamples": RESAMPLES,
        "settings": rows,
    }
    arguments.file.write_text(json.dumps(state, indent=1) + "\n")


if __name__ == "__main__":
    main()
