"""Runs a mutant from the start: all that is changed is loaded anew."""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import CodeType
from typing import Any

from changes import ROOT, Mutant
from mirror import Patience, run_tests
from pool import NO_MUTANT, limit_seconds


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


def run_fresh(mutant: Mutant, stages: Sequence[Sequence[str]]) -> int:
    """Run tests in this process, which is a fork, and return pytest's answer."""
    code = mutant.code()
    if code is None:
        return NO_MUTANT
    finder = _Finder(mutant.module, str(ROOT / mutant.path), code)
    for stage, tests in enumerate(stages):
        limit_seconds(stage)
        answer = run_tests([*tests], finder, Patience()) if tests else 0
        if answer:
            return answer
    return 0
