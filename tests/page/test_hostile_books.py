"""Workbooks that are broken or meant to do harm, as the page answers them."""

import importlib.util
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from iph._page import answer

_PLACE = Path(__file__).parents[1] / "records" / "sheets" / "hostile_books.py"
_SPEC = importlib.util.spec_from_file_location("hostile_books", _PLACE)
assert _SPEC is not None
assert _SPEC.loader is not None
hostile_books: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(hostile_books)


@pytest.mark.parametrize("library", ["python_calamine", "openpyxl"])
def test_each_is_answered_in_words(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By either library; without the first, kinds that it alone reads are named."""
    if library == "openpyxl":  # as in a browser
        monkeypatch.setitem(sys.modules, "python_calamine", None)
    for name, (make, words) in hostile_books.BOOKS.items():
        found = answer("look", {"file": name}, {name: make()})
        said = found.said.get("error") or json.dumps(found.said["errors"])
        needs = "needs python-calamine" in said and name.endswith((".xls", ".ods"))
        assert needs or re.search(words, said), (name, said)
        assert not needs or library == "openpyxl"
        assert found.files == {}
