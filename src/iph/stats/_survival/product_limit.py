"""The product-limit curve of one row of a counted table."""

import numpy as np

from iph._checks import Floats, Ints
from iph.stats._inference.tails import two_sided_quantile
from iph.stats._survival.survival_bands import Transform, confidence_bands
from iph.stats._survival.survival_curve import SurvivalCurve
from iph.stats._survival.survival_rows import SurvivalRows
from iph.stats._survival.survival_table import SurvivalTable


def curve_of(
    table: SurvivalTable,
    *,
    row: int = 0,
    confidence_level: float,
    transform: Transform,
    method: str = "kaplan-meier",
    entries: tuple[Floats, Ints] | None = None,
) -> SurvivalCurve:
    """Return the curve of one group of a counted table."""
    time, events, censored = table.time, table.events[row], table.censored[row]
    at_risk = table.at_risk[row]
    n, n_missing = table.n, table.n_missing
    if len(table.groups) > 1:
        own = np.flatnonzero(events + censored)
        time, events, censored = time[own], events[own], censored[own]
        at_risk = at_risk[own]
        n, n_missing = int((events + censored).sum()), 0
    hit = np.flatnonzero(events)
    survival, relative = _product_limit(at_risk[hit], events[hit])
    z = two_sided_quantile(confidence_level)
    low, high = confidence_bands(survival, relative, transform, z)
    with np.errstate(invalid="ignore"):  # 0 times infinity once nobody is left
        error = np.multiply(survival, relative, out=relative)
    # The first value holds before the first event.
    if hit.size == time.size:
        survival, low, high, error = (c[1:] for c in (survival, low, high, error))
    else:
        place = np.cumsum(events > 0)
        survival, low, high, error = (c[place] for c in (survival, low, high, error))
    for array in (time, survival, low, high, error, at_risk, events, censored):
        array.setflags(write=False)
    return SurvivalCurve(
        time=time,
        survival=survival,
        low=low,
        high=high,
        standard_error=error,
        at_risk=at_risk,
        events=events,
        censored=censored,
        confidence_level=confidence_level,
        transform=transform,
        method=method,
        n=n,
        n_missing=n_missing,
        entries=entries,
    )


def _product_limit(at_risk: Ints, events: Ints) -> tuple[Floats, Floats]:
    """Return S and Greenwood's error of log S: at the start, then after each time.

    Where nobody is censored between two times the factors cancel, so S is written as
    those left now over those at the start, times the ratios where the number changed:
    without censoring S is one division, not a product with its rounding.
    """
    n = at_risk.astype(np.float64)
    left = n - events
    survival, relative = np.ones(n.size + 1), np.zeros(n.size + 1)
    if n.size:
        after = survival[1:]
        np.divide(left[:-1], n[1:], out=after[1:])
        np.cumprod(after, out=after)
        after *= left
        after /= n[0]
        np.multiply(n, left, out=n)
        with np.errstate(divide="ignore"):  # nobody left: an infinite error of log 0
            np.divide(events, n, out=n)
        np.cumsum(n, out=n)
        np.sqrt(n, out=relative[1:])
    return survival, relative


def entries_of(rows: SurvivalRows) -> tuple[Floats, Ints] | None:
    """Return the days of entry in order, and how many enter from each on."""
    if rows.entry is None:
        return None
    order = np.argsort(rows.entry)
    ones = np.ones(order.size, dtype=np.int64)
    cases = ones if rows.weights is None else rows.weights[order]
    later = np.append(np.cumsum(cases[::-1])[::-1], 0)
    return rows.entry[order], later
