"""The notebook of the tutorial runs, shows its figures and does not flood the page."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "docs" / "tutorial" / "notebook.ipynb"
MOST_CHARACTERS = 2_000


@pytest.fixture(scope="module")
def cells() -> list[Any]:
    """Return the cells of code after they were run in a fresh kernel."""
    read: Any = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") for cell in read.cells), "kept with outputs"
    client = NotebookClient(
        read,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOK.parent)}},
    )
    client.execute()
    return [cell for cell in read.cells if cell.cell_type == "code"]


def shown(cell: Any) -> dict[str, str]:
    """Return what a cell shows, by kind."""
    data: dict[str, str] = {}
    for output in cell.outputs:
        assert output.output_type == "execute_result", output
        data |= output.data
    return data


def test_each_figure_is_shown_in_a_fresh_kernel(cells: list[Any]) -> None:
    """A cell that ends with a figure shows a picture, once."""
    figures = [cell for cell in cells if "_figure(" in cell.source]
    assert len(figures) > 3
    for cell in figures:
        assert "image/png" in shown(cell), cell.source
        assert len(cell.outputs) == 1


def test_no_output_floods_the_page(cells: list[Any]) -> None:
    """What is not a table that was asked for is short."""
    for cell in cells:
        texts = shown(cell)
        assert len(texts["text/plain"]) < MOST_CHARACTERS, cell.source
        if "sheet(" not in cell.source:
            assert len(texts.get("text/html", "")) < MOST_CHARACTERS, cell.source


def test_each_table_is_shown_as_one(cells: list[Any]) -> None:
    """A cell that ends with a table shows it as a table."""
    tables = [cell for cell in cells if "sheet(" in cell.source]
    assert len(tables) > 2
    assert all("<table" in shown(cell)["text/html"] for cell in tables)
