"""A REDCap project made from the declarations: its data dictionary and its events."""

import contextlib
import csv
import io
import os
import re
from pathlib import Path
from typing import Any, Final

import attrs

from iph._categories import ScheduledVisit
from iph._display import Displayed
from iph._fields import KEY, NO_CHOICE, Declaration, DeclaredField, Kind
from iph._options import pathname
from iph._saving import replacing
from iph.protocol._protocol import Protocol
from iph.records._redcap_events import EVENTS_FORM, form_fields
from iph.records._study import checked

DICTIONARY_HEADER: Final = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
EVENTS_HEADER: Final = (
    "event_name",
    "arm_num",
    "day_offset",
    "offset_min",
    "offset_max",
    "unique_event_name",
)
FORMS_HEADER: Final = ("arm_num", "unique_event_name", "form")

PATIENT_FORM: Final = "patient"
ASSESSMENT_FORM: Final = "assessment"
UNSCHEDULED: Final = "unscheduled"

_SHOWN_IF: Final = {
    "pregnancy": "[sex] <> 'male'",
    "died_day": "[died] = '1'",
    "outcome_day": "[outcome] <> ''",
    "deficit_side": "[side] <> ''",
    "strength_modifier": "[strength] <> ''",
    "resolved_day": "[hematoma_present] = '1'",
    "volume_ml": "[hematoma_present] <> '0'",
    "diameter_a_cm": "[hematoma_present] <> '0'",
    "diameter_b_cm": "[diameter_a_cm] <> ''",
    "diameter_c_cm": "[diameter_b_cm] <> ''",
}
_SECTIONS: Final = {
    "laboratory": "Laboratory at admission",
    "nerves": "Nerves of the lumbar plexus",
    "follow_up": "Course",
}
_LAST_OFFSET: Final = "9999"
_WORDED: Final = {"-": "minus", "+": "plus"}


@attrs.frozen(kw_only=True)
class RedcapDictionary(Displayed):
    """The three tables that make a REDCap project for this library.

    Attributes
    ----------
    fields : tuple of tuple of str
        The rows of the data dictionary, 18 columns each.
    events : tuple of tuple of str
        The visits as events of one arm.
    forms : tuple of tuple of str
        Which form is filled at which event.
    """

    fields: tuple[tuple[str, ...], ...]
    events: tuple[tuple[str, ...], ...]
    forms: tuple[tuple[str, ...], ...]

    def write(
        self, folder: str | os.PathLike[str], *, overwrite: bool = False
    ) -> tuple[Path, ...]:
        """Write the tables as CSV files that REDCap uploads.

        Parameters
        ----------
        folder : path
            An existing folder.
        overwrite : bool, default False
            Whether to replace files of these names, which you may have edited.

        Returns
        -------
        tuple of Path
            ``redcap_dictionary.csv``, ``redcap_events.csv`` and ``redcap_forms.csv``.

        Raises
        ------
        FileError
            If they exist already or cannot be written; then none is.
        """
        tables = {
            "redcap_dictionary": [DICTIONARY_HEADER, *self.fields],
            "redcap_events": [EVENTS_HEADER, *self.events],
            "redcap_forms": [FORMS_HEADER, *self.forms],
        }
        paths = [
            pathname(folder, "folder", kind="folder") / f"{name}.csv" for name in tables
        ]
        with contextlib.ExitStack() as stack:
            drafts = [
                stack.enter_context(replacing(path, overwrite=overwrite))
                for path in paths
            ]
            for draft, rows in zip(drafts, tables.values(), strict=True):
                text = io.StringIO(newline="")
                csv.writer(text, lineterminator="\r\n").writerows(rows)
                draft.write_text(text.getvalue(), encoding="utf-8", newline="")
        return tuple(paths)


