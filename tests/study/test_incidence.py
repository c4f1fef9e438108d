"""Recovery where death can come first."""

from iph import Assessment, Cohort, FollowUp, Patient
from iph.study import RecoveryAnalysis, analyze


def patient(name: str, strength: int, day: int, died_day: int | None = None) -> Patient:
    """Return a patient of grade 3 at first and of a grade on a day."""
    seen = (
        Assessment(visit="baseline", day=0, strength=3),
        Assessment(visit="month_1", day=day, strength=strength),
    )
    return Patient(
        patient_id=name, follow_up=FollowUp(assessments=seen, died_day=died_day)
    )


def test_death_ends_the_chance_to_recover() -> None:
    """Of four, one recovers on day 20, one dies on day 40, one recovers on day 50."""
    patients = [
        patient("a", 5, 20),
        patient("b", 4, 30, died_day=40),
        patient("c", 5, 50),
        patient("d", 4, 60),
    ]
    analysis = analyze(Cohort(patients), population="all").recovery[0]
    assert isinstance(analysis, RecoveryAnalysis)
    recovered, died = analysis.overall.incidence
    assert (recovered.cause, died.cause) == ("recovered", "died")
    assert recovered.time.tolist() == [20, 40, 50, 60]
    assert recovered.incidence.tolist() == [0.25, 0.25, 0.5, 0.5]
    assert died.incidence.tolist() == [0, 0.25, 0.25, 0.25]
    assert recovered.n == analysis.n == 4


def test_without_deaths_there_is_nothing_to_compete() -> None:
    """Death after recovery, and none at all, leave Kaplan-Meier as it is."""
    patients = [patient("a", 5, 20, died_day=90), patient("b", 4, 30)]
    analysis = analyze(Cohort(patients), population="all").recovery[0]
    assert isinstance(analysis, RecoveryAnalysis)
    assert analysis.overall.incidence == ()
    assert analysis.lead == "interval-censored"
