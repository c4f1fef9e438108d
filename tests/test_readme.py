"""The README tells the truth."""

import doctest
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"


def test_examples_run() -> None:
    """Every example of the README prints what the README says."""
    found = doctest.testfile(str(README), module_relative=False, encoding="utf-8")
    assert found.attempted >= 10
    assert found.failed == 0


@pytest.mark.parametrize(
    "command",
    [
        "python -m pip install . && python -m iph report",
        "python -m pip install '.[test]' && python -m pytest",
    ],
)
def test_the_two_commands_stand_on_lines_of_their_own(command: str) -> None:
    """What a new user copies is one line that needs only Python and pip."""
    assert command in README.read_text(encoding="utf-8").splitlines()
