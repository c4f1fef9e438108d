"""A whole study from a cohort: flow, tables, courses, anatomy and recovery."""

from typing import Any, Literal

import attrs

from iph._categories import Visit
from iph._checks import one_of, whole
from iph._cohort import Cohort
from iph._model import Patient
from iph.criteria._criterion import Criteria
from iph.criteria._li2023 import LI_2023
from iph.criteria._screening import Screening, screen
from iph.errors import InputError
from iph.records._frames import from_frames
from iph.study._anatomy import (
    Count,
    SizeCorrelation,
    Zones,
    nerve_counts,
    size_correlation,
    zone_distribution,
)
from iph.study._attendance import Attendance, attendance_of
from iph.study._characteristics import (
    baseline_characteristics,
    blood_characteristics,
)
from iph.study._coagulation import COAGULATION_RULES
from iph.study._endpoints import ENDPOINTS, Endpoint
from iph.study._grades import GradeCourse, grade_courses
from iph.study._group_outcomes import (
    GroupOutcome,
    OutcomeCount,
    group_outcomes,
    treatment_outcomes,
)
from iph.study._grouping import grouping
from iph.study._outcomes import StatedOutcomes, stated_outcomes
from iph.study._pain import PainCourse, pain_course
from iph.study._parts import Unavailable
from iph.study._recovery import recovery_analysis
from iph.study._recovery_results import RecoveryAnalysis
from iph.study._selection import is_convenience, late_losses, population_of
from iph.study._table_one import Table, table_of

_TREATED = "conservative"

Population = Literal["included", "not-excluded", "all"]
POPULATIONS = ("included", "not-excluded", "all")
CoagulationRule = Literal[
    "laboratory", "laboratory-or-history", "platelets-or-laboratory-or-history"
]


@attrs.frozen(kw_only=True)
class Rules:
    """The rules by which a study was analyzed.

    Attributes
    ----------
    population : str
        Which records are analyzed: ``"included"``, ``"not-excluded"`` (those of which
        eligibility is unknown as well) or ``"all"``.
    description : str
        How a number is described.
    quartiles : str
        The rule of the quartiles.
    pain : str
        The cut points of pain severity.
    coagulation : str
        What makes coagulation abnormal.
    volume : str
        How a volume is found from three diameters.
    visit_days : str
        How a visit without a day is placed in time.
    recovery_group : str
        What time to recovery is grouped by.
    primary_visit : Visit
        The visit of the primary analysis.
    seed : int
        The seed of every simulated p-value.
    """

    population: str
    description: str = "median"
    quartiles: str = "weibull"
    pain: str = "li2023"
    coagulation: str = "laboratory-or-history"
    volume: str = "ellipsoid"
    visit_days: str = "nominal day of the visit where no day is recorded"
    recovery_group: str = "coagulation_status"
    primary_visit: Visit = Visit.MONTH_6
    seed: int = 2023


@attrs.frozen(kw_only=True)
class Study:
    """The results of a study.

    A part that the data cannot carry is an `Unavailable`, which says why.

    Attributes
    ----------
    cohort : Cohort
        All records, as given.
    patients : tuple of Patient
        Those analyzed.
    screening : Screening
        The flow and the decision on every record.
    table_one : Table
        Baseline characteristics, overall or by group.
    coagulation : Table
        The clotting tests.
    attendance : Attendance
        Who was seen at each visit, who had died, and for how long all were followed.
    grades : tuple of GradeCourse or Unavailable
        Numbness, strength and hip flexion at each visit.
    pain : PainCourse or Unavailable
        The course of pain.
    zones : Zones or Unavailable
        Where the hematomas lie.
    nerves : tuple of Count or Unavailable
        Which branches are involved.
    size : SizeCorrelation or Unavailable
        Volume against number of zones and of nerves.
    outcomes : StatedOutcomes or Unavailable
        Outcomes as stated in words, by treatment with or without a procedure.
    group_outcomes : tuple of GroupOutcome
        Outcomes at the primary visit by `Rules.recovery_group`, with their difference.
    treatment_outcomes : tuple of tuple
        Each outcome with its counts by treatment; a patient counts under each one.
    recovery : tuple of RecoveryAnalysis or Unavailable
        Time to each outcome: strength, sensation, flexion, and as stated in words.
    rules : Rules
        The rules used.
    """

    cohort: Cohort
    patients: tuple[Patient, ...]
    screening: Screening
    table_one: Table
    coagulation: Table
    attendance: Attendance
    grades: tuple[GradeCourse | Unavailable, ...]
    pain: PainCourse | Unavailable
    zones: Zones | Unavailable
    nerves: tuple[Count, ...] | Unavailable
    size: SizeCorrelation | Unavailable
    outcomes: StatedOutcomes | Unavailable
    group_outcomes: tuple[GroupOutcome, ...]
    treatment_outcomes: tuple[tuple[str, tuple[OutcomeCount, ...]], ...]
    recovery: tuple[RecoveryAnalysis | Unavailable, ...]
    rules: Rules

    def __repr__(self) -> str:
        """Say what is in it; its parts would fill thousands of lines."""
        gaps = ", ".join(gap.part for gap in self.unavailable)
        return (
            f"<Study: n = {len(self.patients)} of {self.screening.n_assessed} assessed"
            + (f"; not available: {gaps}>" if gaps else ">")
        )

    @property
    def convenience(self) -> bool:
        """Whether a note of the cohort calls it a convenience sample.

        No rate of recovery is computed of such a cohort, and every table and figure of
        its report says what it is.
        """
        return is_convenience(self.cohort)

    @property
    def unavailable(self) -> tuple[Unavailable, ...]:
        """The parts that the data cannot carry, in the order of the attributes."""
        parts = (*self.grades, self.pain, self.zones, self.nerves, self.size)
        told = self.outcomes
        lost = (getattr(part, "comparison", None) for part in self.recovery)
        return tuple(
            part
            for part in (*parts, told, *self.recovery, *lost)
            if isinstance(part, Unavailable)
        )


