"""The example of Quarto: its cells run, and each labeled one shows what it names."""

import ast
import re
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from iph.report._sheet import Sheet

PAPER = Path(__file__).parents[2] / "docs" / "how-to" / "files" / "paper.qmd"
CELL = re.compile(r"^```\{python\}\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`\{python\} (.*?)`")
LABEL = re.compile(r"^#\| label: ((?:fig|tbl)-\w+)$", flags=re.MULTILINE)


def last_value(cell: str, names: dict[str, Any]) -> Any:
    """Run a cell and return the value of its last line, None of a statement."""
    *first, last = ast.parse(cell).body
    exec(compile(ast.Module(first, []), PAPER.name, "exec"), names)  # noqa: S102 - an example of ours
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), PAPER.name, "eval"), names)  # noqa: S307 - as above
    exec(compile(ast.Module([last], []), PAPER.name, "exec"), names)  # noqa: S102 - as above
    return None


def test_the_cells_show_what_the_text_names() -> None:
    """Each figure and table that the text cites is shown by the cell of its label."""
    text = PAPER.read_text(encoding="utf-8")
    _, head, body = re.split(r"^---$", text, maxsplit=2, flags=re.MULTILINE)
    assert "jupyter: python3" in head
    assert "bibliography: report/references.bib" in head
    names: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    for cell in CELL.findall(body):
        value = last_value(cell, names)
        for label in LABEL.findall(cell):
            shown[label] = value
    assert set(shown) == set(re.findall(r"@((?:fig|tbl)-\w+)", body))
    assert isinstance(shown["fig-flow"], Figure)
    table = shown["tbl-patients"]
    assert isinstance(table, Sheet)
    assert "| Age, years" in table._repr_markdown_()
    assert r"\begin{longtable}" in table._repr_latex_()
    (count,) = (last_value(one, names) for one in INLINE.findall(body))
    assert count == len(names["study"].patients) > 50
