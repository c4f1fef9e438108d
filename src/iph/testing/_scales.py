"""Strategies for what scales ask for."""

from typing import Any

import hypothesis.strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iph._options import instance
from iph.scales import BleedingRule, Instrument


@st.composite
def bleeds(
    draw: DrawFn, rule: BleedingRule[Any], *, unknown: int | None = None
) -> dict[str, Any]:
    """Draw the findings of one bleed: each of them is known, or None.

    Parameters
    ----------
    rule : BleedingRule
        The definition whose findings are drawn.
    unknown : int, optional
        The most findings that are not known (default: all of them).

    Returns
    -------
    SearchStrategy of dict
        The rule's findings by name: booleans, amounts and None; amounts lie at an edge
        of the definition as often as elsewhere.

    Examples
    --------
    >>> from hypothesis import find
    >>> from iph.scales import ISTH_BLEEDING
    >>> from iph.testing import bleeds
    >>> found = find(bleeds(ISTH_BLEEDING), lambda bleed: bleed["fatal"] is None)
    >>> sorted(found) == sorted(ISTH_BLEEDING.inputs)
    True
    """
    most = len(rule.inputs) if unknown is None else unknown
    hidden = draw(st.sets(st.sampled_from(rule.inputs), max_size=most))
    edges = {
        name: [c.at_least for c in rule.criteria if c.finding == name]
        for name in rule.inputs
    }
    amounts = {
        "hemoglobin_fall_g_l": st.floats(0, 250),
        "transfused_units": st.integers(0, 200),
    }
    found: dict[str, Any] = {}
    for name in rule.inputs:
        if name in hidden:
            found[name] = None
        elif name in amounts:
            at_an_edge = st.sampled_from(edges[name])
            found[name] = draw(st.one_of(at_an_edge, amounts[name]))
        else:
            found[name] = draw(st.booleans())
    return found


def totals(instrument: Instrument) -> SearchStrategy[float]:
    """Draw totals that an instrument can have in its version.

    Parameters
    ----------
    instrument : Instrument
        The instrument, in one version.

    Returns
    -------
    SearchStrategy of float
        Totals over the whole legal range, whole numbers where the version has no
        others.

    Examples
    --------
    >>> from hypothesis import find
    >>> from iph.scales import INSTRUMENTS
    >>> from iph.testing import totals
    >>> find(totals(INSTRUMENTS["fish-8"]), lambda total: total > 28)
    29.0
    """
    rule = "an instrument, such as one of iph.scales.INSTRUMENTS"
    instance(instrument, "instrument", Instrument, rule)
    if instrument.whole:
        low, high = int(instrument.low), int(instrument.high)
        return st.integers(low, high).map(float)
    return st.floats(instrument.low, instrument.high)
