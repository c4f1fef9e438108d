"""The odds ratio of grades: R's polr, loops over the model, and permutations."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from iph.errors import DataError, InputError, WorkError
from iph.stats import mann_whitney, odds_ratio, proportional_odds
from iph.stats._regression.cumulative_likelihood import CumulativeLikelihood

Reference = Callable[[str], list[dict[str, Any]]]

GRADES = st.lists(st.integers(0, 4), min_size=2, max_size=8)
TWO = st.tuples(GRADES, GRADES).filter(lambda pair: len({*pair[0], *pair[1]}) > 1)


def test_reference(reference: Reference) -> None:
    """Estimate and standard error are those of polr, which stops at about 1e-7."""
    for case in reference("proportional_odds.json"):
        columns = {f"x{j}": x for j, x in enumerate(case["covariates"])}
        found = proportional_odds(
            case["values"], case["group"], columns or None, method="asymptotic"
        )
        assert found.coefficient == pytest.approx(case["coefficient"], abs=2e-5)
        assert found.standard_error == pytest.approx(case["error"], rel=1e-4)


def naive(thresholds: list[float], slope: float, rows: list[tuple[int, int]]) -> float:
    """Return the log-likelihood of grades and groups, term by term."""
    total = 0.0
    for grade, first in rows:
        cumulative = [
            0.0,
            *(1 / (1 + math.exp(slope * first - a)) for a in thresholds),
            1.0,
        ]
        total += math.log(cumulative[grade + 1] - cumulative[grade])
    return total


@given(
    st.lists(st.floats(0.3, 2), min_size=2, max_size=4),
    st.floats(-2, 2),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=12),
)
def test_likelihood(
    gaps: list[float], slope: float, rows: list[tuple[int, int]]
) -> None:
    """Value, slope and information are those of the naive likelihood."""
    inner = len(gaps)
    rows = [(min(grade, inner), first) for grade, first in rows]
    rows += [(grade, 0) for grade in range(inner + 1)]
    grades, firsts = (np.array(column) for column in zip(*rows, strict=True))
    ones = np.ones(len(rows), dtype=np.int64)
    likelihood = CumulativeLikelihood.of(firsts[None, :] + 0.0, grades, ones)
    thresholds = np.cumsum(gaps) - 1.0
    place = np.append(thresholds - likelihood.base, slope)
    point = likelihood.at(place)

    def value(at: Any) -> float:
        return naive((likelihood.base + at[:-1]).tolist(), float(at[-1]), rows)

    assert point.value == pytest.approx(value(place), abs=1e-10)
    step = 1e-5 * np.eye(place.size)
    for axis in range(place.size):
        up, down = place + step[axis], place - step[axis]
        slopes = (value(up) - value(down)) / 2e-5
        assert point.score[axis] == pytest.approx(slopes, abs=1e-5)
        bend = (likelihood.at(down).score - likelihood.at(up).score) / 2e-5
        np.testing.assert_allclose(point.information[axis], bend, atol=1e-5)
    assert likelihood.at(-1e3 * np.arange(float(place.size))).value == -math.inf


@settings(max_examples=30)  # each goes through all allocations by hand
@given(TWO, st.sampled_from(["two-sided", "less", "greater"]))
def test_permutations_of_covariates(pair: Any, alternative: Any) -> None:
    """The exact p-value goes through all allocations of the residuals."""
    first, second = (values[:5] for values in pair)
    values = [*first, *second]
    group = ["a"] * len(first) + ["b"] * len(second)
    baseline = [(3 * place + value) % 4 for place, value in enumerate(values)]
    if len(set(baseline)) < 2 or len(set(values)) < 2:
        return
    try:
        found = proportional_odds(
            values, group, {"before": baseline}, alternative=alternative, method="exact"
        )
    except DataError:  # the baseline alone separates the grades, or nothing is left
        return
    x = (np.array(baseline, dtype=float) - np.mean(baseline))[None, :]
    codes = np.unique(values, return_inverse=True)[1]
    likelihood = CumulativeLikelihood.of(x, codes, np.ones(len(values), dtype=int))
    place = np.zeros(likelihood.base.size + 1)
    for _ in range(200):  # Newton's method, damped
        point = likelihood.at(place)
        place = place + 0.5 * np.linalg.solve(point.information, point.score)
    residuals = np.rint(1e6 * likelihood.residuals(place))
    sums = [
        float(residuals[list(chosen)].sum())
        for chosen in itertools.combinations(range(len(values)), len(first))
    ]
    observed, mean = sums[0], float(np.mean(sums))
    near = 4.0  # millionths: a residual may be rounded to either side
    rules = {
        "greater": lambda s, e: s >= observed + e,
        "less": lambda s, e: s <= observed - e,
        "two-sided": lambda s, e: abs(s - mean) >= abs(observed - mean) + e,
    }
    least, most = (
        sum(rules[alternative](s, e) for s in sums) / len(sums) for e in (near, -near)
    )
    assert least - 1e-12 <= found.p_value <= most + 1e-12


@given(TWO, st.sampled_from(["abs", "central"]))
def test_mann_whitney(pair: Any, two_sided: Any) -> None:
    """Without covariates the test is that of Mann and Whitney."""
    first, second = pair
    group = ["a"] * len(first) + ["b"] * len(second)
    found = proportional_odds([*first, *second], group, two_sided=two_sided)
    ranks = mann_whitney(first, second, two_sided=two_sided)
    assert found.method == ranks.method == "exact"
    assert found.p_value == pytest.approx(ranks.p_value, rel=1e-12)


@given(TWO, st.sampled_from([0.8, 0.95]))
def test_interval(pair: Any, level: float) -> None:
    """The interval holds the estimate and turns over with the groups."""
    first, second = pair
    group = ["a"] * len(first) + ["b"] * len(second)
    values = [*first, *second]
    found = proportional_odds(values, group, confidence_level=level)
    assert found.low <= found.estimate <= found.high
    turned = proportional_odds(
        values, ["b" if g == "a" else "a" for g in group], confidence_level=level
    )
    if 0 < found.estimate < math.inf:
        assert turned.estimate * found.estimate == pytest.approx(1, rel=1e-6)
        assert turned.low * found.high == pytest.approx(1, rel=1e-5)
    mirrored = proportional_odds([-v for v in values], group, confidence_level=level)
    assert mirrored.high == pytest.approx(turned.high, rel=1e-5)


@given(TWO, st.data())
def test_weights(pair: Any, data: st.DataObject) -> None:
    """Rows that stand for cases give what the repeated rows give."""
    first, second = pair
    rows = [(v, "a") for v in first] + [(v, "b") for v in second]
    counts = [data.draw(st.integers(1, 3)) for _ in rows]
    values, group = zip(*rows, strict=True)
    repeated = [
        row for row, count in zip(rows, counts, strict=True) for _ in [0] * count
    ]
    many, labels = zip(*repeated, strict=True)
    one = proportional_odds(values, group, weights=counts, method="asymptotic")
    other = proportional_odds(many, labels, method="asymptotic")
    for name in ("estimate", "low", "high", "p_value"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-5)
    assert (one.n1, one.n2, one.n) == (other.n1, other.n2, other.n)


def test_two_grades() -> None:
    """Of two grades the estimate is the sample odds ratio, the bounds Score's.

    At the bounds the score test of a 2 x 2 table has the quantile of Student by
    sqrt(n / (n - 1)): its expected cell solves a quadratic.
    """
    found = proportional_odds(
        [1] * 7 + [0] * 2 + [1] * 3 + [0] * 8, ["a"] * 9 + ["b"] * 11
    )
    assert found.estimate == pytest.approx(7 * 8 / (2 * 3), rel=1e-9)
    assert odds_ratio([[7, 2], [3, 8]]).low < found.low
    quantile = 2.10092204024096 * math.sqrt(20 / 19)  # Student's, 18 degrees of freedom
    for bound, side in ((found.low, 1), (found.high, -1)):
        low, high = 0.0, 9.0
        for _ in range(200):
            cell = (low + high) / 2
            ratio = cell * (1 + cell) / ((9 - cell) * (10 - cell))
            low, high = (cell, high) if ratio < bound else (low, cell)
        variance = 1 / sum(1 / c for c in (cell, 9 - cell, 10 - cell, 1 + cell))
        assert side * (7 - cell) / math.sqrt(variance) == pytest.approx(
            quantile, rel=1e-6
        )


def test_apart() -> None:
    """Groups that do not overlap have an infinite odds ratio with a lower bound."""
    found = proportional_odds([3, 4, 4, 5, 5, 1, 2, 2, 3, 1], list("aaaaabbbbb"))
    assert (found.estimate, found.high) == (math.inf, math.inf)
    assert 1 < found.low < math.inf
    assert math.isnan(found.standard_error)
    other = proportional_odds([3, 4, 4, 5, 5, 1, 2, 2, 3, 1], list("bbbbbaaaaa"))
    assert (other.estimate, other.low) == (0.0, 0.0)
    assert other.high == pytest.approx(1 / found.low, rel=1e-6)


def test_few() -> None:
    """Two patients bound nothing."""
    found = proportional_odds([1, 2], ["a", "b"])
    assert (found.estimate, found.low, found.high) == (0.0, 0.0, math.inf)


def test_missing_and_simulated() -> None:
    """Incomplete patients are counted; many are simulated with a named seed."""
    values = [*range(5)] * 12 + [None]
    group = ["a", "b"] * 30 + ["a"]
    age = [(7 * place) % 41 for place in range(61)]
    found = proportional_odds(values, group, {"age": age})
    assert (found.n, found.n_missing, found.covariates) == (60, 1, ("age",))
    assert found.method == "monte-carlo"
    assert found.seed is not None
    assert found.p_low is not None
    assert found.p_low <= found.p_value
    plain = proportional_odds(values, group, {"age": age}, method="asymptotic")
    assert found.p_value == pytest.approx(plain.p_value, abs=0.03)


def test_messages() -> None:
    """What cannot be compared is refused in words."""
    with pytest.raises(InputError, match="two groups"):
        proportional_odds([1, 2], ["a", "a"])
    with pytest.raises(DataError, match="all 3 complete cases have the grade 2"):
        proportional_odds([2, 2, 2], list("aab"))
    with pytest.raises(DataError, match="put the grades in their order"):
        proportional_odds([1, 2, 3, 4], list("abab"), {"before": [1, 2, 3, 4]})
    with pytest.raises(WorkError, match="at most 200 grades"):
        proportional_odds(range(201), [0, 1] * 100 + [1])
    with pytest.raises(DataError, match="collinear"):
        proportional_odds(
            [1, 2, 1, 2, 2, 1], list("aabbab"), {"arm": [1, 1, 0, 0, 1, 0]}
        )


def test_a_flat_likelihood_is_refused() -> None:
    """Where the covariate all but orders the grades, the groups tell nothing."""
    grades = [0, 2, 1, 2, 0, 1, 0, 2]
    x = [
        *(-0.8806950270905262, 1.5920430761668347, 0.7996887130154958),
        *(0.8917084502551005, -2.1386726738313935, -0.16824589172318677),
        *(-0.15241657283932095, 1.8584594568723487),
    ]
    with pytest.raises(DataError, match="flat where it is highest"):
        proportional_odds(grades, [0] * 4 + [1] * 4, {"x": x}, method="asymptotic")
