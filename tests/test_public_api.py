"""What is public: the names, their pages, their docstrings, and their references."""

import ast
import doctest
import enum
import importlib
import inspect
import pickle
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest
from numpydoc.docscrape import ClassDoc, FunctionDoc
from numpydoc.validate import validate

import iph

ROOT = Path(__file__).parents[1]
BIBLIOGRAPHY = Path(iph.__file__).parent / "report" / "references.bib"
ROOMS = (
    "iph",
    "iph.criteria",
    "iph.design",
    "iph.errors",
    "iph.evidence",
    "iph.fields",
    "iph.protocol",
    "iph.records",
    "iph.report",
    "iph.scales",
    "iph.stats",
    "iph.study",
    "iph.testing",
)
MODULES = {name: importlib.import_module(name) for name in ROOMS}
PUBLIC = {
    f"{room}.{name}": getattr(module, name)
    for room, module in MODULES.items()
    for name in module.__all__
}
FUNCTIONS = [
    n for n, thing in PUBLIC.items() if inspect.isfunction(inspect.unwrap(thing))
]
CLASSES = [name for name, thing in PUBLIC.items() if inspect.isclass(thing)]
RECORDS = [name for name in CLASSES if attrs.has(PUBLIC[name])]
CALLABLES = FUNCTIONS + CLASSES

# What a room needs to load its names when they are first used.
LOADERS = {"Any", "TYPE_CHECKING", "attach_stub", "import_module"}

# Checks of numpydoc that are left out, each with its reason.
LEFT_OUT = {
    "ES01": "the summary often says it all",
    "SA01": "not everything has a neighbor",
    "SS05": "takes nouns such as Quartiles or Odds for verbs",
    "GL01": "the summary begins on the first line, as ruff's D212 asks",
    "RT02": "a result named by its class needs no second name",
}
# Classes are made by attrs, enum or Protocol; what their fields are is checked below.
LEFT_OUT_OF_CLASSES = LEFT_OUT | {
    "PR01": "fields stand under Attributes",
    "PR02": "fields stand under Attributes",
    "EX01": "a result is shown by the function that returns it",
}


@pytest.mark.parametrize("room", ROOMS)
def test_all_is_sorted_and_whole(room: str) -> None:
    """A room's `__all__` is what it imports: nothing more, nothing less, in order."""
    module = MODULES[room]
    constants = sorted(n for n in module.__all__ if n.isupper())
    classes = sorted(n for n in module.__all__ if n[0].isupper() and not n.isupper())
    functions = sorted(n for n in module.__all__ if n[0].islower())
    if room == "iph.stats":  # lazy_loader lists the names of the stub by letter
        assert module.__all__ == sorted(constants + classes + functions)
    else:
        assert module.__all__ == constants + classes + functions
    if room == "iph.stats":  # what has been used is bound, or not: the stub says all
        stub = Path(str(module.__file__)).with_suffix(".pyi").read_text("utf-8")
        named = [n for n in ast.walk(ast.parse(stub)) if isinstance(n, ast.ImportFrom)]
        listed = {alias.asname for node in named for alias in node.names}
        assert listed == set(module.__all__)
    elif room not in {"iph.errors", "iph.fields"}:  # modules, with what they need
        bound = {
            name
            for name, thing in vars(module).items()
            if not name.startswith("_") and not isinstance(thing, ModuleType)
        }
        assert bound - LOADERS == set(module.__all__)


def test_names_are_pinned() -> None:
    """The public names are those of tests/public_names.txt; a change is deliberate."""
    listed = (ROOT / "tests" / "public_names.txt").read_text(encoding="utf-8")
    assert sorted(PUBLIC) == sorted(listed.split())


