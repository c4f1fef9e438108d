"""What a cohort carries besides its patients, as the columns of a table hold it."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from iph.errors import InputError
from iph.scales._reference_ranges import ReferenceRange


def about_value(name: str, text: str) -> Any:
    """Return what a cell of such a column says.

    Raises
    ------
    ValueError
        If it does not stand there as iph writes it.
    """
    try:
        return _MEANINGS[name](text)
    except (TypeError, KeyError, RecursionError, InputError) as problem:
        raise ValueError(text) from problem


def _synthetic(text: str) -> bool:
    return {"yes": True, "no": False}[text.strip().casefold()]


def _notes(text: str) -> tuple[str, ...]:
    found = json.loads(text)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError(text)
    return tuple(found)


def _ranges(text: str) -> tuple[ReferenceRange, ...]:
    return tuple(ReferenceRange(**one) for one in json.loads(text))


def _label(text: str) -> str:
    found = json.loads(text)
    if not isinstance(found, str):
        raise TypeError(text)
    return found


_MEANINGS: Final[Mapping[str, Callable[[str], Any]]] = {
    "synthetic": _synthetic,
    "cohort_label": _label,
    "cohort_notes": _notes,
    "reference_ranges": _ranges,
}
