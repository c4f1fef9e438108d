"""Tables with errors planted in them: what a check must find, all of it."""

from typing import Any

import attrs
import hypothesis.strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iph._cohort import Cohort
from iph._fields import Declaration, Kind
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph._options import instance
from iph.records._footers import likely
from iph.records._rows import long_rows
from iph.records._writing import as_text
from iph.testing._patients import cohorts

_FIELDS = {
    field.name: field.declaration
    for field in (*PATIENT_FIELDS, *ASSESSMENT_FIELDS)
    if field.declaration.kind is not Kind.IDENTIFIER
}
_MOMENT = ("visit", "day")
_OF_VISIT = {f.name for f in ASSESSMENT_FIELDS if f.name not in _MOMENT}
_NO_NUMBERS = [
    "shoe",
    "7 years",
    "7..1",
    "1,234,5",
    "5-7",
    "--3",
    "0x1F",
    "1e999",
]
_NO_WORDS = ["shoe", "mal", "?", "yess", "7e3", "left right", ";", "unknown;shoe"]


@attrs.frozen(kw_only=True)
class PlantedTable:
    """A long table as text, and the cells that were spoiled.

    Attributes
    ----------
    header : tuple of str
        The column names.
    rows : tuple of tuple of str
        The rows below the header; the first is row 2 of a spreadsheet.
    planted : frozenset of (int, str)
        Row and column of each spoiled cell: no other is wrong.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    planted: frozenset[tuple[int, str]]


def refused_texts(declared: Declaration) -> SearchStrategy[str]:
    """Draw cell texts that a declared field must refuse.

    Parameters
    ----------
    declared : Declaration
        The declaration, as `iph` keeps it for each field.

    Returns
    -------
    SearchStrategy
        Texts just beyond the bounds, and words that are no code of the field.

    Examples
    --------
    >>> import attrs
    >>> from hypothesis import given, settings
    >>> from iph import Patient
    >>> from iph.testing import refused_texts
    >>> declared = attrs.fields(Patient).age_years.metadata["iph"]
    >>> @settings(max_examples=5, deadline=None)
    ... @given(refused_texts(declared))
    ... def test_any(text):
    ...     assert text not in {"0", "48", "120"}
    >>> test_any()
    """
    instance(declared, "declared", Declaration, "the declaration of a field")
    if declared.low is None or declared.high is None:
        return st.sampled_from(_NO_WORDS)
    beyond = [f"{declared.low - 1:g}", f"{declared.high + 1:g}", f"{declared.high}1"]
    if declared.whole:
        beyond += [f"{declared.low:g}.5", f"{declared.high - 1:g}.01"]
    # A laboratory's "<5" is a value of some fields, and of the others an error.
    bound = [] if declared.bounded else ["<5"]
    return st.sampled_from(beyond + bound + _NO_NUMBERS)


def _is_above_the_footer(cohort: Cohort) -> bool:
    """Whether no pseudonym reads as the name of a row under the table, such as "mw"."""
    names = [patient.patient_id for patient in cohort]
    return not any(likely(name, [name]) for name in names)


@st.composite
def planted_tables(
    draw: DrawFn, /, *, max_planted: int = 6, **fields: SearchStrategy[Any]
) -> PlantedTable:
    """Draw a sound table of patients and visits, and spoil some of its cells.

    Parameters
    ----------
    max_planted : int, default 6
        The largest number of spoiled cells.
    **fields : SearchStrategy
        Strategies of single fields of the patients, as for `patients`.

    Returns
    -------
    SearchStrategy of PlantedTable
        The table with its header, and the places of the spoiled cells.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from iph.testing import planted_tables
    >>> @settings(max_examples=5, deadline=None)
    ... @given(planted_tables(max_planted=2))
    ... def test_any(table):
    ...     assert len(table.planted) <= 2
    >>> test_any()
    """
    drawn = cohorts(min_size=1, max_size=3, **fields)
    cohort = draw(drawn.filter(_is_above_the_footer))
    header, *rows = [[as_text(cell) for cell in row] for row in long_rows(cohort)]
    cells = st.tuples(st.integers(0, len(rows) - 1), st.sampled_from(sorted(_FIELDS)))
    # a grade of no visit would be an error of the row as well, not of its cell alone
    moment = [header.index(name) for name in _MOMENT]
    planted = {
        (row, name)
        for row, name in draw(st.sets(cells, max_size=max_planted))
        if name not in _OF_VISIT or any(rows[row][place] for place in moment)
    }
    for row, name in sorted(planted):
        rows[row][header.index(name)] = draw(refused_texts(_FIELDS[name]))
    return PlantedTable(
        header=tuple(header),
        rows=tuple(tuple(row) for row in rows),
        planted=frozenset((row + 2, name) for row, name in planted),
    )
