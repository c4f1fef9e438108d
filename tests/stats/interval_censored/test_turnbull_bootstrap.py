"""Bootstrap intervals hold the estimate, repeat with the seed and show progress."""

import math
from typing import Any

import numpy as np
import pytest

from iph.errors import DataError, InputError
from iph.stats import turnbull, turnbull_bootstrap
from iph.stats._interval_censored import turnbull_bootstrap as _turnbull_bootstrap

LEFT = [0, 7, 7, 30, 30, 30, 91, 91, 182, 182]
RIGHT = [7, 30, 30, 91, 91, 182, 182, 365, 365, math.inf]


def test_estimates_are_those_of_the_curve() -> None:
    """What is given beside the intervals is the Turnbull estimate itself."""
    found = turnbull_bootstrap(
        LEFT, RIGHT, days=[30, 100], probabilities=[0.25, 0.5], n_resamples=20, rng=1
    )
    curve = turnbull(LEFT, RIGHT)
    for index, day in enumerate([30, 100]):
        bounds = curve.survival_bounds(day)
        assert found.survival_low[index] == bounds.low
        assert found.survival_high[index] == bounds.high
    for index, share in enumerate([0.25, 0.5]):
        quantile = curve.quantile(share)
        assert found.quantile_low[index] == quantile.low
        assert found.quantile_high[index] == quantile.high


def test_intervals_are_those_of_a_plain_bootstrap() -> None:
    """Rows drawn one by one give the same percentiles, up to their random error."""
    found = turnbull_bootstrap(LEFT, RIGHT, days=[91], n_resamples=500, rng=2)
    draw = np.random.default_rng(3)
    left, right = np.array(LEFT), np.array(RIGHT)
    low, high = [], []
    for _ in range(500):
        rows = draw.integers(0, left.size, left.size)
        bounds = turnbull(left[rows], right[rows]).survival_bounds(91)
        low.append(bounds.low)
        high.append(bounds.high)
    # The bounds move in steps of about 0.1; a percentile may be off by one.
    assert found.survival_ci_low[0] == pytest.approx(np.quantile(low, 0.025), abs=0.15)
    assert found.survival_ci_high[0] == pytest.approx(
        np.quantile(high, 0.975), abs=0.15
    )


def test_intervals_hold_the_estimate_and_grow_with_the_level() -> None:
    """A higher level never gives a shorter interval."""
    narrow, wide = (
        turnbull_bootstrap(
            LEFT,
            RIGHT,
            days=[7, 91, 182],
            n_resamples=300,
            confidence_level=level,
            rng=5,
        )
        for level in (0.5, 0.95)
    )
    assert (wide.survival_ci_low <= wide.survival_low).all()
    assert (wide.survival_ci_high >= wide.survival_high).all()
    assert (wide.survival_ci_low <= narrow.survival_ci_low).all()
    assert (wide.survival_ci_high >= narrow.survival_ci_high).all()
    assert wide.quantile_ci_low[0] <= narrow.quantile_ci_low[0]
    assert wide.quantile_ci_high[0] >= narrow.quantile_ci_high[0]


