"""Coverage of the intervals of survival curves, medians, differences and hazard ratios.

    python benchmarks/survival_coverage.py --runs 4000 survival_coverage.json

With `--only` one part is made anew and the others are kept.
Recovery is exponential; patients are lost on uniform days, so that 0, 20 or 40 % are
censored. An interval that is not defined counts as a miss.
"""

import argparse
import datetime as dt
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from iph.stats import cumulative_incidence, hazard_ratio, kaplan_meier
from iph.stats._survival.melding import _high_tail, _low_tail
from iph.stats._survival.survival_curve import beta_product_of

SIZES = (8, 12, 20, 28, 60)
CENSORED = (0.0, 0.2, 0.4)
SHARES = np.arange(1, 20) / 20
PAIRS = ((4, 8), (8, 8), (8, 20), (14, 14))
RATIOS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
INTERVALS: tuple[Any, ...] = ("beta-product", "beta-product-mid-p", "log-log")
TRUTHS = ((0.5, 0.5), (0.2, 0.8))
LEVEL = 0.95


def end_of(share: float) -> float:
    """Return the end of uniform follow-up that leaves a share without the event."""
    if share == 0.0:
        return math.inf
    low, high = 1e-3, 1e3
    for _ in range(60):
        middle = math.sqrt(low * high)
        lost = -math.expm1(-middle) / middle
        low, high = (middle, high) if lost > share else (low, middle)
    return low


def sample(n: int, rate: float, end: float, rng: np.random.Generator) -> Any:
    """Return days and events of n patients; the days are whole."""
    day = np.ceil(rng.exponential(1.0 / rate, n) * 1000.0)
    lost = np.full(n, math.inf)
    if math.isfinite(end):
        lost = np.floor(rng.uniform(0.0, end, n) * 1000.0) + 0.5
    return np.minimum(day, lost), day <= lost


def curves(runs: int) -> list[dict[str, Any]]:
    """Return the coverage of S at each true share, and of the median."""
    rows: list[dict[str, Any]] = []
    days = np.floor(-np.log(SHARES) * 1000.0)
    truth = np.exp(-days / 1000.0)
    for n in SIZES:
        for share in CENSORED:
            end = end_of(share)
            rng = np.random.default_rng([2013, n, int(100 * share)])
            hits = {name: np.zeros(SHARES.size) for name in INTERVALS}
            medians = dict.fromkeys(INTERVALS, 0)
            half = math.ceil(math.log(2.0) * 1000.0)
            for _ in range(runs):
                time, event = sample(n, 1.0, end, rng)
                for name in INTERVALS:
                    curve = kaplan_meier(time, event, interval=name)
                    at = curve.at(days)
                    hits[name] += (at.low <= truth) & (truth <= at.high)
                    found = curve.median()
                    high = math.inf if math.isnan(found.high) else found.high
                    medians[name] += found.low <= half <= high
            rows.extend(
                {
                    "n": n,
                    "censored": share,
                    "interval": name,
                    "coverage": (hits[name] / runs).round(4).tolist(),
                    "median": medians[name] / runs,
                }
                for name in INTERVALS
            )
    return rows


def bands(runs: int) -> list[dict[str, Any]]:
    """Return how often bands hold a whole curve of survival, and of incidence.

    A step of a band holds the curve if it does so at its beginning and its end.
    """
    rows = []
    for n in SIZES:
        for share in CENSORED:
            end = end_of(share)
            rng = np.random.default_rng([2013, n, int(100 * share), 1])
            hits = {"survival": 0, "incidence": 0}
            for _ in range(runs):
                time, event = sample(n, 1.0, end, rng)
                found = kaplan_meier(time, event)
                band = found.band()
                true = np.exp(-found.time / 1000.0)
                hits["survival"] += bool(
                    (true <= band.high[1:]).all() and (true >= band.low[:-1]).all()
                )
                other = event * (1 + (rng.random(n) < 1.0 / 3.0))  # half as frequent
                true = (1.0 - true) * 2.0 / 3.0
                if not (other == 1).any():
                    hits["incidence"] += 1  # there is no curve to draw a band around
                    continue
                band = cumulative_incidence(time, other, cause=1).band()
                hits["incidence"] += bool(
                    (true >= band.low[1:]).all() and (true <= band.high[:-1]).all()
                )
            rows.append(
                {"n": n, "censored": share}
                | {name: count / runs for name, count in hits.items()}
            )
    return rows


def differences(runs: int) -> list[dict[str, Any]]:
    """Return the coverage of melded differences of two shares at a day."""
    rows = []
    for sizes in PAIRS:
        for share in CENSORED:
            for ours, theirs in TRUTHS:
                rng = np.random.default_rng([2015, *sizes, int(100 * share)])
                hits = {"beta-product": 0, "beta-product-mid-p": 0}
                rates = [-math.log(s) for s in (ours, theirs)]
                for _ in range(runs):
                    data = [
                        sample(n, rate, end_of(share) / rate, rng)
                        for n, rate in zip(sizes, rates, strict=True)
                    ]
                    for name in hits:
                        products = []
                        for time, event in data:
                            curve = kaplan_meier(time, event, interval=name)  # type: ignore[arg-type] # one of the two
                            place = int(np.searchsorted(curve.time, 1000.0, "right"))
                            products.append(beta_product_of(curve)[place : place + 1])
                        first, second = products
                        x = theirs - ours
                        tail = (1.0 - LEVEL) / 2.0
                        hits[name] += (
                            _low_tail(first, second, "difference", x) >= tail
                            and _high_tail(first, second, "difference", x) >= tail
                        )
                rows.append(
                    {"sizes": sizes, "censored": share, "shares": (ours, theirs)}
                    | {name: n / runs for name, n in hits.items()}
                )
    return rows


def ratios(runs: int) -> list[dict[str, Any]]:
    """Return the coverage of three hazard ratios."""
    rows = []
    for sizes in PAIRS:
        for share in CENSORED[::2]:
            for ratio in RATIOS:
                rng = np.random.default_rng([1959, *sizes, int(100 * share)])
                names: tuple[Any, ...] = ("mantel-haenszel", "peto", "logrank")
                hits = dict.fromkeys(names, 0)
                for _ in range(runs):
                    data = [
                        sample(n, rate, end_of(share), rng)
                        for n, rate in zip(sizes, (1.0, ratio), strict=True)
                    ]
                    time, event = (np.concatenate(c) for c in zip(*data, strict=True))
                    group = np.repeat([0, 1], sizes)
                    for name in names:
                        found = hazard_ratio(time, event, group, method=name)
                        hits[name] += found.low <= ratio <= found.high
                rows.append(
                    {"sizes": sizes, "censored": share, "ratio": ratio}
                    | {name: n / runs for name, n in hits.items()}
                )
    return rows


def main() -> None:
    """Write the coverage of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=4000)
    parser.add_argument("--only", choices=PARTS, help="the part to make anew")
    arguments = parser.parse_args()
    state: dict[str, Any] = {}
    if arguments.only and arguments.file.exists():
        state = json.loads(arguments.file.read_text())
    for name, part in PARTS.items():
        if arguments.only in (None, name):
            state[name] = {
                "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
                "runs": arguments.runs,
                "rows": part(arguments.runs),
            }
            arguments.file.write_text(json.dumps(state) + "\n")


PARTS = {
    "curves": curves,
    "bands": bands,
    "differences": differences,
    "hazard_ratios": ratios,
}


if __name__ == "__main__":
    main()
