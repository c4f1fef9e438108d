"""A whole study from a cohort: flow, tables, courses, anatomy and recovery."""

from typing import Any, Literal

import attrs

from iph._checks import one_of, whole
from iph._cohort import Cohort
from iph._model import Patient
from iph.criteria._criterion import Criteria
from iph.criteria._li2023 import LI_2023
from iph.criteria._screening import Eligibility, Screening, screen
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
from iph.study._characteristics import (
    baseline_characteristics,
    blood_characteristics,
    grouping,
    groupings,
)
from iph.study._coagulation import COAGULATION_RULES
from iph.study._endpoints import ENDPOINTS
from iph.study._grades import GradeCourse, grade_courses
from iph.study._pain import PainCourse, pain_course
from iph.study._parts import Unavailable
from iph.study._recovery import RecoveryAnalysis, recovery_analysis
from iph.study._table_one import Table, table_of

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
        When a number is described by its mean and when by its median.
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
    seed : int
        The seed of every simulated p-value.
    """

    population: str
    description: str = "shapiro-wilk"
    quartiles: str = "weibull"
    pain: str = "li2023"
    coagulation: str = "laboratory-or-history"
    volume: str = "ellipsoid"
    visit_days: str = "nominal day of the visit where no day is recorded"
    recovery_group: str = "coagulation_status"
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
    grades: tuple[GradeCourse | Unavailable, ...]
    pain: PainCourse | Unavailable
    zones: Zones | Unavailable
    nerves: tuple[Count, ...] | Unavailable
    size: SizeCorrelation | Unavailable
    recovery: tuple[RecoveryAnalysis | Unavailable, ...]
    rules: Rules

    @property
    def unavailable(self) -> tuple[Unavailable, ...]:
        """The parts that the data cannot carry, in the order of the attributes."""
        parts = (*self.grades, self.pain, self.zones, self.nerves, self.size)
        return tuple(
            part for part in (*parts, *self.recovery) if isinstance(part, Unavailable)
        )


def analyze(
    cohort: Any,
    *,
    assessments: Any = None,
    criteria: Criteria = LI_2023,
    population: Population = "included",
    by: str | None = None,
    description: Literal["shapiro-wilk", "mean", "median"] = "shapiro-wilk",
    quartiles: str = "weibull",
    pain: str = "li2023",
    coagulation: CoagulationRule = "laboratory-or-history",
    volume: str = "ellipsoid",
    recovery_group: str = "coagulation_status",
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
        What the tables are grouped by: a choice or yes/no field of `Patient`, or
        ``"coagulation_status"``.
    description : {"shapiro-wilk", "mean", "median"}, default "shapiro-wilk"
        When a number is described by its mean and when by its median.
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
    seed : int, default 2023
        The seed of simulated p-values, where exact ones would take too long.

    Returns
    -------
    Study
        With ``cohort``, ``patients``, ``screening``, ``table_one``, ``coagulation``,
        ``grades``, ``pain``, ``zones``, ``nerves``, ``size``, ``recovery``, ``rules``
        and ``unavailable``.

    Raises
    ------
    InputError
        If an option is none of those above, or the records are neither a cohort nor a
        dataframe.
    RecordErrors
        If anything in a dataframe is wrong; it lists every error.

    Notes
    -----
    Kruskal-Wallis on repeated scores is computed because the study of 2023 used it
    [1]_; it takes the visits for independent groups. Friedman's test beside it pairs
    the scores by patient.

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
    >>> study.zones.reason
    'no zone is recorded'
    """
    if not isinstance(cohort, Cohort):
        cohort = from_frames(cohort, assessments)
    elif assessments is not None:
        hint = "a cohort holds its assessments"
        raise InputError("assessments", "None beside a cohort", assessments, hint)
    one_of(population, "population", POPULATIONS)
    one_of(coagulation, "coagulation", tuple(COAGULATION_RULES))
    seed = whole(seed, "seed")
    group = grouping(recovery_group, coagulation_rule=coagulation)
    if group is None:
        allowed = ", ".join(groupings())
        raise InputError("recovery_group", f"one of: {allowed}", recovery_group)
    rules = Rules(
        population=population,
        description=description,
        quartiles=quartiles,
        pain=pain,
        coagulation=coagulation,
        volume=volume,
        recovery_group=recovery_group,
        seed=seed,
    )
    screening = screen(cohort, criteria)
    patients = _population(cohort, screening, population)
    options = {
        "by": by,
        "coagulation_rule": coagulation,
        "description_rule": description,
        "quartile_rule": quartiles,
    }
    baseline = baseline_characteristics(
        coagulation_rule=coagulation, volume_rule=volume
    )
    return Study(
        cohort=cohort,
        patients=patients,
        screening=screening,
        table_one=table_of(patients, baseline, rng=seed, **options),  # type: ignore[arg-type] # all text
        coagulation=table_of(patients, blood_characteristics(), rng=seed, **options),  # type: ignore[arg-type] # all text
        grades=grade_courses(patients),
        pain=pain_course(patients, severity_rule=pain, quartile_rule=quartiles),
        zones=zone_distribution(patients),
        nerves=nerve_counts(patients),
        size=size_correlation(patients, volume_rule=volume),
        recovery=tuple(
            recovery_analysis(patients, endpoint, group, rng=seed)
            for endpoint in ENDPOINTS.values()
        ),
        rules=rules,
    )


def _population(
    cohort: Cohort, screening: Screening, population: str
) -> tuple[Patient, ...]:
    """Return the patients to analyze; `screen` decides on every one of a cohort."""
    wanted = {
        "included": {Eligibility.INCLUDED},
        "not-excluded": {Eligibility.INCLUDED, Eligibility.UNKNOWN},
        "all": set(Eligibility),
    }[population]
    decisions = screening.decisions or ()
    return tuple(
        patient
        for patient, decision in zip(cohort, decisions, strict=True)
        if decision.eligibility in wanted
    )