@pytest.mark.parametrize("room", ROOMS)
def test_every_name_is_on_an_api_page(room: str) -> None:
    """Each public name of a room stands on exactly one page of the reference."""
    found: list[str] = []
    for page in (ROOT / "docs" / "reference").glob("*.rst"):
        text = page.read_text(encoding="utf-8")
        if f".. currentmodule:: {room}\n" in text:
            found += re.findall(r"^   (\w+)$", text, flags=re.MULTILINE)
            found += re.findall(r"^\.\. py:data:: (\w+)$", text, flags=re.MULTILINE)
    assert sorted(found) == sorted(MODULES[room].__all__)


def faults(name: str, left_out: dict[str, str]) -> list[str]:
    """Return what numpydoc finds wrong with a docstring."""
    try:
        errors = validate(name)["errors"]
    except OSError:  # a strategy, whose signature hypothesis makes: no source
        return []
    return [f"{code}: {text}" for code, text in errors if code not in left_out]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_of_a_function_is_complete(name: str) -> None:
    """A function says what it takes, returns and raises, and shows an example."""
    assert not faults(name, LEFT_OUT)
    parsed = FunctionDoc(PUBLIC[name])
    assert parsed["Parameters"] or not inspect.signature(PUBLIC[name]).parameters
    assert parsed["Returns"]
    assert any(">>> " in line for line in parsed["Examples"])


@pytest.mark.parametrize("name", CLASSES)
def test_docstring_of_a_class_is_complete(name: str) -> None:
    """A class says what it is, by the rules of numpydoc."""
    assert not faults(name, LEFT_OUT_OF_CLASSES)


@pytest.mark.parametrize("name", RECORDS)
def test_fields_are_documented(name: str) -> None:
    """Each field of an object or result stands in its docstring, with a type."""
    parsed = ClassDoc(PUBLIC[name], config={"show_class_members": False})
    documented: dict[str, str] = {}
    for section in ("Parameters", "Attributes"):
        for entry in parsed[section]:
            for part in entry.name.split(", "):
                documented[part] = entry.type
    fields = [f.name for f in attrs.fields(PUBLIC[name]) if not f.name.startswith("_")]
    assert set(fields) <= set(documented)
    assert all(documented[field] for field in fields)


@pytest.mark.parametrize("name", CLASSES)
def test_members_are_documented(name: str) -> None:
    """Public methods and properties of public classes have docstrings."""
    thing = PUBLIC[name]
    if thing.__module__.partition(".")[0] != "iph":
        return
    for member, value in vars(thing).items():
        if member.startswith("_") or (
            isinstance(thing, enum.EnumMeta) and member in thing.__members__
        ):
            continue
        if isinstance(value, (property, classmethod)) or inspect.isfunction(value):
            assert inspect.getdoc(getattr(thing, member)), f"{name}.{member}"


@pytest.mark.parametrize("name", RECORDS)
def test_records_are_frozen(name: str) -> None:
    """An object of the model or a result cannot be changed."""
    setters = PUBLIC[name].__setattr__
    assert setters.__name__ == "_frozen_setattrs" or "frozen" in repr(setters)


STATISTICS = [name for name in CALLABLES if name.startswith("iph.stats.")]


@pytest.mark.parametrize("name", STATISTICS)
def test_a_statistic_is_of_its_room(name: str) -> None:
    """What is public names the room, never the file, so that a pickle outlives it."""
    thing = PUBLIC[name]
    assert (thing.__module__, thing.__qualname__) == ("iph.stats", thing.__name__)
    assert pickle.loads(pickle.dumps(thing)) is thing  # noqa: S301 - ours


