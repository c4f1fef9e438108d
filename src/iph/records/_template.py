"""An empty workbook to start a study with: drop-downs, bounds, a codebook."""

import os
from pathlib import Path
from typing import Any, Final

from iph._fields import CHOICE_SEPARATOR, NO_CHOICE, DeclaredField, Kind, cell
from iph._options import pathname
from iph._saving import refuse_old, replacing
from iph._subject import Subject
from iph.errors import FileError
from iph.protocol._protocol import Protocol
from iph.records._book_saving import save_book
from iph.records._event_fields import EVENTS_SHEET, event_fields
from iph.records._example import example
from iph.records._excel import (
    ASSESSMENTS_SHEET,
    PATIENTS_SHEET,
    write_cell,
)
from iph.records._study import checked
from iph.records._table import MISSING_CELLS
from iph.records._workbook import EXCEL_HINT

_LAST_ROW: Final = 2_001
_CODEBOOK: Final = (
    "table",
    "column",
    "name",
    "unit",
    "allowed",
    "codes",
    "note",
    "example",
)
_LISTS: Final = "lists"
_NOBODY: Final = object()
_HEADER_COLOR: Final = "DDE6F0"
_NARROWEST: Final = 12


def template(
    path: str | os.PathLike[str], *, protocol: Protocol[Any] | None = None
) -> Path:
    """Write an empty workbook to enter patients in.

    How do I start a study whose table is sound from the first patient on?

    Parameters
    ----------
    path : path
        The workbook, ``.xlsx``.
    protocol : Protocol, optional
        The study; that of Li et al. 2023 if not given.

    Returns
    -------
    Path
        The workbook. Its sheets are ``patients`` and ``assessments`` (to fill in, with
        units in the headers, drop-down lists and bounds), ``example patients`` and
        ``example assessments`` (one filled patient, which is not read), ``codebook``
        (every column with its meaning, unit, bounds and codes) and ``lists``; for a
        study that declares events, also ``events``, one row an event.

    Raises
    ------
    FileError
        If it cannot be written, or exists already (it may hold your data).

    See Also
    --------
    read : Read the filled workbook.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iph.records import read, template
    >>> folder = tempfile.TemporaryDirectory()
    >>> workbook = template(Path(folder.name) / "study.xlsx")
    >>> len(read(workbook))
    0
    >>> read(workbook, sheet="example patients").patients[0].sex
    <Sex.FEMALE: 'female'>
    >>> folder.cleanup()
    """
    target = pathname(path)
    if target.suffix.casefold() != ".xlsx":
        raise FileError(str(target), "a template is a workbook", "end it in .xlsx")
    refuse_old(target)
    try:
        import openpyxl
    except ImportError:
        problem = "writing workbooks needs openpyxl"
        raise FileError(str(target), problem, EXCEL_HINT) from None
    book = openpyxl.Workbook()
    del book["Sheet"]
    study = checked(protocol)
    of_patient = study.patient_fields
    first = next(f for f in of_patient if f.declaration.kind is Kind.IDENTIFIER)
    of_visits = (first, *study.assessment_fields)
    forms = [(PATIENTS_SHEET, of_patient), (ASSESSMENTS_SHEET, of_visits)]
    (patient,) = example(study)
    examples = [*forms]
    if study.events:
        forms.append((EVENTS_SHEET, event_fields(study)))
    sheets = [book.create_sheet(name) for name, _ in forms]
    for name, fields in examples:
        _fill_example(book.create_sheet(f"example {name}"), name, fields, patient)
    codebook = book.create_sheet("codebook")
    lists = book.create_sheet(_LISTS)
    for sheet, (_, fields) in zip(sheets, forms, strict=True):
        _fill_form(sheet, fields, lists)
    _fill_codebook(codebook, forms, patient)
    with replacing(target) as draft:
        save_book(book.save, draft)
    return target


def header_of(field: DeclaredField) -> str:
    """Return the label of a field with its unit."""
    declared = field.declaration
    return declared.label + (f" ({declared.unit})" if declared.unit else "")


def allowed(field: DeclaredField) -> str:
    """Say in one line what a cell of the field may hold."""
    declared = field.declaration
    if declared.kind is Kind.YES_NO:
        return "yes or no"
    if declared.kind is Kind.CHOICES:
        return f"one or more codes with {CHOICE_SEPARATOR} between them, or {NO_CHOICE}"
    if declared.options is not None:
        return "one of the codes"
    return declared.rule()


def codes(field: DeclaredField) -> list[tuple[str, str]]:
    """Return the codes of a field with their labels."""
    return [
        (str(option.value), str(getattr(option, "label", option.value)))
        for option in field.declaration.options or ()
    ]


