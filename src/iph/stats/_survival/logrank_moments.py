"""Observed and expected events of each group, and their hypergeometric covariance."""

import attrs
import numpy as np

from iph._checks import Floats, Ints
from iph.errors import InputError
from iph.stats._survival.logrank_weights import Weighting, float_weights
from iph.stats._survival.survival_rows import SurvivalRows
from iph.stats._survival.survival_table import SurvivalTable, table_of


@attrs.frozen(kw_only=True, eq=False)
class Moments:
    """Sums over the event times, and over the strata if there are any.

    Attributes
    ----------
    observed, expected : ndarray of float, shape (g,)
        Weighted events seen, and expected if the groups do not differ.
    exchanges : ndarray of float, shape (g, g)
        Minus the covariance of the observed events of two groups; 0 on the diagonal.
        The variances follow, since the rows of a covariance matrix of counts with a
        fixed total sum to zero.
    """

    observed: Floats
    expected: Floats
    exchanges: Floats


def strata_tables(rows: SurvivalRows) -> list[SurvivalTable]:
    """Return the table of each stratum; one table where there are no strata."""
    if rows.stratum is None or rows.stratum.size == 0:
        return [table_of(rows)]
    return [
        table_of(rows.select(rows.stratum == stratum))
        for stratum in np.unique(rows.stratum)
    ]


def at_least_two(groups: tuple[object, ...]) -> None:
    """Refuse a comparison of fewer than two groups."""
    if len(groups) < 2:  # noqa: PLR2004 - a comparison
        raise InputError("group", "labels of at least two groups", groups)


def event_times(table: SurvivalTable) -> tuple[Ints, Ints, Ints, Ints]:
    """Return events and patients at risk of all, and of each group, at event times."""
    events = table.events.sum(axis=0)
    used = np.flatnonzero(events)
    # Row by row: numpy copies whole rows faster than columns of all rows.
    events_g = np.array([row[used] for row in table.events])
    at_risk_g = np.array([row[used] for row in table.at_risk])
    return events[used], at_risk_g.sum(axis=0), events_g, at_risk_g


def moments(tables: list[SurvivalTable], rule: Weighting) -> Moments:
    """Sum the moments of all strata.

    All products are of floats, which cannot wrap around as whole numbers do: squares
    and cubes of 10**7 patients pass 64 bits.
    """
    found = [_stratum_moments(table, rule) for table in tables]
    if len(found) == 1:
        return found[0]
    k = len(tables[0].groups)
    zero = np.zeros(k)
    return Moments(
        observed=sum((x.observed for x in found), zero),
        expected=sum((x.expected for x in found), zero),
        exchanges=sum((x.exchanges for x in found), np.zeros((k, k))),
    )


def _stratum_moments(table: SurvivalTable, rule: Weighting) -> Moments:
    d, n, d_g, n_g = event_times(table)
    events, at_risk = d.astype(np.float64), n.astype(np.float64)
    share = n_g / at_risk
    weights = float_weights(rule, events, at_risk)
    # A single patient at risk leaves no variance, and no division by zero either.
    spread = events * (at_risk - events) / np.maximum(at_risk - 1.0, 1.0)
    if weights is None:
        observed = d_g.sum(axis=1).astype(np.float64)
        expected = share @ events
    else:
        observed = d_g @ weights
        expected = share @ (events * weights)
        spread *= weights * weights
    if len(share) == 2:  # noqa: PLR2004 - the common case, one product
        exchanged = float(np.dot(share[0] * spread, share[1]))
        exchanges = np.array([[0.0, exchanged], [exchanged, 0.0]])
    else:
        exchanges = (share * spread) @ share.T
        np.fill_diagonal(exchanges, 0.0)
    return Moments(observed=observed, expected=expected, exchanges=exchanges)
