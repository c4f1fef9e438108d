"""Methods against the data they were used on, p-values against printed counts."""

from collections.abc import Iterable

from iph.evidence._claims import Claim, ClaimKind
from iph.evidence._ledger import Ledger
from iph.evidence._printed import PrintedNumber, p_value_in, quartiles_in
from iph.evidence._quartile_granularity import RULES, rules_that_print
from iph.evidence._rank_variants import Variants
from iph.evidence._recomputed import MORE, TESTS
from iph.evidence._statistics import p_of
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
        n, grid = ledger.number(claim.of), ledger.grid_of(claim)
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
    # "P = 0.000" is how programs print a small one; nothing is below 0.
    if not 0 <= bound.value <= 1 or (bound.value == 0 and relation == "<"):
        yield Outcome(
            verdict=Verdict.IMPOSSIBLE,
            reason="a p-value lies above 0 and is at most 1",
        )
        return
    if claim.statistic:
        yield from _check_statistic(claim, relation, bound)
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
    fitting = _fitting(variants, relation, bound)
    if not fitting and claim.test.lower() in MORE:
        variants |= MORE[claim.test.lower()](claim.table)
        fitting = _fitting(variants, relation, bound)
    if fitting:
        shown = _listed({name: variants[name] for name in fitting[:_FEW]})
        reason = f"the printed counts give p = {shown}"
    else:
        reason = f"the printed counts give p = {_best_known(variants)}"
    yield Outcome(
        verdict=Verdict.CONSISTENT if fitting else Verdict.CONTRADICTS,
        reason=reason,
        related=related,
    )


def _fitting(variants: Variants, relation: str, bound: PrintedNumber) -> list[str]:
    """Return the variants that a print can be of.

    A one-sided test that looked the wrong way prints a large figure, not a bound.
    """
    return [
        name
        for name, p in variants.items()
        if _holds(p, relation, bound)
        and (relation == "=" or not name.endswith("other side"))
    ]


_FEW = 3


# The variants that a reader looks for, where there are many.
_KNOWN = ("two-sided", "exact", "asymptotic", "uncorrected", "Yates", "log-rank")


def _best_known(variants: Variants) -> str:
    """Say what the usual variants give, and between which ends all of them lie."""
    drawn = [name for name in variants if name.startswith("simulated")]
    every = {name: p for name, p in variants.items() if name not in drawn}
    if len(every) <= _FEW:
        return f"{_listed(every)}, and none is printed so"
    known = {name: every[name] for name in _KNOWN if name in every}
    shown = _listed(known or dict(list(every.items())[:_FEW]))
    low = min(p for p, _ in every.values())
    high = max(p for _, p in every.values())
    return (
        f"{shown}, and by none of {len(every)} variants ({low:.2g} to {high:.2g}) "
        "is it printed so"
    )


def _listed(variants: Variants) -> str:
    """List p-values with the variants that give them."""
    parts: dict[str, list[str]] = {}
    for name, (low, high) in variants.items():
        first, last = f"{low:.2g}", f"{high:.2g}"
        figure = first if first == last else f"{first} to {last}"
        parts.setdefault(figure, []).append(name)
    return " or ".join(f"{p} ({', '.join(names)})" for p, names in parts.items())


def _check_statistic(
    claim: Claim, relation: str, bound: PrintedNumber
) -> Iterable[Outcome]:
    """Hold a p-value against the test statistic printed with it."""
    found = p_of(claim.statistic)
    if found is None:
        yield Outcome(
            verdict=Verdict.NOT_CHECKABLE,
            reason=f'"{claim.statistic}" cannot be read as a statistic with its df',
        )
        return
    holds = any(_holds(p, relation, bound) for p in found.values())
    but = "" if holds else ", and neither is printed so"
    yield Outcome(
        verdict=Verdict.CONSISTENT if holds else Verdict.CONTRADICTS,
        reason=f"{claim.statistic} gives p = {_listed(found)}{but}",
    )


def _holds(p: tuple[float, float], relation: str, bound: PrintedNumber) -> bool:
    """Say whether a p-value in a range can be printed so, rounded or cut off."""
    low, high = p
    if relation == "=":
        least = float(bound.rounded[0])
        # What is cut off reaches up to the next digit, and not to it.
        return low < float(bound.value + bound.unit) and high >= least
    limit = float(bound.value)
    return low <= limit if relation.startswith("<") else high >= limit
