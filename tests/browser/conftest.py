"""Reports and the page opened in a real browser.

They need Chromium and the packages of the dependency group ``browser``, so they are
collected only with ``IPH_BROWSER=1``; what is missing then is a failure. The browser is
the one that the variable ``IPH_CHROMIUM`` names, else that of the system.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from iph import Cohort
from iph.evidence import published_cases
from iph.report import write
from iph.study import analyze, compare_with_claims

if os.environ.get("IPH_BROWSER") != "1":
    collect_ignore_glob = ["test_*.py"]
elif not os.environ.get("IPH_PAGE"):
    collect_ignore = ["test_folder.py"]  # of the page that web/build.py makes


@pytest.fixture(scope="session")
def reports(
    twin_of_li: Callable[[int], Cohort], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Return the folders of the report of the published cases and of a twin."""
    folder = tmp_path_factory.mktemp("browser")
    studies = {
        "published": analyze(published_cases(), population="not-excluded"),
        "twin": analyze(twin_of_li(2023), by="coagulation_status"),
    }
    return {
        name: write(study, folder / name, comparison=compare_with_claims(study)).folder
        for name, study in studies.items()
    }


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a running browser without a window."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("IPH_CHROMIUM") or shutil.which("chromium")
    assert path is not None, "no chromium on the path"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
