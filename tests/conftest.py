"""Hypothesis profiles, and the reader of reference values."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent
collect_ignore = ["mutation"]  # programs of their own, that need what tests do not

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    print_blob=True,
    database=None,
    max_examples=10,  # the same ten each time; the desk draws new ones
    suppress_health_check=[HealthCheck.too_slow],
)
# The same tests with few examples, where the environment is what is tested.
settings.register_profile("smoke", parent=settings.get_profile("ci"), max_examples=5)
settings.register_profile("dev", deadline=None, print_blob=True)
settings.register_profile("long", deadline=None, print_blob=True, max_examples=2000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev")
)


@pytest.fixture(scope="session")
def reference() -> Callable[[str], list[dict[str, Any]]]:
    """Return the cases of a file in tests/reference by its name."""

    def cases(name: str) -> list[dict[str, Any]]:
        text = (HERE / "reference" / name).read_text(encoding="utf-8")
        found: list[dict[str, Any]] = json.loads(text)["cases"]
        return found

    return cases
