"""The pages of the documentation keep their word."""

import doctest
import importlib.util
import re
import shutil
from pathlib import Path

import pytest

from iph import report, stats

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    path
    for path in [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    if not {"generated", "_build"} & set(path.parts)
)
WITH_EXAMPLES = [p for p in PAGES if ">>> " in p.read_text(encoding="utf-8")]


def named(path: Path) -> str:
    """Name a page by its place in the project."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=named)
def test_examples_print_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every example of a page runs, in order, and prints what the page shows."""
    monkeypatch.chdir(tmp_path)
    for file in (DOCS / "tutorial" / "files").iterdir():
        shutil.copy(file, tmp_path)
    text = page.read_text(encoding="utf-8")
    # The fences around code are no output; as blank lines they keep the line numbers.
    plain = re.sub(r"^\s*(```|~~~|:::).*$", "", text, flags=re.MULTILINE)
    test = doctest.DocTestParser().get_doctest(plain, {}, page.name, str(page), 0)
    printed: list[str] = []
    runner = doctest.DocTestRunner(
        verbose=False,
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS,
    )
    runner.run(test, out=printed.append)
    assert not printed, "".join(printed)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_one_sentence_a_line(page: Path) -> None:
    """A line of prose ends where its sentence does, so that changes show as such."""
    text = re.sub(
        r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    prose = re.sub(r"`[^`]*`|\([^()]*\)", "", text)
    # An abbreviation, a number or an initial ends in a full stop as well.
    broken = re.findall(
        r"^(?![|:#\-\d\[]).*?[a-z]{3,}[.?!] [A-Z][a-z]+ .*$", prose, flags=re.MULTILINE
    )
    known = [line for line in broken if not re.search(r"et al\.|e\.g\.|vs\.", line)]
    assert not known


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_names_on_a_page_exist(page: Path) -> None:
    """A page speaks of no function that is not there (any more)."""
    text = page.read_text(encoding="utf-8")
    for dotted in re.findall(r"`(iph(?:\.\w+)+)", text):
        room, _, name = dotted.rpartition(".")
        found = hasattr(importlib.import_module(room), name) if room else True
        assert found or importlib.util.find_spec(dotted), dotted


def test_names_of_the_choice_of_tests_exist() -> None:
    """Every function that the choice of tests names is one of `iph.stats`."""
    page = DOCS / "explanation" / "which-test-when.md"
    names = re.findall(r"`([a-z_]+)`", page.read_text(encoding="utf-8"))
    assert len(names) > 40
    assert set(names) <= set(stats.__all__)


def test_every_figure_is_in_the_gallery() -> None:
    """A picture for each function that draws, and for each result that draws itself."""
    page = (DOCS / "reference" / "figures.md").read_text(encoding="utf-8")
    drawn_anew = (DOCS / "_ext" / "iph_figures.py").read_text(encoding="utf-8")
    functions = [name for name in report.__all__ if name.endswith("_figure")]
    results = [name for name in stats.__all__ if hasattr(getattr(stats, name), "plot")]
    assert len(functions) > 10
    assert len(results) > 2
    for name in functions:
        assert f'"{name}"' in drawn_anew or f"`iph.report.{name}`" in page, name
    for name in results:
        assert f"`~iph.stats.{name}.plot`" in page, name


def test_first_page_says_that_it_is_no_medical_device() -> None:
    """The reader meets the limits of use before anything else."""
    first = (DOCS / "index.md").read_text(encoding="utf-8").split("\n::::", 1)[0]
    assert "Not a medical device" in first
