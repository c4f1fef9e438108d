"""Strategies for what scales ask for."""

from typing import Any

import hypothesis.strategies as st
from hypothesis.strategies import DrawFn

from iph.scales import BleedingRule


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
