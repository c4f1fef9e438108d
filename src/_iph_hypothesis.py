"""Tells Hypothesis how to draw patients, once both Hypothesis and iph are in use.

Hypothesis runs `register` whenever it is imported and iph is installed. So this module
stands beside the package and imports nothing of it: a test suite that has nothing to do
with patients pays nothing.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

_STRATEGIES = {
    "Assessment": "assessments",
    "Cohort": "cohorts",
    "FollowUp": "follow_ups",
    "Hematoma": "hematomas",
    "Imaging": "imagings",
    "Laboratory": "laboratories",
    "NerveInvolvement": "nerve_involvements",
    "Patient": "patients",
}


def register() -> None:
    """Register the strategies now, or as soon as iph is imported."""
    if "iph" in sys.modules:
        _register(sys.modules["iph"])
    elif not any(isinstance(finder, _Watcher) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Watcher())


def _register(iph: ModuleType) -> None:
    from hypothesis import strategies as st

    for name, strategy in _STRATEGIES.items():
        st.register_type_strategy(getattr(iph, name), _drawn_by(strategy))


def _drawn_by(strategy: str) -> Callable[[type[Any]], Any]:
    """Return what makes a strategy; `iph.testing` is imported only then."""

    def make(_: type[Any]) -> Any:
        import iph.testing

        return getattr(iph.testing, strategy)()

    return make


class _Watcher(importlib.abc.MetaPathFinder):
    """Waits for the import of iph, and steps aside then.

    To be asked where iph lies is no import: coverage, for one, asks before.
    """

    _asking = False

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - as the import system calls
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of iph, whose loader registers the strategies at the end."""
        if name != "iph" or self._asking:
            return None
        self._asking = True
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._asking = False
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def run_and_register(module: ModuleType) -> None:
                run(module)
                if self in sys.meta_path:
                    sys.meta_path.remove(self)
                _register(module)

            spec.loader.exec_module = run_and_register  # type: ignore[method-assign] # of this one import
        return spec
