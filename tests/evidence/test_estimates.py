"""Ratios, differences and shares, with intervals, against counts and by themselves."""

import math
from collections.abc import Callable
from typing import Any, Literal

import hypothesis.strategies as st
import pytest
from hypothesis import assume, example, given, settings
from scipy import stats
from scipy.optimize import brentq

from iph.errors import InputError
from iph.evidence import Claim, Finding, Verdict, audit
from iph.evidence._inverted_intervals import by_probability, median_unbiased, solved
from iph.evidence._printed_intervals import estimate_in, prints
from iph.evidence._share_figures import share_intervals
from iph.evidence._two_by_two import (
    odds_ratio_intervals,
    odds_ratios,
    risk_difference_intervals,
    risk_ratio_intervals,
)
from iph.stats import risk_ratio
from iph.stats._tables.risk_score import fit_odds_ratio

Cells = tuple[int, int, int, int]
CELLS = st.tuples(*[st.integers(0, 15)] * 4).filter(
    lambda t: t[0] + t[1] and t[2] + t[3]
)


def found(printed: str, test: str, **more: Any) -> Finding:
    """Return what the audit says of an estimate."""
    made = Claim(
        code="e", where="Table 2", printed=printed, kind="estimate", test=test, **more
    )
    return audit([made])[0]


# --- reading --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "figures", "level"),
    [
        ("OR 2.5 (95% CI 1.2–5.3)", (2.5, 1.2, 5.3), 0.95),
        ("7.05, 95% CI 1.45-34.20", (7.05, 1.45, 34.2), 0.95),
        ("2,5 [1,2; 5,3]", (2.5, 1.2, 5.3), None),
        ("2·5 (99% confidence interval: 1·2 to 5·3)", (2.5, 1.2, 5.3), 0.99),
        ("−0.5 (−1.2 to 0.3)", (-0.5, -1.2, 0.3), None),
        ("-0.5 (-1.2--0.3)", (-0.5, -1.2, -0.3), None),
        ("35 % (15.4 % to 59.2 %)", (35, 15.4, 59.2), None),
        ("12.3 mm (CI, 1.2, 15)", (12.3, 1.2, 15), None),
        ("hazard ratio = .5 (90 % CI .2 until .9)*", (0.5, 0.2, 0.9), 0.9),
        ("3.2 (1.1 to ∞)", (3.2, 1.1, math.inf), None),
        ("3.2 (1.1 to Inf)", (3.2, 1.1, math.inf), None),
        ("3.2", (3.2,), None),
    ],
)
def test_prints_are_read(
    text: str, figures: tuple[float, ...], level: float | None
) -> None:
    """Estimate, ends and level, in any of the usual spellings."""
    read = estimate_in(text)
    assert read is not None
    ends = [math.inf if end is None else float(end.value) for end in read.ends]
    assert (float(read.estimate.value), *ends) == figures
    assert read.level == level


@pytest.mark.parametrize(
    "text", ["", "none", "1.2 to 5.3 to 8", "(1.2 to 5.3)", "∞ (1 to ∞)", "2.5 (1.2"]
)
def test_other_prints_are_not_read(text: str) -> None:
    """What is no estimate is not made one."""
    assert estimate_in(text) is None
    if text:
        assert found(text, "odds-ratio").verdict is Verdict.NOT_CHECKABLE


@given(
    st.floats(-1e4, 1e4),
    st.floats(0, 1e3),
    st.floats(0, 1e3),
    st.integers(0, 4),
    st.data(),
)
def test_every_style_is_read(
    middle: float, below: float, above: float, digits: int, data: st.DataObject
) -> None:
    """What any style prints of three figures is read as these."""
    numbers = [f"{x:.{digits}f}" for x in (middle, middle - below, middle + above)]
    between = data.draw(st.sampled_from([" to ", "; ", ", ", " – ", " until "]))
    frame = data.draw(
        st.sampled_from(["{} ({}{}{})", "{}, 95% CI {}{}{}", "HR = {} [{}{}{}]"])
    )
    comma = data.draw(st.booleans()) and digits not in {0, 3} and between != ", "
    text = frame.format(numbers[0], numbers[1], between, numbers[2])
    if comma:
        head, middle_, tail = text.partition("95% CI")
        text = head.replace(".", ",") + middle_ + tail.replace(".", ",")
    read = estimate_in(text.replace("-", "−") if data.draw(st.booleans()) else text)
    assert read is not None
    figures = [read.estimate, *(end for end in read.ends if end is not None)]
    for figure, number in zip(figures, numbers, strict=True):
        assert float(figure.value) == float(number)
    for figure, value in zip(
        figures, (middle, middle - below, middle + above), strict=True
    ):
        assert prints(figure, value)


