"""Counting the patients of a study: from then on no patient is needed."""

from typing import Any, Literal

import attrs

from iph._bound import Bound
from iph._checks import one_of
from iph._cohort import Cohort
from iph._options import instance
from iph.criteria._criterion import Criteria
from iph.criteria._screening import Screening
from iph.errors import InputError
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import Protocol
from iph.protocol._visit_places import PlacedVisits, place_visits
from iph.records._frames import from_frames
from iph.study._anatomy import count_nerves, count_sizes, count_zones
from iph.study._attendance import count_attendance
from iph.study._characteristics import (
    NOBODY_GROUPED,
    Characteristic,
    baseline_characteristics,
    blood_characteristics,
)
from iph.study._coagulation import COAGULATION_RULES, GAPS_JOINED, gaps_column
from iph.study._columns import Coded, Columns, crossed
from iph.study._grouping import TREATED, grouping
from iph.study._outcomes import count_stated
from iph.study._recovery_tables import count_recovery
from iph.study._selection import (
    EVERYBODY,
    count_decisions,
    is_convenience,
    late_losses,
    population_of,
    screened,
)
from iph.study._study_counts import Path, StudyCounts, Table
from iph.study._table_one import count_characteristics
from iph.study._visit_counts import count_by_treatment, count_outcomes

Population = Literal["included", "not-excluded", "all"]
POPULATIONS = ("included", "not-excluded", "all")
CoagulationRule = Literal[
    "laboratory", "laboratory-or-history", "platelets-or-laboratory-or-history"
]


@attrs.frozen(kw_only=True)
class Asked:
    """What is counted of the patients of a study.

    Attributes
    ----------
    protocol : Protocol
        What the study is.
    criteria : Criteria
        By whom is decided who belongs to it.
    population : str
        Which records are analyzed.
    by, recovery_group : str
        What the tables, and time to recovery, are grouped by; empty for nothing.
    coagulation, volume : str
        The rules; empty if the study asks for neither.
    """

    protocol: Protocol[Any]
    criteria: Criteria
    population: str
    by: str
    recovery_group: str
    coagulation: str
    volume: str

    @property
    def columns(self) -> Characteristic | None:
        """What the tables are grouped by."""
        return self._group(self.by, "by") if self.by else None

    @property
    def groups(self) -> Characteristic:
        """What time to recovery is grouped by."""
        if not self.recovery_group:
            return NOBODY_GROUPED
        return self._group(self.recovery_group, "recovery_group")

    @property
    def treated(self) -> Characteristic:
        """What stated outcomes are grouped by: with or without a procedure."""
        return self._group(TREATED, "by")

    def _group(self, name: str, argument: str) -> Characteristic:
        found = grouping(
            name, argument, self.protocol, coagulation_rule=self.coagulation
        )
        return _from_reference(self.protocol, found)

    @property
    def baseline(self) -> tuple[Characteristic, ...]:
        """The rows of the table of characteristics."""
        return baseline_characteristics(
            self.protocol, coagulation_rule=self.coagulation, volume_rule=self.volume
        )

    @property
    def blood(self) -> tuple[Characteristic, ...]:
        """The rows of the table of clotting tests."""
        return blood_characteristics(self.protocol)


def asked_of(
    protocol: Protocol[Any],
    *,
    criteria: Criteria | None,
    population: str,
    by: str | None,
    recovery_group: str | None,
    coagulation: str,
    volume: str,
) -> Asked:
    """Return what is counted, with the defaults of the protocol."""
    instance(protocol, "protocol", Protocol, "a Protocol, such as LI_2023_PROTOCOL")
    if criteria is not None:
        instance(criteria, "criteria", Criteria, "Criteria, such as LI_2023")
    for name, group in (("by", by), ("recovery_group", recovery_group)):
        if group is not None:
            instance(group, name, str, "the name of a group")
    one_of(population, "population", POPULATIONS)
    one_of(coagulation, "coagulation", tuple(COAGULATION_RULES))
    parts, grouped_by = frozenset(protocol.parts), recovery_group or protocol.group
    if grouped_by is None and "coagulation" in parts:
        grouped_by = "coagulation_status"
    found = Asked(
        protocol=protocol,
        criteria=criteria or protocol.criteria or EVERYBODY,
        population=population,
        by=by or protocol.group or "",
        recovery_group=grouped_by or "",
        coagulation=coagulation if "coagulation" in parts else "",
        volume=volume if "size" in parts else "",
    )
    _ = found.groups, found.columns  # refuse a name that is none of a group
    return found


