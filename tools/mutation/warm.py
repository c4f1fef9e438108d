"""Runs mutants of functions in forks of one session of pytest that is ready to test.

All tests of a room are collected once. A fork puts the changed code into the functions
that the tests have already imported, and runs its tests at once. What is run while
modules are loaded cannot be changed so: those mutants are left to `fresh`.
"""

import gc
import importlib
import itertools
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from types import FrameType, FunctionType
from typing import Any, NoReturn

import pytest
from changes import ROOT, Mutant, lines_of
from mirror import is_enough, quick_first
from pool import NO_MUTANT, NOT_HERE, Pool, is_control, limit_seconds

_SOURCE = str(ROOT / "src")


class Session:
    """A pytest plugin that runs mutants in place of the tests."""

    def __init__(self, pool: Pool, mutants: Sequence[Mutant]) -> None:
        self._pool, self._mutants = pool, mutants
        self._items: defaultdict[str, list[pytest.Item]] = defaultdict(list)
        self._failed = False
        self._called: set[tuple[str, str]] = set()

    def pytest_collection(self) -> None:
        """Watch which functions are called while modules are loaded.

        The packages are loaded before pytest collects: else it loads the first module
        of examples by its path, and the package then loads that module once more, so
        that the tests hold functions of a module that is not the one of the mutant.
        """
        sys.setprofile(self._watch)
        for package in sorted({m.module.rpartition(".")[0] for m in self._mutants}):
            importlib.import_module(package)

    def _watch(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(_SOURCE):
            outermost = code.co_qualname.split(".<locals>")[0]
            self._called.add((code.co_filename, outermost))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> NoReturn:
        """Run the mutants, then end this process."""
        sys.setprofile(None)
        for item in session.items:
            self._items[item.nodeid.split("::")[0]].append(item)
        gc.collect()
        gc.freeze()  # so that no fork looks through it again
        self._pool.run([m for m in self._mutants if self._is_plain(m)], self._run)
        os._exit(0)

    def _is_plain(self, mutant: Mutant) -> bool:
        """Say whether the change is in a function that was not called so far."""
        if is_control(mutant):
            return True
        function = lines_of(ROOT / mutant.path).function.get(mutant.line)
        path = str(ROOT / mutant.path)
        return function is not None and (path, function) not in self._called

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        self._failed |= report.failed

    def _run(self, mutant: Mutant, stages: Sequence[Sequence[str]]) -> int:
        if not is_control(mutant):
            code = mutant.code()
            if code is None:
                return NO_MUTANT
            if not _put(mutant, code):
                return NOT_HERE
        for stage, tests in enumerate(stages):
            limit_seconds(stage)
            items = quick_first(i for test in tests for i in self._items[test])
            for item, after in itertools.zip_longest(items, items[1:]):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
                if self._failed:
                    return 1
                if is_enough() and not is_control(mutant):
                    return 0
        return 0


def _put(mutant: Mutant, code: str) -> bool:
    """Give the changed code to the function that holds it; False if it cannot be."""
    module = sys.modules.get(mutant.module)
    name = lines_of(ROOT / mutant.path).function[mutant.line]
    if module is None:
        return False
    fresh: dict[str, Any] = {
        key: value for key, value in vars(module).items() if key.startswith("__")
    }
    exec(compile(code, str(module.__file__), "exec", dont_inherit=True), fresh)  # noqa: S102 - the mutant
    old, new = _function(vars(module), name), _function(fresh, name)
    if old is None or new is None:
        return False
    try:
        old.__code__ = new.__code__
    except ValueError:  # another number of variables from outside
        return False
    return True


def _function(names: dict[str, Any], name: str) -> FunctionType | None:
    found: Any = None
    for part in name.split("."):
        if part not in names:
            return None
        found = names[part]
        names = dict(vars(found)) if isinstance(found, type) else {}
    if isinstance(found, property):
        found = found.fget
    elif isinstance(found, (classmethod, staticmethod)):
        found = found.__func__
    elif isinstance(found, cached_property):
        found = found.func
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    return found if isinstance(found, FunctionType) else None