# --- what programs print --------------------------------------------------------------


def log_wald(cells: Cells, level: float, *, odds: bool) -> tuple[float, float, float]:
    """Return a ratio with Woolf's or Katz's interval, from the textbook."""
    a, b, c, d = cells
    z = float(stats.norm.isf((1 - level) / 2))
    if odds:
        ratio, error = a * d / (b * c), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    else:
        n1, n2 = a + b, c + d
        ratio = a / n1 / (c / n2)
        error = math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2)
    return ratio, ratio * math.exp(-z * error), ratio * math.exp(z * error)


def by_scipy(
    cells: Cells, level: float, kind: Literal["conditional", "sample"]
) -> tuple[float, float, float]:
    """Return scipy's odds ratio: conditional and exact, or that of the sample."""
    a, b, c, d = cells
    result = stats.contingency.odds_ratio([[a, b], [c, d]], kind=kind)
    ends = result.confidence_interval(level)
    return float(result.statistic), float(ends.low), float(ends.high)


def relative_risk(cells: Cells, level: float) -> tuple[float, float, float]:
    """Return scipy's relative risk."""
    a, b, c, d = cells
    result = stats.contingency.relative_risk(a, a + b, c, c + d)
    ends = result.confidence_interval(level)
    return float(result.relative_risk), float(ends.low), float(ends.high)


def difference(cells: Cells, level: float) -> tuple[float, float, float]:
    """Return a difference of risks with Wald's interval."""
    a, b, c, d = cells
    p, q = a / (a + b), c / (c + d)
    z = float(stats.norm.isf((1 - level) / 2))
    reach = z * math.sqrt(p * (1 - p) / (a + b) + q * (1 - q) / (c + d))
    return p - q, p - q - reach, p - q + reach


PROGRAMS: dict[
    str, tuple[str, Callable[[Cells, float], tuple[float, float, float]]]
] = {
    "Woolf": ("odds-ratio", lambda t, level: log_wald(t, level, odds=True)),
    "scipy, exact": ("odds-ratio", lambda t, level: by_scipy(t, level, "conditional")),
    "scipy, sample": ("odds-ratio", lambda t, level: by_scipy(t, level, "sample")),
    "Katz": ("risk-ratio", lambda t, level: log_wald(t, level, odds=False)),
    "scipy, relative risk": ("risk-ratio", relative_risk),
    "Wald": ("risk-difference", difference),
}


@pytest.mark.parametrize("program", PROGRAMS)
@given(cells=CELLS, level=st.sampled_from([0.9, 0.95, 0.99]), digits=st.integers(1, 4))
@settings(max_examples=6)  # each draw solves some hundred intervals
def test_honest_intervals_are_never_accused(
    program: str, cells: Cells, level: float, digits: int
) -> None:
    """What a program printed of the counts is consistent with them."""
    assume(all(cells))
    test, compute = PROGRAMS[program]
    figures = [f"{x:.{digits}f}" for x in compute(cells, level)]
    text = f"{figures[0]} ({100 * level:g}% CI {figures[1]} to {figures[2]})"
    a, b, c, d = cells
    table = [[a, b], [c, d]]
    for rows in (table, table[::-1], [row[::-1] for row in table]):
        finding = found(text, test, table=rows)
        assert finding.verdict is Verdict.CONSISTENT, finding.reason
        assert "none of" not in finding.reason


