"""A table as LaTeX that fits its page: lines are broken, long tables go on."""

from typing import Final, TypeAlias

from iph.report._column_widths import Paper, column_widths
from iph.report._numbers import MINUS, unbroken

_LATEX: Final = str.maketrans(
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
        "\N{NO-BREAK SPACE}": "~",
    }
)
_NEEDS: Final = "% needs \\usepackage{array, booktabs, longtable, textcomp"
# Points of the text of an article, upright and turned, and of a letter of each size.
_PAGES: Final = (
    (345.0, (("footnotesize", 4.5), ("scriptsize", 4.0))),
    (540.0, (("footnotesize", 4.5), ("scriptsize", 4.0), ("tiny", 3.2))),
)
_BETWEEN: Final = 6.0  # points from one column to the next


Cells: TypeAlias = tuple[str, ...]


def latex_table(
    name: str,
    title: str,
    header: Cells,
    rows: list[tuple[Cells, bool]],
    notes: Cells,
    *,
    figures: tuple[bool, ...],
) -> str:
    """Return a table in the three-line style of the package booktabs.

    A row is its cells, and whether it is a level. Widths are parts of the width of the
    text. A table whose words do not stand side by side in the smaller type is turned.
    """
    turned, size, widths = _laid_out(header, [cells for cells, _ in rows])
    head = _line(header)
    count = len(header)
    below = (
        rf"\multicolumn{{{count}}}{{@{{}}p{{\dimexpr\linewidth-2\tabcolsep\relax}}@{{}}}}"
        rf"{{{latex_text(note)}}} \\"
        for note in notes
    )
    lines = [
        _NEEDS + (", pdflscape}" if turned else "}"),
        r"\begin{landscape}" if turned else r"\begingroup",
        rf"\{size}",
        r"\setlength{\tabcolsep}{3pt}",
        r"\setlength{\LTleft}{0pt}",
        rf"\begin{{longtable}}{{@{{}}{''.join(map(_column, widths, figures))}@{{}}}}",
        rf"\caption{{{latex_text(title)}}}\label{{tab:{name}}}\\",
        *(r"\toprule", head, r"\midrule", r"\endfirsthead"),
        *(r"\toprule", head, r"\midrule", r"\endhead"),
        *(_line(cells, indent=indent) for cells, indent in rows),
        r"\bottomrule",
        *below,
        r"\end{longtable}",
        r"\end{landscape}" if turned else r"\endgroup",
    ]
    return "\n".join(lines) + "\n"


def _laid_out(header: Cells, rows: list[Cells]) -> tuple[bool, str, list[float]]:
    """Return whether it is turned, the size of its type, and the parts of the width."""
    for turned, (width, sizes) in enumerate(_PAGES):
        for size, character in sizes:
            paper = Paper(width=width, character=character, padding=_BETWEEN)
            widths = column_widths(header, rows, paper)
            if sum(widths) <= width:
                return bool(turned), size, [one / width for one in widths]
    return True, size, [one / sum(widths) for one in widths]


def _column(part: float, right: bool) -> str:  # noqa: FBT001 - one of a row
    """Return a column of a part of the width, even at its left or at its right."""
    width = rf"\dimexpr{part:.4f}\linewidth-2\tabcolsep\relax"
    side = "left" if right else "right"  # the side of the lines that is not even
    return rf">{{\ragged{side}\arraybackslash\hspace{{0pt}}}}p{{{width}}}"


def latex_text(text: str) -> str:
    """Return text that LaTeX prints as it is."""
    return unbroken(" ".join(text.split())).translate(_LATEX)


def _line(cells: tuple[str, ...], *, indent: bool = False) -> str:
    text = " & ".join(latex_text(cell) for cell in cells)
    # Braces: a cell that begins with a bracket is no option of the line before it.
    return (r"\quad " if indent else "{}") + text + r" \\"
