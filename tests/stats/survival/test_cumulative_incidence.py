import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from scipy.stats import beta, binomtest

from iph.errors import InputError
from iph.stats import CumulativeIncidence, cumulative_incidence, kaplan_meier
from iph.stats._survival.competing_counts import (
    competing_counts,
    status_codes,
    tie_factor,
)

Patient = tuple[int | None, int, int, int]


def test_codes_of_the_status() -> None:
    """Censored is 0, the cause 1, any other event 2, and what is missing -1."""
    status = ["dead", None, "ward", "home", "moved", None]
    for cause, expected in (("dead", [1, -1, 0, 2, 2, -1]), ("home", [2, -1, 0, 1, 2])):
        codes = status_codes(status, cause=cause, censored="ward").tolist()
        assert codes[: len(expected)] == expected
    assert status_codes([None, 0], cause=1, censored=0).tolist() == [-1, 0]
    assert status_codes([1, 2], cause=2, censored=0).tolist() == [2, 1]
    assert status_codes([], cause=1, censored=0).tolist() == []


def test_cause_is_another_than_censored() -> None:
    """A cause that is the word for censored, or never seen, is refused."""
    with pytest.raises(InputError, match="cause must be another label than censored"):
        status_codes([0, 1], cause=0, censored=0)
    with pytest.raises(InputError, match=r"one of the causes in status \(1, 2\)"):
        status_codes([0, 1, 2], cause=3, censored=0)


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(0, 4)),
            st.integers(-1, 2),
            st.integers(-1, 2),
            st.integers(0, 3),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_counts(rows: list[Patient]) -> None:
    """Every cell is what counting the complete patients one by one gives."""
    time, codes, part, weights = zip(*rows, strict=True)
    found = competing_counts(
        time, np.array(codes), part=np.array(part), n_parts=3, weights=weights
    )
    complete = [row for row in rows if None not in row and -1 not in row and row[3]]
    assert found.n == sum(row[3] for row in complete)
    assert found.n_missing == sum(weights) - found.n
    times: list[Any] = sorted({row[0] for row in complete})
    assert found.time.tolist() == times

    def cases(mine: int, kind: int, first: int, last: int) -> int:
        return sum(
            count
            for day, code, where, count in complete
            if where == mine
            and (kind < 0 or code == kind)
            and day is not None
            and first <= day <= last
        )

    for mine in range(3):
        for place, t in enumerate(times):
            assert found.censored[mine, place] == cases(mine, 0, t, t)
            assert found.cause[mine, place] == cases(mine, 1, t, t)
            assert found.other[mine, place] == cases(mine, 2, t, t)
            assert found.at_risk[mine, place] == cases(mine, -1, t, 4)


def test_one_part() -> None:
    """Without parts all patients are one."""
    found = competing_counts([3, 1, 3, None], np.array([1, 2, 0, 1]))
    assert found.time.tolist() == [1.0, 3.0]
    assert found.cause.tolist() == [[0, 1]]
    assert found.other.tolist() == [[1, 0]]
    assert found.censored.tolist() == [[0, 1]]
    assert found.at_risk.tolist() == [[3, 2]]
    assert (found.n, found.n_missing) == (3, 1)


Rows = list[tuple[int, int]]


def competing(max_status: int = 3) -> SearchStrategy[Rows]:
    """Days and ends of observation, with at least one event of cause 1."""
    row = st.tuples(st.integers(0, 9), st.integers(0, max_status))
    return st.lists(row, min_size=1, max_size=20).map(lambda rows: [*rows, (4, 1)])


def columns(rows: Rows) -> tuple[list[int], list[int]]:
    """Return days and statuses."""
    return [row[0] for row in rows], [row[1] for row in rows]


def naive_incidence(rows: Rows) -> tuple[list[Fraction], list[Fraction]]:
    """Incidence and variance by hand, each event's influence on each later day."""
    days = sorted({day for day, _ in rows})
    steps: list[tuple[Fraction, int, int, int]] = []
    survival, total, incidence = Fraction(1), Fraction(0), []
    for day in days:
        n = sum(t >= day for t, _ in rows)
        one = sum(t == day and s == 1 for t, s in rows)
        other = sum(t == day and s > 1 for t, s in rows)
        steps.append((survival, n, one, other))
        total += survival * Fraction(one, n)
        survival *= 1 - Fraction(one + other, n)
        incidence.append(total)

    def spread(d: int, n: int) -> Fraction:
        ties = 1 if d <= 1 or n == 1 else Fraction(n - d, n - 1)
        return Fraction(d, n**2) * ties

    variance = []
    for now in incidence:
        value = Fraction(0)
        for (before, n, one, other), then in zip(steps, incidence, strict=True):
            if then > now:
                break
            left = n - one - other
            taken = (now - then) * Fraction(n, left) if left else Fraction(0)
            value += (before - taken) ** 2 * spread(one, n)
            value += taken**2 * spread(other, n)
        variance.append(value)
    return incidence, variance


