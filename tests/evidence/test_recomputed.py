"""Every p-value that a program gives of a table is among the variants."""

import itertools
import math
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from scipy import stats

from iph.evidence import Claim, _recomputed, audit
from iph.evidence._consistency import agree
from iph.evidence._printed import percentage_in
from iph.evidence._rank_variants import (
    _signs_without_ties,
    _without_ties,
    simulated_band,
)
from iph.evidence._recomputed import MORE, TESTS
from iph.evidence._statistics import p_of
from iph.stats import logrank

Counts = tuple[tuple[int, ...], ...]


def spread(row: tuple[int, ...]) -> list[int]:
    """Return the grades of patients from their counts."""
    return [grade for grade, count in enumerate(row) for _ in range(count)]


def grids(rows: int, columns: int, most: int) -> st.SearchStrategy[Counts]:
    """Draw tables of counts."""
    row = st.tuples(*[st.integers(0, most)] * columns)
    return st.tuples(*[row] * rows)


def rank_sum_exact(table: Counts) -> float:
    """Return the exact two-sided p of the rank sums by trying every allocation."""
    values = spread(table[0]) + spread(table[1])
    ranks = stats.rankdata(values)
    n1, n = sum(table[0]), len(values)
    mean = n1 * (n + 1) / 2
    here = abs(ranks[:n1].sum() - mean)
    sums = [abs(sum(c) - mean) for c in itertools.combinations(ranks, n1)]
    return float(sum(s >= here - 1e-9 for s in sums) / len(sums))


def by_scipy(table: Counts, **how: Any) -> float:
    """Return what scipy gives for two rows of graded counts."""
    found = stats.mannwhitneyu(spread(table[0]), spread(table[1]), **how)
    return float(found.pvalue)


def one_sided(table: Counts) -> float:
    """Return the smaller of the one-sided normal p-values of scipy."""
    sides = ("less", "greater")
    return min(by_scipy(table, method="asymptotic", alternative=s) for s in sides)


TWO_GROUPS: dict[str, Callable[[Counts], float]] = {
    "normal with continuity, as R": lambda t: by_scipy(t, method="asymptotic"),
    "normal, as SPSS": lambda t: by_scipy(t, method="asymptotic", use_continuity=False),
    "one-sided": one_sided,
    "exact, as coin and SPSS": rank_sum_exact,
    "Kruskal-Wallis": lambda t: float(stats.kruskal(*map(spread, t)).pvalue),
}


def is_among(p: float, variants: dict[str, tuple[float, float]]) -> bool:
    """Say whether a p-value is that of a variant which was not simulated."""
    return any(
        low * (1 - 1e-8) <= p <= high * (1 + 1e-8)
        for name, (low, high) in variants.items()
        if not name.startswith("simulated")
    )


@pytest.mark.parametrize("program", TWO_GROUPS)
@given(table=grids(2, 3, 3))
@example(table=((1, 0, 1), (0, 2, 0)))  # equal: one-sided, corrected p is above 1/2
@settings(max_examples=40)  # each draw tries up to 48,620 allocations
def test_two_groups_by_every_program(program: str, table: Counts) -> None:
    """What scipy, R and SPSS print of two groups is among the variants."""
    assume(all(map(any, table)))
    assume(len(set(spread(table[0]) + spread(table[1]))) > 1)
    p = TWO_GROUPS[program](table)
    assert is_among(p, TESTS["mann-whitney"](table))


@given(table=grids(3, 3, 4))
@settings(max_examples=40)  # each draw counts three groups exactly
def test_three_groups(table: Counts) -> None:
    """The asymptotic p of scipy and the exact one are among the variants."""
    assume(all(map(any, table)))
    assume(len(set(itertools.chain(*map(spread, table)))) > 1)
    found = TESTS["kruskal-wallis"](table)
    groups = [spread(row) for row in table]
    assert is_among(float(stats.kruskal(*groups).pvalue), found)
    ranks = stats.rankdata(list(itertools.chain(*groups)))
    edges = np.cumsum([len(group) for group in groups])[:-1]
    parts: list[Any] = np.split(ranks, edges)
    within = sum(float(((part - part.mean()) ** 2).sum()) for part in parts)
    if within > 1e-9 and len(ranks) > len(groups):
        assert is_among(float(stats.f_oneway(*parts).pvalue), found)
    low, high = found["simulated"]
    assert low <= found["exact"][0] <= found["exact"][1] <= high


