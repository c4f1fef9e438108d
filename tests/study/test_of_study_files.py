"""Five studies of other conditions, analyzed by their study files.

What is right was counted from the text of the sheets by plain loops, and the log-rank
test of recorded times by R: see tests/protocol/studies.
"""

import functools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from iph.protocol import read_protocol
from iph.records import read
from iph.study import RecoveryAnalysis, Study, analyze

STUDIES = Path(__file__).parents[1] / "protocol" / "studies"
RIGHT: dict[str, Any] = json.loads((STUDIES / "right.json").read_text("utf-8"))


@functools.cache
def study_of(name: str) -> Study:
    """Analyze one of the five studies."""
    protocol = read_protocol(STUDIES / f"{name}.toml")
    return analyze(read(STUDIES / f"{name}.csv", protocol=protocol), protocol=protocol)


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_who_is_analyzed(name: str) -> None:
    """Those who are known to meet all criteria of the study file."""
    found = [patient.patient_id for patient in study_of(name).patients]
    assert found == RIGHT[name]["flow"]["included"]


@pytest.mark.parametrize("name", ["carpal_tunnel", "migraine", "pelvic_floor"])
def test_scores_over_the_visits(name: str) -> None:
    """Counts and quartiles at each visit, and responders of those with both values."""
    right = RIGHT[name]
    scores = study_of(name).scores
    assert scores
    for score in scores:
        for seen in score.visits:
            wanted = right["at_visits"][f"{score.field} {seen.visit.value} all"]
            quartiles = seen.quartiles
            assert (quartiles.n, quartiles.n_missing) == (
                wanted["n"],
                wanted["missing"],
            )
            found = [quartiles.q1, quartiles.median, quartiles.q3]
            assert found == pytest.approx(wanted["quartiles"])
    for seen in scores[0].visits[1:]:
        count, n = right["responders"][seen.visit.value]
        assert seen.responders is not None
        assert (seen.n_responders, seen.responders.n) == (count, n)


@pytest.mark.parametrize(
    "name", ["carpal_tunnel", "interscalene_block", "pelvic_floor"]
)
def test_grades_over_the_visits(name: str) -> None:
    """Each grade is counted as often as in the sheet."""
    (course,) = study_of(name).grades
    found = {seen.visit.value: list(seen.counts) for seen in course.visits}
    assert found == RIGHT[name]["grades"]


def test_a_recorded_time_takes_the_log_rank_test() -> None:
    """It is exact, and no interval between visits; R has the same p-value."""
    right = json.loads((STUDIES / "logrank.json").read_text("utf-8"))
    _, rescue = study_of("interscalene_block").recovery
    assert rescue.interval is None
    assert rescue.logrank is not None
    assert rescue.logrank.statistic == pytest.approx(right["statistic"])
    assert rescue.logrank.p_value == pytest.approx(right["p_value"])
    assert rescue.n == right["n"]


def test_a_time_seen_at_visits_takes_the_test_of_intervals() -> None:
    """It lies between two visits, of those who were at risk at the first."""
    (relief,) = study_of("carpal_tunnel").recovery
    seen = RIGHT["carpal_tunnel"]["relief"].values()
    assert relief.interval is not None
    assert relief.n == sum(after is not None for after, _, _ in seen)
    assert relief.n_at_start == sum(at_start for _, _, at_start in seen)


def test_who_died_or_lost_the_foot_heals_no_more() -> None:
    """What came first of each, and what is known by each visit, as the loops count."""
    right = RIGHT["foot_ulcer"]["healed"]
    healed = study_of("foot_ulcer").recovery[0]
    ends = right["ends"]
    assert isinstance(healed, RecoveryAnalysis)
    assert healed.n == sum(ends.values())
    assert (healed.overall.n_recovered, healed.n_died) == (ends["healed"], ends["died"])
    assert [(one.label, one.n) for one in healed.competing] == [
        ("amputation", ends["amputation"])
    ]
    for at in healed.overall.by_visit:
        assert {
            "healed": at.recovered,
            "died": at.died,
            "amputation": at.competing,
            "not": at.not_recovered,
            "unknown": at.undetermined,
        } == right["by_visit"][at.visit.value]
    days: dict[str, list[int]] = {end: [] for end in ends}
    for end, day in right["patients"].values():
        days[end].append(day)
    names = {"recovered": "healed", "died": "died", "amputation": "amputation"}
    for curve in healed.overall.incidence:
        steps = zip(curve.time.tolist(), curve.events.tolist(), strict=True)
        found = {int(day): int(n) for day, n in steps if n}
        assert found == dict(Counter(days[names[str(curve.cause)]]))


def test_incidence_beside_competing_events_is_that_of_r() -> None:
    """The Aalen-Johansen estimate of a recorded time, of each cause."""
    right = json.loads((STUDIES / "competing.json").read_text("utf-8"))
    admitted = study_of("foot_ulcer").recovery[1]
    assert isinstance(admitted, RecoveryAnalysis)
    assert admitted.lead == "cumulative-incidence"
    curves = {str(curve.cause): curve for curve in admitted.overall.incidence}
    assert list(curves) == ["recovered", "died", "amputation"]
    for cause, curve in curves.items():
        found = curve.at(right["day"]).incidence
        assert found == pytest.approx(right[cause], abs=1e-12)
