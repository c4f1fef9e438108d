"""Counting the patients of a study: from then on no patient is needed."""

import warnings
from typing import Any

import attrs

from iph._bound import Bound
from iph._cohort import Cohort
from iph.criteria._criterion import Criteria
from iph.criteria._screening import Screening
from iph.errors import InputError, NotReadWarning
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import Protocol
from iph.protocol._visit_places import PlacedVisits, place_visits
from iph.records._frames import from_frames
from iph.study._anatomy import count_nerves, count_sizes, count_zones
from iph.study._asked import Asked, CoagulationRule, Population, asked_of
from iph.study._attendance import count_attendance
from iph.study._coagulation import GAPS_JOINED, gaps_column
from iph.study._columns import Coded, Columns, crossed
from iph.study._engine._counting import engine_tables
from iph.study._engine._lazy import Fetched, LazyTables, lazy_tables
from iph.study._event_counts import counted_events
from iph.study._outcomes import count_stated
from iph.study._recovery_tables import count_recovery
from iph.study._selection import (
    check_days,
    count_decisions,
    is_convenience,
    late_losses,
    population_of,
    screened,
)
from iph.study._study_counts import Path, StudyCounts, Table
from iph.study._table_one import count_characteristics
from iph.study._visit_counts import count_by_treatment, count_outcomes


def cohort_of(
    source: Any, assessments: Any, events: Any, protocol: Protocol[Any]
) -> Cohort[Any]:
    """Return the patients of a protocol, read from a dataframe where it is one."""
    beside = {"assessments": assessments, "events": events}
    if not isinstance(source, Cohort):
        source = from_frames(source, **beside, protocol=protocol)
    else:
        for name, table in beside.items():
            if table is not None:
                hint = f"a cohort holds its {name}"
                raise InputError(name, "None beside a cohort", table, hint)
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
    check_days(columns)
    screening = screened(columns, asked.criteria)
    patients: tuple[Any, ...] = population_of(
        visits.cohort, screening, asked.population
    )
    lost = late_losses(visits.cohort, screening)
    if len(patients) < len(cohort):
        columns = Columns(patients, protocol)
    sampled, parts = not is_convenience(cohort.notes), frozenset(protocol.parts)
    group, table_group = asked.groups.column(columns), asked.by_all.column(columns)
    tables: dict[Path, Table] = {
        ("records",): count_decisions(screening),
        ("patients",): crossed([group]),
        ("columns",): crossed([table_group]),
        ("late losses",): Table({(): len(lost)} if lost else {}),
        ("bounds",): _bounds(columns),
    }
    tables |= count_characteristics(columns, asked.rows, table_group)
    tables |= count_attendance(columns)
    tables |= count_outcomes(columns, group)
    names = (patient.patient_id for patient in patients)
    groups = zip(names, table_group.listed(), strict=True)
    tables |= counted_events(cohort, protocol, groups)
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
    """Count the patients and assessments whose value is known by a bound alone."""
    found = Table()
    protocol = columns.protocol
    for fields, read in (
        (protocol.patient_fields, columns.of_patients),
        (protocol.assessment_fields, columns.of_assessments),
    ):
        for field in fields:
            if field.declaration.bounded:
                for value in read(field.name).listed():
                    if isinstance(value, Bound):
                        found[field.name, str(value)] += 1
    return found


def count(
    source: Any,
    *,
    protocol: Protocol[Any] = LI_2023_PROTOCOL,
    assessments: Any = None,
    events: Any = None,
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
        `iph.records.from_frames` takes it. A lazy table is counted where it lies if it
        has the columns of `Cohort.patients_frame`; see Notes.
    protocol : Protocol, default LI_2023_PROTOCOL
        What the study is; counts of several hospitals need one and the same.
    assessments : dataframe, optional
        The assessments that belong to a dataframe of patients, one row a visit.
    events : dataframe, optional
        The table of complications and adverse events that belongs to a dataframe of
        patients, with the columns of `Cohort.events_frame`, for a study that declares
        events. A cohort holds its own.
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

    Of lazy tables (DuckDB, Polars, PySpark, Ibis) no row of a patient is fetched:
    one query asks for the distinct cells of each column, and one counts all tables of
    the study, small ones as one of all their columns. They are read by the names of
    fields, one row a patient, one a visit that is named, and one an event; other
    columns are not read, which a warning says. Checked are the cells of each column,
    and days, visits, events and deaths of each patient. What the tables say of the
    cohort and of its laboratories is heeded as in a cohort. A row has no place there,
    so that visits without a day stand in the order of the schedule.

    The rows are fetched, and not kept, where the engine is Dask, where a study has
    values found by a function in Python, where a rule asks for a number that may be a
    bound, where the columns have other names, and where the two tables cannot be
    joined; such a table that does not fit into memory is counted in pieces, which add
    up.

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
    tables = lazy_tables(source, assessments, events, asked)
    if isinstance(tables, Fetched):
        cohort = cohort_of(source, assessments, events, protocol)
        return counted(cohort, asked).counts
    return _counted_where_they_lie(tables, asked)


def counted_unfetched(
    patients: Any, assessments: Any, events: Any, asked: Asked
) -> StudyCounts:
    """Count tables where they lie; refuse those whose rows would have to be fetched."""
    tables = lazy_tables(patients, assessments, events, asked)
    if isinstance(tables, Fetched):
        rule = "tables that are counted without a row of a patient being fetched"
        hint = f"{tables.why}; iph.study.count fetches and counts such tables in Python"
        raise InputError("FILE", rule, "other tables", hint)
    return _counted_where_they_lie(tables, asked)


def _counted_where_they_lie(tables: LazyTables, asked: Asked) -> StudyCounts:
    """Count the tables of an engine, from which only cells come back."""
    if tables.not_read:
        warnings.warn(NotReadWarning("patients", tables.not_read), stacklevel=3)
    found, carried = engine_tables(
        tables.patients, tables.assessments, tables.events, asked
    )
    return StudyCounts(
        **attrs.asdict(asked, recurse=False),
        **attrs.asdict(carried),
        not_read=tables.not_read,
        tables=found,
    )
