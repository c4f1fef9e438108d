"""Five studies of other conditions, analyzed by their study files.

What is right was counted from the text of the sheets by plain loops; the log-rank test
and Gray's test of recorded times are those of R: see tests/protocol/studies.
"""

import csv
import functools
import json
from collections import Counter
from fractions import Fraction
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


def admissions() -> list[tuple[str, int, str]]:
    """Return dressing, day and end of each adult, out of the text of the sheet."""
    found = []
    with (STUDIES / "foot_ulcer.csv").open(encoding="utf-8", newline="") as sheet:
        for row in csv.DictReader(sheet):
            if int(row["age_years"]) < 18:
                continue
            ends = {
                "recovered": row["admitted_day"] if row["admitted"] == "yes" else "",
                "amputation": row["amputation_day"],
                "died": row["died_day"],
            }
            came = {end: int(float(day)) for end, day in ends.items() if day}
            days = came or {"last seen": int(row["admitted_day"])}
            end = min(days, key=days.__getitem__)
            found.append((row["dressing"], days[end], end))
    return found


def scores_by_hand(rows: list[tuple[str, int, str]]) -> dict[str, Fraction]:
    """Return Gray's score of each group: admissions less those expected.

    Whoever had another event first stays among those who may be expected, in the
    share of them who would not have been lost by then.
    """
    arms = sorted({arm for arm, _, _ in rows})
    free = dict.fromkeys(arms, Fraction(1))  # of any event
    never = dict.fromkeys(arms, Fraction(1))  # admitted
    score = dict.fromkeys(arms, Fraction(0))
    for day in sorted({day for _, day, _ in rows}):
        here = Counter((arm, end) for arm, at, end in rows if at == day)
        n = Counter(arm for arm, at, _ in rows if at >= day)
        risk = {arm: n[arm] * never[arm] / free[arm] for arm in arms if n[arm]}
        admitted = sum(here[arm, "recovered"] for arm in arms)
        for arm, at_risk in risk.items():
            own = here[arm, "recovered"]
            score[arm] += own - admitted * at_risk / sum(risk.values())
            never[arm] -= free[arm] * Fraction(own, n[arm])
            ended = own + here[arm, "amputation"] + here[arm, "died"]
            free[arm] *= 1 - Fraction(ended, n[arm])
    return score


def test_the_test_of_competing_events_is_that_of_gray() -> None:
    """Its scores are those of plain loops over the sheet, its p-value that of R."""
    right = json.loads((STUDIES / "gray.json").read_text("utf-8"))
    admitted = study_of("foot_ulcer").recovery[1]
    assert isinstance(admitted, RecoveryAnalysis)
    gray = admitted.gray
    assert gray is not None
    assert (gray.n, gray.df) == (right["n"], right["df"])
    assert gray.statistic == pytest.approx(right["statistic"], rel=1e-9)
    assert gray.p_value == pytest.approx(right["p_value"], rel=1e-9)
    labels = {"moist": "moist", "pressure": "negative pressure"}
    scores = scores_by_hand(admissions())
    wanted = {labels[arm]: float(score) for arm, score in scores.items()}
    found = dict(zip(map(str, gray.groups), gray.scores.tolist(), strict=True))
    assert found == pytest.approx(wanted, abs=1e-12)
