"""Rows about the time to an event."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test, multivariate_logrank_test
from lifelines.utils import median_survival_times
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

import data
from iph.stats import kaplan_meier, logrank, turnbull
from timing import Job, Row, in_r, in_turn, once, ratio_of

MILLION = 1_000_000


def _lifelines_curve(days: Any, event: Any) -> tuple[Any, float, float, float]:
    fitter = KaplanMeierFitter().fit(days, event)
    bounds = median_survival_times(fitter.confidence_interval_)
    low, high = bounds.to_numpy()[0]
    return fitter, float(fitter.median_survival_time_), float(low), float(high)


def _statsmodels_curve(days: Any, event: Any) -> tuple[Any, float, float, float]:
    curve = SurvfuncRight(days, event)
    low, high = curve.quantile_ci(0.5)
    return curve, float(curve.quantile(0.5)), float(low), float(high)


def _iph_curve(days: Any, event: Any) -> tuple[Any, float, float, float]:
    curve = kaplan_meier(days, event, interval="log-log")  # as the others have it
    median = curve.median()
    return curve, median.value, median.low, median.high


def _curves(columns: data.Columns, repeats: int) -> dict[str, float]:
    """Check one curve and one median of all tools, then take their times."""
    days, event, _ = columns
    ours = _iph_curve(days, event)
    theirs = _lifelines_curve(days, event)
    others = _statsmodels_curve(days, event)
    r = in_r("kaplan-meier", columns)
    seen = ours[0].events > 0
    fitted = theirs[0].survival_function_.iloc[:, 0]
    found = fitted.loc[ours[0].time[seen]].to_numpy()
    np.testing.assert_allclose(ours[0].survival[seen], found, rtol=1e-9)
    np.testing.assert_allclose(
        ours[0].survival[seen], others[0].surv_prob, rtol=1e-9, atol=1e-12
    )
    np.testing.assert_allclose(ours[1:], theirs[1:], rtol=1e-12)
    np.testing.assert_allclose(ours[1:], r["median"], rtol=1e-9)
    assert ours[1] == others[1]
    works = {
        "iph": lambda: _iph_curve(days, event),
        "lifelines": lambda: _lifelines_curve(days, event),
        "statsmodels": lambda: _statsmodels_curve(days, event),
    }
    return {**in_turn(works, repeats), "R survival": r["seconds"]}


def _logranks(columns: data.Columns, repeats: int, loops: int = 1) -> dict[str, float]:
    """Check one chi-square of all tools, then take their times."""
    days, event, group = columns
    first = group == 0

    def lifelines() -> float:
        a, b = days[first], days[~first]
        test = logrank_test(a, b, event[first], event[~first])
        return float(test.test_statistic)

    works: dict[str, Callable[[], float]] = {
        "iph": lambda: logrank(days, event, group, method="asymptotic").statistic,
        "statsmodels": lambda: float(survdiff(days, event, group)[0]),
        "lifelines": lifelines,
    }
    r = in_r("logrank", columns, 1 if loops == 1 else 5)
    found = [work() for work in works.values()]
    np.testing.assert_allclose(found, found[0], rtol=1e-9)
    np.testing.assert_allclose(found[0], r["chi_square"], rtol=1e-9)
    return {**in_turn(works, repeats, loops), "R survival": r["seconds"]}


def curve_of_days() -> Row:
    """Take Kaplan-Meier of a million whole days."""
    found = _curves(data.whole_days(MILLION), 5)
    return Row(
        number=1,
        work="Kaplan-Meier with CI and median, 1e6 rows, whole days",
        found=found,
        asked="4 times faster than the fastest peer",
        reached=ratio_of(found) >= 4,
    )


def logrank_of_days() -> Row:
    """Take the log-rank test of a million whole days."""
    found = _logranks(data.whole_days(MILLION), 5)
    return Row(
        number=2,
        work="log-rank, 1e6 rows, whole days",
        found=found,
        asked="4 times faster",
        reached=ratio_of(found) >= 4,
    )


def logrank_of_words() -> Row:
    """Take the log-rank test of a million whole days, the arms named in words."""
    days, event, group = data.whole_days(MILLION)
    arms = np.where(group == 0, "open surgery", "conservative")

    def lifelines() -> float:
        words = arms == "open surgery"
        a, b = days[words], days[~words]
        return float(logrank_test(a, b, event[words], event[~words]).test_statistic)

    def split_and_tested() -> float:
        return float(multivariate_logrank_test(days, arms, event).test_statistic)

    works: dict[str, Callable[[], float]] = {
        "iph": lambda: logrank(days, event, arms, method="asymptotic").statistic,
        "lifelines, split by hand": lifelines,
        "lifelines": split_and_tested,
    }
    found = [work() for work in works.values()]
    np.testing.assert_allclose(found, found[0], rtol=1e-9)
    times = in_turn(works, 5)
    return Row(
        number=42,
        work="log-rank, 1e6 rows, whole days, arms as text",
        found=times,
        asked="4 times faster than lifelines",
        reached=ratio_of(times) >= 4,
    )


def curve_of_instants() -> Row:
    """Take Kaplan-Meier of a million distinct times."""
    found = _curves(data.continuous(MILLION), 7)
    return Row(
        number=3,
        work="Kaplan-Meier with CI and median, 1e6 rows, continuous times",
        found=found,
        asked="no slower",
        reached=ratio_of(found) >= 1,
    )


def logrank_of_instants() -> Row:
    """Take the log-rank test of a million distinct times."""
    found = _logranks(data.continuous(MILLION), 7)
    return Row(
        number=4,
        work="log-rank, 1e6 rows, continuous times",
        found=found,
        asked="no slower",
        reached=ratio_of(found) >= 1,
    )


def logrank_of_28() -> Row:
    """Take one call for 28 patients."""
    found = _logranks(data.distinct(10, 18), 15, loops=20)
    return Row(
        number=5,
        work="log-rank, n = 28, one call",
        found=found,
        asked="no slower than statsmodels",
        reached=found["iph"] <= found["statsmodels"],
    )


def exact_of_28() -> Row:
    """Take the exact test of 10 against 18, beside coin."""
    columns = data.distinct(10, 18)

    def ours() -> float:
        return logrank(*columns, method="exact").p_value

    r = in_r("exact", columns, 9)
    np.testing.assert_allclose(ours(), r["p_value"], rtol=1e-9)
    found = {**in_turn({"iph": ours}, 9, loops=5), "R coin": r["seconds"]}
    return Row(
        number=6,
        work="exact log-rank, 10 against 18, all times distinct",
        found=found,
        asked="3 times faster than coin",
        reached=ratio_of(found) >= 3,
    )


def exact_of_46() -> Row:
    """Take the exact test of 16 against 30, which no peer has."""
    done = [Job("exact iph").result() for _ in range(3)]
    seconds = float(np.median([run["seconds"] for run in done]))
    memory = max(run["bytes"] for run in done) / 1e6
    columns = data.distinct(16, 30)
    simulated = logrank(*columns, method="monte-carlo", rng=1, n_resamples=100_000)
    assert simulated.p_low is not None
    assert simulated.p_high is not None
    assert simulated.p_low <= done[0]["found"] <= simulated.p_high
    return Row(
        number=7,
        work="exact log-rank, 16 against 30, all times distinct",
        found={"iph": seconds},
        asked="under 5 s, under 1 GB",
        reached=seconds < 5 and memory < 1000,
        note=f"the largest extra memory was {memory:.0f} MB.",
    )


def _exact_visits(n: int) -> float:
    columns = data.visits(n)
    simulated = logrank(*columns, method="monte-carlo", rng=1, n_resamples=100_000)
    exact = logrank(*columns, method="exact").p_value
    assert simulated.p_low is not None
    assert simulated.p_high is not None
    assert simulated.p_low <= exact <= simulated.p_high
    return in_turn({"iph": lambda: logrank(*columns, method="exact")}, 3)["iph"]


def exact_of_100() -> Row:
    """Take the exact test on five visits, 100 patients."""
    seconds = _exact_visits(100)
    return Row(
        number=8,
        work="exact log-rank, 5 visits, censoring at each, n = 100",
        found={"iph": seconds},
        asked="under 1 s",
        reached=seconds < 1,
    )


def exact_of_200() -> Row:
    """Take the exact test on five visits, 200 patients."""
    seconds = _exact_visits(200)
    return Row(
        number=9,
        work="exact log-rank, 5 visits, censoring at each, n = 200",
        found={"iph": seconds},
        asked="under 10 s",
        reached=seconds < 10,
    )


def simulated_of_1000() -> Row:
    """Draw 10,000 random allocations of 1,000 patients, beside coin."""
    columns = data.whole_days(1000)

    def ours() -> Any:
        return logrank(*columns, method="monte-carlo", rng=2023)

    r = in_r("monte-carlo", columns, 7)
    test = ours()
    slack = test.p_high - test.p_low
    assert test.p_low - slack <= r["p_value"] <= test.p_high + slack
    found = {**in_turn({"iph": ours}, 7), "R coin": r["seconds"]}
    return Row(
        number=13,
        work="10,000 Monte Carlo log-ranks, n = 1,000, a year of days",
        found=found,
        asked="no slower",
        reached=ratio_of(found) >= 1,
    )


def _simulated_grid(number: int, days: int, place: str, more: str = "") -> Row:
    """Draw 10,000 random allocations of 100,000 patients on a grid."""
    columns = data.grid(100_000, days)
    group = columns[2]
    table = {d: i for i, d in enumerate(np.unique(columns[0]).tolist())}
    scores = _scores(columns, len(table))

    def ours() -> Any:
        return logrank(*columns, method="monte-carlo", rng=2023)

    drawn = 100
    rng = np.random.default_rng(2023)

    def permuted() -> list[float]:
        return [float(scores[rng.permutation(group) == 0].sum()) for _ in range(drawn)]

    test = ours()
    observed = float(scores[group == 0].sum())
    variance = scores.var() * (group == 0).sum() * (group == 1).sum() / (len(group) - 1)
    np.testing.assert_allclose(observed**2 / variance, test.statistic, rtol=1e-9)
    found = in_turn({"iph": ours}, 5)
    found["numpy"] = once(permuted)[0] * 10_000 / drawn
    return Row(
        number=number,
        work=f"10,000 Monte Carlo log-ranks, 100,000 rows on a grid of {place}",
        found=found,
        asked="under 0.5 s",
        reached=found["iph"] < 0.5,
        note=f"numpy permutes the labels {drawn} times; its time is scaled to 10,000."
        + more,
    )


def _scores(columns: data.Columns, size: int) -> Any:
    """Return the log-rank score of each row, by the textbook."""
    days, event, _ = columns
    assert days.max() == size
    d = np.bincount(days, weights=event, minlength=size + 1)
    at_risk = np.bincount(days, minlength=size + 1)[::-1].cumsum()[::-1]
    hazard = np.cumsum(d / np.maximum(at_risk, 1))
    return event - hazard[days]


def simulated_on_visits() -> Row:
    """Draw on a grid of six visits."""
    return _simulated_grid(14, 6, "6 visits")


def simulated_on_weeks() -> Row:
    """Draw on a grid of a year of weeks."""
    return _simulated_grid(15, 52, "52 weeks")


def simulated_on_days() -> Row:
    """Draw on a grid of a year of days: 730 cells to draw each time."""
    more = (
        " The grid has 730 cells, so 10,000 allocations are 7.3 million numbers; as "
        "hypergeometric numbers of numpy they alone would take longer than asked. They "
        "are drawn as binomial ones, whose sum is then repaired."
    )
    return _simulated_grid(16, 365, "365 days", more)


def _same_turnbull() -> float:
    """Check the curve of lifelines where it has the time to come close to the NPMLE.

    Return the largest difference; lifelines is told to stop later than it does.
    """
    left, right = data.intervals(300)
    estimate = turnbull(left, right)
    fitter = KaplanMeierFitter().fit_interval_censoring(left, right, tol=1e-8)
    curve = fitter.survival_function_
    far = 0.0
    for day in np.unique([*left, *right[np.isfinite(right)]]).tolist():
        ours = estimate.survival_bounds(day)
        low, high = (float(curve[name].asof(day)) for name in sorted(curve.columns))
        far = max(far, low - ours.high, ours.low - high)
    assert far < 1e-3
    return far


def turnbull_row(peer: dict[str, Any]) -> Row:
    """Take intervals with continuous ends, beside what lifelines found."""
    near = _same_turnbull()
    left, right = data.intervals(10_000)
    estimate = turnbull(left, right)
    found = in_turn({"iph": lambda: turnbull(left, right)}, 7)
    found["lifelines"] = peer["seconds"]
    note = (
        f"the KKT gap of iph is {estimate.kkt_gap:.1g}; at n = 300 the curve of "
        f"lifelines, told to stop at 1e-8, is the same within {near:.1g}"
    )
    if peer["found"] is None:
        note += (
            f"; at n = 10,000 lifelines was stopped after {peer['seconds']:.0f} s, "
            "unfinished, so that its time and the ratio are lower bounds."
        )
    else:
        days = (50.0, 100.0, 150.0)
        pairs = zip(peer["found"][::2], peer["found"][1::2], strict=True)
        far = 0.0
        for day, (low, high) in zip(days, pairs, strict=True):
            ours = estimate.survival_bounds(day)
            far = max(far, low - ours.high, ours.low - high)
        assert far < 0.05
        note += f", at n = 10,000, where it stops by itself, within {far:.1g}."
    return Row(
        number=17,
        work="Turnbull, n = 10,000, continuous ends",
        found=found,
        asked="500 times faster than lifelines, KKT gap below 1e-6",
        reached=ratio_of(found) >= 500 and estimate.kkt_gap < 1e-6,
        note=note,
    )


def turnbull_of_many() -> list[Row]:
    """Take intervals with continuous ends of many patients, which no peer fits."""
    rows = []
    for number, n, shown, seconds in (
        (43, 100_000, "1e5", 0.15),
        (44, MILLION, "1e6", 2.0),
    ):
        left, right = data.intervals(n)
        estimate = turnbull(left, right)
        assert estimate.kkt_gap < 1e-9
        found = in_turn({"iph": functools.partial(turnbull, left, right)}, 3)
        rows.append(
            Row(
                number=number,
                work=f"Turnbull, n = {shown}, continuous ends",
                found=found,
                asked=f"{seconds:g} s, KKT gap below 1e-9",
                reached=found["iph"] <= seconds,
                note=f"the KKT gap is {estimate.kkt_gap:.1g}.",
            )
        )
    return rows


ROWS = (
    curve_of_days,
    logrank_of_days,
    logrank_of_words,
    curve_of_instants,
    logrank_of_instants,
    logrank_of_28,
    exact_of_28,
    exact_of_46,
    exact_of_100,
    exact_of_200,
    simulated_of_1000,
    simulated_on_visits,
    simulated_on_weeks,
    simulated_on_days,
    turnbull_of_many,
)
