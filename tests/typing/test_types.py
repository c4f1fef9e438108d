"""What a type checker sees of iph: read by mypy, never run by pytest.

Each function below is an example of use. If a result's type widens, mypy fails here.
"""

from pathlib import Path
from typing import Any, assert_type

import attrs
import numpy as np
import numpy.typing as npt

import iph
from iph import criteria, evidence, report, scales, stats, study
from iph.records import RecordReport, check, read, suggest_mapping, template, write


def grades_follow_their_arguments() -> None:
    """One value gives a grade, a column gives integers, None gives None."""
    assert_type(scales.hip_flexion_grade(45), scales.HipFlexionGrade)
    assert_type(scales.hip_flexion_grade(45.0), scales.HipFlexionGrade | None)
    assert_type(scales.hip_flexion_grade(None), None)
    assert_type(
        scales.pain_severity([7, None]),
        np.ma.MaskedArray[Any, np.dtype[np.int64]],
    )
    assert_type(scales.parse_mrc("4-"), scales.MRCReading | None)
    assert_type(scales.MRCGrade(4), scales.MRCGrade)


def fields_take_what_they_convert() -> None:
    """Give a code, a number of any library, or the value itself."""
    patient = iph.Patient(patient_id=1, sex="male", age_years=np.int64(48))
    assert_type(patient.patient_id, str)
    assert_type(patient.sex, iph.Sex | None)
    assert_type(patient.age_years, int | None)
    seen = iph.Assessment(visit="baseline", strength=3, vas=np.float32(7))
    assert_type(seen.strength, scales.MRCGrade | None)
    assert_type(seen.vas, float | None)
    zones = iph.Hematoma(zones=["mid", iph.HematomaZone.LOWER]).zones
    assert_type(zones, frozenset[iph.HematomaZone] | None)
    assert_type(iph.NerveInvolvement(femoral="involved").is_complete, bool)
    iph.Patient(patient_id="P", sex=3)  # type: ignore[arg-type] # no code of a sex
    iph.Assessment(visit="baseline", strength="V")  # type: ignore[arg-type] # no number
    iph.FollowUp(assessments=["baseline"])  # type: ignore[type-var] # a code alone


def rooms_are_on_the_face() -> None:
    """Reach every room after `import iph` alone."""
    assert_type(iph.__version__, str)
    assert_type(iph.stats.quartiles([1, 2]), stats.Quartiles)
    assert_type(iph.study.analyze(iph.evidence.published_cases()), study.Study)


def results_have_names() -> None:
    """Return the class of the statistic, whose attributes are typed."""
    curve = stats.kaplan_meier([7, 30, 91], [True, False, True])
    assert_type(curve, stats.SurvivalCurve)
    assert_type(curve.survival, npt.NDArray[np.float64])
    assert_type(curve.median(), stats.SurvivalQuantile)
    test = stats.logrank([7, 30, 91], [True, False, True], ["a", "b", "a"])
    assert_type(test, stats.Logrank)
    assert_type(test.p_value, float)
    assert_type(test.p_low, float | None)
    assert_type(stats.quartiles([1, 2, 3]).median, float)
    assert_type(stats.proportion(7, 28), stats.Estimate)
    assert_type(stats.dunn([1, 2], [3, 4]), tuple[stats.DunnComparison, ...])
    assert_type(stats.fisher_exact([[7, 1], [3, 7]]).n, int)


def patients_are_typed() -> None:
    """Say in the type of a field that it may be missing."""
    patient = iph.Patient(patient_id="P01", age_years=48)
    assert_type(patient.age_years, int | None)
    assert_type(patient.sex, iph.Sex | None)
    assert_type(patient.follow_up, iph.FollowUp)
    assert_type(patient.follow_up.assessments, tuple[iph.Assessment, ...])
    assert_type(iph.Cohort([patient]).patients, tuple[iph.Patient, ...])


@attrs.frozen(kw_only=True)
class OurAssessment(iph.Assessment):
    """One more thing measured at each visit."""

    grip_kg: float | None = iph.fields.quantity(
        "Grip strength", unit="kg", low=0, high=120, step="0.1"
    )


@attrs.frozen(kw_only=True)
class OurPatient(iph.Patient[OurAssessment]):
    """One more thing known at admission."""

    ck_u_l: int | None = iph.fields.quantity(
        "Creatine kinase", unit="U/L", low=1, high=500_000
    )


