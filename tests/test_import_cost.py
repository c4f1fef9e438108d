"""What loading iph loads with it."""

import ast
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

import iph
import iph.stats

HEAVY = frozenset({"scipy", "pandas", "matplotlib", "lifelines", "narwhals", "polars"})
ANALYSIS = """
from iph.stats import kaplan_meier, logrank
kaplan_meier([1, 2, 3], [1, 0, 1]).survival  # its exact bounds load scipy when read
kaplan_meier([1, 2, 3], [1, 0, 1], interval="log-log").median()
logrank([1, 2, 3], [1, 0, 1], ["a", "a", "b"], method="exact")
"""


def _loaded(code: str) -> set[str]:
    """Return the modules that a fresh process has loaded after some code."""
    run = subprocess.run(  # noqa: S603 - the interpreter that runs the tests
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
    )
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import iph",
        "from iph.stats import *",
        "from iph.scales import *",
        ANALYSIS,
    ],
)
def test_no_heavy_library_is_loaded(code: str) -> None:
    """Domain, scales and statistics load numpy and attrs, but nothing heavier."""
    found = {name.partition(".")[0] for name in _loaded(code)}
    assert {"numpy", "attrs"} <= found
    assert not found & HEAVY


def test_the_face_loads_no_statistics_nobody_asked_for() -> None:
    """Importing one statistic loads no wing it does not need, nor random numbers."""
    found = _loaded("from iph.stats import kaplan_meier")
    assert "iph.stats._survival.kaplan_meier" in found
    assert "iph.stats._groups" not in found
    assert "numpy.random" not in found
    assert not any(name.startswith("iph.stats._") for name in _loaded("import iph"))


@pytest.mark.parametrize("room", sorted({*iph.__dir__()} & iph._ROOMS))
def test_a_room_is_reached_from_the_face(room: str) -> None:
    """After `import iph`, each public room is there, and completion finds it."""
    found = _loaded(f"import iph; iph.{room}")
    assert f"iph.{room}" in found


def test_the_face_knows_its_rooms_and_version() -> None:
    """The rooms are those of the project; the version is that of the installation."""
    public = {
        path.stem
        for path in Path(iph.__file__).parent.iterdir()
        if not path.name.startswith("_") and path.suffix in {"", ".py"}
    }
    assert public == iph._ROOMS
    assert public <= set(dir(iph))
    assert iph.__version__ == version("iph")
    assert "importlib.metadata" not in _loaded("import iph")
    with pytest.raises(AttributeError, match=r"module 'iph' has no attribute 'x'"):
        iph.x  # type: ignore[attr-defined] # noqa: B018 - that is the test


def _imported() -> dict[str, str]:
    """Return the names that a type checker sees on the face, with their modules."""
    stub = Path(iph.stats.__file__).with_suffix(".pyi")
    tree = ast.parse(stub.read_text(encoding="utf-8"))
    return {
        alias.name: f"iph.stats.{node.module}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    }


def test_the_face_gives_what_type_checkers_see() -> None:
    """Each public name is the one that the import for type checkers names."""
    imported = _imported()
    assert sorted(imported) == sorted(iph.stats.__all__)
    for name, home in imported.items():
        assert getattr(iph.stats, name) is getattr(import_module(home), name)


def test_the_face_lists_its_names() -> None:
    """Completion at the prompt finds every public name, loaded or not."""
    found = dir(iph.stats)
    assert set(iph.stats.__all__) <= set(found)
    assert len(found) == len(set(found))


def test_an_unknown_name_is_refused_as_usual() -> None:
    """A name that iph.stats lacks raises what any module raises."""
    with pytest.raises(AttributeError, match=r"No iph\.stats attribute x"):
        iph.stats.x  # type: ignore[attr-defined] # noqa: B018 - that is the test