@pytest.mark.parametrize("asked", [1, 249, 250, 251])
def test_each_resample_is_fitted_once(
    asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every sample has as many patients as there are, and none is left out or added."""
    bounds = _turnbull_bootstrap._bounds
    fitted: list[tuple[int, ...]] = []

    def counted(classes: Any, counts: Any, *more: Any) -> Any:
        fitted.append(tuple(counts.tolist()))
        return bounds(classes, counts, *more)

    monkeypatch.setattr(_turnbull_bootstrap, "_bounds", counted)
    weights = [1, 2, 1, 1, 1, 1, 1, 1, 1, 3]
    found = turnbull_bootstrap(
        LEFT, RIGHT, weights=weights, days=[91], n_resamples=asked, rng=7
    )
    assert found.n_resamples == asked == len(fitted) - 1
    assert {sum(counts) for counts in fitted} == {13}
    assert len(set(fitted)) > 0.9 * len(fitted)


@pytest.mark.parametrize(
    ("size", "level", "first", "last"),
    [
        (2000, 0.95, 50, 1949),
        (2000, 0.9, 100, 1899),
        (2000, 0.8, 200, 1799),
        (100, 0.95, 2, 97),
        (39, 0.95, 0, 38),
        (40, 0.5, 10, 29),
    ],
)
def test_percentiles_leave_out_as_many_on_both_sides(
    size: int, level: float, first: int, last: int
) -> None:
    """Of 2000 values at 95 % the 51st and the 51st from the end are the bounds."""
    values = np.random.default_rng(1).permutation(size)
    drawn = np.stack((values, values + 0.5), axis=1)[:, :, None]
    low, high = _turnbull_bootstrap._percentiles(drawn, level)
    assert (low.tolist(), high.tolist()) == ([first], [last + 0.5])


def test_seed_repeats_the_numbers() -> None:
    """The same seed gives the same numbers, a generator those of its seed."""
    first = turnbull_bootstrap(LEFT, RIGHT, days=[91], n_resamples=260, rng=7)
    again = turnbull_bootstrap(
        LEFT, RIGHT, days=[91], n_resamples=260, rng=np.random.default_rng(7)
    )
    assert first.survival_ci_low.tolist() == again.survival_ci_low.tolist()
    assert first.quantile_ci_high.tolist() == again.quantile_ci_high.tolist()


def test_weights_are_repeated_rows() -> None:
    """Patients are drawn as counts of distinct intervals, however they are given."""
    counts = [1, 2, 0, 3, 1, 1, 2, 1, 1, 4]
    weighted = turnbull_bootstrap(
        LEFT, RIGHT, weights=counts, days=[91], n_resamples=50, rng=7
    )
    repeated = turnbull_bootstrap(
        np.repeat(LEFT, counts),
        np.repeat(RIGHT, counts),
        days=[91],
        n_resamples=50,
        rng=7,
    )
    assert weighted.n == repeated.n == 16
    assert weighted.survival_ci_low.tolist() == repeated.survival_ci_low.tolist()


def test_rare_recovery_has_no_upper_bound() -> None:
    """Where many samples never reach the median, its interval is open."""
    found = turnbull_bootstrap(
        [0, 7, 30, 30], [7, 30, math.inf, math.inf], n_resamples=100, rng=1
    )
    assert found.quantile_ci_high[0] == math.inf


def test_progress_sees_every_chunk() -> None:
    """The callable is told what is done, how many chunks, and of how many."""
    seen: list[tuple[str, int, int]] = []

    def progress(what: str, done: int, total: int) -> None:
        seen.append((what, done, total))

    watched = turnbull_bootstrap(
        LEFT, RIGHT, days=[91], n_resamples=510, rng=7, progress=progress
    )
    assert seen == [("bootstrap", done, 3) for done in range(4)]
    silent = turnbull_bootstrap(LEFT, RIGHT, days=[91], n_resamples=510, rng=7)
    assert watched.survival_ci_low.tolist() == silent.survival_ci_low.tolist()


def test_everything_is_reported() -> None:
    """Level, resamples, rule, cases and missing cases stand in the result."""
    found = turnbull_bootstrap(
        [*LEFT, None], [*RIGHT, 7], n_resamples=250, confidence_level=0.9, rng=1
    )
    assert (found.n, found.n_missing, found.n_resamples) == (10, 1, 250)
    assert found.confidence_level == 0.9
    assert found.method == "percentile bootstrap of both bounds"
    assert found.days.size == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rng": None}, "rng must be a numpy Generator"),
        ({"rng": 1, "days": [math.nan]}, "days must be numbers of days"),
        ({"rng": 1, "probabilities": [1.5]}, "probabilities must be between 0 and 1"),
        ({"rng": 1, "n_resamples": 0}, "n_resamples must be a whole number"),
        ({"rng": 1, "confidence_level": 95}, "confidence_level must be between"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], message: str) -> None:
    """Each option is checked before anything is drawn."""
    with pytest.raises(InputError, match=message):
        turnbull_bootstrap(LEFT, RIGHT, **options)


def test_nothing_left_is_refused() -> None:
    """Without a patient there is nothing to draw."""
    with pytest.raises(DataError, match="no patient has both ends"):
        turnbull_bootstrap([None], [7], rng=1)


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_share_of_a_day_on_which_all_are_known_is_exact(level: float) -> None:
    """Of 12 patients none had recovered on day 7: 0 to 26.5 %, not 0 to 0.

    The bounds are those of the binomial distribution, found by bisection here.
    """

    def upper(k: int, n: int) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            p = (low + high) / 2
            below = sum(
                math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k + 1)
            )
            low, high = (p, high) if below > (1 - level) / 2 else (low, p)
        return low

    left = [7.0] * 5 + [30.0] * 4 + [91.0] * 3
    right = [30.0] * 5 + [91.0] * 4 + [math.inf] * 3
    found = turnbull_bootstrap(
        left, right, days=[7, 30, 91], confidence_level=level, n_resamples=50, rng=1
    )
    assert found.survival_methods == ("clopper-pearson",) * 3
    for index, recovered in enumerate([0, 5, 9]):
        low = 1 - upper(recovered, 12)
        high = upper(12 - recovered, 12) if recovered else 1.0
        assert found.survival_ci_low[index] == pytest.approx(low, abs=1e-9)
        assert found.survival_ci_high[index] == pytest.approx(high, abs=1e-9)
        assert found.survival_ci_low[index] <= found.survival_low[index]
        assert found.survival_ci_high[index] >= found.survival_high[index]


def test_no_interval_where_all_resamples_agree() -> None:
    """Resamples that do not differ tell nothing of the uncertainty."""
    found = turnbull_bootstrap([7] * 6, [30] * 6, days=[20, 30], n_resamples=40, rng=1)
    assert found.survival_methods == ("none: all resamples agree", "clopper-pearson")
    assert math.isnan(found.survival_ci_low[0])
    assert math.isnan(found.survival_ci_high[0])
    assert found.survival_ci_high[1] == pytest.approx(1 - 0.025 ** (1 / 6))
    assert found.quantile_methods == ("none: all resamples agree",)
    assert math.isnan(found.quantile_ci_low[0])
    assert math.isnan(found.quantile_ci_high[0])


def test_rule_of_each_interval_is_named() -> None:
    """Where a patient's status is not known on the day, it is the bootstrap."""
    found = turnbull_bootstrap(LEFT, RIGHT, days=[91, 7], n_resamples=60, rng=2)
    assert found.survival_methods == (
        "percentile bootstrap of both bounds",
        "clopper-pearson",
    )
    assert found.quantile_methods == ("percentile bootstrap of both bounds",)
    assert found.method == "percentile bootstrap of both bounds"