def redcap_dictionary(*, protocol: Protocol[Any] | None = None) -> RedcapDictionary:
    """Return a REDCap project whose export is read without a mapping.

    How do I set up REDCap so that its checks are those of this library?

    Parameters
    ----------
    protocol : Protocol, optional
        The study; that of Li et al. 2023 if not given.

    Returns
    -------
    RedcapDictionary
        With ``fields`` (18 columns), ``events`` and ``forms``; ``write(folder)`` makes
        the files.

    Raises
    ------
    InputError
        If a field of the study has the name of one in the form of events, such as
        ``adverse_event``.

    See Also
    --------
    read : Read the raw export (CSV) of such a project.
    read_redcap : Read the project itself.

    Notes
    -----
    The form ``patient`` belongs to the event of the baseline, the form ``assessment``
    to every event; each visit is an event. The event ``unscheduled`` is for visits
    outside the schedule: set it to repeat. The form ``adverse_events``, which a study
    that declares events has, belongs to the event of the baseline: set it to repeat as
    an instrument, since a patient may have several. Sets of choices are checkboxes; the
    box ``none`` says that none applies, since REDCap cannot tell an unanswered question
    from one without a tick. Bounds are REDCap's validation, units are field notes.

    Examples
    --------
    >>> from iph.records import redcap_dictionary
    >>> project = redcap_dictionary()
    >>> age = project.fields[1]
    >>> age[0], age[6:10]
    ('age_years', ('years', 'integer', '0', '120'))
    """
    study = checked(protocol)
    visits = [field for field in study.assessment_fields if field.name != "visit"]
    names_known = {field.name for field in (*study.patient_fields, *visits)}
    fields = [_row(field, PATIENT_FORM, names_known) for field in study.patient_fields]
    fields += [_row(field, ASSESSMENT_FORM, names_known) for field in visits]
    of_events = form_fields(study)
    fields += [_row(field, EVENTS_FORM, names_known) for field in of_events]
    section = ""
    for place, field in enumerate(study.patient_fields):
        now = _section(study, field)
        if now and now != section:
            fields[place] = (*fields[place][:2], now, *fields[place][3:])
        section = now
    names = [f"{visit.value}_arm_1" for visit in study.visits]
    names.append(f"{UNSCHEDULED}_arm_1")
    return RedcapDictionary(
        fields=tuple(fields),
        events=(
            *(
                (visit.label, "1", *_offsets(visit), name)
                for visit, name in zip(study.visits, names, strict=False)
            ),
            (UNSCHEDULED, "1", _LAST_OFFSET, "0", "0", names[-1]),
        ),
        forms=(
            ("1", names[0], PATIENT_FORM),
            *(("1", name, ASSESSMENT_FORM) for name in names),
            *([("1", names[0], EVENTS_FORM)] if of_events else []),
        ),
    )


def _section(study: Protocol[Any], field: DeclaredField) -> str:
    """Return the heading over a part of the patient; none over the patient's own."""
    if len(field.path) == 1:
        return ""
    declared: Declaration = attrs.fields_dict(study.patient)[field.path[0]].metadata[
        KEY
    ]
    return _SECTIONS.get(field.path[0], declared.label)


def _offsets(visit: ScheduledVisit) -> tuple[str, str, str]:
    """Return the day of an event and how far its window reaches to either side.

    REDCap wants a day, and orders events by it.
    """
    day = 1 if visit.nominal_day is None else visit.nominal_day
    first, last = (day, day) if visit.window is None else visit.window
    return str(day), str(day - first), str(last - day)


def box_name(field: str, code: str) -> str:
    """Return the column of one box in an export: ``zones___upper``."""
    return f"{field}___{re.sub(r'[^a-z0-9]', '_', code.lower())}"


def _row(field: DeclaredField, form: str, known: set[str]) -> tuple[str, ...]:
    declared = field.declaration
    note = "; ".join(word for word in (declared.unit, declared.note) if word)
    row: dict[str, Any] = dict.fromkeys(DICTIONARY_HEADER, "")
    row |= {
        "Variable / Field Name": field.name,
        "Form Name": form,
        "Field Type": _field_type(declared.kind),
        "Field Label": declared.label,
        "Choices, Calculations, OR Slider Labels": " | ".join(_choices(field)),
        "Field Note": note,
        "Branching Logic (Show field only if...)": _shown_if(field.name, known),
    }
    if declared.low is not None and declared.high is not None:
        kind = "integer" if declared.whole else "number"
        row["Text Validation Type OR Show Slider Number"] = kind
        row["Text Validation Min"] = f"{declared.low:g}"
        row["Text Validation Max"] = f"{declared.high:g}"
    return tuple(row.values())


def _shown_if(name: str, known: set[str]) -> str:
    """Return when a field is asked for, if the study has the field that decides it."""
    logic = _SHOWN_IF.get(name, "")
    return logic if set(re.findall(r"\[(\w+)\]", logic)) <= known else ""


def _field_type(kind: Kind) -> str:
    return {
        Kind.YES_NO: "yesno",
        Kind.CHOICES: "checkbox",
        Kind.CHOICE: "dropdown",
        Kind.GRADE: "dropdown",
    }.get(kind, "text")


def redcap_code(option: Any) -> str:
    """Return the code of an option as the project has it."""
    return _WORDED.get(str(option.value), str(option.value))


def _choices(field: DeclaredField) -> list[str]:
    found = []
    for option in field.declaration.options or ():
        code = redcap_code(option)
        label = str(getattr(option, "label", code)).replace("|", "/")
        numeral = getattr(option, "numeral", "")
        found.append(f"{code}, {f'{numeral}: ' if numeral else ''}{label}")
    if field.declaration.kind is Kind.CHOICES:
        found.append(f"{NO_CHOICE}, none of these")
    return found