@pytest.mark.parametrize("method", ["exact", "wilson", "wilsoncc"])
@given(n=st.integers(1, 60), data=st.data())
def test_honest_shares_are_never_accused(
    method: str, n: int, data: st.DataObject
) -> None:
    """What scipy gives of a share is consistent with its counts."""
    count = data.draw(st.integers(0, n))
    ends = stats.binomtest(count, n).proportion_ci(0.95, method=method)  # type: ignore[arg-type] # parametrized
    for factor, sign in ((1, ""), (100, "%")):
        digits = 3 if factor == 1 else 1
        text = " to ".join(f"{factor * end:.{digits}f}{sign}" for end in ends)
        printed = f"{factor * count / n:.{digits}f}{sign} ({text})"
        for more in ({"table": [[count, n - count]]}, {"count": count, "of": n}):
            finding = found(printed, "proportion", **more)
            assert finding.verdict is Verdict.CONSISTENT
            assert "none of" not in finding.reason


@given(CELLS)
@example((0, 5, 3, 2))
@example((4, 0, 0, 4))
@settings(max_examples=12)  # each draw solves some forty intervals
def test_degenerate_tables_give_intervals(cells: Cells) -> None:
    """Empty cells make infinite ends, and never a lower end above the upper one."""
    for intervals in (
        odds_ratio_intervals(cells, 0.95),
        risk_ratio_intervals(cells, 0.95),
        risk_difference_intervals(cells, 0.95),
        share_intervals(cells[0], cells[0] + cells[1], 0.95),
    ):
        assert all(not low > high for low, high in intervals.values()), intervals


@given(CELLS)
@settings(max_examples=25)  # each draw solves three intervals by other means
def test_intervals_are_those_of_their_definitions(cells: Cells) -> None:
    """The score and likelihood intervals end where the statistic is its quantile."""
    assume(all(cells))
    a, b, c, d = cells
    z = float(stats.norm.isf(0.025))
    ends = solved(cells, fit_odds_ratio, z)
    n1, n2, m = a + b, c + d, a + c

    def fitted(psi: float) -> float:
        """Return the first cell with these margins and this odds ratio."""

        def off(x: float) -> float:
            return x * (n2 - m + x) - psi * (n1 - x) * (m - x)

        return float(brentq(off, max(0, m - n2), min(n1, m), xtol=1e-13))

    for psi in ends["score"]:
        x = fitted(psi)
        cells_ = (x, n1 - x, m - x, n2 - m + x)
        chi = (a - x) ** 2 * sum(1 / cell for cell in cells_)
        assert math.isclose(chi, z * z, rel_tol=1e-6)
    for psi in ends["likelihood ratio"]:
        x = fitted(psi)
        cells_ = (x, n1 - x, m - x, n2 - m + x)
        ratio = 2 * sum(o * math.log(o / e) for o, e in zip(cells, cells_, strict=True))
        assert math.isclose(ratio, z * z, rel_tol=1e-6)
    low, high = by_probability(cells, 0.05)
    assert low <= odds_ratios(cells)["conditional"] * (1 + 1e-6)
    assert high >= odds_ratios(cells)["conditional"] * (1 - 1e-6)
    middle = median_unbiased(cells)
    chances = stats.nchypergeom_fisher(n1 + n2, m, n1, middle)
    assert math.isclose(
        float(chances.sf(a)) + float(chances.pmf(a)) / 2, 0.5, abs_tol=1e-6
    )


# --- what is wrong --------------------------------------------------------------------

TABLE = [[12, 8], [9, 16]]


