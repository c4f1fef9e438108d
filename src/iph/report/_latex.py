"""Tables as LaTeX, in the three-line style of booktabs."""

from iph.report._document import Sheet
from iph.report._numbers import MINUS

_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": "$<$",
        ">": "$>$",
        MINUS: "$-$",
        "\N{DEGREE SIGN}": r"\textdegree{}",
        "\N{SUPERSCRIPT NINE}": "$^{9}$",
        "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$",
        "\N{LESS-THAN OR EQUAL TO}": r"$\leq$",
    }
)


def escaped(text: str) -> str:
    """Return text that LaTeX prints as it is."""
    return " ".join(text.split()).translate(_SPECIAL)


def sheet_latex(sheet: Sheet) -> str:
    """Return a table as LaTeX; it needs the packages booktabs and textcomp."""
    columns = "l" + "r" * (len(sheet.header) - 1)
    lines = [
        "% needs \\usepackage{booktabs} and \\usepackage{textcomp}",
        r"\begin{table}",
        rf"\caption{{{escaped(sheet.title)}}}",
        rf"\label{{tab:{sheet.name}}}",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        _line(sheet.header),
        r"\midrule",
        *(_line(row.cells, indent=row.indent) for row in sheet.rows),
        r"\bottomrule",
        r"\end{tabular}",
        *(rf"\par\footnotesize {escaped(note)}" for note in sheet.notes),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _line(cells: tuple[str, ...], *, indent: bool = False) -> str:
    text = " & ".join(escaped(cell) for cell in cells)
    # Braces: a cell that begins with a bracket is no option of the line before it.
    return (r"\quad " if indent else "{}") + text + r" \\"
