"""The data of the benchmarks, made from seeds."""

from typing import Any

import numpy as np
import numpy.typing as npt

Columns = tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]

CHARACTERISTICS = (
    *(f"score_{i}" for i in range(5)),
    *(f"grade_{i}" for i in range(5)),
    *(f"finding_{i}" for i in range(3)),
    "years",
    "stay_days",
)
NUMBERS = tuple(
    name for name in CHARACTERISTICS if name.startswith(("score", "years", "stay"))
)


def continuous(n: int) -> Columns:
    """Return recovery of two groups; of a million times a dozen at most are alike.

    Times have nine decimals, as closer ones are tied by iph and kept apart by others.
    """
    rng = np.random.default_rng(2023)
    group = rng.integers(0, 2, n)
    recovery = rng.weibull(1.2, n) * np.where(group == 1, 119.0, 120.0)
    end = rng.uniform(0.0, 365.0, n)
    return np.round(np.minimum(recovery, end), 9), recovery <= end, group


def regression(n: int) -> dict[str, npt.NDArray[Any]]:
    """Return recovery by three covariates, no two times alike, some censored."""
    rng = np.random.default_rng(2026)
    group, a, b = rng.integers(0, 2, n), rng.normal(size=n), rng.normal(size=n)
    rate = np.exp(0.3 * group - 0.2 * a + 0.1 * b) / 100.0
    time = rng.exponential(1.0 / rate)
    event = rng.random(n) < 0.7
    return {"time": time, "event": event, "group": group, "a": a, "b": b}


def whole_days(n: int) -> Columns:
    """Return recovery of two groups in whole days of a year."""
    time, event, group = continuous(n)
    return np.ceil(time).astype(np.int64), event, group


def distinct(first: int, second: int) -> Columns:
    """Return two small groups, all times distinct, a quarter censored."""
    rng = np.random.default_rng(16)
    n = first + second
    time = rng.permutation(n).astype(np.float64) + 1.0
    event = rng.random(n) < 0.75
    return time, event, np.repeat([0, 1], [first, second])


def visits(n: int) -> Columns:
    """Return recovery seen at five visits, patients lost at each of them."""
    rng = np.random.default_rng(5)
    time = rng.choice([7, 30, 90, 180, 365], n)
    return time, rng.random(n) < 0.7, rng.permutation(np.arange(n) % 2)


def grid(n: int, days: int) -> Columns:
    """Return recovery on a grid of days."""
    rng = np.random.default_rng(8)
    time = rng.integers(1, days + 1, n)
    return time, rng.random(n) < 0.7, rng.integers(0, 2, n)


def intervals(n: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return intervals with continuous ends; one in eight is open to the right."""
    rng = np.random.default_rng(7)
    true = rng.weibull(1.3, n) * 100.0
    left = np.zeros(n)
    right = np.full(n, np.inf)
    visit = np.zeros(n)
    for _ in range(8):
        visit = visit + rng.exponential(25.0, n)
        before = visit < true
        left = np.where(before, visit, left)
        right = np.where(~before & np.isinf(right), visit, right)
    return left, right


def grades(n: int) -> list[npt.NDArray[Any]]:
    """Return grades 0 to 5 at five visits, as five samples."""
    rng = np.random.default_rng(3)
    shares = [np.arange(1, 7) ** (0.2 * k) for k in range(5)]
    return [rng.choice(6, n, p=share / share.sum()) for share in shares]


def registry(n: int) -> Any:
    """Return 15 characteristics of a registry, and an arm, as a pandas frame.

    As after `read_csv`, texts are Python objects, equal ones mostly one and the same.
    """
    import pandas as pd

    rng = np.random.default_rng(15)

    def texts(words: str, p: list[float]) -> npt.NDArray[Any]:
        kinds = np.array(words.split(), dtype=object)
        return kinds[rng.choice(len(kinds), n, p=p)]

    columns: dict[str, Any] = {}
    for i in range(5):
        columns[f"score_{i}"] = rng.integers(0, 11, n).astype(np.float64)
    for i in range(5):
        columns[f"grade_{i}"] = texts("I II III IV", [0.4, 0.3, 0.2, 0.1])
    for i in range(3):
        columns[f"finding_{i}"] = texts("no yes", [0.7, 0.3])
    columns["years"] = rng.integers(18, 95, n).astype(np.float64)
    columns["stay_days"] = rng.integers(0, 366, n).astype(np.float64)
    columns["arm"] = texts("A B", [0.5, 0.5])
    return pd.DataFrame(columns)


def table_of_tableone(table_one: Any, frame: Any) -> Any:
    """Make the table with tableone: medians with quartiles, counts, p-values."""
    return table_one(
        frame,
        columns=list(CHARACTERISTICS),
        categorical=[name for name in CHARACTERISTICS if name not in NUMBERS],
        nonnormal=list(NUMBERS),
        groupby="arm",
        pval=True,
    )