def _from_reference(protocol: Protocol[Any], by: Characteristic) -> Characteristic:
    """Put the group that others are compared with first."""
    reference = protocol.group_reference
    if by.name != protocol.group or reference is None:
        return by
    pairs = list(zip(by.levels, by.level_labels, strict=True))
    named = {True: "yes", False: "no"}
    pairs.sort(key=lambda pair: str(named.get(pair[0], pair[0])) != reference)
    return attrs.evolve(
        by,
        levels=tuple(level for level, _ in pairs),
        level_labels=tuple(label for _, label in pairs),
    )


def cohort_of(source: Any, assessments: Any, protocol: Protocol[Any]) -> Cohort[Any]:
    """Return the patients of a protocol, read from a dataframe where it is one."""
    if not isinstance(source, Cohort):
        source = from_frames(source, assessments, protocol=protocol)
    elif assessments is not None:
        hint = "a cohort holds its assessments"
        raise InputError("assessments", "None beside a cohort", assessments, hint)
    if not issubclass(source.patient_class, protocol.patient):
        wanted = f"of patients of the protocol ({protocol.patient.__name__})"
        raise InputError("cohort", wanted, source.patient_class.__name__)
    found: Cohort[Any] = source
    return found


@attrs.frozen(kw_only=True)
class Counting:
    """A cohort and its counts, for a study that shows single patients as well."""

    cohort: Cohort[Any]
    visits: PlacedVisits[Any]
    screening: Screening
    patients: tuple[Any, ...]
    columns: Columns
    counts: StudyCounts


def counted(cohort: Cohort[Any], asked: Asked) -> Counting:
    """Count a cohort, reading each column once."""
    protocol = asked.protocol
    visits = place_visits(cohort, protocol)
    columns = Columns(visits.cohort.patients, protocol)
    screening = screened(columns, asked.criteria)
    patients: tuple[Any, ...] = population_of(
        visits.cohort, screening, asked.population
    )
    lost = late_losses(visits.cohort, screening)
    if len(patients) < len(cohort):
        columns = Columns(patients, protocol)
    sampled, parts = not is_convenience(cohort.notes), frozenset(protocol.parts)
    by = NOBODY_GROUPED if asked.columns is None else asked.columns
    group, table_group = asked.groups.column(columns), by.column(columns)
    tables: dict[Path, Table] = {
        ("records",): count_decisions(screening),
        ("patients",): crossed([group]),
        ("columns",): crossed([table_group]),
        ("late losses",): Table({(): len(lost)} if lost else {}),
        ("bounds",): _bounds(columns),
    }
    rows = (*asked.baseline, *asked.blood)
    tables |= count_characteristics(columns, rows, table_group)
    tables |= count_attendance(columns)
    tables |= count_outcomes(columns, group)
    if sampled:
        late = Columns(lost if asked.population == "included" else (), protocol)
        for rule in protocol.endpoints:
            tables |= count_recovery(columns, late, group, rule)
        if "treatments" in parts:
            tables |= count_by_treatment(columns)
    if "coagulation" in parts:
        gaps = gaps_column(columns, rule=asked.coagulation)
        tables["coagulation gaps",] = _told(gaps)
    if "zones" in parts:
        tables |= count_zones(columns)
    if "nerves" in parts:
        tables |= count_nerves(columns)
    if "size" in parts:
        tables |= count_sizes(columns, volume_rule=asked.volume)
    if "stated outcome" in parts:
        tables |= count_stated(columns, asked.treated.column(columns))
    counts = StudyCounts(
        **attrs.asdict(asked, recurse=False),
        label=cohort.label,
        notes=cohort.notes,
        not_read=cohort.not_read,
        synthetic=cohort.synthetic,
        tables=tables,
    )
    return Counting(
        cohort=cohort,
        visits=visits,
        screening=screening,
        patients=patients,
        columns=columns,
        counts=counts,
    )


def _told(gaps: Coded) -> Table:
    """Count the patients by what is not told of them, if anything is not."""
    return Table((GAPS_JOINED.join(gap),) for gap in gaps.listed() if gap)