def test_a_result_of_a_private_module_is_of_the_room() -> None:
    """Also a result that never went through the public name is pickled by it."""
    program = (
        "import pickle; from iph.stats._description.quartiles import quartiles; "
        "print(pickle.dumps(quartiles([1, 2, 3])))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "iph.stats" in done.stdout
    assert "_description" not in done.stdout


@pytest.mark.parametrize("name", [n for n in STATISTICS if n in FUNCTIONS])
def test_a_signature_can_be_read(name: str) -> None:
    """`help` opens with words: ArrayLike and Iterable, no inside of NumPy or typing."""
    shown = str(inspect.signature(PUBLIC[name]))
    assert not re.search(r"numpy|typing\.|collections\.|_[A-Z]", shown), shown
    assert len(shown) < 800


def test_examples_of_result_classes_run() -> None:
    """Doctest passes over a class whose module is not its file; here it is run."""
    runner = doctest.DocTestRunner(verbose=False)
    finder = doctest.DocTestFinder()
    for name in STATISTICS:
        if name in CLASSES:
            for test in finder.find(PUBLIC[name], name, module=False, globs={}):
                assert runner.run(test).failed == 0


def dois(text: str) -> set[str]:
    """Return the DOIs in a text, without the punctuation around them."""
    found = set()
    for doi in re.findall(r"\b10\.\d{4,5}/[^\s`\"'}]+", text):
        bare = doi.rstrip(".,;:")
        while bare.endswith(")") and bare.count(")") > bare.count("("):
            bare = bare[:-1].rstrip(".,;:")
        found.add(bare)
    return found


def test_dois_are_those_of_the_bibliography() -> None:
    """The DOIs of the source stand in report/references.bib, and no others."""
    cited: set[str] = set()
    for path in Path(iph.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^\s*'10\..*'$", "", text, flags=re.MULTILINE)  # printed by code
        cited |= dois(text)
    listed = dois(BIBLIOGRAPHY.read_text(encoding="utf-8"))
    assert cited == listed


def plain(name: str) -> str:
    """Return a name in lower case, without accents and the braces of TeX."""
    bare = unicodedata.normalize("NFKD", re.sub(r"[^\w ,.-]", "", name))
    return bare.encode("ascii", "ignore").decode().lower()


def entries() -> set[tuple[str, str]]:
    """Return the first author and the year of every entry of the bibliography."""
    text = BIBLIOGRAPHY.read_text(encoding="utf-8")
    found = set()
    for entry in re.findall(r"^@\w+\{.*?^\}", text, re.DOTALL | re.MULTILINE):
        author = re.search(r"(?:author|title) = \{(.*)\},", entry)
        year = re.search(r"year = \{(\d+)\}", entry)
        assert author, entry
        assert year, entry
        found.add((re.split(r"[, ]", plain(author[1]))[0], year[1]))
    return found


def test_references_are_those_of_the_bibliography() -> None:
    """Every numbered reference of a docstring has an entry, with a DOI or without."""
    listed = entries()
    cited = 0
    for path in Path(iph.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        pattern = r"^ *\.\. \[\d+\] (.*?)(?=\n *\.\. \[|\n *\n|\n *\"\"\")"
        for found in re.findall(pattern, text, re.DOTALL | re.MULTILINE):
            reference = " ".join(found.split())
            author = plain(re.split(r"[ ,.]", reference)[0])
            years = re.findall(r"\b(?:1[89]|20)\d\d\b", reference)
            assert any((author, year) in listed for year in years), reference
            cited += 1
    assert cited > 100


def test_import_stays_cheap() -> None:
    """`import iph` loads numpy and attrs, and none of the heavy libraries."""
    program = (
        "import sys, iph; heavy = {'scipy', 'pandas', 'lifelines', 'matplotlib', "
        "'narwhals', 'hypothesis', 'polars', 'pyarrow'}; "
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def constants() -> dict[str, Any]:
    """Return the public constants: instances, tuples and mappings."""
    return {name: thing for name, thing in PUBLIC.items() if name not in {*CALLABLES}}


@pytest.mark.parametrize("name", constants())
def test_constants_cannot_be_changed(name: str) -> None:
    """A published rule is no variable: constants are frozen, tuples or read-only."""
    thing = PUBLIC[name]
    assert attrs.has(type(thing)) or type(thing).__name__ in {"tuple", "mappingproxy"}