@given(table=grids(2, 2, 9))
@settings(max_examples=30)  # each draw simulates an exact chi-square test
def test_cross_tables_by_scipy(table: Counts) -> None:
    """Pearson, Yates, likelihood ratio and Fisher of a fourfold table."""
    columns = [sum(column) for column in zip(*table, strict=True)]
    assume(all(map(any, table)) and all(columns))
    found = TESTS["chi-square"](table) | MORE["chi-square"](table)
    for correction in (False, True):
        p = stats.chi2_contingency(table, correction=correction).pvalue
        assert is_among(float(p), found)
    ratio = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
    assert is_among(float(ratio.pvalue), found)
    exact = TESTS["fisher"](table)
    for side in ("two-sided", "less", "greater"):
        found_p: Any = stats.fisher_exact(np.array(table), alternative=side).pvalue
        assert is_among(float(found_p), exact)


@given(st.integers(0, 30), st.integers(0, 30))
def test_signs_by_scipy(fallen: int, risen: int) -> None:
    """The exact binomial and the normal p-values of signs are among the variants."""
    assume(fallen + risen)
    found = TESTS["sign"](((fallen, risen),))
    n = fallen + risen
    assert is_among(float(stats.binomtest(fallen, n).pvalue), found)
    for correction in (0, 1):
        excess = max(abs(fallen - risen) - correction, 0)
        p = math.erfc(excess / math.sqrt(2 * n))
        assert is_among(p, found) or fallen == risen
    assert TESTS["mcnemar"](((3, fallen), (risen, 4))) == found


@given(table=grids(3, 3, 9))
def test_square_tables_by_their_formulas(table: Counts) -> None:
    """Of two occasions Stuart-Maxwell and Bowker, as the formulas give them."""
    n = np.array(table, dtype=float)
    found = TESTS["mcnemar"](table)
    pairs = [(i, j) for i, j in ((0, 1), (0, 2), (1, 2)) if n[i, j] + n[j, i]]
    if pairs:
        bowker = sum((n[i, j] - n[j, i]) ** 2 / (n[i, j] + n[j, i]) for i, j in pairs)
        low, high = found["Bowker"]
        assert low <= stats.chi2.sf(bowker, len(pairs)) * (1 + 1e-12) <= high + 1e-9
        assert 0.0 <= found["Bowker, exact"][0] <= found["Bowker, exact"][1] <= 1.0
    change = (n.sum(axis=1) - n.sum(axis=0))[:2]
    spread_ = (np.diag(n.sum(axis=1) + n.sum(axis=0)) - n - n.T)[:2, :2]
    if np.linalg.matrix_rank(spread_) == 2:
        statistic = change @ np.linalg.solve(spread_, change)
        low, high = found["Stuart-Maxwell"]
        expected = stats.chi2.sf(statistic, 2)
        assert low <= expected * (1 + 1e-7)
        assert expected <= high * (1 + 1e-7)


def test_too_much_to_count_is_simulated() -> None:
    """Of many patients the exact p of three groups is a range that holds the normal."""
    table = ((30, 12, 18, 25), (22, 21, 20, 20), (18, 27, 21, 16))
    low, high = TESTS["kruskal-wallis"](table)["exact"]
    p = float(stats.kruskal(*map(spread, table)).pvalue)
    assert 0 < low < high < 1
    assert low - 0.01 < p < high + 0.01


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("3%", "3.4%", True),
        ("3%", "4%", True),  # 3.8: cut off, and rounded
        ("3%", "5%", False),
        ("<5%", "3%", True),
        ("6%", "<5%", False),
        ("<5%", "<1%", True),
        (">95%", ">99%", True),
        ("<95%", ">5%", True),
        (">95%", "<95%", False),
        (">95%", "<5%", False),
    ],
)
def test_two_prints_of_one_figure(one: str, other: str, *, alike: bool) -> None:
    """Whether one exact figure can stand behind both, bounds or not."""
    both = (percentage_in(one),), (percentage_in(other),)
    assert agree(*both) is alike
    assert agree(*both[::-1]) is alike


