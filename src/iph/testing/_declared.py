"""Strategies for any class whose fields are declared, from the declarations.

A record has many fields of few values. Drawn one by one they would cost most of a test;
so one drawn string of bytes answers for all of them, each from bytes of its own, and
only numbers are drawn by themselves. A byte of zero is the simplest answer, so that
examples shrink field by field.
"""

import enum
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import attrs
import hypothesis.strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iph._fields import KEY, Declaration, Kind
from iph._options import instance
from iph.testing._answers import Answers, width, width_of_subset

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
    instance(declared, "declared", Declaration, "the declaration of a field")
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
    first, *others = _kinds_of_numbers(declared)
    return st.one_of(first, *others)


def _kinds_of_numbers(declared: Declaration) -> list[SearchStrategy[Any]]:
    low, high, step = declared.low, declared.high, declared.step
    assert low is not None  # noqa: S101 - every quantity declares its bounds
    assert high is not None  # noqa: S101
    assert step is not None  # noqa: S101
    if declared.whole:
        return [st.integers(int(low), int(high))]
    on_the_grid = st.integers(int(low / step), int(high / step)).map(
        lambda k: min(max(float(k * step), low), high)
    )
    return [on_the_grid, st.floats(low, high)]


@attrs.frozen
class _Coded:
    """How bytes choose what stands in a field: a value, or a strategy to draw it by."""

    name: str
    ways: tuple[Callable[[Answers], Any], ...]
    width: int

    def choose(self, drawn: bytes) -> Any:
        answers = Answers(drawn)
        return self.ways[answers.below(len(self.ways))](answers)


def _coded(name: str, declared: Declaration) -> _Coded:
    """Give every kind of value the same chance: none, a code, unknown, a number."""
    ways: list[Callable[[Answers], Any]] = []
    most = 0
    if not declared.required:
        ways.append(lambda _: None)
    if declared.kind in {Kind.CHOICE, Kind.GRADE, Kind.YES_NO}:
        options: list[Any] = list(declared.options or (False, True))
        ways.append(lambda answers: options[answers.below(len(options))])
        most = width(len(options))
    elif declared.kind is Kind.CHOICES:
        codes: list[Any] = list(declared.options or ())
        known = [code for code in codes if code.value != "unknown"]
        unknown = [frozenset({code}) for code in codes if code.value == "unknown"]
        ways.append(lambda answers: answers.subset(known))
        ways += [partial(_always, code) for code in unknown]
        most = width_of_subset(len(known))
    elif declared.kind is Kind.IDENTIFIER:
        ways.append(partial(_always, _NAMES))
    else:
        ways += [partial(_always, one) for one in _kinds_of_numbers(declared)]
    return _Coded(name, tuple(ways), width(len(ways)) + most)


def _always(answer: Any, _: Answers) -> Any:
    return answer


@st.composite
def _records(draw: DrawFn, fields: tuple[_Coded, ...]) -> dict[str, Any]:
    size = sum(field.width for field in fields)
    drawn = draw(st.binary(min_size=size, max_size=size))
    values: dict[str, Any] = {}
    first = 0
    for field in fields:
        answer = field.choose(drawn[first : first + field.width])
        first += field.width
        drawn_by_itself = isinstance(answer, SearchStrategy)
        values[field.name] = draw(answer) if drawn_by_itself else answer
    return values


@lru_cache(maxsize=64)  # a strategy is made once: making it costs more than a draw
def recorded(cls: type[Any], but: frozenset[str]) -> SearchStrategy[dict[str, Any]]:
    """Draw a value of each declared field but some; parts excluded."""
    declared = {a.name: a.metadata.get(KEY) for a in attrs.fields(cls)}
    return _records(
        tuple(
            _coded(name, one)
            for name, one in declared.items()
            if one is not None and one.kind is not Kind.PART and name not in but
        )
    )


def values_of(
    draw: DrawFn, cls: type[Any], given: dict[str, SearchStrategy[Any]]
) -> dict[str, Any]:
    """Draw all fields of a class, those that are given by the strategy given."""
    own = {name: draw(strategy) for name, strategy in given.items()}
    return draw(recorded(cls, frozenset(given))) | own  # type: ignore[arg-type] # a class
