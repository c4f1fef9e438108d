"""The examples of every run are new, and there are enough of them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent
ENOUGH = 100
LOAD = """
import runpy
import sys
runpy.run_path(sys.argv[1])
from hypothesis import settings
now = settings()
print(now.derandomize, now.max_examples, now.deadline)
"""


def test_nothing_is_drawn_twice_on_purpose() -> None:
    """Whatever profile is in use, its examples do not come from the test's name."""
    assert not settings().derandomize


@pytest.mark.parametrize(
    ("environment", "printed"),
    [
        ({}, "False 100 None"),
        ({"CI": "true"}, "False 100 None"),
        ({"CI": "true", "GITHUB_ACTIONS": "true"}, "False 100 None"),
        ({"HYPOTHESIS_PROFILE": "long"}, "False 2000 None"),
        ({"HYPOTHESIS_PROFILE": "smoke", "CI": "1"}, "False 5 None"),
    ],
)
def test_continuous_integration_draws_as_the_desk_does(
    environment: dict[str, str], printed: str
) -> None:
    """Hypothesis' own profile for continuous integration does not creep in."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in {"CI", "GITHUB_ACTIONS", "HYPOTHESIS_PROFILE"}
    }
    answer = subprocess.run(  # noqa: S603 - this Python, our own file
        [sys.executable, "-c", LOAD, str(HERE / "conftest.py")],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == printed


def test_fewer_examples_have_a_reason() -> None:
    """A property that asks for fewer than 100 examples says on its line why."""
    silent = [
        f"{path.relative_to(HERE)}: {line.strip()}"
        for path in sorted(HERE.rglob("test_*.py"))
        if path.name != Path(__file__).name
        for line in path.read_text(encoding="utf-8").splitlines()
        for number in re.findall(r"max_examples=([\d_]+)", line)
        if int(number) < ENOUGH and not re.search(r"#.*[a-z]{4}", line)
    ]
    assert not silent
