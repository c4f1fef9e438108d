"""A study made of counts: flow, tables, courses, anatomy and recovery."""

from collections import Counter
from typing import Any, Literal

import attrs

from iph._categories import ScheduledVisit
from iph._checks import one_of, whole
from iph._options import instance, switch
from iph.criteria._criterion import Criteria
from iph.criteria._screening import screening_of
from iph.errors import InputError
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import Protocol
from iph.study._anatomy import (
    nerve_counts,
    size_correlation,
    zone_distribution,
)
from iph.study._asked import Asked, CoagulationRule, Population, asked_of
from iph.study._attendance import attendance_of
from iph.study._characteristics import Characteristic
from iph.study._coagulation import GAPS_JOINED
from iph.study._count import Counting, cohort_of, counted
from iph.study._counted_records import CountedRecords
from iph.study._counts_head import check_made_alike
from iph.study._grades import grade_courses
from iph.study._group_outcomes import (
    group_outcomes,
    treatment_outcomes,
)
from iph.study._group_visits import group_visits
from iph.study._outcomes import stated_outcomes
from iph.study._pain import pain_course
from iph.study._parts import not_asked, not_of_counts
from iph.study._protected_counts import ProtectedCounts
from iph.study._recovery import recovery_analysis
from iph.study._recovery_words import forbidden
from iph.study._responder_tables import responder_tables
from iph.study._responses import responses_of
from iph.study._scores import score_courses
from iph.study._selection import is_convenience
from iph.study._study import Rules, Study
from iph.study._study_counts import StudyCounts, column
from iph.study._study_events import study_events
from iph.study._table_one import DescriptionRules, Table, described