def analyze(
    cohort: Any,
    *,
    assessments: Any = None,
    criteria: Criteria = LI_2023,
    population: Population = "included",
    by: str | None = None,
    p_values: bool = False,
    description: Literal["shapiro-wilk", "mean", "median"] = "median",
    quartiles: str = "weibull",
    pain: str = "li2023",
    coagulation: CoagulationRule = "laboratory-or-history",
    volume: str = "ellipsoid",
    recovery_group: str = "coagulation_status",
    primary_visit: Visit | str = Visit.MONTH_6,
    seed: int = 2023,
) -> Study:
    """Analyze a cohort as a study of iliopsoas hematoma.

    Who was included, what were they like, how did pain, numbness, strength and hip
    flexion go, where did the hematomas lie, and who recovered when?

    Parameters
    ----------
    cohort : Cohort or dataframe
        The records. A dataframe is one of patients, of any library or engine, as
        `iph.records.from_frames` takes it.
    assessments : dataframe, optional
        The assessments that belong to a dataframe of patients, one row a visit.
    criteria : Criteria, default LI_2023
        The criteria of eligibility.
    population : {"included", "not-excluded", "all"}, default "included"
        Which records are analyzed. ``"not-excluded"`` adds those whose eligibility is
        unknown: for records that were not made for a study.
    by : str, optional
        What the tables are grouped by: ``"coagulation_status"``, ``"conservative"``, a
        choice or yes/no field of `Patient`; a member of a set, such as
        ``"treatments=surgical_evacuation"`` (several joined by ``+``); or a cut of a
        number, such as ``"age_years>=60"``.
    p_values : bool, default False
        Whether the rows of the tables are tested between the groups. Differences at
        baseline are not decided by tests, so that the default is no.
    description : {"median", "mean", "shapiro-wilk"}, default "median"
        How a number is described; by the last, the mean where the Shapiro-Wilk test
        does not reject normality, as published.
    quartiles : str, default "weibull"
        The rule of the quartiles; see `iph.stats.quartiles`.
    pain : str, default "li2023"
        The cut points of pain severity; see `iph.scales.pain_severity`.
    coagulation : str, default "laboratory-or-history"
        What makes coagulation abnormal: ``"laboratory"``, a clotting test alone;
        ``"laboratory-or-history"``, an anticoagulant, rodenticide, hemophilia or
        another coagulopathy as well, wherever it is recorded;
        ``"platelets-or-laboratory-or-history"``, low platelets as well.
    volume : str, default "ellipsoid"
        How a volume is found from three diameters.
    recovery_group : str, default "coagulation_status"
        What time to recovery is grouped by; the same names as for `by`.
    primary_visit : Visit, default MONTH_6
        The visit of the primary analysis, fixed before the data are seen: headlines
        are of this visit, whoever was seen at others.
    seed : int, default 2023
        The seed of simulated p-values, where exact ones would take too long.

    Returns
    -------
    Study
        With ``cohort``, ``patients``, ``screening``, ``table_one``, ``coagulation``,
        ``attendance``, ``grades``, ``pain``, ``zones``, ``nerves``, ``size``,
        ``outcomes``, ``group_outcomes``, ``treatment_outcomes``, ``recovery``,
        ``rules``, ``convenience`` and ``unavailable``.

    Raises
    ------
    InputError
        If an option is none of those above, or the records are neither a cohort nor a
        dataframe.
    RecordErrors
        If anything in a dataframe is wrong; it lists every error.

    Notes
    -----
    Patients known not to have an outcome at baseline are at risk of reaching it;
    those whose baseline is not recorded are counted, and a sensitivity analysis takes
    them in. Death before recovery is a competing event, and at visits after death a
    patient counts as died.

    What the study of 2023 computed [1]_ is kept beside what leads: Kruskal-Wallis
    treats visits as independent groups, although they are the same patients, and
    Kaplan-Meier dates recovery to the visit that first saw it.

    References
    ----------
    .. [1] Li F, et al. Research Square 2023. doi:10.21203/rs.3.rs-3346582/v1

    Examples
    --------
    >>> from iph.evidence import published_cases
    >>> from iph.study import analyze
    >>> study = analyze(published_cases(), population="not-excluded")
    >>> len(study.patients), study.screening.n_excluded
    (59, 3)
    >>> [gap.reason for gap in study.unavailable if gap.part == "Hematoma zones"]
    ['no zone is recorded']
    """
    if not isinstance(cohort, Cohort):
        cohort = from_frames(cohort, assessments)
    elif assessments is not None:
        hint = "a cohort holds its assessments"
        raise InputError("assessments", "None beside a cohort", assessments, hint)
    if not issubclass(cohort.patient_class, Patient):
        raise InputError("cohort", "of patients with an iliopsoas hematoma", cohort)
    one_of(population, "population", POPULATIONS)
    one_of(coagulation, "coagulation", tuple(COAGULATION_RULES))
    primary = _visit(primary_visit)
    seed = whole(seed, "seed")
    group = grouping(recovery_group, "recovery_group", coagulation_rule=coagulation)
    rules = Rules(
        population=population,
        description=description,
        quartiles=quartiles,
        pain=pain,
        coagulation=coagulation,
        volume=volume,
        recovery_group=recovery_group,
        primary_visit=primary,
        seed=seed,
    )
    screening = screen(cohort, criteria)
    patients = population_of(cohort, screening, population)
    options: dict[str, Any] = {
        "by": by,
        "coagulation_rule": coagulation,
        "description_rule": description,
        "quartile_rule": quartiles,
        "p_values": p_values,
        "rng": seed,
    }
    baseline = baseline_characteristics(
        coagulation_rule=coagulation, volume_rule=volume
    )
    return Study(
        cohort=cohort,
        patients=patients,
        screening=screening,
        table_one=table_of(patients, baseline, **options),
        coagulation=table_of(patients, blood_characteristics(), **options),
        attendance=attendance_of(patients, primary, quartile_rule=quartiles),
        grades=grade_courses(patients, primary=primary),
        pain=pain_course(
            patients,
            primary=primary,
            severity_rule=pain,
            quartile_rule=quartiles,
            rng=seed,
        ),
        zones=zone_distribution(patients),
        nerves=nerve_counts(patients),
        size=size_correlation(patients, volume_rule=volume),
        outcomes=stated_outcomes(
            patients,
            grouping(_TREATED, "by", coagulation_rule=coagulation),
            tested=not is_convenience(cohort),
            rng=seed,
        ),
        group_outcomes=(
            () if is_convenience(cohort) else group_outcomes(patients, group, primary)
        ),
        treatment_outcomes=(
            () if is_convenience(cohort) else treatment_outcomes(patients, primary)
        ),
        recovery=tuple(
            _forbidden(endpoint)
            if is_convenience(cohort)
            else recovery_analysis(
                patients,
                endpoint,
                group,
                primary=primary,
                rng=seed,
                lost=late_losses(cohort, screening) if population == "included" else (),
            )
            for endpoint in ENDPOINTS.values()
        ),
        rules=rules,
    )


def _forbidden(endpoint: Endpoint) -> Unavailable:
    """Say why no rate of recovery is computed."""
    return Unavailable(
        part=endpoint.label[0].upper() + endpoint.label[1:],
        reason=(
            "the cohort is a convenience sample, from which no rate of recovery can be "
            "estimated"
        ),
        missing=(),
    )


def _visit(value: Visit | str) -> Visit:
    """Return the visit that is named, one after baseline with a day."""
    allowed = [v.value for v in Visit if v.nominal_day]
    name = value.value if isinstance(value, Visit) else value
    return Visit(one_of(name, "primary_visit", allowed))
