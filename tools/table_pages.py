"""Print the tables of reports by pdflatex and LibreOffice, and measure what runs over.

    python -m iph report --demo --out REPORT
    python tools/table_pages.py FIGURES.json REPORT [REPORT ...]

Needs pdflatex (with booktabs, longtable and pdflscape), LibreOffice Writer, pdftotext
of Poppler, and a font with the widths of Calibri, such as Carlito. Each table is a
document of LaTeX, in which a box may be 5 points too wide; of the Word file, no word
may stand outside the margins. The pages it keeps beside the report (`report.pdf`) are
for the eye: whether a cell is broken badly, no program tells.
"""

import datetime as dt
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

ALLOWED_PT: Final = 5.0
MARGIN_PT: Final = 0.9 * 72
ROUNDING_PT: Final = 1.0
HEAD: Final = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{array, booktabs, longtable, textcomp, pdflscape}
\begin{document}
"""
OVERFULL: Final = re.compile(r"Overfull \\hbox \(([\d.]+)pt too wide\)")
PAGE: Final = re.compile(r'<page width="([\d.]+)"')
WORD: Final = re.compile(r'<word xMin="([\d.]+)".* xMax="([\d.]+)".*>(.*)</word>')


def ran(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program and return what it said."""
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )


def overfull(table: Path, folder: Path) -> list[float]:
    """Return by how many points the boxes of a table in LaTeX are too wide."""
    source = folder / "table.tex"
    text = table.read_text(encoding="utf-8")
    source.write_text(f"{HEAD}{text}\\end{{document}}\n", encoding="utf-8")
    for _ in range(2):  # the second run knows the widths of the first
        told = ran("pdflatex", "-interaction=nonstopmode", source.name, folder=folder)
    if told.returncode:
        sys.exit(f"{table}: pdflatex fails\n{told.stdout[-2000:]}")
    return [float(width) for width in OVERFULL.findall(told.stdout)]


def outside(report: Path, folder: Path) -> tuple[int, list[str]]:
    """Return the pages of a Word file, and the words that stand outside its margins."""
    office = ("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(report))
    told = ran(*office, "report.docx", folder=report)
    pdf = report / "report.pdf"
    if not pdf.exists():
        sys.exit(f"{report}: LibreOffice wrote nothing\n{told.stderr}")
    words = folder / "words.html"
    ran("pdftotext", "-bbox", str(pdf), str(words), folder=folder)
    pages, width, found = 0, 0.0, []
    for line in words.read_text(encoding="utf-8").splitlines():
        if page := PAGE.search(line):
            pages, width = pages + 1, float(page[1])
        elif word := WORD.search(line):
            left, right = float(word[1]), float(word[2])
            over = max(MARGIN_PT - left, right - (width - MARGIN_PT))
            if over > ROUNDING_PT:
                found.append(f"page {pages}: {word[3]} ({over:.0f} pt)")
    return pages, found


def measured(report: Path) -> dict[str, Any]:
    """Return the figures of one report."""
    tables = sorted((report / "tables").glob("*.tex"))
    wide: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for table in tables:
            wide[table.stem] = max(overfull(table, folder), default=0.0)
        pages, words = outside(report, folder)
    return {
        "latex_tables": len(tables),
        "latex_widest_overfull_pt": max(wide.values(), default=0.0),
        "latex_overfull": {n: w for n, w in wide.items() if w > ALLOWED_PT},
        "word_pages": pages,
        "word_outside_margins": words,
    }


def main(figures: Path, reports: list[Path]) -> None:
    """Write the figures of some reports; fail if anything runs over."""
    found = {report.name: measured(report.resolve()) for report in reports}
    here = Path.cwd()
    tex = ran("pdflatex", "--version", folder=here).stdout.splitlines()[0]
    office = ran("soffice", "--version", folder=here).stdout.split()[:2]
    told = {
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "programs": [tex, " ".join(office)],
        "reports": found,
    }
    text = json.dumps(told, indent=1, ensure_ascii=False)
    figures.write_text(f"{text}\n", encoding="utf-8")
    for name, one in found.items():
        print(name, one)
        if one["latex_overfull"] or one["word_outside_margins"]:
            sys.exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