def analyze(
    cohort: Any,
    *,
    protocol: Protocol[Any] = LI_2023_PROTOCOL,
    assessments: Any = None,
    events: Any = None,
    criteria: Criteria | None = None,
    population: Population = "included",
    by: str | None = None,
    p_values: bool = False,
    description: Literal["shapiro-wilk", "mean", "median"] | None = None,
    quartiles: str | None = None,
    pain: str = "li2023",
    coagulation: CoagulationRule = "laboratory-or-history",
    volume: str = "ellipsoid",
    recovery_group: str | None = None,
    primary_visit: ScheduledVisit | str | None = None,
    seed: int = 2023,
) -> Study:
    """Analyze a cohort as a study, by its protocol.

    Who was included, what were they like, how did each outcome go, how do the groups
    differ, and who recovered when?

    Parameters
    ----------
    cohort : Cohort, dataframe or StudyCounts
        The records. A dataframe is one of patients, of any library or engine, as
        `iph.records.from_frames` takes it. Counts are those of `count`, or the sum of
        several; what was chosen when they were made is not chosen again, and single
        patients are not available.
    protocol : Protocol, default LI_2023_PROTOCOL
        What the study is: its outcomes, endpoints, criteria, tables and groups.
    assessments : dataframe, optional
        The assessments that belong to a dataframe of patients, one row a visit.
    events : dataframe, optional
        The table of complications and adverse events that belongs to a dataframe of
        patients, one row an event, for a study that declares events. A cohort holds its
        own.
    criteria : Criteria, optional
        The criteria of eligibility; those of the protocol if not given.
    population : {"included", "not-excluded", "all"}, default "included"
        Which records are analyzed. ``"not-excluded"`` adds those whose eligibility is
        unknown: for records that were not made for a study.
    by : str, optional
        What the tables are grouped by: a choice or yes/no field of the patient, a
        derived value; for a study of Li et al. 2023 also ``"coagulation_status"`` and
        ``"conservative"``; a member of a set, such as
        ``"treatments=surgical_evacuation"`` (several joined by ``+``); or a cut of a
        number, such as ``"age_years>=60"``. The group of the protocol, if it has one.
    p_values : bool, default False
        Whether the rows of the tables are tested between the groups. Differences at
        baseline are not decided by tests, so that the default is no.
    description : {"median", "mean", "shapiro-wilk"}, optional
        How a number is described; by the last, the mean where the Shapiro-Wilk test
        does not reject normality, as published. By default as the protocol says.
    quartiles : str, optional
        The rule of the quartiles; see `iph.stats.quartiles`. By default as the protocol
        says.
    pain : str, default "li2023"
        The cut points of pain severity; see `iph.scales.pain_severity`.
    coagulation : str, default "laboratory-or-history"
        What makes coagulation abnormal: ``"laboratory"``, a clotting test alone;
        ``"laboratory-or-history"``, an anticoagulant, rodenticide, hemophilia or
        another coagulopathy as well, wherever it is recorded;
        ``"platelets-or-laboratory-or-history"``, low platelets as well.
    volume : str, default "ellipsoid"
        How a volume is found from three diameters.
    recovery_group : str, optional
        What time to recovery is grouped by; the same names as for `by`. The group of
        the protocol if not given; coagulation in a study of Li et al. 2023.
    primary_visit : ScheduledVisit or str, optional
        The visit of the primary analysis, fixed before the data are seen: headlines
        are of this visit, whoever was seen at others. That of the protocol if not
        given; the last scheduled one if it has none.
    seed : int, default 2023
        The seed of simulated p-values, where exact ones would take too long.

    Returns
    -------
    Study
        With ``cohort``, ``patients``, ``screening``, ``table_one``, ``coagulation``,
        ``attendance``, ``grades``, ``pain``, ``zones``, ``nerves``, ``size``,
        ``outcomes``, ``group_outcomes``, ``treatment_outcomes``, ``recovery``,
        ``rules``, ``protocol``, ``scores``, ``group_visits``, ``responders``,
        ``visits``, ``n_late_losses``, ``coagulation_gaps``, ``bounds``, ``events``,
        ``convenience`` and ``unavailable``.

    Raises
    ------
    InputError
        If an option is none of those above, or is not that of the counts; or the
        records are neither a cohort, a dataframe nor counts.
    RecordErrors
        If anything in a dataframe is wrong; it lists every error.

    See Also
    --------
    count : Count the patients, so that the study needs none of them.

    Notes
    -----
    An assessment that names no visit counts at the visit whose window holds its day;
    see `iph.protocol.place_visits`.

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
    instance(protocol, "protocol", Protocol, "a Protocol, such as LI_2023_PROTOCOL")
    for name, said in (
        ("by", by),
        ("recovery_group", recovery_group),
        ("description", description),
        ("quartiles", quartiles),
    ):
        instance(said, name, (str, type(None)), "a text or None")
    switch(p_values, "p_values")
    wanted = (Criteria, type(None))
    instance(criteria, "criteria", wanted, "a set of criteria, or None")
    given: dict[str, Any] = {
        "population": population,
        "by": by,
        "recovery_group": recovery_group,
        "coagulation": coagulation,
        "volume": volume,
    }
    seed = whole(seed, "seed")
    if isinstance(cohort, StudyCounts):
        beside = {"assessments": assessments, "events": events}
        check_made_alike(cohort, protocol, criteria, beside, given)
        counts, source = cohort, None
        asked = Asked(**{f.name: getattr(counts, f.name) for f in attrs.fields(Asked)})
    elif isinstance(cohort, ProtectedCounts):
        rule = "records, or counts of which none is hidden"
        hint = "most of a study needs what they hide; its `counts` tells what they show"
        raise InputError("cohort", rule, cohort, hint)
    else:
        found = cohort_of(cohort, assessments, events, protocol)
        asked = asked_of(protocol, criteria=criteria, **given)
        _primary(protocol, primary_visit)  # before the work of counting
        source = counted(found, asked)
        counts = source.counts
    protocol = asked.protocol
    rules = Rules(
        population=asked.population,
        description=description or protocol.rules.description,
        quartiles=quartiles or protocol.rules.quartiles,
        pain=pain if "pain" in protocol.parts else "",
        coagulation=asked.coagulation,
        volume=asked.volume,
        by=asked.by,
        recovery_group=asked.recovery_group,
        primary_visit=_primary(protocol, primary_visit),
        seed=seed,
    )
    return _analyzed(counts, asked, rules, source, p_values=p_values)


def _analyzed(
    counts: StudyCounts,
    asked: Asked,
    rules: Rules,
    source: Counting | None,
    *,
    p_values: bool,
) -> Study:
    """Make a study of counts; the source adds what single patients are needed for."""
    protocol, primary, seed = asked.protocol, rules.primary_visit, rules.seed
    parts = frozenset(protocol.parts)
    columns = None if source is None else source.columns
    sampled, by, group = not is_convenience(counts.notes), asked.columns, asked.groups
    responses = responses_of(protocol)
    how = DescriptionRules(
        description=rules.description,  # type: ignore[arg-type] # checked there
        quartiles=rules.quartiles,
        p_values=p_values,
        seed=seed,
    )

    def table(rows: tuple[Characteristic, ...]) -> Table:
        named = [
            (one, counts.table("characteristics", one.name))
            for one in rows
            if by is None or one.name != by.name
        ]
        return described(named, column(counts.table("columns"), 0), by=by, rules=how)

    return Study(
        **_records(counts, source),
        table_one=table(asked.baseline),
        coagulation=table(asked.blood),
        attendance=attendance_of(counts, primary, quartile_rule=rules.quartiles),
        grades=grade_courses(counts, columns, primary=primary),
        pain=(
            pain_course(
                counts,
                columns,
                primary=primary,
                severity_rule=rules.pain,
                quartile_rule=rules.quartiles,
                rng=seed,
            )
            if "pain" in parts
            else not_asked("pain")
        ),
        zones=zone_distribution(counts) if "zones" in parts else not_asked("zones"),
        nerves=nerve_counts(counts) if "nerves" in parts else not_asked("nerves"),
        size=(
            size_correlation(counts, volume_rule=rules.volume)
            if "size" in parts
            else not_asked("size")
        ),
        outcomes=(
            stated_outcomes(counts, asked.treated, tested=sampled, rng=seed)
            if "stated outcome" in parts
            else not_asked("stated outcome")
        ),
        group_outcomes=(
            group_outcomes(counts, responses, group, primary) if sampled else ()
        ),
        treatment_outcomes=(
            treatment_outcomes(counts, responses, primary)
            if sampled and "treatments" in parts
            else ()
        ),
        recovery=tuple(
            recovery_analysis(counts, endpoint, group, primary=primary, rng=seed)
            if sampled
            else forbidden(endpoint)
            for endpoint in protocol.endpoints
        ),
        rules=rules,
        protocol=protocol,
        scores=score_courses(
            counts,
            columns,
            primary=primary,
            quartile_rule=rules.quartiles,
            rng=seed,
            skipped=frozenset({"vas"} if "pain" in parts else ()),
        ),
        group_visits=(
            ()
            if protocol.group is None
            else group_visits(counts, group, quartile_rule=rules.quartiles, rng=seed)
        ),
        responders=(
            responder_tables(counts, None if protocol.group is None else group, primary)
            if sampled
            else ()
        ),
        n_late_losses=counts.table("late losses").total(),
        coagulation_gaps=Counter(
            {
                tuple(names.split(GAPS_JOINED)): n
                for (names,), n in counts.table("coagulation gaps").items()
            }
        ),
        bounds=counts.table("bounds"),
        events=study_events(counts, by, protocol),
    )


def _records(counts: StudyCounts, source: Counting | None) -> dict[str, Any]:
    """Return cohort, patients and screening; of counts, how many there are."""
    if source is not None:
        return {
            "cohort": source.cohort,
            "patients": source.patients,
            "screening": source.screening,
            "visits": source.visits,
        }
    codes = [criterion.code for criterion in counts.criteria.all]
    places = {code: place for place, code in enumerate([*codes, None])}
    decided: Counter[tuple[int, int]] = Counter()
    for (failed, unknown), n in counts.table("records").items():
        decided[places[failed], places[unknown]] += n
    cohort = CountedRecords(
        n=decided.total(),
        label=counts.label,
        notes=counts.notes,
        not_read=counts.not_read,
        synthetic=counts.synthetic,
    )
    return {
        "cohort": cohort,
        "patients": attrs.evolve(cohort, n=counts.n),
        "screening": screening_of(counts.criteria, decided, decisions=None),
        "visits": not_of_counts("Visits outside the schedule"),
    }


def _primary(
    protocol: Protocol[Any], given: ScheduledVisit | str | None
) -> ScheduledVisit:
    """Return the visit that is named, one after baseline with a day."""
    later = [visit for visit in protocol.visits if visit.nominal_day]
    if not later:
        raise InputError("protocol", "one with a visit after day 0", protocol.title)
    if given is None:
        given = later[-1] if protocol.primary is None else protocol.primary.visit
    name = given.value if isinstance(given, ScheduledVisit) else given
    one_of(name, "primary_visit", [visit.value for visit in later])
    return next(visit for visit in later if visit.value == name)