def _fill_form(sheet: Any, fields: tuple[DeclaredField, ...], lists: Any) -> None:
    from openpyxl.comments import Comment
    from openpyxl.utils import get_column_letter

    _head(sheet, fields)
    sheet.freeze_panes = "B2"
    for place, field in enumerate(fields, start=1):
        letter = get_column_letter(place)
        said = [field.name, allowed(field), field.declaration.note]
        said += [", ".join(code for code, _ in codes(field))]
        comment = Comment("\n".join(line for line in said if line), "iph")
        comment.width, comment.height = 360, 160
        sheet[f"{letter}1"].comment = comment
        rule = _validation(sheet, field, lists)
        if rule is not None:
            rule.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(rule)
        if field.declaration.kind is Kind.IDENTIFIER:
            for row in range(2, _LAST_ROW + 1):  # 007 shall stay 007
                sheet[f"{letter}{row}"].number_format = "@"


def _head(sheet: Any, fields: tuple[DeclaredField, ...]) -> None:
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    for place, field in enumerate(fields, start=1):
        head = sheet.cell(1, place, header_of(field))
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", start_color=_HEADER_COLOR)
        width = max(_NARROWEST, len(str(head.value)) + 2)
        sheet.column_dimensions[get_column_letter(place)].width = width


def _validation(sheet: Any, field: DeclaredField, lists: Any) -> Any:
    """Return what the spreadsheet checks on entry; None if it cannot check it."""
    from openpyxl.worksheet.datavalidation import DataValidation

    declared = field.declaration
    text: dict[str, Any] = {
        "allow_blank": True,
        "showErrorMessage": True,
        "errorTitle": field.name[:32],
        "error": allowed(field)[:225],
    }
    if declared.kind is Kind.CHOICES:
        return None
    if declared.kind is Kind.IDENTIFIER:
        if sheet.title == PATIENTS_SHEET:
            return None
        first = f"={PATIENTS_SHEET}!$A$2:$A${_LAST_ROW}"
        return DataValidation(type="list", formula1=first, **text)
    if declared.kind is Kind.YES_NO:
        return DataValidation(type="list", formula1='"yes,no"', **text)
    if declared.options is not None:
        return DataValidation(type="list", formula1=_listed(field, lists), **text)
    return DataValidation(
        type="whole" if declared.whole else "decimal",
        operator="between",
        formula1=f"{declared.low:g}",
        formula2=f"{declared.high:g}",
        **text,
    )


def _listed(field: DeclaredField, lists: Any) -> str:
    """Put the codes of a field into a column of the lists; return where they stand."""
    from openpyxl.utils import get_column_letter

    place = 1
    while lists.cell(1, place).value not in (*MISSING_CELLS, field.name):
        place += 1
    lists.cell(1, place, field.name)
    options = list(field.declaration.options or ())
    for row, option in enumerate(options, start=2):
        write_cell(lists.cell(row, place), option.value)
    letter = get_column_letter(place)
    return f"={_LISTS}!${letter}$2:${letter}${len(options) + 1}"


def _fill_example(
    sheet: Any, name: str, fields: tuple[DeclaredField, ...], patient: Subject[Any]
) -> None:
    _head(sheet, fields)
    if name == PATIENTS_SHEET:
        rows = [[cell(f, f.value_of(patient)) for f in fields]]
    else:
        rows = [
            [patient.patient_id, *[cell(f, f.value_of(seen)) for f in fields[1:]]]
            for seen in patient.follow_up.assessments
        ]
    for number, row in enumerate(rows, start=2):
        for place, value in enumerate(row, start=1):
            write_cell(sheet.cell(number, place), value)


def _fill_codebook(
    sheet: Any,
    forms: list[tuple[str, tuple[DeclaredField, ...]]],
    patient: Subject[Any],
) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.append(_CODEBOOK)
    for name, fields in forms:
        for field in fields:
            declared = field.declaration
            holder: Any = patient
            if name == EVENTS_SHEET:
                holder = _NOBODY
            elif name == ASSESSMENTS_SHEET and field is not fields[0]:
                holder = patient.follow_up.assessments[0]
            values = [
                name,
                header_of(field),
                field.name,
                declared.unit,
                allowed(field),
                "\n".join(f"{code}: {label}" for code, label in codes(field)),
                declared.note,
                None if holder is _NOBODY else cell(field, field.value_of(holder)),
            ]
            row = sheet.max_row + 1
            for place, value in enumerate(values, start=1):
                write_cell(sheet.cell(row, place), value)
                sheet.cell(row, place).alignment = Alignment(
                    wrap_text=True, vertical="top"
                )
    for head in sheet[1]:
        head.font = Font(bold=True)
    for letter, width in zip("ABCDEFGH", (14, 34, 26, 10, 40, 40, 40, 16), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
