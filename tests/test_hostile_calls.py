"""Some of the calls that nobody meant; `benchmarks/calls.py` makes all of them."""

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import pytest

_SPEC = importlib.util.spec_from_file_location(
    "hostile_calls", Path(__file__).parent / "hostile_calls.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
hostile_calls: Any = importlib.util.module_from_spec(_SPEC)
sys.modules["hostile_calls"] = hostile_calls
_SPEC.loader.exec_module(hostile_calls)


@pytest.mark.skipif(os.name == "nt", reason="a call is ended by an alarm")
@pytest.mark.parametrize(
    "package",
    ["iph"]
    + [
        f"iph.{room}"
        for room in ("scales", "criteria", "fields", "protocol", "design", "report")
    ],
)
def test_a_hostile_argument_is_refused_in_words(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call works or raises an error of iph, whatever stands in an argument."""
    monkeypatch.chdir(tmp_path)
    found = hostile_calls.run(most=120, seed=17, package=package, seconds=60)
    assert found["crashes"] == []
    assert found["n_calls"] == 120
    assert set(found["outcomes"]) == {"works", "refused"}