def same(one: CumulativeIncidence, other: CumulativeIncidence) -> None:
    """Check that two curves hold the same arrays."""
    for name in ("time", "incidence", "variance", "low", "high"):
        np.testing.assert_allclose(
            getattr(one, name), getattr(other, name), rtol=0, atol=1e-12
        )
    for name in ("at_risk", "events", "other_events", "censored"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.n == other.n


def test_reference(reference: Callable[[str], list[dict[str, Any]]]) -> None:
    """Incidence and variance are those of R's cmprsk, ties included."""
    cases = reference("competing_risks.json")
    assert len(cases) >= 200
    for case in cases:
        found = cumulative_incidence(
            case["time"], case["status"], cause=1, weights=case.get("weights")
        )
        out = case["out"]
        np.testing.assert_array_equal(found.time, out["time"])
        for name in ("incidence", "variance"):
            np.testing.assert_allclose(
                getattr(found, name), out[name], rtol=0, atol=1e-9, err_msg=case["name"]
            )


@given(competing())
def test_naive_fractions(rows: Rows) -> None:
    """Incidence and variance are those written down event by event in fractions."""
    found = cumulative_incidence(*columns(rows), cause=1)
    incidence, variance = naive_incidence(rows)
    np.testing.assert_allclose(found.incidence, [float(f) for f in incidence])
    np.testing.assert_allclose(
        found.variance, [float(v) for v in variance], rtol=1e-9, atol=1e-14
    )


@given(competing())
def test_all_causes_and_survival_sum_to_one(rows: Rows) -> None:
    """Each patient is without event or has had one of the causes."""
    time, status = columns(rows)
    total = kaplan_meier(time, [s > 0 for s in status]).survival.copy()
    for cause in {s for s in status if s > 0}:
        total += cumulative_incidence(time, status, cause=cause).incidence
    np.testing.assert_allclose(total, 1.0, rtol=1e-12)


@given(competing(max_status=1))
def test_one_cause_is_kaplan_meier(rows: Rows) -> None:
    """Where nothing competes the incidence is 1 - S."""
    time, status = columns(rows)
    found = cumulative_incidence(time, status, cause=1)
    curve = kaplan_meier(time, [s == 1 for s in status])
    np.testing.assert_allclose(found.incidence, 1 - curve.survival, atol=1e-14)


@given(competing(), st.randoms(use_true_random=False))
def test_row_order_and_other_labels(rows: Rows, random: Any) -> None:
    """Neither the order of rows under ties nor the names of the causes matter."""
    mixed = rows.copy()
    random.shuffle(mixed)
    words = ["lost", "recovered", "died", "amputated"]
    time, status = columns(mixed)
    lost = "lost" if 0 in status else None
    same(
        cumulative_incidence(*columns(rows), cause=1),
        cumulative_incidence(
            time, [words[s] for s in status], cause="recovered", censored=lost
        ),
    )
    joined = [min(s, 2) for s in columns(rows)[1]]
    same(
        cumulative_incidence(*columns(rows), cause=1),
        cumulative_incidence(columns(rows)[0], joined, cause=1),
    )


@given(competing(), st.data())
def test_weights_repeat(rows: Rows, data: st.DataObject) -> None:
    """A case count is the same as that many rows."""
    time, status = (np.array(column) for column in columns(rows))
    weights = np.array([data.draw(st.integers(0, 3)) for _ in rows[:-1]] + [1])
    same(
        cumulative_incidence(time, status, cause=1, weights=weights),
        cumulative_incidence(
            np.repeat(time, weights), np.repeat(status, weights), cause=1
        ),
    )


@given(
    competing(),
    st.sampled_from(["effective-size", "log-log", "log", "plain", "logit", "arcsin"]),
    st.floats(0.5, 0.95),
)
def test_interval(rows: Rows, interval: Any, level: float) -> None:
    """The incidence rises; its interval holds it and grows with the level."""
    time, status = columns(rows)
    narrow = cumulative_incidence(
        time, status, cause=1, interval=interval, confidence_level=level
    )
    wide = cumulative_incidence(
        time, status, cause=1, interval=interval, confidence_level=(1 + level) / 2
    )
    assert (np.diff(narrow.incidence) >= 0).all()
    assert (narrow.variance >= 0).all()
    known = ~np.isnan(narrow.low)
    assert known.all() or interval != "effective-size"
    low, f, high = (
        getattr(narrow, name)[known] for name in ("low", "incidence", "high")
    )
    assert (low <= f + 1e-12).all()
    assert (f <= high + 1e-12).all()
    assert (wide.low[known] <= low + 1e-12).all()
    assert (wide.high[known] >= high - 1e-12).all()


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from([1, 2])), min_size=1).filter(
        lambda rows: any(cause == 1 for _, cause in rows)
    ),
    st.integers(0, 7),
)
def test_without_losses_the_interval_is_exact(rows: Rows, day: int) -> None:
    """While nobody is lost it is that of Clopper and Pearson, before events as well."""
    time, status = columns(rows)
    found = cumulative_incidence(time, status, cause=1).at([day])
    count = sum(1 for t, cause in rows if t <= day and cause == 1)
    exact = binomtest(count, len(rows)).proportion_ci(0.95, method="exact")
    np.testing.assert_allclose(found.incidence, count / len(rows), atol=1e-12)
    np.testing.assert_allclose(
        [found.low[0], found.high[0]], [exact.low, exact.high], atol=1e-9
    )