@given(table=grids(3, 3, 2))
@settings(max_examples=50)  # each draw tries all signs of up to twelve changes
def test_signed_ranks_by_scipy(table: Counts) -> None:
    """Exact and normal p-values of changes of a grade are among the variants."""
    moved = [
        j - i
        for i, row in enumerate(table)
        for j, count in enumerate(row)
        for _ in range(count)
    ]
    changed = [by for by in moved if by]
    assume(2 < len(changed) < 13)
    found = TESTS["wilcoxon signed-rank"](table)
    for correction in (False, True):
        how: Any = {"correction": correction, "method": "asymptotic"}
        assert is_among(float(stats.wilcoxon(moved, **how).pvalue), found)
    ranks = stats.rankdata(np.abs(changed))
    here = abs(sum(np.sign(changed) * ranks))
    sums = [
        abs(sum(s * r for s, r in zip(signs, ranks, strict=True)))
        for signs in itertools.product((-1, 1), repeat=len(changed))
    ]
    assert is_among(sum(s >= here - 1e-9 for s in sums) / len(sums), found)


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=3, max_size=6))
@settings(max_examples=40)  # each draw counts the arrangements of every patient
def test_friedman_by_scipy(rows: list[tuple[int, ...]]) -> None:
    """The asymptotic p of scipy is among the variants."""
    assume(any(len(set(row)) > 1 for row in rows))
    found = TESTS["friedman"](tuple(rows))
    by_visit: list[Any] = [list(column) for column in zip(*rows, strict=True)]
    assert is_among(float(stats.friedmanchisquare(*by_visit).pvalue), found)


PATIENTS = st.lists(
    st.tuples(st.integers(1, 8), st.booleans(), st.integers(0, 2)),
    min_size=4,
    max_size=14,
)
Patients = list[tuple[int, bool, int]]


def rows_of(patients: Patients, ticks: list[int], groups: int) -> Counts:
    """Return at risk at each time and the events from there to the next, by group."""
    rows = []
    for start, end in zip(ticks, [*ticks[1:], 99], strict=True):
        row = []
        for group in range(groups):
            members = [(t, e) for t, e, g in patients if g == group]
            row.append(sum(t >= start for t, _ in members))
            row.append(sum(start <= t < end and e for t, e in members))
        rows.append(tuple(row))
    return tuple(rows)


def by_log_rank(patients: Patients, **how: Any) -> float:
    """Return the p-value of iph's own log-rank test of the patients themselves."""
    times, events, members = zip(*patients, strict=True)
    return float(logrank(times, events, members, **how).p_value)


@given(PATIENTS)
@example([(1, True, 0), (3, False, 1), (3, True, 1)])
@example([(7, True, 1)] * 3 + [(6, True, 1)] * 2 + [(4, True, 1)] * 2 + [(2, True, 0)])
@settings(max_examples=40)  # each draw counts all allocations
def test_log_rank_of_printed_numbers_at_risk(patients: Patients) -> None:
    """Rows of at risk and events give the test of the patients behind them."""
    pair = [(t, e, g) for t, e, g in patients if g < 2]
    assume({g for _, _, g in pair} == {0, 1})
    rows = rows_of(pair, sorted({t for t, _, _ in pair}), 2)
    found = TESTS["log-rank"](rows)
    samples: list[Any] = [
        stats.CensoredData(
            uncensored=[t for t, e, g in pair if g == group and e],
            right=[t for t, e, g in pair if g == group and not e],
        )
        for group in (0, 1)
    ]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        p = float(stats.logrank(*samples).pvalue)
    if not math.isnan(p):
        assert is_among(p, found)
        assert is_among(by_log_rank(pair, method="exact"), found)
        assert {"Gehan", "Tarone-Ware", "Peto", "exact"} <= set(found)
        between = TESTS["log-rank, times in intervals"]
        coarse = between(rows_of(pair, [0, 3, 6], 2))
        assert is_among(p, coarse)
        assert is_among(by_log_rank(pair, method="exact"), coarse)


