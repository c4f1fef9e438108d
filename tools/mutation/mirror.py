"""Which tests speak of which module: by the names of the files, which mirror it."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
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
    """A pytest plugin: as many fresh examples as in every run, but never shrunk."""

    @staticmethod
    def pytest_collection() -> None:
        from hypothesis import Phase, settings

        settings.register_profile(
            "mutation",
            parent=settings.get_profile("fresh"),
            phases=(Phase.explicit, Phase.generate),
        )
        settings.load_profile("mutation")


class _QuickFirst:
    """A pytest plugin: what only compares goes before what draws or reads files."""

    @staticmethod
    def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
        items[:] = quick_first(items)


class Patience:
    """A pytest plugin: after a time no other test is begun, and none has failed."""

    @staticmethod
    def pytest_runtest_logfinish() -> None:
        """End the session, as passed, between two tests."""
        if is_enough():
            pytest.exit("that was long enough", returncode=0)


def is_enough() -> bool:
    """Say whether this process has tested for as long as it may."""
    return time.process_time() > LIMITS["patience"]


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
        files = sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
        found += [str(file.relative_to(ROOT)) for file in files]
    return tuple(found)


def stages_for(mutant: Mutant, room: str) -> tuple[list[str], list[str]]:
    """Return the files that must notice a mutant: its own tests, then those of users.

    Its own are the module's examples and the tests that are named like it. A part
    without tests of its own is tested by those of the modules that import it, be it
    through others; and so is what a mutant does elsewhere.
    """
    own, others = _stages_for(mutant.path, room)
    return list(own), list(others)


@cache
def _stages_for(path: str, room: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rings = list(_rings(path, room))
    own: list[str] = []
    for ring in rings:
        own += ring
        if any(not file.startswith("src") for file in ring):
            break
    own = sorted(own, key=lambda file: not file.startswith("src"))[: LIMITS["files"]]
    paths = [str(p.relative_to(ROOT)) for p in modules_of(SETTINGS["room"][room])]
    named = _named_like(paths, tests_of(room))
    rings.append([file for file in tests_of(room) if file not in named])
    others = [file for ring in rings for file in ring if file not in own]
    return tuple(own), tuple(others[: LIMITS["more_files"]])


def _rings(path: str, room: str) -> Iterator[list[str]]:
    """Yield the files of tests of a module, of those that import it, and so on."""
    paths = [str(p.relative_to(ROOT)) for p in modules_of(SETTINGS["room"][room])]
    ring, inside = [path], {path}
    for _ in range(LIMITS["imports"] + 1):
        yield _named_like(ring, tests_of(room))
        ring = [
            p for p in paths if p not in inside and any(_imports(p, u) for u in ring)
        ]
        inside.update(ring)


def _named_like(modules: Sequence[str], files: Sequence[str]) -> list[str]:
    mirrors = {f"test_{Path(module).stem.strip('_')}" for module in modules}
    return [f for f in files if f in modules or Path(f).stem in mirrors]


@cache
def _imports(path: str, used: str) -> bool:
    module = ".".join(Path(used).relative_to("src").with_suffix("").parts)
    return f"from {module} import" in (ROOT / path).read_text(encoding="utf-8")
