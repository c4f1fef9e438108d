"""What "auto" means for the log-rank family, and the seed of its draws.

A permutation of the group labels holds its level only if the groups were followed
alike. "auto" takes that from what was planned (`equal_follow_up`) or from data that
show it by themselves, never from a test of the follow-up.
"""

from typing import Final, Literal

import attrs
import numpy as np

from iph._checks import generator
from iph._options import switch
from iph.errors import InputError
from iph.stats._inference.p_value import (
    LARGE,
    MOST_DEALT,
    SEED,
    documented_generator,
)
from iph.stats._survival.logrank_permutation import exact_states
from iph.stats._survival.logrank_scores import pools
from iph.stats._survival.logrank_terms import Weighting, moments, weighting
from iph.stats._survival.survival_table import SurvivalTable

Method = Literal["auto", "exact", "monte-carlo", "imputed", "asymptotic"]
Alternative = Literal["two-sided", "less", "greater"]

METHODS: Final = ("auto", "exact", "monte-carlo", "imputed", "asymptotic")
ALTERNATIVES: Final = ("two-sided", "less", "greater")
AUTO_LIMIT = 1_000_000  # states: about half a second
_AUTO_PATIENTS = 5_000  # with more, exact scores alone would take longer
_MOST_CELLS = 5_000  # of one imputed permutation: a second or two for 10,000
_FEW_EXPECTED = 30.0  # events expected in a group below which the limit law is doubtful
_FEWEST = (5, 3)  # patients of a group, and events, in the table of sizes
_UNTRIED = (
    "beyond the table of simulated sizes, which has two groups of 5 patients or more "
    "and 3 events or more"
)
_LIBERAL = (
    "follow-up may differ and no permutation fits; in groups of 5 to 23 the asymptotic "
    "test rejected up to 8 % of true hypotheses at the 5 % level"
)


@attrs.frozen(kw_only=True)
class Choice:
    """How the p-value is found.

    Attributes
    ----------
    method : str
        One of `METHODS`, but not "auto".
    equal_follow_up : bool
        Whether the groups count as followed alike.
    caution : str
        What is known to be doubtful about it; empty if nothing.
    """

    method: str
    equal_follow_up: bool
    caution: str = ""


def choose(
    tables: list[SurvivalTable],
    expected: list[float],
    *,
    equal_follow_up: bool | None,
    exact: bool,
    imputable: bool,
) -> Choice:
    """Return what "auto" does.

    Parameters
    ----------
    tables : list of SurvivalTable
        The counts of each stratum.
    expected : list of float
        The events expected in each group with patients.
    equal_follow_up : bool or None
        What was said of the follow-up.
    exact : bool
        Whether the exact p-value takes about a second at most.
    imputable : bool
        Whether times can be imputed: one stratum, no late entry.
    """
    alike = (
        one_last_day(tables)
        if equal_follow_up is None
        else switch(equal_follow_up, "equal_follow_up")
    )
    n = sum(table.n for table in tables)
    many = min(expected, default=0.0) > LARGE or n > MOST_DEALT
    if many:
        return Choice(method="asymptotic", equal_follow_up=alike)
    if alike:
        used = "exact" if exact else "monte-carlo"
        return Choice(method=used, equal_follow_up=True)
    table = tables[0]
    cells = n + 2 * table.events.size
    if not imputable or cells > _MOST_CELLS:
        # Few events make the limit law liberal, however many patients there are.
        doubt = not imputable or min(expected, default=0.0) < _FEW_EXPECTED
        caution = _LIBERAL if doubt else ""
        return Choice(method="asymptotic", equal_follow_up=False, caution=caution)
    cases = (table.events + table.censored).sum(axis=1)
    tried = (
        np.count_nonzero(cases) == 2
        and cases[cases > 0].min() >= _FEWEST[0]
        and table.events.sum() >= _FEWEST[1]
    )
    return Choice(
        method="imputed", equal_follow_up=False, caution="" if tried else _UNTRIED
    )


def one_last_day(tables: list[SurvivalTable]) -> bool:
    """Return whether all without the event were seen to one day, after all events."""
    lost = {
        float(t) for table in tables for t in table.time[table.censored.any(axis=0)]
    }
    last = max(
        (float(table.time[-1]) for table in tables if table.time.size), default=0
    )
    return not lost or lost == {last}


def source(
    rng: "np.random.Generator | int | None", method: str
) -> tuple["np.random.Generator", int | None]:
    """Return the generator, and the documented seed if it is that one."""
    if rng is None and method == "auto":
        return documented_generator(), SEED
    return generator(rng), None


def check_sides(alternative: str, two_sided: str, k: int) -> None:
    """Refuse one-sided tests and central p-values of more than two groups."""
    if k > 2 and alternative != "two-sided":
        raise InputError(
            "alternative", '"two-sided" with more than two groups', alternative
        )
    if k > 2 and two_sided != "abs":
        raise InputError("two_sided", '"abs" with more than two groups', two_sided)


def auto_choice(
    tables: list[SurvivalTable],
    rule: Weighting,
    *,
    equal_follow_up: bool | None,
    entry: object,
) -> Choice:
    """Return what "auto" does with these patients."""
    if entry is not None:
        return Choice(method="asymptotic", equal_follow_up=False)
    n = sum(table.n for table in tables)
    expected = moments(tables, weighting("logrank", 0.0, 0.0)).expected
    sizes = np.sum([(t.events + t.censored).sum(axis=1) for t in tables], axis=0)
    return choose(
        tables,
        expected[sizes > 0].tolist(),
        equal_follow_up=equal_follow_up,
        exact=n <= _AUTO_PATIENTS
        and exact_states(pools(tables, rule, cut=True)) <= AUTO_LIMIT,
        imputable=len(tables) == 1,
    )


def permutable(entry: object, used: str, n_strata: int) -> None:
    """Refuse what the permutation tests cannot do."""
    if entry is not None:
        raise InputError(
            "method",
            '"asymptotic" with entry',
            "a permutation test",
            "under left truncation the scores depend on who entered when",
        )
    if used == "imputed" and n_strata > 1:
        raise InputError(
            "method",
            '"asymptotic" with strata',
            used,
            "the follow-up of a group within a stratum rests on too few patients",
        )
