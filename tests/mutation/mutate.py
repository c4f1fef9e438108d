"""Change the code in small ways and see whether a test notices.

The changes are those of cosmic-ray. `cosmic-ray exec` would start Python, NumPy and
pytest anew for each of them and run all tests of a room, which takes days. Here each
mutant lives in a fork of one warm process, and meets only the tests that run the
changed line, those of its own test file first. What is changed is said in
`settings.toml`; what no test noticed is kept in `survivors.toml`. See README.md.
"""

import argparse
import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import CodeType
from typing import Any

import attrs
from _pytest.config import default_plugins
from changes import ROOT, SETTINGS, Mutant, drawing_order, mutants_of, sampled
from survivors import record
from tracing import LIMITS, Traced, modules_of, run_tests, trace

_CONTROL = "control"  # in place of an operator: nothing is changed
_NO_MUTANT = 42
_KILLED_BY = {1: "test", 2: "import", 3: "pytest", 4: "collection"}


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module from changed source."""

    def __init__(self, name: str, path: str, code: str) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - its signature
        return compile(self._code, self.path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the one changed module before anything else does; a pytest plugin."""

    def __init__(self, name: str, path: str, code: str) -> None:
        self._name, self._path, self._code = name, path, code

    def find_spec(self, fullname: str, path: object, target: object = None) -> Any:  # noqa: ARG002 - its signature
        if fullname != self._name:
            return None
        loader = _Loader(fullname, self._path, self._code)
        return importlib.util.spec_from_file_location(
            fullname, self._path, loader=loader
        )

    def pytest_collection(self) -> None:
        """Go before the finder of pytest, which takes a file that is named to it."""
        sys.meta_path.insert(0, self)