@pytest.mark.parametrize(
    ("printed", "test", "more", "verdict", "reason"),
    [
        ("2.67", "odds-ratio", {"table": TABLE}, "consistent", "a d / (b c)"),
        ("3.67", "odds-ratio", {"table": TABLE}, "contradicts", "is 2.67 (a d"),
        ("0.375", "odds-ratio", {"table": TABLE}, "consistent", "second group first"),
        (
            "2.67 (0.11 to 97.8)",
            "odds-ratio",
            {"table": TABLE},
            "contradicts",
            "none of",
        ),
        ("2.67 (0.8 to ∞)", "odds-ratio", {"table": TABLE}, "contradicts", "none of"),
        ("2.67 (0.65 to 9.9)", "odds-ratio", {"table": TABLE}, "consistent", "none of"),
        ("1.67", "risk-ratio", {"table": TABLE}, "consistent", "risks divided"),
        ("24%", "risk-difference", {"table": TABLE}, "consistent", "subtracted"),
        ("0.24", "risk-difference", {"table": TABLE}, "consistent", "subtracted"),
        ("34%", "risk-difference", {"table": TABLE}, "contradicts", "is 24 (risks"),
        ("2.5 (5.3 to 1.2)", "odds-ratio", {}, "impossible", "above the upper"),
        ("2.5 (∞ to 1.2)", "hazard-ratio", {}, "impossible", "above the upper"),
        ("-2.5 (-3 to 1.2)", "hazard-ratio", {}, "impossible", "below zero"),
        ("1.2 (1.0 to 1.3)", "correlation", {}, "impossible", "between -1 and 1"),
        ("120 % (90 to 130 %)", "proportion", {}, "impossible", "0 and 100 %"),
        ("7.05 (95% CI 1.45-34.20)", "hazard-ratio", {}, "consistent", "P = 0.015"),
        ("1.05 (1.45-34.20)", "hazard-ratio", {}, "implausible", "outside"),
        ("6.91 (1.28-58.8)", "odds-ratio", {}, "not checkable", "profile"),
        ("0.5 (-0.3 to 1.3)", "mean-difference", {}, "consistent", "plain scale"),
        ("5.0 (95 % CI 4 to 6)", "mean", {}, "consistent", "standard error 0.51)"),
        ("0.50 (0.21 to 0.71)", "correlation", {}, "consistent", "z scale"),
        ("35 % (15 to 59 %)", "proportion", {}, "not checkable", "not printed"),
        ("2.5 (1.2 to ∞)", "hazard-ratio", {}, "not checkable", "without end"),
        ("2.5", "hazard-ratio", {}, "not checkable", "neither the counts"),
        ("2.5 (1 to 6)", "slope", {}, "not checkable", "names no measure"),
        ("2.5", "odds-ratio", {"table": [[0, 0], [1, 2]]}, "not checkable", "neither"),
        ("50%", "proportion", {"count": 3, "of": 2}, "not checkable", "neither"),
    ],
)
def test_verdicts(
    printed: str, test: str, more: dict[str, Any], verdict: str, reason: str
) -> None:
    """Each verdict, with the arithmetic in its reason."""
    finding = found(printed, test, **more)
    assert finding.verdict.value.startswith(verdict), finding.reason
    assert reason in finding.reason


def test_a_remark_is_no_fault() -> None:
    """An estimate outside its interval is remarked on, not counted as wrong."""
    assert not found("1.05 (1.45-34.20)", "hazard-ratio").verdict.is_problem


# --- curves ---------------------------------------------------------------------------


def share(printed: str, **more: Any) -> Finding:
    """Return what the audit says of a share of a curve."""
    how = {"test": "kaplan-meier"} | more
    made = Claim(code="s", where="Fig. 1", printed=printed, kind="percentage", **how)
    return audit([made])[0]


# Whether those at risk are counted after the events of a time, and whether the events
# from one time to the next are those up to it: R and SAS, tables by hand, lifelines.
CONVENTIONS = [(False, True), (False, False), (True, True)]


@given(
    st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=30),
    st.sets(st.integers(1, 13), min_size=1, max_size=3),
    st.sampled_from(CONVENTIONS),
    st.booleans(),
    st.data(),
)
def test_true_curves_are_never_accused(
    patients: list[tuple[int, bool]],
    ticks: set[int],
    convention: tuple[bool, bool],
    counted: bool,  # noqa: FBT001 - drawn
    data: st.DataObject,
) -> None:
    """A Kaplan-Meier share agrees with its numbers at risk, in any convention."""
    after, inclusive = convention
    digits = data.draw(st.integers(0, 2))
    times = [0, *sorted(ticks)]
    rows = []
    for start, end in zip(times, [*times[1:], 99], strict=True):
        at_risk = sum(t > start if after else t >= start for t, _ in patients)
        events = sum(
            event and (start < t <= end if inclusive else start <= t < end)
            for t, event in patients
        )
        rows.append([at_risk, events] if counted else [at_risk])
    row = data.draw(st.integers(1, len(rows)))
    survival = 1.0
    for day in sorted({t for t, event in patients if event and t <= times[row - 1]}):
        risk = sum(t >= day for t, _ in patients)
        survival *= 1 - sum(event and t == day for t, event in patients) / risk
    for value, test in (
        (survival, "kaplan-meier"),
        (1 - survival, "kaplan-meier failure"),
    ):
        printed = f"{100 * value:.{digits}f} %"
        finding = share(printed, test=test, table=rows, at_row=row)
        assert finding.verdict is Verdict.CONSISTENT, finding.reason


