"""What is true passes the audit, what is provably wrong does not."""

import functools
import itertools
from collections.abc import Iterable
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
    localcontext,
)
from fractions import Fraction

import hypothesis.strategies as st
from hypothesis import assume, event, given

from iph.evidence import Claim, Verdict, audit
from iph.evidence._quartile_granularity import joined_spans
from iph.stats import quartiles

ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN, ROUND_DOWN)
ALARMS = {Verdict.IMPOSSIBLE, Verdict.CONTRADICTS, Verdict.OTHER_DENOMINATOR}
RULES = range(1, 10)


def shown(value: Decimal, decimals: int, rounding: str) -> str:
    """Print a number by one rule of rounding."""
    return str(value.quantize(Decimal(1).scaleb(-decimals), rounding))


def exact(value: Fraction) -> Decimal:
    """Divide with many digits, so that no digit printed is in doubt."""
    with localcontext() as context:
        context.prec = 60
        return Decimal(value.numerator) / Decimal(value.denominator)


def mean_of(values: Iterable[Fraction]) -> Fraction:
    """Return the mean."""
    listed = list(values)
    return sum(listed, Fraction(0)) / len(listed)


def sd_of(values: Iterable[Fraction]) -> Decimal:
    """Return the standard deviation with n - 1."""
    listed = list(values)
    mean = mean_of(listed)
    squares = sum(((v - mean) ** 2 for v in listed), Fraction(0))
    variance = squares / (len(listed) - 1)
    with localcontext() as context:
        context.prec = 60
        return (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()


def quartiles_of(values: Iterable[Fraction], rule: int) -> tuple[Decimal, ...]:
    """Return Q1, median and Q3 by a rule of Hyndman and Fan."""
    found = quartiles([float(v) for v in values], method=rule)
    return tuple(
        Decimal(repr(round(figure, 9))) for figure in (found.q1, found.median, found.q3)
    )


@st.composite
def true_claims(draw: st.DrawFn) -> list[Claim]:
    """Draw a cohort and print its figures, by rules of rounding that are drawn too."""
    n = draw(st.integers(2, 40))
    rounding = draw(st.sampled_from(ROUNDINGS))
    decimals = draw(st.integers(0, 3))
    claims = [Claim(code="n", where="Abstract", printed=str(n), kind="size")]

    def number(value: Decimal) -> str:
        return shown(value, decimals, rounding)

    # A category, its shares, and the flow before it.
    groups = draw(st.integers(1, 4))
    members = draw(st.lists(st.integers(0, groups - 1), min_size=n, max_size=n))
    for group in range(groups):
        count = members.count(group)
        for where in ("Abstract", "Table 1"):
            claims += [
                Claim(
                    code=f"g{group}-{where}",
                    where=where,
                    printed=str(count),
                    kind="count",
                    of="n",
                    partition=where,
                    quantity=f"group {group}",
                ),
                Claim(
                    code=f"g{group}-{where}-share",
                    where=where,
                    printed=number(exact(Fraction(100 * count, n))) + " %",
                    kind="percentage",
                    count=f"g{group}-{where}" if draw(st.booleans()) else "",
                    of="n",
                    partition=where,
                    quantity=f"group {group}",
                ),
            ]
    excluded = draw(st.integers(0, 9))
    claims += [
        Claim(
            code="excluded",
            where="Results",
            printed=str(excluded),
            kind="count",
            of="screened",
        ),
        Claim(
            code="screened",
            where="Results",
            printed=str(n + excluded),
            kind="size",
            parts=["n", "excluded"],
        ),
    ]
    # A variable on a short scale, one on a long one, one of few patients.
    step, low, high, variable = draw(
        st.sampled_from(
            [
                (Fraction(1), 0, 10, "vas"),
                (Fraction(1), 1, 4, "numbness"),
                (Fraction(1), 15, 90, "age_years"),
                (Fraction(1, 100), 0, 900, "inr"),
                (Fraction(1, 10), 0, 2000, "factor_ix_percent"),
            ]
        )
    )
    scale = 1 if step == 1 else step.denominator
    top = high if step == 1 else high * scale // 10
    size = draw(st.integers(2, n))
    values = [
        Fraction(value) * step
        for value in draw(st.lists(st.integers(low, top), min_size=size, max_size=size))
    ]
    rule = draw(st.sampled_from(RULES))
    q1, median, q3 = quartiles_of(values, rule)
    claims += [
        Claim(
            code="mean",
            where="Table 1",
            printed=f"{number(exact(mean_of(values)))} ± {number(sd_of(values))}",
            kind="mean-sd",
            variable=variable,
            step=step,
            of=size,
        ),
        Claim(
            code="median",
            where="Table 1",
            printed=f"{number(median)} ({number(q1)}, {number(q3)})",
            kind="median",
            variable=variable,
            step=step,
            of=size,
            quantity="median",
        ),
        Claim(
            code="median-again",
            where="Discussion",
            printed=shown(median, draw(st.integers(0, 3)), ROUND_HALF_UP),
            kind="median",
            variable=variable,
            step=step,
            of=size,
            quantity="median",
        ),
    ]
    return claims


@given(true_claims())
def test_true_summaries_raise_no_alarm(claims: list[Claim]) -> None:
    """Nothing that a cohort really gives is impossible or contradicts itself."""
    alarms = [f for f in audit(claims) if f.verdict in ALARMS]
    assert not alarms


@given(true_claims())
def test_witness_has_the_printed_mean_and_sd(claims: list[Claim]) -> None:
    """The sample that comes with a mean and SD has them, rounded or cut off."""
    finding = next(f for f in audit(claims) if f.claim.code == "mean")
    mean, sd = finding.claim.printed.split(" ± ")
    event(f"witness: {bool(finding.witness)}")
    if finding.witness:
        values = [Fraction(v).limit_denominator(1000) for v in finding.witness]
        assert len(values) == int(finding.claim.of)
        decimals = len(mean.partition(".")[2])
        of_mean = {shown(exact(mean_of(values)), decimals, r) for r in ROUNDINGS}
        of_sd = {shown(sd_of(values), decimals, r) for r in ROUNDINGS}
        assert mean in of_mean
        assert sd in of_sd


# --- corruptions ----------------------------------------------------------------------


@st.composite
def corrupted(draw: st.DrawFn, text: str) -> str:
    """Change one digit of a printed string."""
    places = [i for i, letter in enumerate(text) if letter.isdigit()]
    place = draw(st.sampled_from(places))
    digit = draw(st.sampled_from([d for d in "0123456789" if d != text[place]]))
    return text[:place] + digit + text[place + 1 :]


def alarmed(claims: list[Claim]) -> bool:
    """Whether any claim is reported."""
    return any(finding.verdict in ALARMS for finding in audit(claims))


@given(st.data())
def test_impossible_percentages_are_found(data: st.DataObject) -> None:
    """A share that no rounding of its count gives is reported, and only such a one."""
    of = data.draw(st.integers(1, 60))
    count = data.draw(st.integers(0, of))
    decimals = data.draw(st.integers(0, 2))
    value = exact(Fraction(100 * count, of))
    prints = {shown(value, decimals, rounding) for rounding in ROUNDINGS}
    text = data.draw(corrupted(data.draw(st.sampled_from(sorted(prints)))))
    claim = Claim(
        code="c", where="Table", printed=text, kind="percentage", count=count, of=of
    )
    assert alarmed([claim]) == (Decimal(text) not in {Decimal(p) for p in prints})


@given(st.data())
def test_impossible_shares_without_count_are_found(data: st.DataObject) -> None:
    """A share that no count of the group gives is reported, and only such a one."""
    of = data.draw(st.integers(1, 60))
    decimals = data.draw(st.integers(0, 2))
    prints = {
        Decimal(shown(exact(Fraction(100 * count, of)), decimals, rounding))
        for count in range(of + 1)
        for rounding in ROUNDINGS
    }
    text = data.draw(corrupted(str(data.draw(st.sampled_from(sorted(prints))))))
    claim = Claim(code="c", where="Table", printed=text, kind="percentage", of=of)
    assert alarmed([claim]) == (Decimal(text) not in prints)


SCALE = range(6)


def all_samples(n: int) -> list[tuple[Fraction, ...]]:
    """List all samples of a short scale."""
    return [
        tuple(Fraction(v) for v in sample)
        for sample in itertools.combinations_with_replacement(SCALE, n)
    ]


@functools.cache
def all_mean_sd(n: int, decimals: int) -> set[tuple[Decimal, Decimal]]:
    """List all printed pairs, each figure by any rule of rounding."""
    return {
        (
            Decimal(shown(exact(mean_of(sample)), decimals, one)),
            Decimal(shown(sd_of(sample), decimals, other)),
        )
        for sample in all_samples(n)
        for one in ROUNDINGS
        for other in ROUNDINGS
    }


@functools.cache
def true_quartiles(n: int) -> set[tuple[Decimal, ...]]:
    """List the quartiles of all samples, by each rule."""
    return {quartiles_of(sample, rule) for sample in all_samples(n) for rule in RULES}


@functools.cache
def prints_of(figure: Decimal, decimals: int) -> tuple[Decimal, ...]:
    """Return a figure as each rule of rounding prints it."""
    return tuple(Decimal(shown(figure, decimals, rounding)) for rounding in ROUNDINGS)


@functools.cache
def all_quartiles(n: int, decimals: int, *, mixed: bool) -> set[tuple[Decimal, ...]]:
    """List all printed quartiles, by one rule of rounding or one for each figure."""
    found: set[tuple[Decimal, ...]] = set()
    for figures in true_quartiles(n):
        prints = [prints_of(figure, decimals) for figure in figures]
        found.update(itertools.product(*prints) if mixed else zip(*prints, strict=True))
    return found


@given(st.data())
def test_mean_sd_verdict_is_that_of_enumeration(data: st.DataObject) -> None:
    """A pair is impossible exactly if no sample on the scale has it."""
    n, decimals = data.draw(st.integers(2, 5)), data.draw(st.integers(1, 2))
    pairs = all_mean_sd(n, decimals)
    mean, sd = data.draw(st.sampled_from(sorted(pairs)))
    text = data.draw(corrupted(f"{mean} ± {sd}"))
    pair = tuple(Decimal(part) for part in text.split(" ± "))
    event(f"inconsistent: {pair not in pairs}")
    claim = Claim(
        code="c",
        where="Table",
        printed=text,
        kind="mean-sd",
        of=n,
        step=1,
        low=min(SCALE),
        high=max(SCALE),
    )
    assert alarmed([claim]) == (pair not in pairs)


@given(st.data())
def test_quartile_verdict_is_that_of_enumeration(data: st.DataObject) -> None:
    """Quartiles are impossible if no sample has them by any of the nine rules."""
    n, decimals = data.draw(st.integers(1, 5)), data.draw(st.sampled_from((0, 2)))
    triples = all_quartiles(n, decimals, mixed=False)
    q1, median, q3 = data.draw(st.sampled_from(sorted(triples)))
    text = data.draw(corrupted(f"{median} ({q1}, {q3})"))
    figures = text.replace("(", "").replace(")", "").replace(",", "").split()
    triple = (Decimal(figures[1]), Decimal(figures[0]), Decimal(figures[2]))
    possible = all_quartiles(n, decimals, mixed=True)
    event(f"inconsistent: {triple not in possible}")
    claim = Claim(
        code="c",
        where="Table",
        printed=text,
        kind="median",
        of=n,
        step=1,
        low=min(SCALE),
        high=max(SCALE),
    )
    if triple in triples:
        assert not alarmed([claim])
    if triple not in possible:
        assert alarmed([claim])


@given(true_claims(), st.data())
def test_corrupted_counts_are_found(claims: list[Claim], data: st.DataObject) -> None:
    """A changed digit in a count that stands in a sum is always reported."""
    counts = [c for c in claims if c.kind.value in {"count", "size"}]
    victim = data.draw(st.sampled_from(counts))
    text = data.draw(corrupted(victim.printed))
    assume(int(text) != int(victim.printed))
    changed = [
        Claim(
            code=c.code,
            where=c.where,
            printed=text if c is victim else c.printed,
            kind=c.kind,
            count=c.count,
            of=c.of,
            parts=c.parts,
            partition=c.partition,
            quantity=c.quantity,
            variable=c.variable,
            step=c.step,
        )
        for c in claims
    ]
    assert alarmed(changed)


# --- far neighbors --------------------------------------------------------------------


def test_quartiles_with_far_neighbors_are_told_at_once() -> None:
    """Tens of thousands of neighbors of two quartiles fit, and the third has none.

    Each of one was held against each of the other, which took an hour.
    """
    claims = [
        Claim(code="n", where="Table 1", printed="5 patients", kind="size"),
        Claim(
            code="q",
            where="Table 1",
            printed="184.5 (106.25, 250.10)",
            kind="median",
            of="n",
            step="1",
        ),
    ]
    *_, found = audit(claims)
    assert found.verdict is Verdict.IMPOSSIBLE


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 4)), max_size=6))
def test_joined_spans_hold_the_same_numbers(drawn: list[tuple[int, int]]) -> None:
    """Spans that meet are one, and the joined ones stand apart and in order."""
    spans = [(first, first + size) for first, size in drawn]
    starts, stops = joined_spans(spans)
    held = {n for first, last in spans for n in range(first, last + 1)}
    found = [range(a, b + 1) for a, b in zip(starts, stops, strict=True)]
    assert {n for one in found for n in one} == held
    assert all(one.stop < other.start for one, other in itertools.pairwise(found))
