"""Hypothesis knows the domain types, and nobody pays who does not use them."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

import _iph_hypothesis
import iph

ROOT = Path(__file__).parents[1]
TYPES = [getattr(iph, name) for name in _iph_hypothesis._STRATEGIES]
DRAW = """
from hypothesis import given, settings, strategies as st
@settings(max_examples=1, database=None, deadline=None)  # the way in is tested
@given(st.from_type(iph.NerveInvolvement))
def draw(nerves):
    assert type(nerves) is iph.NerveInvolvement
draw()
"""


def _run(code: str) -> set[str]:
    """Run code in a fresh process with the hook alone; return what it has loaded."""
    hook = "import sys, _iph_hypothesis\n_iph_hypothesis.register()\n"
    done = subprocess.run(  # noqa: S603 - the interpreter that runs the tests
        [sys.executable, "-c", f"{hook}{code}\nprint(*sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
        env=os.environ
        | {
            "HYPOTHESIS_NO_PLUGINS": "1",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )
    return set(done.stdout.split())


def test_the_hook_is_an_entry_point() -> None:
    """The installed package names the hook, as the project does."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    stated = tomllib.loads(text)["project"]["entry-points"]["hypothesis"]
    assert stated == {"iph": "_iph_hypothesis:register"}
    (found,) = entry_points(group="hypothesis", name="iph")
    assert found.load() is _iph_hypothesis.register


@pytest.mark.parametrize("cls", TYPES, ids=lambda cls: str(cls.__name__))
@settings(max_examples=2)  # the way in is tested
@given(data=st.data())
def test_from_type_draws_legal_objects(cls: type, data: st.DataObject) -> None:
    """`from_type` gives objects of the strategies, whose fields are legal."""
    _iph_hypothesis.register()
    assert isinstance(data.draw(st.from_type(cls)), cls)


@pytest.mark.parametrize(
    "code",
    [
        f"import hypothesis, iph\n{DRAW}",
        f"import iph\nimport hypothesis\n_iph_hypothesis.register()\n{DRAW}",
        f"_iph_hypothesis.register()\nimport iph._model\nimport iph\n{DRAW}",
        # coverage asks where a package lies before anybody imports it
        f"from importlib.util import find_spec\nfind_spec('iph')\nimport iph\n{DRAW}",
    ],
)
def test_the_order_of_imports_does_not_matter(code: str) -> None:
    """Whichever comes first, patients can be drawn by their type."""
    assert "iph.testing" in _run(code)


def test_nothing_is_loaded_that_nobody_uses() -> None:
    """Hypothesis alone loads no iph and no numpy; with iph no strategies yet."""
    assert not _run("import hypothesis") & {"iph", "numpy"}
    loaded = _run("import hypothesis, iph")
    assert "iph.testing" not in loaded
    assert "scipy" not in loaded
    assert not _run("import json") & {"iph", "hypothesis"}
