"""Hostile files dropped on the page: words, and no more harm than in Python."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from iph._page import LARGEST, answer

SHEETS = Path(__file__).parents[1] / "records" / "sheets"
HOSTILE = sorted(
    path for path in SHEETS.iterdir() if path.suffix != ".py" and path.is_file()
)
SOUND = SHEETS / "title.csv"
DEEP = {
    "a.json": "[" * 200_000,
    "list.toml": "a = " + "[" * 50_000,
}
_SPEC = importlib.util.spec_from_file_location(
    "hostile_books", SHEETS / "hostile_books.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
hostile_books: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(hostile_books)


def unread_endings(page: Any) -> set[str]:
    """Return the endings of the files that the page says it cannot read."""
    unread = page.inner_text("#unread") if page.locator("#unread").is_visible() else ""
    kinds = {
        "Stata": (".dta", ".xpt"),
        "Parquet": (".parquet", ".feather"),
        "OpenDocument": (".xls", ".ods", ".xlsb"),
    }
    return {end for kind, ends in kinds.items() if kind in unread for end in ends}


def test_hostile_files_do_no_more_harm_than_in_python(quiet: Any) -> None:
    """What the page can read is judged as the package judges it; else there are words.

    A page without a server cannot read some kinds, and names them beforehand.
    """
    page = quiet.page
    closed = unread_endings(page)
    assert len(HOSTILE) > 50
    for path in HOSTILE:
        quiet.drop(path)
        files = {path.name: path.read_bytes()}
        native = answer("look", {"file": path.name}, files).said
        words = page.inner_text("#trouble") if "error" in native else ""
        if path.suffix in closed:
            assert "read it with iph installed" in page.inner_text("#trouble")
        elif "error" in native:
            assert words.splitlines()[0] == native["error"].splitlines()[0]
        else:
            said = page.inner_text("#verdict")
            sound = "no errors" if native["ok"] else f"{native['n_errors']} error"
            assert sound in said, path.name
            assert f"{native['n_patients']} patient" in said, path.name


@pytest.mark.parametrize("name", hostile_books.BOOKS)
def test_a_hostile_workbook_is_answered_in_words(
    quiet: Any, tmp_path: Path, name: str
) -> None:
    """By the cell or the file that is wrong; nothing of it is run or shown as HTML."""
    page, path = quiet.page, tmp_path / name
    make, words = hostile_books.BOOKS[name]
    path.write_bytes(make())
    title = page.title()
    quiet.drop(path)
    said = page.inner_text("#trouble") or page.inner_text("#errors")
    if path.suffix in unread_endings(page):
        assert "read it with iph installed" in said or re.search(words, said)
    else:
        assert re.search(words, said), said
    assert "Traceback" not in said
    assert page.locator("#found img, #found b:has(b)").count() == 0
    assert page.title() == title


def test_what_stands_deep_in_brackets_does_not_end_python(
    quiet: Any, tmp_path: Path
) -> None:
    """A sheet and a study file are refused in words."""
    page = quiet.page
    for name, text in DEEP.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        quiet.drop(path, *[SOUND][: path.suffix == ".toml"])
        said = page.inner_text("#trouble")
        assert said.startswith(name), said
        assert "deep" in said or "]" in said, said
    page.locator("#leave-study").evaluate("button => button.click()")
    page.wait_for_selector("#verdict:has-text('no errors')")


DESK = Path(__file__).parents[2] / "web" / "desk.js"
DYING = """async ([text, way]) => {
  let started = 0;
  window.Worker = class {
    constructor() { started += 1; }
    terminate() {}
    postMessage({ parts, action }) {
      const tell = () => {
        if (parts) this.onmessage({ data: { ready: true } });
        else if (action !== "die") this.onmessage({ data: { said: "alive" } });
        else if (way === "failed") this.onmessage({ data: { failed: "no memory" } });
        else this.onerror({ message: "no memory" });
      };
      setTimeout(tell);
    }
  };
  const place = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const { openDesk } = await import(place);
  const desk = await openDesk(() => {}, key => key);
  const ask = action => desk.ask(action, {}, {}, () => {});
  const died = await ask("die").catch(problem => problem.message);
  return [died, (await ask("live")).said, started];
}"""


@pytest.mark.parametrize("way", ["failed", "error"])
def test_python_is_started_anew_after_what_ends_it(chromium: Any, way: str) -> None:
    """What went wrong is told, and the next question is answered."""
    page = chromium.new_page()
    page.set_content('<script type="application/json" id="parts">[]</script>')
    text = DESK.read_text(encoding="utf-8")
    assert page.evaluate(DYING, [text, way]) == ["no memory", "alive", 2]
    page.close()


def test_a_file_of_50_mb_is_refused_in_words(quiet: Any, tmp_path: Path) -> None:
    """Before it is read."""
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    quiet.drop(path)
    words = "large.csv is larger than 50 MB. Split it, or use the Python package."
    assert quiet.page.inner_text("#trouble") == words