def _child(mutant: Mutant, tests: Sequence[str], seconds: float) -> int:
    """Run tests in this process, which is a fork, and return pytest's answer."""
    limit = int(LIMITS["cpu_seconds"] + LIMITS["cpu_factor"] * seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
    memory = int(LIMITS["memory_gb"] * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    if mutant.operator == _CONTROL:
        return run_tests(tests)
    code = mutant.code()
    if code is None:
        return _NO_MUTANT
    return run_tests(tests, _Finder(mutant.module, str(ROOT / mutant.path), code))


def _verdict(status: int) -> str:
    """Return "" if every test passed, else what killed the mutant."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        out_of_time = number in {signal.SIGXCPU, signal.SIGKILL}
        return "timeout" if out_of_time else f"signal {number}"
    code = os.WEXITSTATUS(status)
    if code == _NO_MUTANT:
        return "no mutant"
    return "" if code == 0 else _KILLED_BY.get(code, f"exit {code}")


@attrs.define
class _Running:
    mutant: Mutant
    later: list[list[str]]
    started: float = 0.0
    wall: float = 0.0
    seconds: float = 0.0


class Pool:
    """Runs mutants in a few forks at a time."""

    def __init__(self, traced: Traced, workers: int, state: Path) -> None:
        self._traced, self._workers, self._state = traced, workers, state
        self._running: dict[int, _Running] = {}

    def run(self, mutants: Sequence[Mutant]) -> None:
        """Run each mutant and append what became of it to the state."""
        for place, mutant in enumerate(mutants, start=1):
            while len(self._running) >= self._workers:
                self._wait()
            stages = [tests for tests in self._traced.tests_for(mutant) if tests]
            self._next(_Running(mutant, stages))
            if place % 50 == 0:
                sys.stdout.write(f"{time.strftime('%X')} {place}/{len(mutants)}\n")
                sys.stdout.flush()
        while self._running:
            self._wait()

    def _next(self, job: _Running) -> None:
        if not job.later:
            self._write(job, "")
            return
        tests = job.later.pop(0)
        seconds = sum(self._traced.seconds[test] for test in tests)
        job.started = time.monotonic()
        job.wall = LIMITS["wall_factor"] * (LIMITS["cpu_seconds"] + seconds)
        pid = os.fork()
        if pid == 0:
            code = 1  # a mutant that ends everything, or breaks the runner
            with suppress(BaseException), open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
                code = _child(job.mutant, tests, seconds)
            os._exit(code)
        self._running[pid] = job

    def _wait(self) -> None:
        pid, status, used = os.wait4(-1, os.WNOHANG)
        if pid == 0:
            now = time.monotonic()
            for child, job in self._running.items():
                if now - job.started > job.wall:
                    os.kill(child, signal.SIGKILL)
            time.sleep(0.02)
            return
        job = self._running.pop(pid)
        job.seconds += used.ru_utime + used.ru_stime
        killed_by = _verdict(status)
        if killed_by:
            self._write(job, killed_by)
        else:
            self._next(job)

    def _write(self, job: _Running, killed_by: str) -> None:
        seconds = round(job.seconds, 2)
        row = {**attrs.asdict(job.mutant), "killed_by": killed_by, "seconds": seconds}
        with self._state.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def _read(state: Path) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    if state.exists():
        for line in state.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rows[row["key"]] = row
    return rows


def _controls(mutants: Sequence[Mutant]) -> list[Mutant]:
    """Return for each module a change of nothing, with the tests of one mutant."""
    first = {mutant.path: mutant for mutant in mutants}
    return [
        attrs.evolve(mutant, operator=_CONTROL, key=f"control {path}")
        for path, mutant in first.items()
    ]


def _warm(modules: Sequence[str]) -> None:
    """Load what all forks share: nothing that is changed."""
    parts = [f"_pytest.{name}" for name in default_plugins]
    for module in [*parts, *modules]:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # so that no fork looks through it again


def run(
    name: str, folder: Path, *, workers: int, again: bool, only: str, most: int | None
) -> None:
    """Run the mutants of a room that have not been run, or again the survivors."""
    room = SETTINGS["room"][name]
    traced = trace(room, folder / name)
    every = [mutant for path in modules_of(room) for mutant in mutants_of(path)]
    chosen = sampled(every, room.get("share", 1.0))
    state = folder / f"{name}.jsonl"
    done = _read(state)
    pending = [
        m
        for m in chosen
        if re.search(only, m.path)
        and (m.key not in done or (again and not done[m.key]["killed_by"]))
    ]
    controls = [c for c in _controls(pending) if c.key not in done]
    sys.stdout.write(f"{name}: {len(every)} mutants, {len(pending)} to run\n")
    sys.stdout.flush()
    _warm(room["preload"])
    pool = Pool(traced, workers, state)
    pool.run(controls)
    done = _read(state)
    wrong = [c.path for c in controls if done[c.key]["killed_by"]]
    if wrong:
        sys.exit(f"tests fail without a change: {', '.join(wrong)}")
    pool.run(sorted(pending, key=drawing_order)[:most])
    gc.unfreeze()
    done = _read(state)
    outcomes = {m: done[m.key]["killed_by"] for m in chosen if m.key in done}
    record(name, outcomes, listed=len(every))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("room", choices=sorted(SETTINGS["room"]))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "mutation")
    parser.add_argument("--again", action="store_true", help="also the survivors")
    parser.add_argument("--only", default="", help="a pattern of paths of modules")
    parser.add_argument("--most", type=int, help="stop after so many mutants")
    given = parser.parse_args()
    os.environ.update(
        HYPOTHESIS_PROFILE="ci",
        OPENBLAS_NUM_THREADS="1",
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
        PYTHONPATH=str(ROOT / "src"),  # for tests that start Python
    )
    sys.dont_write_bytecode = False  # each fork would compile everything anew
    os.chdir(ROOT)
    run(
        given.room,
        given.folder.resolve(),
        workers=given.workers,
        again=given.again,
        only=given.only,
        most=given.most,
    )


if __name__ == "__main__":
    main()
