"""How likely a significant outcome is: over all outcomes, or over some drawn."""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import attrs
import numpy as np

from iph._checks import Floats, Ints
from iph._wide import bincount
from iph.design._assumed import Assumed, Tables
from iph.design._fisher_region import Bools, fisher_refuses
from iph.design._outcomes import compositions, multinomial, n_compositions, written
from iph.design._planned_tests import TESTS
from iph.design._rank_sum import n_pairs, reject_probabilities
from iph.design._rater_tests import icc_chances
from iph.design._signs import MOST_PATIENTS, sign_chances
from iph.design._two_shares import chance_of, unconditional_refuses
from iph.errors import WorkError

Progress = Callable[..., Iterable[Any]]

MOST_TABLES: Final = 10_000  # each with a test of its own: some seconds
MOST_DRAWS: Final = 200_000_000  # patients drawn for one power: some seconds
MOST_SHARES: Final = 4_000_000  # pairs of numbers, for Fisher alone: some seconds
MOST_PAIRS: Final = 100_000_000  # of tables of two arms, for Mann-Whitney alone


@attrs.frozen(kw_only=True)
class Study:
    """A test, the patients analyzed of each arm, the level, and the alternative."""

    test: str
    sizes: tuple[int, ...]
    level: float
    alternative: str


def bare(steps: Iterable[Any], **_: object) -> Iterable[Any]:
    return steps


def n_tables(sizes: Sequence[int], given: Assumed) -> int:
    return math.prod(n_compositions(n, given.arms.shape[1]) for n in sizes)


def enumerated(
    study: Study, given: Assumed, absent: Assumed, progress: Progress
) -> tuple[float, float] | None:
    """Return power and size by enumeration, or None if that would take too long."""
    test, sizes = study.test, study.sizes
    if test == "mann-whitney" and n_pairs(sizes, given.arms.shape[1]) <= MOST_PAIRS:
        one, other = reject_probabilities(
            sizes, [given.arms, absent.arms], written(study.level), study.alternative
        )
        return one, other
    significant = _shares_refused(study, given)
    if significant is not None:
        return (
            chance_of(significant, sizes, given),
            chance_of(significant, sizes, absent),
        )
    if test in {"mcnemar", "sign"} and sizes[0] <= MOST_PATIENTS:
        return sign_chances(sizes[0], (given, absent), study.level, study.alternative)
    if test == "icc":
        return icc_chances(sizes, given, study.level)
    if max(n_tables(sizes, one) for one in (given, absent)) > MOST_TABLES:
        return None
    refused = Refused(study)
    return _summed(refused, given, progress), _summed(refused, absent, progress)


def _shares_refused(study: Study, given: Assumed) -> Bools | None:
    """Return which numbers with the outcome are significant, of two shares."""
    if study.test in {"barnard", "boschloo", "shares-within-margins"}:
        return unconditional_refuses(study.test, study.sizes, study.level, given)
    if study.test == "fisher" and math.prod(n + 1 for n in study.sizes) <= MOST_SHARES:
        first, second = study.sizes
        return fisher_refuses((first, second), study.level, study.alternative)
    return None


class Refused:
    """Which tables a study calls significant; each table is tested once."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._known: dict[tuple[Tables, tuple[Any, ...]], bool] = {}

    def __call__(self, tables: Tables, given: Assumed) -> bool:
        key = tables, given.values
        if key not in self._known:
            refuses = TESTS[self.study.test].refuses
            assert refuses is not None  # noqa: S101 - formulas went another way
            self._known[key] = refuses(tables, given, self.study.level)
        return self._known[key]


def _summed(refused: Refused, given: Assumed, progress: Progress) -> float:
    """Return the chance of p <= level, summed over all tables of the arms."""
    arms: list[list[tuple[tuple[int, ...], float]]] = []
    for n, shares in zip(refused.study.sizes, given.arms, strict=True):
        tables = compositions(n, len(shares))
        chances = multinomial(tables, shares).tolist()
        arms.append(list(zip(map(tuple, tables.tolist()), chances, strict=True)))
    total, name = math.prod(len(tables) for tables in arms), refused.study.test
    found = []
    for outcome in progress(itertools.product(*arms), total=total, desc=name):
        chance = math.prod(share for _, share in outcome)
        if chance and refused(tuple(table for table, _ in outcome), given):
            found.append(chance)
    return min(1.0, math.fsum(found))


def simulated(
    refused: Refused,
    given: Assumed,
    source: np.random.Generator,
    n_simulations: int,
    progress: Progress,
) -> int:
    """Return how many of the studies drawn have p <= level."""
    hits, sizes, name = 0, refused.study.sizes, refused.study.test
    if sum(sizes) * n_simulations > MOST_DRAWS:
        raise WorkError(
            f"{n_simulations:,} studies of {sum(sizes):,} patients are too many to "
            f"draw: at most {MOST_DRAWS:,} patients together; lower n_simulations"
        )
    edges = np.cumsum(given.arms, axis=1)[:, :-1]
    for _ in progress(range(n_simulations), total=n_simulations, desc=name):
        tables = tuple(
            _drawn_table(n, own, source) for n, own in zip(sizes, edges, strict=True)
        )
        hits += refused(tables, given)
    return hits


def _drawn_table(n: int, edges: Floats, source: np.random.Generator) -> tuple[int, ...]:
    """Draw the outcomes of an arm, from the raw stream: the same in every NumPy."""
    raw = np.asarray(source.bit_generator.random_raw(n), dtype=np.uint64)
    uniform = (raw >> np.uint64(11)) * 2.0**-53
    outcomes = np.searchsorted(edges, uniform, side="right")
    return tuple(bincount(outcomes, minlength=len(edges) + 1).tolist())


def drawn_tables(
    n: int, shares: Floats, source: np.random.Generator, draws: int
) -> tuple[Ints, Ints]:
    """Return the tables of as many studies of one arm, and how often each was drawn."""
    edges = np.cumsum(shares)[:-1]
    drawn = [_drawn_table(n, edges, source) for _ in range(draws)]
    tables, counts = np.unique(np.array(drawn), axis=0, return_counts=True)
    return tables, counts