@given(PATIENTS)
@settings(max_examples=25)  # each draw counts all allocations
def test_log_rank_of_three_groups(patients: Patients) -> None:
    """Three curves at once, by each kind of weights."""
    assume({g for _, _, g in patients} == {0, 1, 2})
    rows = rows_of(patients, sorted({t for t, _, _ in patients}), 3)
    found = TESTS["log-rank"](rows)
    for kind in ("logrank", "gehan", "tarone-ware", "peto"):
        p = by_log_rank(patients, kind=kind, method="asymptotic")
        assert math.isnan(p) or is_among(p, found)


@pytest.mark.parametrize("name", ["log-rank", "log-rank, times in intervals"])
def test_rows_that_are_no_curves(name: str) -> None:
    """More events than at risk, and columns that are not pairs, are not recomputed."""
    test = TESTS[name]
    assert test(((1, 2, 3, 1),)) == {}
    assert test(((3, 1),)) == {}
    assert test(((3, 1, 3),)) == {}
    assert test(((3, 0, 3, 0),)) == {}
    # Patients who enter late: the times of events are known, those of losses are not.
    late = test(((3, 1, 3, 0), (5, 1, 2, 1)))
    assert ("exact" in late) is False
    assert bool(late) is (name == "log-rank")


def test_contradiction_of_coarse_curves() -> None:
    """What no order of events and losses gives is reported."""
    table = [[30, 25, 30, 1], [5, 4, 29, 1]]
    (finding,) = audit(
        [
            Claim(
                code="p",
                where="Fig. 2",
                printed="P = 0.4",
                kind="p-value",
                test="log-rank, times in intervals",
                table=table,
            )
        ]
    )
    assert finding.verdict.is_problem


