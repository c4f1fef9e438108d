"""Patients out of dataframes of any library or engine."""

from collections.abc import Iterable
from typing import Any

from iph._cohort import Cohort
from iph.errors import InputError
from iph.protocol._protocol import P_co, Protocol
from iph.records._event_reading import events_of_table
from iph.records._frame_table import frame_table
from iph.records._mapping import column_mapping
from iph.records._reading import Examined, examined_tables, the_cohort, with_events
from iph.records._sources import asked_of
from iph.records._study import of_study, the_study


def from_frames(
    patients: Any,
    assessments: Any = None,
    *,
    events: Any = None,
    mapping: Any = None,
    decimal: str | None = None,
    missing: Iterable[str] = (),
    protocol: Protocol[P_co] | None = None,
) -> Cohort[P_co]:
    """Read patients from dataframes.

    Who are my patients, when they are in a database or a dataframe? All rows are
    fetched: select the patients of the study first, with `iph.criteria.decide`.

    Parameters
    ----------
    patients : dataframe
        Anything that narwhals takes (pandas, Polars, PyArrow, DuckDB, Dask, PySpark,
        SQLFrame, Ibis), with the columns of `Cohort.patients_frame`, as far as there
        are any, one row a patient. The long and wide layouts of `read` are understood
        as well.
    assessments : dataframe, optional
        One row a patient and visit, with the columns of `Cohort.assessments_frame`.
    events : dataframe, optional
        One row an event, with the columns of `Cohort.events_frame`, for a study that
        declares events.
    mapping : path or mapping, optional
        What other column names mean, as for `read`.
    decimal, missing, protocol : object
        As for `read`.

    Returns
    -------
    Cohort
        The patients in the order of their rows, if the engine keeps an order; with what
        the frames say that their cohort carries.

    Raises
    ------
    InputError
        If it is no dataframe, or if events are given of a study that declares none.
    RecordErrors
        If anything in the tables is wrong; it lists every error.
    FileError
        If no column is known.

    Warns
    -----
    NotReadWarning
        If columns or rows hold something and were not used.

    See Also
    --------
    read : The same for files.

    Examples
    --------
    >>> import pandas as pd
    >>> from iph.records import from_frames
    >>> patients = pd.DataFrame({"patient_id": ["P01"], "age_years": [48]})
    >>> visits = pd.DataFrame(
    ...     {
    ...         "patient_id": ["P01", "P01"],
    ...         "visit": ["baseline", "week_1"],
    ...         "vas": [7, 4],
    ...     }
    ... )
    >>> cohort = from_frames(patients, visits)
    >>> [a.vas for a in cohort.patients[0].follow_up.assessments]
    [7.0, 4.0]
    """
    found = examined_frames(
        patients,
        assessments,
        events=events,
        mapping=mapping,
        decimal=decimal,
        missing=missing,
        protocol=protocol,
    )
    return the_cohort(found)


def examined_frames(
    patients: Any,
    assessments: Any = None,
    *,
    name: str = "patients",
    events: Any = None,
    mapping: Any = None,
    decimal: str | None = None,
    missing: Iterable[str] = (),
    protocol: Protocol[Any] | None = None,
) -> Examined:
    """Return what dataframes hold, and all that is wrong with them."""
    tables = [frame_table(patients, "patients")]
    if assessments is not None:
        tables.append(frame_table(assessments, "assessments"))
    with of_study(protocol):
        meant, wrong = column_mapping(mapping)
        found = examined_tables(
            tables,
            name=name,
            mapping=meant,
            errors=wrong,
            asked=asked_of(meant, decimal=decimal, missing=missing),
        )
        if events is not None:
            if not the_study().events:
                rule = "None for a study that declares none"
                raise InputError("events", rule, type(events).__name__)
            told = events_of_table(frame_table(events, "events"), found.cohort)
            found = with_events(found, told)
    return found
