"""Screening where the data lie: decisions as expressions, counted in one pass."""

from collections import Counter
from typing import Any

from iph._fields import Kind
from iph._model import PATIENT_FIELDS
from iph.criteria._criterion import Criteria
from iph.errors import InputError

_FAILED = "iph_first_failed"
_UNKNOWN = "iph_first_unknown"


def _opened(frame: Any, criteria: Criteria) -> Any:
    """Return the frame, eager or lazy as it was, with missing values in one form."""
    import narwhals.stable.v2 as nw

    try:
        opened = nw.from_native(frame)
    except TypeError:
        raise InputError(
            "records", "patients or a dataframe that narwhals takes", type(frame)
        ) from None
    columns = opened.collect_schema().names()
    absent = [name for name in criteria.fields if name not in columns]
    if absent:
        raise InputError(
            "records",
            f"a table with the columns {', '.join(criteria.fields)}",
            f"no {', '.join(absent)}",
            "add the missing columns, empty where nothing is recorded",
        )
    if type(frame).__module__.startswith("pandas."):
        opened = nw.from_native(_nullable(frame, criteria))
    return _typed(opened, criteria)


_PANDAS_TYPES = {
    Kind.QUANTITY: "Float64",
    Kind.DAYS: "Float64",
    Kind.YES_NO: "boolean",
    Kind.CHOICE: "string",
    Kind.CHOICES: "string",
}


def _nullable(frame: Any, criteria: Criteria) -> Any:
    """Give the columns asked for types that know what is missing.

    NumPy has no missing whole number and no missing yes/no, and a column of nothing but
    None becomes "no" if it is cast.
    """
    kinds = {f.name: f.declaration.kind for f in PATIENT_FIELDS}
    types = {
        name: _PANDAS_TYPES[kinds[name]]
        for name in criteria.fields
        if frame[name].dtype.kind in "Of" or frame[name].isna().all()
    }
    empty = {name for name in types if frame[name].isna().all()}
    whole = frame.assign(**dict.fromkeys(empty)) if empty else frame
    return whole.astype(types)


def _typed(frame: Any, criteria: Criteria) -> Any:
    """Give a column that is empty throughout the type that its field declares."""
    import narwhals.stable.v2 as nw

    schema = frame.collect_schema()
    wanted = {f.name: f.declaration.kind for f in PATIENT_FIELDS}
    casts = []
    for name in criteria.fields:
        kind, found = wanted[name], schema[name]
        if kind is Kind.YES_NO and found != nw.Boolean():
            casts.append(nw.col(name).cast(nw.Boolean()))
        elif kind in {Kind.CHOICE, Kind.CHOICES} and found != nw.String():
            casts.append(nw.col(name).cast(nw.String()))
        elif kind in {Kind.QUANTITY, Kind.DAYS} and not found.is_numeric():
            casts.append(nw.col(name).cast(nw.Float64()))
    return frame.with_columns(*casts) if casts else frame


def _first(conditions: list[Any]) -> Any:
    """Return the place of the first condition that holds; one past the end if none."""
    import narwhals.stable.v2 as nw

    expression = nw.lit(len(conditions))
    for place in reversed(range(len(conditions))):
        condition = conditions[place]
        expression = nw.when(condition).then(nw.lit(place)).otherwise(expression)
    return expression


def _states(criteria: Criteria) -> tuple[Any, Any]:
    """Return the places of the first failed and the first unknown criterion."""
    failed = [c.rule.unmet() for c in criteria.include]
    failed += [c.rule.met() for c in criteria.exclude]
    passed = [c.rule.met() for c in criteria.include]
    passed += [c.rule.unmet() for c in criteria.exclude]
    unknown = [~(f | p) for f, p in zip(failed, passed, strict=True)]  # never null
    return _first(failed), _first(unknown)


def count_states(frame: Any, criteria: Criteria) -> Counter[tuple[int, int]]:
    """Count records by first failed and first unknown criterion, in one pass."""
    import narwhals.stable.v2 as nw

    failed, unknown = _states(criteria)
    counted = (
        _opened(frame, criteria)
        .lazy()
        .select(failed.alias(_FAILED), unknown.alias(_UNKNOWN))
        .group_by(_FAILED, _UNKNOWN)
        .agg(nw.len().alias("n"))
        .collect()
    )
    rows = counted.select(_FAILED, _UNKNOWN, "n").iter_rows()
    return Counter({(int(f), int(u)): int(n) for f, u, n in rows})


def decide(frame: Any, criteria: Criteria) -> Any:
    """Add the decision on every record to a dataframe, lazily where it is lazy.

    Which rows does the study keep? For the counts alone, `screen` is enough.

    Parameters
    ----------
    frame : dataframe
        Anything that narwhals takes, with the columns of `Cohort.patients_frame`.
    criteria : Criteria
        The set to apply.

    Returns
    -------
    dataframe
        Of the same kind, with two more columns: ``eligibility`` (``included``,
        ``excluded`` or ``unknown``) and ``reason`` (the code of the first criterion
        that fails or, if none does, of the first that cannot be answered; null if the
        record is included).

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> from iph import Cohort, Patient
    >>> from iph.criteria import LI_2023, decide
    >>> cohort = Cohort([Patient(patient_id="P01", age_years=12)])
    >>> decide(cohort.patients_frame(), LI_2023)["reason"].tolist()
    ['I1']
    """
    import narwhals.stable.v2 as nw

    failed, unknown = _states(criteria)
    codes = [criterion.code for criterion in criteria.all]
    never = len(codes)
    place_failed, place_unknown = nw.col(_FAILED), nw.col(_UNKNOWN)
    eligibility = (
        nw.when(place_failed < never)
        .then(nw.lit("excluded"))
        .otherwise(
            nw.when(place_unknown < never)
            .then(nw.lit("unknown"))
            .otherwise(nw.lit("included"))
        )
    )
    reason = nw.lit(None, dtype=nw.String())
    for place in reversed(range(never)):
        first = (place_failed == place) | (
            (place_failed == never) & (place_unknown == place)
        )
        reason = nw.when(first).then(nw.lit(codes[place])).otherwise(reason)
    return (
        _opened(frame, criteria)
        .with_columns(failed.alias(_FAILED), unknown.alias(_UNKNOWN))
        .with_columns(eligibility.alias("eligibility"), reason.alias("reason"))
        .drop(_FAILED, _UNKNOWN)
        .to_native()
    )
