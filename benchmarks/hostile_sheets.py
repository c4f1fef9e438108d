"""Hostile but plausible sheets of which an oracle knows each cell, in fifteen forms.

Each cell is written as a person might write it. It must be read as it says, or refused
where it stands; the figures go into a page of the documentation.

    $ python benchmarks/hostile_sheets.py --write docs/reference/hostile-sheets.md
"""

import argparse
import datetime as dt
import sys
import tempfile
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "records" / "sheets"))

import hostile

_PAGE = """# Hostile sheets

Sheets are drawn together with an oracle that knows what each cell says.
They hold decimal commas, thousands apart, full-width signs, percent signs and bounds.
They hold grades in Roman numerals, words in several languages and codes for missing.
Rows of statistics stand under some, and many cells say nothing that a field can hold.
A cell must be read as it says, or be refused where it stands.
Refused though clear is a 1 for yes beside a 2, which need not mean yes.
`python benchmarks/hostile_sheets.py` wrote these figures on {date}.

| form | cells | right | refused rightly | refused, though clear | wrong or hidden |
| --- | ---: | ---: | ---: | ---: | ---: |
{rows}
"""


def write_xls(path: Path, rows: list[list[str]]) -> Path:
    """Write an old workbook, for which the tests have no program."""
    import xlwt

    book = xlwt.Workbook()
    page = book.add_sheet("data")
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            if text:
                page.write(number, place, text)
    book.save(str(path.with_suffix(".xls")))
    return path.with_suffix(".xls")


hostile.WRITERS["xls"] = (write_xls, ",", 2)


def main() -> int:
    """Draw the sheets, and return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheets", type=int, default=8, help="for each form")
    parser.add_argument("--patients", type=int, default=200, help="in each sheet")
    parser.add_argument("--write", type=Path, help="the page to write")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    rows, wrong = [], list[str]()
    sums = [0, 0, 0, 0, 0]
    with tempfile.TemporaryDirectory() as folder:
        for form in hostile.WRITERS:
            counts = [0, 0, 0, 0, 0]
            for seed in range(asked.sheets):
                found = hostile.tried(
                    form, Path(folder), seed=1000 + seed, n_patients=asked.patients
                )
                one = found.n_cells, found.n_read, found.n_refused, found.n_asked
                more = (*one, len(found.wrong))
                counts = [a + b for a, b in zip(counts, more, strict=True)]
                wrong += found.wrong
            rows.append(f"| {form} | " + " | ".join(f"{n:,}" for n in counts) + " |")
            sums = [a + b for a, b in zip(sums, counts, strict=True)]
            print(rows[-1], flush=True)
    rows.append("| all | " + " | ".join(f"{n:,}" for n in sums) + " |")
    print(rows[-1], *wrong[:50], sep="\n")
    if asked.write is not None:
        today = dt.datetime.now(tz=dt.UTC).date().isoformat()
        page = _PAGE.format(date=today, rows="\n".join(rows))
        asked.write.write_text(page, encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