@pytest.mark.parametrize(
    ("printed", "more", "verdict", "reason"),
    [
        (
            "70 %",
            {"table": [[28, 3], [22, 5], [10, 0]]},
            "contradicts",
            "43.2 % to 69.0",
        ),
        (
            "60 %",
            {"table": [[28, 3], [22, 5], [10, 0]]},
            "consistent",
            "43.2 % to 69.0",
        ),
        ("30 %", {"table": [[28], [22], [10]], "at_row": 2}, "contradicts", "35.7 %"),
        ("<30 %", {"table": [[28], [22], [10]], "at_row": 2}, "contradicts", "35.7 %"),
        (">30 %", {"table": [[28], [22], [10]], "at_row": 2}, "consistent", "35.7 %"),
        ("30 %", {"table": [[28], [22]]}, "consistent", "0.0 % to 100.0 %"),
        ("30 %", {"table": [[28, 30], [22, 1]]}, "impossible", "30 events"),
        ("30 %", {"table": [[22], [28]]}, "not checkable", "late entry"),
        ("30 %", {"table": [[0], [0]]}, "not checkable", "begin with none"),
        ("30 %", {"table": [[3], [2]], "at_row": 3}, "not checkable", "one time a row"),
        ("30 %", {"table": [[3, 1, 2], [2, 1, 1]]}, "not checkable", "one time a row"),
    ],
)
def test_curves(printed: str, more: dict[str, Any], verdict: str, reason: str) -> None:
    """Bounds from the numbers at risk, with and without events."""
    finding = share(printed, **more)
    assert finding.verdict.value.startswith(verdict)
    assert reason in finding.reason


@pytest.mark.parametrize("row", [0, -1, 1.5, "x", True])
def test_rows_are_numbered_from_one(row: object) -> None:
    """The row of a curve is a whole number from 1 on."""
    with pytest.raises(InputError, match="at_row"):
        share("30 %", table=[[3], [2]], at_row=row)
    assert share("30 %", table=[[3], [2]], at_row="2").claim.at_row == 2


@pytest.mark.parametrize(
    ("table", "method"),
    [([[8, 12], [3, 15]], "exact"), ([[8, 12], [3, 15]], "koopman")],
)
def test_own_intervals_are_known(table: list[list[int]], method: Any) -> None:
    """What iph itself gives of a risk ratio is among the variants."""
    mine = risk_ratio(table, method=method)
    text = f"{mine.estimate:.3f} (95% CI {mine.low:.3f} to {mine.high:.3f})"
    finding = found(text, "risk-ratio", table=table)
    assert finding.verdict is Verdict.CONSISTENT
    assert "none of" not in finding.reason


@pytest.mark.parametrize(
    ("printed", "table", "verdict"),
    [
        ("0 (95% CI 0 to 2.35)", [[0, 9], [4, 5]], "consistent"),  # conditional, exact
        ("∞", [[4, 0], [0, 4]], "not checkable"),  # nothing is read
        ("0.00 (0.00 to 9.99)", [[0, 9], [4, 5]], "consistent"),
        ("1.33 (0.98 to 1.9)", [[80, 70], [60, 90]], "consistent"),
        ("1.33 (1.0 to 9.9)", [[80, 70], [60, 90]], "contradicts"),
    ],
)
def test_ends_of_the_scale(printed: str, table: list[list[int]], verdict: str) -> None:
    """Ratios of zero have no logarithm, and larger tables no unconditional interval."""
    test = "odds-ratio" if table[0][0] < 9 else "risk-ratio"
    assert found(printed, test, table=table).verdict.value.startswith(verdict)