def _bounds(columns: Columns) -> Table:
    """Count the patients whose value of a field is known by a bound alone."""
    found = Table()
    for field in columns.protocol.patient_fields:
        if field.declaration.bounded:
            for value in columns.of_patients(field.name).listed():
                if isinstance(value, Bound):
                    found[field.name, str(value)] += 1
    return found


def count(
    source: Any,
    *,
    protocol: Protocol[Any] = LI_2023_PROTOCOL,
    assessments: Any = None,
    criteria: Criteria | None = None,
    population: Population = "included",
    by: str | None = None,
    recovery_group: str | None = None,
    coagulation: CoagulationRule = "laboratory-or-history",
    volume: str = "ellipsoid",
) -> StudyCounts:
    """Count the patients of a study, so that it can be analyzed without them.

    How does a hospital take part in a study of several, if no record of a patient may
    leave it? It counts its own patients by the common protocol and hands on the counts;
    those of all hospitals add up, and `analyze` makes of the sum what it would make of
    all patients together.

    Parameters
    ----------
    source : Cohort or dataframe
        The records. A dataframe is one of patients, of any library or engine, as
        `iph.records.from_frames` takes it. Its rows are fetched and not kept, so that
        a table that does not fit into memory is counted in pieces, which add up.
    protocol : Protocol, default LI_2023_PROTOCOL
        What the study is; counts of several hospitals need one and the same.
    assessments : dataframe, optional
        The assessments that belong to a dataframe of patients, one row a visit.
    criteria : Criteria, optional
        The criteria of eligibility; those of the protocol if not given.
    population : {"included", "not-excluded", "all"}, default "included"
        Which records are counted, as for `analyze`.
    by, recovery_group : str, optional
        What the tables, and time to recovery, are grouped by, as for `analyze`.
    coagulation, volume : str
        What makes coagulation abnormal, and how a volume is found from three diameters,
        as for `analyze`.

    Returns
    -------
    StudyCounts
        With ``tables``, ``n``, what was asked, ``n_small_cells``, ``to_json`` and
        ``from_json``. Counts of one protocol and of the same options add up.

    Raises
    ------
    InputError
        If an option is none of those above, or the records are neither a cohort nor a
        dataframe.
    RecordErrors
        If anything in a dataframe is wrong; it lists every error.

    See Also
    --------
    analyze : Make a study of the counts.
    tally, recovery_counts : One table, counted where the data lie.

    Notes
    -----
    Counted are the values of each characteristic by group; the values of each outcome
    at each visit, and at each two visits together, by group; the order of a patient's
    own values; the days between which each endpoint came; who was seen, missed or had
    died at each visit; and what became of each record by the criteria. Values are
    counted as they were recorded, and rounded, if at all, after all counts were added.

    The tests of two visits need the pairs of their values, and those of all visits
    [1]_ [2]_ need the ranks within a patient alone. So no table holds all that is known
    of a patient, and the tables hardly grow with the number of patients. What needs
    single patients is not available from counts: the line of each score or grade over
    the visits, the decision on each record, and the comparison with published claims.

    References
    ----------
    .. [1] Friedman M. The use of ranks to avoid the assumption of normality implicit in
       the analysis of variance. J Am Stat Assoc 1937;32:675-701.
       doi:10.1080/01621459.1937.10503522
    .. [2] Skillings JH, Mack GA. On the use of a Friedman-type statistic in balanced
       and unbalanced block designs. Technometrics 1981;23:171-177.
       doi:10.1080/00401706.1981.10486261

    Examples
    --------
    >>> from iph import Cohort
    >>> from iph.evidence import published_cases
    >>> from iph.study import analyze, count
    >>> cases = published_cases()
    >>> north, south = Cohort(cases.patients[:30]), Cohort(cases.patients[30:])
    >>> both = count(north, population="all") + count(south, population="all")
    >>> study = analyze(both)
    >>> both.n, study.table_one == analyze(cases, population="all").table_one
    (62, True)
    """
    asked = asked_of(
        protocol,
        criteria=criteria,
        population=population,
        by=by,
        recovery_group=recovery_group,
        coagulation=coagulation,
        volume=volume,
    )
    return counted(cohort_of(source, assessments, protocol), asked).counts
