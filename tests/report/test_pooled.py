"""A report of hospitals that show no small count: exact figures, and ranges."""

import json
from pathlib import Path
from typing import Any

import attrs
import pytest

from iph import Cohort, Patient
from iph.errors import InputError
from iph.evidence import published_cases
from iph.report import write_pooled
from iph.report._pooled import pooled_document
from iph.study import ProtectedCounts, count

SIDES = ("left", "right", "bilateral")


def shown(*sizes: int, **options: Any) -> ProtectedCounts:
    """Return what a hospital shows that has so many patients of each side."""
    sides = [side for side, n in zip(SIDES, sizes, strict=True) for _ in range(n)]
    patients = [
        Patient(patient_id=f"P{k}", side=side, sex="male")
        for k, side in enumerate(sides)
    ]
    return count(Cohort(patients), population="all", **options).protected()


def test_the_files(tmp_path: Path) -> None:
    """Each table is a file, and the page says what was done."""
    written = write_pooled(shown(8, 9, 0) + shown(10, 2, 6), tmp_path / "pooled")
    assert written.summary[0] == (
        "Iliopsoas hematoma: pooled counts, 35 patients of 2 hospitals"
    )
    assert written.summary[1].startswith("5 counts exact, 2 as a range, 0 not")
    text = (written.folder / "report.md").read_text("utf-8")
    assert "35 patients analyzed (17, 18 by hospital); 0 records left out." in text
    content = json.loads((written.folder / "results.json").read_text("utf-8"))
    assert content["pooled"] == {"least": 5, "hospitals": 2}
    assert content["tables"]["side"]["rows"] == [
        ["left", "8 to 20 (23% to 57%)"],
        ["right", "9 to 21 (26% to 60%)"],
        ["bilateral", "6 (17%)"],
        ["not recorded", "0"],
        ["together: left or right", "29 (83%)"],
    ]
    assert "tables/side.csv" in written.files
    again = write_pooled(shown(8, 9, 0), written.folder)  # a former report is replaced
    assert "17 patients of 1 hospital" in again.summary[0]


def test_groups_stand_side_by_side() -> None:
    """A variable is printed for everybody and for each group that somebody is in."""
    both = shown(7, 0, 5, by="side") + shown(2, 10, 6, by="side")
    sheets = {sheet.name: sheet for sheet in pooled_document(both).sheets}
    assert sheets["sex"].header == ("", "All", "Left", "Right", "Bilateral")
    (male,) = (row.cells for row in sheets["sex"].rows if row.cells[0] == "male")
    assert male == (
        "male",
        "30 (100%)",
        "7 to 19 (37% to 100%)",
        "not available",
        "11 (100%)",
    )
    assert sheets["side"].header == ("", "All")


def test_what_is_hidden_is_said() -> None:
    """Made-up patients, records left out, and why a count is not available."""
    hidden = attrs.evolve(shown(2, 1, 2), synthetic=True)
    document = pooled_document(hidden)
    assert "Made-up patients" in document.banner
    (side,) = (sheet for sheet in document.sheets if sheet.name == "side")
    assert {row.cells[1] for row in side.rows} == {"not available"}
    assert side.notes == ("Not available: no hospital shows it.",)
    few = count(published_cases(), population="not-excluded").protected()
    (_, participants) = pooled_document(few).sections[0].blocks
    assert "a hospital hides how many records it left out" in str(participants)


def test_outcomes_at_visits_stand_by_themselves() -> None:
    """Those that nobody has at a visit have no table."""
    document = pooled_document(count(published_cases(), population="all").protected())
    (*_, outcomes) = document.sections
    assert outcomes.name == "outcomes"
    assert {block.name for block in outcomes.blocks} == {"strength_baseline"}  # type: ignore[union-attr] # tables


def test_other_things_are_refused(tmp_path: Path) -> None:
    """Counts of which none is hidden go to `analyze`."""
    exact = count(published_cases())
    with pytest.raises(InputError, match="ProtectedCounts"):
        write_pooled(exact, tmp_path / "out")  # type: ignore[arg-type] # on purpose
