"""What objects print in a session, and show in a notebook."""

import enum
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iph import criteria, design, evidence, protocol, records, stats, study
from iph._display import ShowsItself

NAMES = (Path(__file__).parent / "public_names.txt").read_text("utf-8").split()
MOST_CHARACTERS = 2_000
MOST_LINES = 14
MOST_HTML = 8_000


def public(name: str) -> Any:
    """Return what a public name stands for."""
    room, _, own = name.rpartition(".")
    return getattr(importlib.import_module(room), own)


CLASSES = tuple(
    found
    for name in NAMES
    if isinstance(found := public(name), type)
    and attrs.has(found)
    and not issubclass(found, (enum.Enum, Exception))
)


def met(thing: Any, seen: dict[int, Any]) -> None:
    """Collect an object and whatever it holds."""
    if id(thing) in seen:
        return
    if attrs.has(type(thing)):
        seen[id(thing)] = thing
        for field in attrs.fields(type(thing)):
            met(getattr(thing, field.name, None), seen)
    elif isinstance(thing, dict):
        met(tuple(thing.values()), seen)
    elif isinstance(thing, (tuple, list, frozenset)):
        for item in thing:
            met(item, seen)


def roots() -> Iterator[Any]:
    """Yield real objects of each room: those of Li et al. 2023 and its twin."""
    claims = evidence.li2023_claims()
    cohort = evidence.twin(claims, rng=1)
    done = study.analyze(cohort)
    yield from (claims, cohort, done, evidence.audit(claims))
    yield study.compare_with_claims(done)
    yield from (evidence.aggregate_series(), evidence.published_recovery())
    yield from (evidence.published_case_doubts(), evidence.published_case_sources())
    yield records.redcap_dictionary()
    yield design.plan(protocol.LI_2023_PROTOCOL)
    yield criteria.LI_2023
    yield from (public(name) for name in NAMES if not callable(public(name)))


def test_whatever_a_study_holds_is_printed_in_short() -> None:
    """A session is not flooded by an object, nor a notebook."""
    seen: dict[int, Any] = {}
    for root in roots():
        met(root, seen)
    classes = {type(thing) for thing in seen.values()} & {*CLASSES}
    assert len(classes) > 60
    for thing in seen.values():
        if type(thing) not in classes:
            continue
        text = repr(thing)
        assert len(text) < MOST_CHARACTERS, text
        assert text.count("\n") < MOST_LINES, text
        if isinstance(thing, ShowsItself):
            assert len(thing._repr_html_()) < MOST_HTML, text


def test_each_public_class_shows_itself_so() -> None:
    """What was not met above is printed by the same rule, or by its own."""
    others = {cls.__name__ for cls in CLASSES if not issubclass(cls, ShowsItself)}
    parts_of_a_patient = {"Hematoma", "Imaging", "Laboratory", "NerveInvolvement"}
    single_values = {"Bound", "MRCReading"}
    tables = {"PlantedTable", "Sheet", "SheetRow"}
    assert others == parts_of_a_patient | single_values | tables


def test_a_long_curve_is_printed_in_a_dozen_lines() -> None:
    """The first values and how many there are."""
    curve = stats.kaplan_meier(range(1, 61), [True] * 60)
    text = repr(curve)
    assert text.startswith("<SurvivalCurve:\n    time=(1, 2, 3,")
    assert text.count("60 in all)") == 8
    assert text.endswith("n=60,\n    n_missing=0>")
    assert text.count("\n") < MOST_LINES


def test_what_is_short_is_printed_whole() -> None:
    """A result can be typed again from what it prints."""
    quartiles = stats.quartiles([1, 2, 3, 4])
    assert eval(repr(quartiles), {"Quartiles": stats.Quartiles}) == quartiles  # noqa: S307


@attrs.frozen
class Held(ShowsItself):
    """An object of values of any kind.

    Attributes
    ----------
    value : object
        One of them.
    others : tuple
        More of them.
    absent : None
        What is not recorded.
    """

    value: Any
    others: tuple[Any, ...]
    absent: None = None


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=900),
    lambda inner: (
        st.lists(inner).map(tuple)
        | st.dictionaries(st.text(), inner)
        | st.lists(st.floats()).map(np.array)
        | st.builds(Held, inner, st.lists(inner, max_size=40).map(tuple))
    ),
    max_leaves=40,
)


@given(value=VALUES, others=st.lists(VALUES, max_size=30))
@example(value=(Held(1, ()), Held(2, ())), others=[Held(None, ())])
def test_no_object_is_printed_at_length(value: Any, others: list[Any]) -> None:
    """Whatever it holds, in a dozen lines; and no text of it becomes HTML."""
    held = Held(value, tuple(others))
    text, shown = repr(held), held._repr_html_()
    assert len(text) < MOST_CHARACTERS
    assert text.count("\n") < MOST_LINES
    assert len(shown) < 2 * MOST_HTML
    # itself, and one for each attribute that is a list of objects
    assert shown.count("<table>") == shown.count("</table>") in {1, 2, 3}


def test_text_of_a_sheet_is_no_html() -> None:
    """A header of a foreign file cannot bring a script into a notebook."""
    held = Held("<script>", (Held("<b>", ()),))
    assert "<script>" not in held._repr_html_()
    assert "<b>" not in held._repr_html_()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456, "0.1235"),
        (stats.proportion(7, 28), "0.25 (0.1069 to 0.4487)"),
        (stats.quartiles([1, 2, 3, 4, 5]), "3 (1.5 to 4.5)"),
        (stats.Quartiles, "Quartiles"),
    ],
)
def test_a_cell_tells_the_leading_figures(value: Any, shown: str) -> None:
    """An estimate with its interval, a median with its quartiles, rounded."""
    assert shown in Held(value, ())._repr_html_()
