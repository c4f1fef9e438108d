"""What a notebook shows of a cohort: size, origin and gaps, and no row of a patient."""

import html
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from iph._display import table_of_values
from iph._event import Event
from iph._fields import DeclaredField
from iph._subject import Subject, patient_fields, seen_fields

_LONGEST: Final = 400  # characters of one list of fields
_NAMES: Final = 200  # characters of what is only named, and of the notes


def summary_html(
    patients: Sequence[Subject[Any]],
    patient_class: type[Subject[Any]],
    *,
    label: str,
    synthetic: bool,
    notes: Sequence[str],
    not_read: Sequence[str],
    events: Sequence[Event] | None,
) -> str:
    """Return the summary as a table, in which no row is of a patient."""
    seen = [one for patient in patients for one in patient.follow_up.assessments]
    visits = Counter(one.visit.value if one.visit else "unscheduled" for one in seen)
    of_patients = patient_fields(patient_class)[1:]  # without the pseudonym
    told = {
        "label": label,
        "patients": str(len(patients)),
        "assessments": f"{len(seen)}: {_counted(visits)}" if seen else "0",
        "events": "not recorded" if events is None else str(len(events)),
        "synthetic": "yes, nobody's data" if synthetic else "no",
        "notes": _fitting(notes, _NAMES, "; "),
        "not read": _fitting(not_read, _NAMES, "; "),
        **_gaps("", of_patients, patients),
        **_gaps(" at visits", seen_fields(patient_class), seen),
    }
    cells = {name: html.escape(text) for name, text in told.items() if text}
    return table_of_values("Cohort", cells)


def _gaps(
    where: str, fields: Sequence[DeclaredField], rows: Sequence[Any]
) -> dict[str, str]:
    """Return the fields by how many of their values are missing."""
    if not rows:
        return {}
    missing = {f.name: sum(f.value_of(row) is None for row in rows) for f in fields}
    complete = sum(n == 0 for n in missing.values())
    some = Counter({name: n for name, n in missing.items() if 0 < n < len(rows)})
    never = [name for name, n in missing.items() if n == len(rows)]
    return {
        f"complete{where}": f"{complete} of {len(fields)} fields",
        f"missing{where}": _counted(some),
        f"never recorded{where}": _fitting(never, _NAMES),
    }


def _counted(counts: Counter[str]) -> str:
    return _fitting([f"{name} {n}" for name, n in counts.items()], _LONGEST)


def _fitting(texts: Sequence[str], most: int, between: str = ", ") -> str:
    """Return as many texts as fit, and how many more there are."""
    shown = list(texts)
    while len(shown) > 1 and len(between.join(shown)) > most:
        shown.pop()
    text = between.join(shown)
    if len(text) > most:
        text = f"{text[: most - 3]}..."
    more = len(texts) - len(shown)
    return f"{text}{between}and {more} more" if more else text