@attrs.frozen(kw_only=True)
class Hand(iph.SeenAt):
    """What a study of another condition sees."""

    grip_kg: float | None = iph.fields.quantity(
        "Grip strength", unit="kg", low=0, high=120, step="0.1"
    )


@attrs.frozen(kw_only=True)
class HandPatient(iph.Subject[Hand]):
    """A patient with another condition."""

    sex: iph.Sex | None = iph.fields.choice("Sex", iph.Sex)
    again: bool | None = iph.fields.yes_no("Operated before")


@attrs.frozen(kw_only=True)
class Careless(iph.Patient):
    """A field annotated with what its declaration does not hold."""

    ck_u_l: str | None = iph.fields.quantity(  # type: ignore[assignment] # a number
        "Creatine kinase", unit="U/L", low=1, high=500_000
    )
    icu: bool = iph.fields.yes_no("Intensive care")  # type: ignore[assignment] # None


def own_fields_are_typed() -> None:
    """Own classes are as typed as those of iph."""
    course = iph.FollowUp(assessments=[OurAssessment(visit="baseline", grip_kg=18)])
    assert_type(course.assessments, tuple[OurAssessment, ...])
    assert_type(course.at("baseline"), OurAssessment | None)
    patient = OurPatient(patient_id="P01", ck_u_l=1840, follow_up=course)
    assert_type(patient.ck_u_l, int | None)
    assert_type(patient.age_years, int | None)
    assert_type(patient.follow_up.assessments, tuple[OurAssessment, ...])
    assert_type(iph.Cohort([patient]), iph.Cohort[OurPatient])
    OurPatient(patient_id="P01", ck=1840)  # type: ignore[call-arg] # no such field
    OurPatient(patient_id="P01", ck_u_l="x")  # type: ignore[arg-type] # no number


def another_condition_is_typed() -> None:
    """Know nothing of a hematoma, and be taken for no study of one."""
    course = iph.Course(assessments=[Hand(day=0, grip_kg=18)])
    assert_type(course.assessments, tuple[Hand, ...])
    patient = HandPatient(patient_id="P01", sex=iph.Sex.FEMALE, follow_up=course)
    assert_type(patient.sex, iph.Sex | None)
    hands = iph.Cohort([patient])
    assert_type(hands, iph.Cohort[HandPatient])
    assert_type([one.again for one in hands], list[bool | None])
    _of_li(hands)  # type: ignore[arg-type] # no cohort of hematomas
    _of_li(iph.Cohort([OurPatient(patient_id="P01")]))


def _of_li(cohort: iph.Cohort) -> iph.Cohort:
    return cohort


def a_study_is_typed() -> None:
    """From records to results without a cast."""
    cohort = evidence.published_cases()
    assert_type(cohort, iph.Cohort)
    screening = criteria.screen(cohort, criteria.LI_2023)
    assert_type(screening, criteria.Screening)
    assert_type(screening.flow, tuple[criteria.FlowStep, ...])
    found = study.analyze(cohort)
    assert_type(found, study.Study)
    assert_type(found.pain, study.PainCourse | study.Unavailable)
    assert_type(evidence.audit(evidence.li2023_claims()), tuple[evidence.Finding, ...])


def files_are_typed() -> None:
    """Give a cohort for reading, a report for checking."""
    assert_type(read("patients.csv"), iph.Cohort)
    assert_type(check("patients.csv"), RecordReport)
    assert_type(write(evidence.published_cases(), "cases.csv"), Path)
    assert_type(suggest_mapping("patients.csv"), Path)
    assert_type(template("empty.xlsx"), Path)


def evidence_is_typed() -> None:
    """Ask whether there is a twin before it is used."""
    claims = evidence.li2023_claims()
    assert_type(claims, tuple[evidence.Claim, ...])
    made = evidence.twin(claims, rng=1)
    assert_type(made, iph.Cohort | evidence.Infeasible)
    if isinstance(made, evidence.Infeasible):
        assert_type(made.claims, tuple[evidence.Claim, ...])
    found = evidence.plausible_range(claims, len, rng=1)
    assert_type(found, evidence.PlausibleRange)
    assert_type(found.low, float)
    pooled = evidence.pooled_proportion([3, 5], [10, 12])
    assert_type(pooled, evidence.PooledProportion)


def a_report_is_typed() -> None:
    """Say where a report stands and what it holds."""
    written = report.write(study.analyze(evidence.published_cases()), "report")
    assert_type(written, report.Written)
    assert_type(written.folder, Path)
    assert_type(written.files, tuple[str, ...])
