"""Who improved, by the rules of a study file: counted again from its sheet."""

import csv
import functools
import math
from pathlib import Path
from typing import Any

import attrs
import pytest
from scipy.stats import binomtest

from iph import Assessment, Cohort, FollowUp, Patient
from iph.evidence import audit
from iph.protocol import (
    LI_2023_PROTOCOL,
    OutcomeRule,
    Protocol,
    read_protocol,
    write_protocol,
)
from iph.protocol._dictionary import dictionary_text
from iph.records import read
from iph.report import study_claims
from iph.report._contents import (
    document_of,
    methods_sentences,
    results_sentences,
)
from iph.report._rules import rules_used
from iph.study import Study, analyze, count, responders

STUDIES = Path(__file__).parents[1] / "protocol" / "studies"
SHEET = STUDIES / "carpal_tunnel.csv"
DEVIATION, RELIABILITY = 6, 0.9
POINTS = 1.959963984540054 * math.sqrt(2 * (1 - RELIABILITY)) * DEVIATION
WEEKS = {"week_1": "week 1", "week_6": "week 6", "week_12": "week 12"}


@functools.cache
def protocol() -> Protocol[Any]:
    """Return the two-arm study with a rule of reliable change for its score."""
    bare = read_protocol(STUDIES / "carpal_tunnel.toml")
    grade, grip = bare.outcomes
    grip = attrs.evolve(grip, standard_deviation=DEVIATION, reliability=RELIABILITY)
    return attrs.evolve(bare, outcomes=[grade, grip])


@functools.cache
def study() -> Study:
    """Analyze it, with everybody in it."""
    cohort = read(SHEET, protocol=protocol())
    return analyze(cohort, protocol=protocol(), population="all")


def by_hand(arm: str, visit: str) -> tuple[int, int, int, int]:
    """Count from the text of the sheet: improved, worse, scored at both, and all."""
    with SHEET.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["arm"] == arm]
    gains = [
        float(row[f"grip_kg_{visit}"]) - float(row["grip_kg_week_0"])
        for row in rows
        if row[f"grip_kg_{visit}"] and row["grip_kg_week_0"]
    ]
    better, worse = (sum(sign * gain > POINTS for gain in gains) for sign in (1, -1))
    return better, worse, len(gains), len(rows)


def test_the_table_is_a_count_of_the_sheet() -> None:
    """Shares of those scored at both visits, and of all if the others failed."""
    (sheet,) = [s for s in document_of(study()).sheets if s.name[:5] == "respo"]
    assert sheet.name == "responders_grip_kg_reliable_change"
    found = {(row.cells[0], row.cells[1]): row.cells for row in sheet.rows}
    assert len(found) == 6
    for arm in ("open", "endoscopic"):
        for visit, words in WEEKS.items():
            better, worse, n, everybody = by_hand(arm, visit)
            cells = dict(zip(sheet.header, found[words, arm], strict=True))
            assert cells["Improved"].startswith(f"{better}/{n} (")
            assert cells["Worse"] == str(worse)
            assert cells["Not changed"] == str(n - better - worse)
            assert cells["Not scored at both"] == str(everybody - n)
            last = cells["Improved if the others failed"]
            assert last.startswith(f"{better}/{everybody} (")
            low, high = binomtest(better, n).proportion_ci(method="exact")
            assert cells["95 % CI"] == f"{100 * low:.0f} to {100 * high:.0f} %"


def test_the_sentences_name_rule_count_and_difference() -> None:
    """Only the primary visit is spoken of; the rule stands in methods and rules."""
    (told,) = [s for s in results_sentences(study()) if "reliable change" in s]
    better, _, n, _ = by_hand("open", "week_12")
    assert told.startswith("Grip strength at week 12 (reliable change: better by more")
    assert f"{better} of {n} patients" in told
    assert "in the group open and " in told
    assert "percentage points" in told
    assert sum("Jacobson" in said for said in methods_sentences(study())) == 1
    assert sum("reliable-change" in said for said in rules_used(study())) == 1


def test_it_is_what_the_function_counts_also_from_counts() -> None:
    """A study of counts has the same tables, and so has `responders`."""
    (table,) = study().responders
    assert responders(study(), "grip_kg", rule=table.rule, by="arm") == table
    counted = count(study().cohort, protocol=protocol(), population="all")
    assert analyze(counted).responders == study().responders
    assert table.difference is not None
    first, second = table.difference.groups
    assert [first.n + first.n_missing, second.n + second.n_missing] == [30, 30]


def test_the_file_keeps_the_rule(tmp_path: Path) -> None:
    """A study file states deviation and reliability, or names of published rules."""
    write_protocol(protocol(), tmp_path / "hands.toml")
    text = (tmp_path / "hands.toml").read_text(encoding="utf-8")
    assert "reliability = 0.9" in text
    assert read_protocol(tmp_path / "hands.toml").digest == protocol().digest
    assert "reliable change: more than 5.259 kg" in dictionary_text(protocol())
    pain = OutcomeRule(field="vas", changes=["pain-farrar2001"])
    named = attrs.evolve(LI_2023_PROTOCOL, outcomes=[pain], primary=None)
    write_protocol(named, tmp_path / "pain.toml")
    assert read_protocol(tmp_path / "pain.toml").digest == named.digest


@pytest.mark.parametrize("vas", [(7, 5, 6.9), (7, None, None), (None, 3, 4)])
def test_a_series_without_groups(vas: tuple[float | None, ...]) -> None:
    """One row a visit; nothing is said where nobody was scored before and after."""
    outcome = OutcomeRule(field="vas", changes=["pain-farrar2001"])
    changed = attrs.evolve(LI_2023_PROTOCOL, outcomes=[outcome], primary=None)
    visits = ("baseline", "month_1", "month_6")
    seen = [
        Assessment(visit=visit, vas=value)
        for visit, value in zip(visits, vas, strict=True)
    ]
    patient = Patient(patient_id="P1", follow_up=FollowUp(assessments=seen))
    found = analyze(Cohort([patient]), protocol=changed, population="all")
    names = [sheet.name for sheet in document_of(found).sheets]
    assert ("responders_vas_pain_farrar2001" in names) == (vas[0] is not None)
    for table in found.responders:
        assert table.difference is None
        counts = [(row.improved, row.n) for row in table.rows]
        assert counts == ([(1, 1), (0, 1)] if vas[1] else [])


def test_what_is_printed_agrees_with_itself() -> None:
    """The audit finds nothing in the counts and shares of the part."""
    claims = [c for c in study_claims(study()) if "reliable-change" in c.code]
    assert claims
    assert not [f for f in audit(claims) if f.verdict.name == "IMPOSSIBLE"]
