"""Which tests run which line of a room, and how long they take."""

import hashlib
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from changes import ROOT, SETTINGS, Mutant, lines_of

LIMITS = SETTINGS["limits"]
_OPTIONS = (
    "-q",
    "-x",
    "--tb=no",
    "-p",
    "no:cacheprovider",
    "-p",
    "_hypothesis_pytestplugin",
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


class _Tracer:
    """A pytest plugin: the lines and the seconds of each test."""

    def __init__(self, coverage: Any) -> None:
        self.coverage = coverage
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.coverage.switch_context(item.nodeid)
        start = time.process_time()
        yield
        self.seconds[item.nodeid] = time.process_time() - start
        self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def run_tests(arguments: Sequence[str], *plugins: object) -> int:
    """Run pytest in this process and return its answer."""
    sys.path.insert(0, str(ROOT / "src"))
    return int(pytest.main([*_OPTIONS, *arguments], plugins=[_Profile(), *plugins]))


@attrs.frozen(kw_only=True)
class Traced:
    """Which tests run which line, and how long they take.

    Attributes
    ----------
    ran : dict
        Path, then line, then names of tests.
    seconds : dict
        Of each test.
    """

    ran: dict[str, dict[str, list[str]]]
    seconds: dict[str, float]

    def tests_for(self, mutant: Mutant) -> tuple[list[str], list[str]]:
        """Return the tests of the module itself, and the others."""
        by_line = self.ran.get(mutant.path, {})
        statement = lines_of(ROOT / mutant.path).statement
        lines = statement.get(mutant.line, {mutant.line})
        found = {test for line in lines for test in by_line.get(str(line), ())}
        near = {mutant.path}
        every = found
        if not found:  # run when the module is loaded: who uses it may notice
            near |= _importers(mutant.module, tuple(self.ran))
            found = {t for path in near for ts in self.ran[path].values() for t in ts}
            every = set(self.seconds)  # a test that reads a constant runs no line
        own = _tests_of({mutant.path}, every) or _tests_of(near, every)
        return self._affordable(own), self._affordable(found - own)

    def _affordable(self, tests: Iterable[str]) -> list[str]:
        chosen, spent = [], 0.0
        files: set[Path] = set()
        for test in sorted(tests, key=lambda test: (self.seconds[test], test)):
            spent += self.seconds[test]
            if spent > LIMITS["seconds_of_tests"]:
                break
            if _file(test) not in files and len(files) == LIMITS["test_files"]:
                continue
            files.add(_file(test))
            chosen.append(test)
        return sorted(chosen, key=_file)  # within a file the fast ones stay first


def _tests_of(modules: set[str], tests: set[str]) -> set[str]:
    """Return the examples of modules, and the tests of the files named like them."""
    mirrors = {f"test_{Path(path).stem.strip('_')}" for path in modules}
    return {t for t in tests if t.split("::")[0] in modules or _file(t).stem in mirrors}


def _file(test: str) -> Path:
    return Path(test.split("::", maxsplit=1)[0])


@cache
def _importers(module: str, paths: tuple[str, ...]) -> set[str]:
    line = f"from {module} import"
    return {path for path in paths if line in (ROOT / path).read_text(encoding="utf-8")}


def modules_of(room: dict[str, Any]) -> list[Path]:
    """Return the modules of a room; faces hold nothing that could be changed."""
    found = [path for pattern in room["modules"] for path in ROOT.glob(pattern)]
    return sorted(path for path in found if path.name != "__init__.py")


def _test_files(room: dict[str, Any]) -> list[Path]:
    found: set[Path] = set(modules_of(room))  # for their examples
    for name in room["tests"]:
        path = ROOT / name
        found |= set(path.glob("test_*.py")) if path.is_dir() else {path}
    return sorted(found)


def _digest(paths: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def trace(room: dict[str, Any], folder: Path) -> Traced:
    """Run the tests of a room that have changed, and return what each test runs."""
    folder.mkdir(parents=True, exist_ok=True)
    modules, tests = modules_of(room), _test_files(room)
    source = _digest(modules)[:12]
    kept = {test: folder / f"{_digest([test])[:12]}-{source}.json" for test in tests}
    new = {test: path for test, path in kept.items() if not path.exists()}
    if new:
        pid = os.fork()  # so that this process has not loaded what will be changed
        if pid == 0:
            _run_traced(new, modules)
            os._exit(0)
        if os.waitpid(pid, 0)[1]:
            sys.exit("tests fail without any change")
    ran: dict[str, defaultdict[str, list[str]]] = {
        str(module.relative_to(ROOT)): defaultdict(list) for module in modules
    }
    seconds: dict[str, float] = {}
    for path in kept.values():
        found = json.loads(path.read_text(encoding="utf-8"))
        seconds |= found["seconds"]
        for module, by_line in found["ran"].items():
            for line, names in by_line.items():
                ran[module][line] += names
    return Traced(
        ran={path: dict(by_line) for path, by_line in ran.items()}, seconds=seconds
    )


def _run_traced(new: dict[Path, Path], modules: Sequence[Path]) -> None:
    import coverage

    measure = coverage.Coverage(
        data_file=None, config_file=False, include=[str(m) for m in modules]
    )
    tracer = _Tracer(measure)
    measure.start()
    status = run_tests([*map(str, new), "--maxfail=1000"], tracer)
    measure.stop()
    if tracer.failed or status not in {0, 5}:  # 5: a module without an example
        sys.stdout.write("\n".join(["they fail:", *tracer.failed, ""]))
        sys.stdout.flush()
        os._exit(1)
    data = measure.get_data()
    parts: dict[str, dict[str, Any]] = {
        str(test.relative_to(ROOT)): {"ran": {}, "seconds": {}} for test in new
    }
    for name, seconds in tracer.seconds.items():
        parts[str(_file(name))]["seconds"][name] = seconds
    for module in modules:
        place = str(module.relative_to(ROOT))
        for line, contexts in data.contexts_by_lineno(str(module)).items():
            for name in filter(None, contexts):
                by_line = parts[str(_file(name))]["ran"].setdefault(place, {})
                by_line.setdefault(str(line), []).append(name)
    for test, path in new.items():
        text = json.dumps(parts[str(test.relative_to(ROOT))])
        path.write_text(text, encoding="utf-8")
