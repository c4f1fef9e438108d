"""Strategies for any class whose fields are declared, from the declarations."""

import enum
from functools import lru_cache
from typing import Any

import attrs
import hypothesis.strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iph._fields import KEY, Declaration, Kind

_NAMES = st.text("abcdefghijklmnopqrstuvwxyzABCDEF0123456789-_", min_size=1, max_size=8)


def field_values(declared: Declaration) -> SearchStrategy[Any]:
    """Draw legal recorded values of a declared field (None is not among them).

    Parameters
    ----------
    declared : Declaration
        The declaration, as `iph` keeps it for each field.

    Returns
    -------
    SearchStrategy
        Values over the whole legal domain, in the field's own type.

    Examples
    --------
    >>> import attrs
    >>> from hypothesis import find
    >>> from iph import Patient
    >>> from iph.testing import field_values
    >>> declared = attrs.fields(Patient).age_years.metadata["iph"]
    >>> find(field_values(declared), lambda age: age > 40)
    41
    """
    if declared.kind is Kind.IDENTIFIER:
        return _NAMES
    if declared.kind is Kind.YES_NO:
        return st.booleans()
    if declared.kind in {Kind.QUANTITY, Kind.DAYS}:
        return _numbers(declared)
    options: list[enum.Enum] = list(declared.options or ())
    if declared.kind is Kind.CHOICES:
        known = [option for option in options if option.value != "unknown"]
        unknown = [frozenset({o}) for o in options if o.value == "unknown"]
        sets = st.frozensets(st.sampled_from(known))
        return sets | st.sampled_from(unknown) if unknown else sets
    return st.sampled_from(options)


def _numbers(declared: Declaration) -> SearchStrategy[Any]:
    low, high, step = declared.low, declared.high, declared.step
    assert low is not None  # noqa: S101 - every quantity declares its bounds
    assert high is not None  # noqa: S101
    assert step is not None  # noqa: S101
    if declared.whole:
        return st.integers(int(low), int(high))
    on_the_grid = st.integers(int(low / step), int(high / step)).map(
        lambda k: min(max(float(k * step), low), high)
    )
    return on_the_grid | st.floats(low, high)


def fields_of(cls: type[Any], given: dict[str, Any]) -> dict[str, SearchStrategy[Any]]:
    """Return a strategy for each declared field that is not given; parts excluded."""
    found: dict[str, SearchStrategy[Any]] = {}
    for attribute in attrs.fields(cls):
        declared = attribute.metadata.get(KEY)
        if declared is None or declared.kind is Kind.PART or attribute.name in given:
            continue
        values = field_values(declared)
        found[attribute.name] = values if declared.required else st.none() | values
    return found | given


@lru_cache(maxsize=64)  # a strategy is made once: making it costs more than a draw
def recorded(cls: type[Any], but: frozenset[str]) -> SearchStrategy[dict[str, Any]]:
    """Draw a value of each declared field but some; parts excluded."""
    fields = fields_of(cls, {})
    kept = {name: values for name, values in fields.items() if name not in but}
    return st.fixed_dictionaries(kept)


def values_of(
    draw: DrawFn, cls: type[Any], given: dict[str, SearchStrategy[Any]]
) -> dict[str, Any]:
    """Draw all fields of a class, those that are given by the strategy given."""
    own = {name: draw(strategy) for name, strategy in given.items()}
    return draw(recorded(cls, frozenset(given))) | own  # type: ignore[arg-type] # a class
