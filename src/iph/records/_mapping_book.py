"""A mapping file as a workbook, in which the answers are chosen from lists."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from iph.errors import FileError
from iph.records._book_saving import save_book
from iph.records._excel import write_cell
from iph.records._mapping import (
    FIELD_LIST,
    IGNORED,
    MAPPING_HEADER,
    MAPPING_SHEET,
    NOT_RECORDED_WORD,
)
from iph.records._workbook import EXCEL_HINT

_FIELDS: Final = "fields"
_ONE_OF: Final = "one of: "
_LONGEST_LIST: Final = 255
_WIDTHS: Final = {"A": 34, "B": 24, "C": 34, "D": 70}


def write_book(path: Path, rows: Sequence[tuple[str, str, str, str]]) -> None:
    """Write the rows with a list of fields, or of codes, beside each question.

    Raises
    ------
    FileError
        If openpyxl is not installed.
    """
    try:
        import openpyxl
        from openpyxl.worksheet.datavalidation import DataValidation
    except ImportError:
        problem = "writing workbooks needs openpyxl"
        raise FileError(str(path), problem, EXCEL_HINT) from None
    book = openpyxl.Workbook()
    page: Any = book.active
    page.title, page.freeze_panes = MAPPING_SHEET, "A2"
    listed = book.create_sheet(_FIELDS)
    names = [IGNORED, *(name for column, _, name, _ in rows if column == FIELD_LIST)]
    for number, name in enumerate(names, start=1):
        write_cell(listed.cell(number, 1), name)
    of_fields = DataValidation(
        "list", formula1=f"{_FIELDS}!$A$1:$A${len(names)}", showErrorMessage=False
    )
    page.add_data_validation(of_fields)
    for column, width in _WIDTHS.items():
        page.column_dimensions[column].width = width
    for number, row in enumerate((MAPPING_HEADER, *rows), start=1):
        for place, text in enumerate(row, start=1):
            if text:
                write_cell(page.cell(number, place), text)
        answer = f"C{number}"
        if number == 1 or row[0] == FIELD_LIST:
            continue
        if not row[1]:
            of_fields.add(answer)
        elif row[3].startswith(_ONE_OF):
            listed_codes = row[3].removeprefix(_ONE_OF).replace(", ", ",")
            codes = f'"{listed_codes},{NOT_RECORDED_WORD}"'
            if len(codes) <= _LONGEST_LIST:
                one = DataValidation("list", formula1=codes, showErrorMessage=False)
                one.add(answer)
                page.add_data_validation(one)
    save_book(book.save, path)