@given(st.integers(1, 5), st.integers(1, 5))
def test_counts_without_ties(n1: int, n2: int) -> None:
    """The short products count what enumeration counts."""
    found = [0] * (n1 * n2 + 1)
    for chosen in itertools.combinations(range(n1 + n2), n1):
        found[sum(chosen) - n1 * (n1 - 1) // 2] += 1
    assert _without_ties(n1, n2) == found
    sums = [0] * (n1 * (n1 + 1) // 2 + 1)
    for signs in itertools.product((0, 1), repeat=n1):
        sums[sum(s * r for s, r in zip(signs, range(1, n1 + 1), strict=True))] += 1
    assert _signs_without_ties(n1) == sums


@given(st.floats(0, 1), st.integers(0, 10**6))
def test_a_simulation_stays_in_its_band(p: float, seed: int) -> None:
    """A true p-value leaves the band of a simulation once in a billion."""
    low, high = simulated_band(p, p, 500)
    hits = np.random.default_rng(seed).binomial(500, p)
    assert low <= hits / 500 <= high
    assert low <= (hits + 1) / 501 <= high


@given(
    st.sampled_from(["t", "z", "r", "chi2", "f"]),
    st.floats(0.01, 6),
    st.integers(2, 60),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_a_printed_statistic_holds_its_true_p(
    kind: str, size: float, df: int, more: int, decimals: int
) -> None:
    """Whatever is lost in print, the p of the exact statistic lies in the range."""
    at = size / 7 if kind == "r" else size
    printed = f"{Decimal(at):.{decimals}f}"
    text, p = {
        "t": (f"t({df}) = {printed}", 2 * stats.t.sf(at, df)),
        "z": (f"z = {printed}", 2 * stats.norm.sf(at)),
        "r": (f"r({df}) = {printed}", None),
        "chi2": (f"chi2({more}) = {printed}", stats.chi2.sf(at, more)),
        "f": (f"F({more}, {df}) = {printed}", stats.f.sf(at, more, df)),
    }[kind]
    if p is None:
        p = 2 * stats.t.sf(at * math.sqrt(df / (1 - at * at)), df)
    found = p_of(text)
    assert found is not None
    low, high = found["two-sided"]
    assert low <= p <= high


@pytest.mark.parametrize(
    ("text", "p"),
    [
        ("t = 2.20, df = 26", 2 * stats.t.sf(2.2, 26)),
        ("t=-2.20 (df=26)", 2 * stats.t.sf(2.2, 26)),
        ("F = 3.1; df = 2, 75", stats.f.sf(3.1, 2, 75)),
        ("\u03c7\u00b2 = 3.84, d.f. = 1", stats.chi2.sf(3.84, 1)),
        ("r(26) = .41", 2 * stats.norm.sf(math.atanh(0.41) * 5)),
    ],
)
def test_statistics_with_their_degrees_of_freedom(text: str, p: float) -> None:
    """Both ways of printing the degrees of freedom, and r also by Fisher's z."""
    found = p_of(text)
    assert found is not None
    assert any(low <= p <= high for low, high in found.values())
    assert p_of("t = 2.20") is None
    assert p_of("z = 2.20, df = 3") is None


def test_the_wrong_side_prints_a_figure_and_no_bound() -> None:
    """28 fell and none rose: P = 1.00 is one-sided the wrong way, P > 0.05 is wrong."""
    for printed, wrong in (("P = 1.00", False), ("P > 0.05", True)):
        (finding,) = audit(
            [
                Claim(
                    code="p",
                    where="Table",
                    printed=printed,
                    kind="p-value",
                    test="sign",
                    table=[[28, 0]],
                )
            ]
        )
        assert finding.verdict.is_problem is wrong


@pytest.mark.parametrize("program", TWO_GROUPS)
@given(table=grids(2, 4, 3), digits=st.integers(2, 4))
@settings(max_examples=25)  # each draw tries every allocation
def test_honest_p_values_are_never_accused(
    program: str, table: Counts, digits: int
) -> None:
    """A p-value that a program printed contradicts nothing."""
    assume(all(map(any, table)))
    assume(sum(map(sum, table)) < 15)
    assume(len(set(spread(table[0]) + spread(table[1]))) > 1)
    p = TWO_GROUPS[program](table)
    assume(p <= 0.5)
    printed = f"p = {p:.{digits}f}"
    made = Claim(
        code="p",
        where="Table 2",
        printed=printed,
        kind="p-value",
        test="mann-whitney",
        table=table,
    )
    (finding,) = audit([made])
    assert not finding.verdict.is_problem, (printed, finding.reason)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("fisher", [[1, 2]]),
        ("fisher", [[0, 0], [0, 0]]),
        ("mcnemar", [[1, 2], [3]]),
        ("mcnemar", [[4]]),
        ("wilcoxon", [[1, 2], [3]]),
        ("wilcoxon", [[3, 0], [0, 4]]),
        ("friedman", [[1, 2]]),
        ("friedman", [[1], [2]]),
    ],
)
def test_a_table_that_no_test_takes_has_no_p_value(
    name: str, table: list[list[int]]
) -> None:
    """One row, no square, nobody who moved: there is nothing to compare with."""
    assert getattr(_recomputed, name)(table) == {}


def test_an_exact_test_that_is_too_long_contradicts_nothing() -> None:
    """Where the exact p-value cannot be counted, any is possible."""
    table = ((0, 900, 800), (700, 0, 600), (500, 400, 0))
    assert _recomputed.mcnemar(table)["Bowker, exact"] == (0.0, 1.0)
