"""Tables as files that a spreadsheet opens."""

import csv
import io

from iph.report._document import Sheet
from iph.report._numbers import MINUS


def sheet_csv(sheet: Sheet) -> str:
    """Return a table as CSV: the cells in print, a column of levels if there are any.

    A minus sign is a hyphen here, so that a spreadsheet reads a number. Notes and title
    stand in the report, not here: a file of a table holds nothing but the table.
    """
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    leveled = any(row.indent for row in sheet.rows)
    first, *others = sheet.header
    writer.writerow([first, "Level", *others] if leveled else sheet.header)
    head = ""
    for row in sheet.rows:
        label, *cells = (cell.replace(MINUS, "-") for cell in row.cells)
        if not row.indent:
            head = label
        level = label if row.indent else ""
        writer.writerow([head, level, *cells] if leveled else [label, *cells])
    return held.getvalue()
