"""Which tests speak of which module: by the names of the files, which mirror it."""

import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from changes import ROOT, SETTINGS, Mutant

LIMITS = SETTINGS["limits"]
_OPTIONS = (
    "-q",
    "-x",
    "--tb=no",
    "-p",
    "no:cacheprovider",
    "-p",
    "_hypothesis_pytestplugin",
    "-o",  # less what needs plugins, of which no other is loaded
    "addopts=--import-mode=importlib --doctest-modules",
    f"--rootdir={ROOT}",
)


class _Profile:
    """A pytest plugin: the examples of continuous integration, but never shrunk."""

    @staticmethod
    def pytest_collection() -> None:
        from hypothesis import Phase, settings

        settings.register_profile(
            "mutation",
            parent=settings.get_profile("ci"),
            phases=(Phase.explicit, Phase.generate),
        )
        settings.load_profile("mutation")


class _QuickFirst:
    """A pytest plugin: what only compares goes before what draws or reads files."""

    @staticmethod
    def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
        items[:] = quick_first(items)


def quick_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Return the tests in the order of their effort."""
    return sorted(items, key=_effort)


def _effort(item: pytest.Item) -> int:
    drawn = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    return 2 if drawn else int(bool(getattr(item, "fixturenames", ())))


def run_tests(arguments: list[str], *plugins: object) -> int:
    """Run pytest in this process and return its answer."""
    sys.path.insert(0, str(ROOT / "src"))
    every = [_Profile(), _QuickFirst(), *plugins]
    return int(pytest.main([*_OPTIONS, *arguments], plugins=every))


def modules_of(room: dict[str, Any]) -> list[Path]:
    """Return the modules of a room; faces hold nothing that could be changed."""
    found = [path for pattern in room["modules"] for path in ROOT.glob(pattern)]
    return sorted(path for path in found if path.name != "__init__.py")


@cache
def tests_of(room: str) -> tuple[str, ...]:
    """Return all files with tests of a room, its modules' examples included."""
    settings = SETTINGS["room"][room]
    found = [str(path.relative_to(ROOT)) for path in modules_of(settings)]
    for name in settings["tests"]:
        path = ROOT / name
        files = sorted(path.glob("test_*.py")) if path.is_dir() else [path]
        found += [str(file.relative_to(ROOT)) for file in files]
    return tuple(found)


def tests_for(mutant: Mutant, room: str) -> list[str]:
    """Return the files that must notice a mutant, of its module or of its users.

    The module's examples and the tests that are named like it; a part without tests of
    its own is tested by those of the modules that import it.
    """
    return list(_tests_for(mutant.path, room))


@cache
def _tests_for(path: str, room: str) -> tuple[str, ...]:
    paths = [str(p.relative_to(ROOT)) for p in modules_of(SETTINGS["room"][room])]
    users = {path}
    for _ in range(LIMITS["imports"]):
        mirrors = {f"test_{Path(user).stem.strip('_')}" for user in users}
        named = [f for f in tests_of(room) if f in users or Path(f).stem in mirrors]
        if any(Path(file).stem in mirrors for file in named):
            break
        users |= {p for p in paths for user in users if _imports(p, user)}
    return tuple(
        sorted(named, key=lambda file: not file.startswith("src"))[: LIMITS["files"]]
    )


@cache
def _imports(path: str, used: str) -> bool:
    module = ".".join(Path(used).relative_to("src").with_suffix("").parts)
    return f"from {module} import" in (ROOT / path).read_text(encoding="utf-8")