@given(competing(), st.floats(0, 15), st.floats(0.5, 0.99))
def test_the_interval_is_that_of_so_many_patients(
    rows: Rows, day: float, level: float
) -> None:
    """Anew from its definition: Clopper and Pearson's for F (1 - F) / V patients."""
    time, status = columns(rows)
    curve = cumulative_incidence(time, status, cause=1, confidence_level=level)
    found = curve.at([day])
    f, v = found.incidence[0], found.variance[0]
    if math.isnan(f):
        assert math.isnan(found.low[0])
        assert math.isnan(found.high[0])
        return
    n = len(rows)
    lost = sum(1 for t, state in rows if t < day and state == 0)
    cases = n if not lost else min(f * (1 - f) / v, n) if v > 0 else n - lost
    tail = (1 - level) / 2
    low = beta.ppf(tail, cases * f, cases * (1 - f) + 1) if cases * f > 0 else 0.0
    left = cases * (1 - f)
    high = beta.isf(tail, cases * f + 1, left) if left > 1e-9 * n else 1.0
    np.testing.assert_allclose([found.low[0], found.high[0]], [low, high], atol=1e-9)
    if day in curve.time:  # the curve itself says the same
        place = curve.time.tolist().index(day)
        assert curve.low[place] == found.low[0]


def test_log_log_by_hand() -> None:
    """The bounds are F ** exp(+-z se / (F |log F|))."""
    found = cumulative_incidence(
        [1, 2, 3, 4], [1, 2, 0, 1], cause=1, interval="log-log"
    )
    f, se = found.incidence[0], math.sqrt(found.variance[0])
    power = math.exp(1.959963984540054 * se / (f * abs(math.log(f))))
    assert found.low[0] == pytest.approx(f**power, rel=1e-12)
    assert found.high[0] == pytest.approx(f ** (1 / power), rel=1e-12)
    assert found.method == "aalen-johansen, variance of Aalen"
    assert (found.interval, found.confidence_level) == ("log-log", 0.95)


def test_missing_is_counted() -> None:
    """Rows without time or status are left out and counted with their weight."""
    found = cumulative_incidence(
        [1, None, 3, 4], [1, 1, None, 0], cause=1, weights=[1, 2, 3, 4]
    )
    assert (found.n, found.n_missing, found.cause) == (5, 5, 1)
    assert found.at_risk.tolist() == [5, 4]


def test_degenerate() -> None:
    """Nobody, nobody with an event, and all on day 0."""
    empty: npt.NDArray[np.int64] = np.array([], dtype=np.int64)
    assert cumulative_incidence(empty, empty, cause=1).time.size == 0
    assert cumulative_incidence([], [], cause=1).n == 0
    censored = cumulative_incidence([1, 2], [0, 0], cause=1)
    assert censored.incidence.tolist() == [0.0, 0.0]
    assert censored.variance.tolist() == [0.0, 0.0]
    assert censored.low.tolist() == [0.0, 0.0]
    # Of two on day 1; of the one who is not lost on day 2.
    np.testing.assert_allclose(censored.high, [1 - 0.025 ** (1 / 2), 0.975])
    on_scale = cumulative_incidence([1, 2], [0, 0], cause=1, interval="log-log")
    assert np.isnan(on_scale.low).all()
    on_day_0 = cumulative_incidence([0, 0], [1, 2], cause=1)
    assert on_day_0.incidence.tolist() == [0.5]
    alone = cumulative_incidence([3], [1], cause=1)
    assert (alone.incidence[0], alone.variance[0]) == (1.0, 1.0)


