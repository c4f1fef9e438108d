"""Hypothesis profiles, what `-m quick` is, and the reader of reference values."""

import base64
import functools
import gc
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:  # the profiles need no iph
    from iph import Cohort

HERE = Path(__file__).parent
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)

# Every run draws new examples, at the desk and in continuous integration, where
# Hypothesis would by itself draw the same ones each time.
settings.register_profile(
    "fresh",
    parent=settings.get_profile("default"),
    derandomize=False,
    deadline=None,
    print_blob=True,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
FRESH = settings.get_profile("fresh")
settings.register_profile("long", parent=FRESH, max_examples=2_000)
# Few examples, where the environment is what is tested.
settings.register_profile("smoke", parent=FRESH, max_examples=5)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fresh"))


# Rooms and files whose tests make studies, reports, twins or databases, try whole
# spaces of samples, or start processes.
SLOW = {
    *("backends", "browser", "design", "evidence", "notebook", "page", "report"),
    *("study", "test_anemia.py", "test_barnard.py", "test_bound_columns.py"),
    *("test_command_process.py", "test_contract.py", "test_counts_command.py"),
    *("test_display.py", "test_documentation.py", "test_frame_words.py"),
    *("test_frames.py", "test_fuzz.py", "test_higher_grades.py"),
    *("test_hostile_calls.py", "test_hostile_sheets.py", "test_hypothesis_plugin.py"),
    *("test_import_cost.py", "test_main.py", "test_no_room.py", "test_profiles.py"),
    *("test_readme.py", "test_report_command.py", "test_shares_within_margins.py"),
    *("test_spss.py", "test_strangers.py", "test_survival_difference.py"),
    *("test_turnbull_bootstrap.py",),
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as quick what compares given numbers: what neither draws nor is slow."""
    for item in items:
        drawn = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        path, _, _ = item.nodeid.partition("::")
        if not drawn and not SLOW & {*path.split("/")}:
            item.add_marker("quick")


def pytest_collection_finish() -> None:
    """Keep the thousands of collected tests out of every search for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture(scope="session")
def reference() -> Callable[[str], list[dict[str, Any]]]:
    """Return the cases of a file in tests/reference by its name."""

    def cases(name: str) -> list[dict[str, Any]]:
        text = (HERE / "reference" / name).read_text(encoding="utf-8")
        found: list[dict[str, Any]] = json.loads(text)["cases"]
        return found

    return cases


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write reports without drawing their figures, for tests that look at none."""
    from iph.report import _write

    images = {"png": PIXEL, "svg": b'<svg width="9pt" height="9pt" viewBox="0 0 9 9"/>'}
    monkeypatch.setattr(_write, "image", lambda _, kind, **__: images.get(kind, PIXEL))


@pytest.fixture(scope="session")
def twin_of_li() -> Callable[[int], "Cohort"]:
    """Return the twin of Li 2023 for a seed; each takes seconds, and is made once."""
    from iph.evidence import Infeasible, li2023_claims, twin

    @functools.cache
    def made(seed: int) -> "Cohort":
        cohort = twin(li2023_claims(), rng=seed)
        assert not isinstance(cohort, Infeasible)
        return cohort

    return made
