"""Bounds exclude what cannot be, and never what is."""

import itertools
import statistics
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from iph import Cohort
from iph.errors import DataError, InputError
from iph.evidence import (
    Claim,
    Infeasible,
    _block_bounds,
    _block_solver,
    plausible_range,
    twin,
)
from iph.evidence import _block_samples as samples
from iph.evidence._block_bounds import provably_impossible
from iph.evidence._block_fits import fits
from iph.evidence._block_solver import UndecidedError, any_counts
from iph.evidence._blocks import Block, blocks_of, values_of
from iph.evidence._ledger import Ledger
from iph.stats import quartiles

RULES = ["weibull", "linear", "inverted-cdf", "median-unbiased"]


def claim(printed: str, kind: str, variable: str, **more: Any) -> Claim:
    """Return a claim on a variable of all patients."""
    code = f"{kind} {printed} {more.get('levels', '')}"
    return Claim(
        code=code,
        where="T",
        printed=printed,
        kind=kind,
        of="n",
        variable=variable,
        step=1,
        **more,
    )


def with_size(n: int, *claims: Claim) -> list[Claim]:
    """Put the number of patients before the claims."""
    return [Claim(code="n", where="A", printed=str(n), kind="size"), *claims]


def block_of(n: int, *claims: Claim) -> Block:
    """Return the one block that claims on one variable make."""
    ledger = Ledger(with_size(n, *claims))
    (block,) = blocks_of(ledger, ledger.claims, n)
    return block


@given(
    st.lists(st.integers(20, 60), min_size=2, max_size=25),
    st.sampled_from(RULES),
    st.integers(20, 60),
    st.data(),
)
def test_what_a_sample_gives_is_not_excluded(
    values: list[int], rule: str, cut: int, data: st.DataObject
) -> None:
    """Figures of a true sample pass, and the sample fits them exactly."""
    found = quartiles(values, method=rule)
    mean, sd = statistics.fmean(values), statistics.stdev(values)
    low = sum(v <= cut for v in values)
    every = [
        claim(f"{mean:.3f} ± {sd:.3f}", "mean-sd", "age_years"),
        claim(
            f"{found.median:.3f} ({found.q1:.3f}, {found.q3:.3f})",
            "median",
            "age_years",
        ),
        claim(str(low), "count", "age_years", levels=f"0-{cut}"),
        claim(str(len(values) - low), "count", "age_years", levels=f"{cut + 1}-120"),
    ]
    chosen = data.draw(st.lists(st.sampled_from(every), min_size=1, unique=True))
    block = block_of(len(values), *chosen)
    grid = values_of(block)
    assert not provably_impossible(block, grid, rule)
    at = {int(value): value for value in grid}
    assert fits(block, sorted(at[v] for v in values), rule)


@pytest.mark.parametrize(
    "claims",
    [
        # Quartiles 20 and 63 ask for more scatter, the scale allows less.
        (
            claim("46.4 ± 12.5", "mean-sd", "age_years"),
            claim("48 (20.25, 63)", "median", "age_years"),
        ),
        (
            claim("46.4 ± 50.5", "mean-sd", "age_years"),
            claim("48 (20.25, 63)", "median", "age_years"),
        ),
        (
            claim("80.4 ± 22.5", "mean-sd", "age_years"),
            claim("48 (20.25, 63)", "median", "age_years"),
        ),
        (
            claim("15", "count", "age_years", levels="0-30"),
            claim("48 (20.25, 63)", "median", "age_years"),
        ),
        (
            claim("3", "count", "age_years", levels="63-120"),
            claim("48 (20.25, 63)", "median", "age_years"),
        ),
        (
            claim("48 (20.25, 63)", "median", "age_years"),
            claim("49.5", "median", "age_years"),
        ),
    ],
)
def test_excluded_at_once(claims: tuple[Claim, ...]) -> None:
    """Both claims are named, without a search."""
    made = twin(with_size(28, *claims), rng=1, time_limit=0)
    assert isinstance(made, Infeasible)
    assert set(made.claims) == set(claims)
    assert "28 values of age_years from 0 to 120" in made.reason


def test_a_sample_that_does_not_fit() -> None:
    """Each kind of claim is held against the sample."""
    block = block_of(
        4,
        claim("2.5 ± 1.29", "mean-sd", "vas", visit="baseline"),
        claim("2.5 (1.25, 3.75)", "median", "vas", visit="baseline"),
        claim("2", "count", "vas", visit="baseline", levels="0-2"),
    )
    grid = values_of(block)
    assert fits(block, [grid[v] for v in (1, 2, 3, 4)], "weibull")
    assert not fits(block, [grid[v] for v in (1, 2, 3, 4)], "linear")
    assert not fits(block, [grid[v] for v in (1, 2, 3, 5)], "weibull")
    assert not fits(block, [grid[v] for v in (1, 2, 2, 5)], "weibull")
    assert not fits(block, [grid[v] for v in (1, 2, 3)], "weibull")