def test_variance_of_many_rows() -> None:
    """The running sums lose no more than the last digits on a long series."""
    n = 20_000
    status = np.arange(n) * 7 % 3
    found = cumulative_incidence(np.arange(n), status, cause=1)
    at_risk = np.arange(n, 0, -1.0)
    any_event = (status > 0).astype(float)
    before = np.concatenate(([1.0], np.cumprod(1 - any_event / at_risk)))[:-1]
    for index in (50, n // 2, n - 5):
        part = slice(0, index + 1)
        taken = found.incidence[index] - found.incidence[part]
        taken = taken * at_risk[part] / (at_risk[part] - any_event[part])
        own = (before[part] - taken) ** 2 * (status[part] == 1)
        rest = taken**2 * (status[part] == 2)
        expected = math.fsum((own + rest) / at_risk[part] ** 2)
        assert found.variance[index] == pytest.approx(expected, rel=1e-9)


def test_arrays_are_read_only() -> None:
    """A result cannot be changed by writing into its arrays."""
    found = cumulative_incidence([1, 2], [1, 0], cause=1)
    for name in ("time", "incidence", "variance", "low", "censored", "at_risk"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(found, name)[0] = 7


def test_messages() -> None:
    """A cause that nobody had is a typing error, not a curve of zeros."""
    with pytest.raises(
        InputError, match=r"cause must be one of the causes in status \('died'\)"
    ):
        cumulative_incidence([1, 2], ["died", "lost"], cause="dead", censored="lost")
    with pytest.raises(InputError, match="cause must be another label than censored"):
        cumulative_incidence([1], [1], cause=1, censored=1)
    with pytest.raises(InputError, match="interval must be one of"):
        cumulative_incidence([1], [1], cause=1, interval="loglog")  # type: ignore[arg-type] # refused
    with pytest.raises(InputError, match="must be as long as time"):
        cumulative_incidence([1, 2], [1], cause=1)


def test_tie_factor() -> None:
    """It is (n - d) / (n - 1) for tied events; one event or none takes off nothing."""
    for n in range(1, 8):
        d = np.arange(n + 1)
        expected = [1.0, 1.0, *((n - e) / (n - 1) for e in range(2, n + 1))]
        found = tie_factor(d, np.full(n + 1, float(n)))
        np.testing.assert_allclose(found, expected, rtol=1e-14, atol=0)


def test_mistyped_censored_is_refused() -> None:
    """Where labels are text, `censored` must be one of them, or None for nobody."""
    days, ends = [1, 2, 3, 4], ["recovered", "died", "lost", "recovered"]
    for wrong in (0, "Lost", "last seen"):
        with pytest.raises(InputError, match=r"censored must be one of .*'lost'"):
            cumulative_incidence(days, ends, cause="recovered", censored=wrong)
    found = cumulative_incidence(
        days[:3], ["recovered", "died", "recovered"], cause="recovered", censored=None
    )
    assert found.censored.tolist() == [0, 0, 0]
    # Codes are usual where nobody was censored: 0 need not occur.
    assert cumulative_incidence([1, 2], [1, 2], cause=1).n == 2


def test_empty_text_is_missing() -> None:
    """An empty cell of a spreadsheet is no end of its own."""
    found = cumulative_incidence(
        [1, 2, 3, 4],
        ["recovered", "", "lost", "died"],
        cause="recovered",
        censored="lost",
    )
    assert (found.n, found.n_missing) == (3, 1)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=15),
    st.lists(st.floats(0, 12), max_size=6),
)
def test_at_reads_the_steps(rows: list[tuple[int, int]], days: list[float]) -> None:
    """`at` gives the last step at or before each day, and NaN beyond what is known."""
    if not any(status == 1 for _, status in rows):
        rows = [*rows, (1, 1)]
    time, status = zip(*rows, strict=True)
    curve = cumulative_incidence(time, status, cause=1, interval="log-log")
    found = curve.at(days)
    # Nobody is left: the last patients had an event at the last time.
    complete = curve.censored[-1] == 0
    for index, day in enumerate(days):
        before = [j for j, t in enumerate(curve.time.tolist()) if t <= day]
        at_risk = sum(t >= day for t in time)
        assert found.at_risk[index] == at_risk
        if day > curve.time[-1] and not complete:
            assert math.isnan(found.incidence[index])
            assert math.isnan(found.low[index])
        elif not before:
            assert found.incidence[index] == 0.0
            assert found.variance[index] == 0.0
            assert math.isnan(found.high[index])
        else:
            for name in ("incidence", "variance", "low", "high"):
                np.testing.assert_equal(
                    getattr(found, name)[index], getattr(curve, name)[before[-1]]
                )
    assert (found.day.tolist(), found.cause) == (days, 1)
    assert (found.n, found.n_missing) == (len(rows), 0)


def test_at_needs_days() -> None:
    """One day is taken as well as several; a missing one is refused."""
    curve = cumulative_incidence([1, 2, 3], [1, 2, 0], cause=1)
    assert curve.at(2).incidence.tolist() == pytest.approx([1 / 3])
    with pytest.raises(InputError, match=r"days\[1\]"):
        curve.at([1, None])
