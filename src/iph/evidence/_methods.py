"""Methods against the data they were used on, p-values against printed counts."""

from collections.abc import Iterable
from fractions import Fraction

from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._ledger import Ledger, grid_of
from iph.evidence._printed import PrintedNumber, p_value_in, quartiles_in
from iph.evidence._quartile_granularity import RULES, rules_that_print
from iph.evidence._recomputed import TESTS
from iph.evidence._verdict import Outcome, Verdict

_INDEPENDENT = frozenset(
    {
        "anova",
        "chi-square",
        "dunn",
        "fisher",
        "kruskal-wallis",
        "log-rank",
        "mann-whitney",
        "t-test",
    }
)
_REPEATED = frozenset(
    {
        "cochran-q",
        "friedman",
        "mcnemar",
        "paired t-test",
        "repeated-measures anova",
        "sign",
        "wilcoxon signed-rank",
    }
)
_INSTEAD = {
    "anova": "repeated-measures anova",
    "chi-square": "Cochran's Q",
    "dunn": "pairwise signed-rank tests",
    "fisher": "McNemar's test",
    "kruskal-wallis": "Friedman's test",
    "mann-whitney": "the Wilcoxon signed-rank test",
    "t-test": "the paired t-test",
}


def check_method(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:
    """Check a method against the kind of samples it was used on."""
    if claim.kind is not ClaimKind.METHOD:
        return
    test = claim.test.lower()
    if test == "quartiles":
        yield from _quantile_rules(ledger)
    if not claim.samples:
        return
    related = ledger.codes(*claim.conflicts)
    if test in _INDEPENDENT and claim.samples == "repeated":
        instead = _INSTEAD.get(test, "a test for repeated measures")
        yield Outcome(
            verdict=Verdict.CONTRADICTS,
            reason=(
                f"the {test} test takes its samples as independent, but the same "
                f"patients stand in all of them; {instead} is made for that"
            ),
            related=related,
        )
    elif test in _INDEPENDENT and claim.samples == "overlapping":
        yield Outcome(
            verdict=Verdict.CONTRADICTS,
            reason=(
                f"the {test} test takes its groups as disjoint, but patients may "
                "stand in more than one"
            ),
            related=related,
        )
    elif test in _REPEATED and claim.samples == "independent":
        yield Outcome(
            verdict=Verdict.CONTRADICTS,
            reason=f"the {test} test needs pairs, but the patients are different ones",
            related=related,
        )
    elif test in _INDEPENDENT | _REPEATED:
        yield Outcome(
            verdict=Verdict.CONSISTENT,
            reason=f"the {test} test is made for {claim.samples} samples",
            related=related,
        )


def _quantile_rules(ledger: Ledger) -> Iterable[Outcome]:
    """Ask whether one quantile rule can have made all printed medians and quartiles."""
    common, related = set(RULES), []
    for claim in ledger.claims:
        n, grid = ledger.number(claim.of), grid_of(claim)
        if claim.kind is not ClaimKind.MEDIAN or not n or grid.step is None:
            continue
        fitting = rules_that_print(quartiles_in(claim.figure) or (), n, grid)
        if fitting:  # what no rule can print is reported where it stands
            common &= set(fitting)
            related.append(claim.code)
    if related:
        names = " and ".join(rule for rule in RULES if rule in common)
        yield Outcome(
            verdict=Verdict.CONSISTENT if common else Verdict.CONTRADICTS,
            reason=(
                f"of the nine quantile rules, {names} can print them all"
                if common
                else "no single quantile rule can print all medians and quartiles"
            ),
            related=tuple(related),
        )


def check_p_value(claim: Claim, ledger: Ledger) -> Iterable[Outcome]:
    """Recompute a p-value from the counts that are printed beside it."""
    if claim.kind is not ClaimKind.P_VALUE:
        return
    relation, bound = p_value_in(claim.figure) or ("=", None)
    if bound is None:  # pragma: no cover - a Claim reads its print
        return
    related = ledger.codes(*claim.parts, claim.of)
    if bound.value > 1 or (bound.value == 0 and relation in {"=", "<="}):
        yield Outcome(
            verdict=Verdict.IMPOSSIBLE,
            reason="a p-value lies above 0 and is at most 1",
        )
        return
    if not claim.test or not claim.table:
        return
    recompute = TESTS.get(claim.test.lower())
    variants = recompute(claim.table) if recompute is not None else {}
    if not variants:
        yield Outcome(
            verdict=Verdict.NOT_CHECKABLE,
            reason=f"the {claim.test} test cannot be recomputed from these counts",
            related=related,
        )
        return
    shown = " or ".join(f"{p:.2g} ({name})" for name, p in variants.items())
    holds = any(_holds(p, relation, bound) for p in variants.values())
    yield Outcome(
        verdict=Verdict.CONSISTENT if holds else Verdict.CONTRADICTS,
        reason=f"the printed counts give p = {shown}",
        related=related,
    )


def _holds(p: float, relation: str, bound: PrintedNumber) -> bool:
    limit = float(bound.value)
    if relation == "=":
        return bound.matches(Fraction(p)) is not None
    if relation.startswith("<"):
        return p <= limit
    return p >= limit