# Each alone is possible, and no bound excludes the pair: that takes a search.
TOGETHER = (
    claim("4.83 ± 3.49", "mean-sd", "vas", visit="baseline"),
    claim("6 (1.75, 7)", "median", "vas", visit="baseline"),
)


def test_undecided_is_not_infeasible(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a proof nothing is said to be impossible."""
    monkeypatch.setattr(_block_solver, "_run", lambda *_, **__: (None, False))
    with pytest.raises(DataError, match=r"9 s were not enough .* time_limit="):
        twin(with_size(6, *TOGETHER), rng=1, time_limit=9)


def test_proven_by_search() -> None:
    """With time the solver proves that the pair cannot be, each alone can."""
    made = twin(with_size(6, *TOGETHER), rng=1)
    assert isinstance(made, Infeasible)
    assert set(made.claims) == set(TOGETHER)
    for one in TOGETHER:
        assert isinstance(twin(with_size(6, one), rng=1), Cohort)


def test_undecided_sets_are_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A smaller set is named only if it is proven that it conflicts."""

    def out_of_time(*_: object, **__: object) -> None:
        raise UndecidedError

    monkeypatch.setattr(samples, "any_counts", out_of_time)
    found = samples.smallest_conflict(
        block_of(6, *TOGETHER, claim("6", "median", "vas", visit="baseline")),
        rule="weibull",
        seconds=1.0,
    )
    assert len(found) == 3


@pytest.mark.parametrize("limit", [-1, float("nan"), float("inf"), "5", True, 10**400])
def test_time_limit_is_checked(limit: Any) -> None:
    """A time limit is a number of seconds."""
    with pytest.raises(InputError, match="time_limit must be a number of seconds"):
        twin(with_size(6, *TOGETHER), rng=1, time_limit=limit)


def test_settled_by_a_sample() -> None:
    """The proof ends with a sample where there is one, and it fits."""
    block = block_of(6, TOGETHER[0])
    found = samples.settle_block(block, rule="weibull", seconds=60.0)
    assert found is not None
    assert fits(block, sorted(Fraction(value) for value in found), "weibull")


@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=5),
    st.sampled_from(["mean-sd", "median", "both"]),
)
@settings(max_examples=25)  # each draw solves about ten programs
def test_what_settles_is_the_first_sample(values: list[int], kind: str) -> None:
    """Of all samples on the scale it is the first, whatever the solver finds."""
    n = len(values)
    found = quartiles(values)
    mean, sd = statistics.fmean(values), statistics.stdev(values)
    claims = [
        claim(f"{mean:.2f} ± {sd:.2f}", "mean-sd", "vas", visit="baseline"),
        claim(
            f"{found.median:g} ({found.q1:g}, {found.q3:g})",
            "median",
            "vas",
            visit="baseline",
        ),
    ]
    block = block_of(n, *(c for c in claims if kind in {"both", c.kind.value}))
    scale = values_of(block)
    every = itertools.combinations_with_replacement(scale, n)
    first = next(sample for sample in every if fits(block, sample, "weibull"))
    settled = samples.settle_block(block, rule="weibull", seconds=60.0)
    assert settled == list(first)


def test_a_long_scale_is_no_burden() -> None:
    """Of a scale of a hundred years a part is settled at once."""
    block = block_of(9, claim("3 (1.25, 7)", "median", "symptom_days"))
    assert len(values_of(block)) > 30_000
    counts = any_counts(block, values_of(block)[:400], rule="weibull", seconds=60.0)
    assert counts is None  # two days have no quarter between them


def test_bounds_that_do_not_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A count of all values bounds nothing, and without tangents nothing is shown."""
    everyone = claim("28", "count", "age_years", levels="0-120")
    block = block_of(28, everyone, claim("46.4 ± 12.5", "mean-sd", "age_years"))
    assert not provably_impossible(block, values_of(block), "weibull")
    narrow = block_of(
        28,
        claim("46.4 ± 12.5", "mean-sd", "age_years"),
        claim("48 (20.25, 63)", "median", "age_years"),
    )
    monkeypatch.setattr(_block_bounds, "_ROUNDS", 0)
    assert not provably_impossible(narrow, values_of(narrow), "weibull")


def test_no_range_without_a_twin() -> None:
    """Where no patients can be, no figure of theirs has a range."""
    claims = with_size(
        28,
        claim("46.4 ± 12.5", "mean-sd", "age_years"),
        claim("48 (20.25, 63)", "median", "age_years"),
    )
    with pytest.raises(DataError, match="there is no twin: no 28 values of age_years"):
        plausible_range(claims, len, rng=1)
