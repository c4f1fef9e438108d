"""Screening where the data lie: decisions as expressions, counted in one pass."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from iph._collecting import collected
from iph._fields import Kind
from iph.criteria._bound_columns import has_sign, sign_column, with_signs
from iph.criteria._criterion import Criteria
from iph.criteria._frame_words import (
    NUMERAL,
    ODD,
    YES_NO_WORDS,
    doubtful,
    not_understood,
    with_doubts,
    with_words_read,
)
from iph.criteria._known import PATIENTS, Known, StudyProtocol, chosen, known_to, sound
from iph.criteria._rule import Fields
from iph.errors import InputError

Doubts = Callable[[Any, Iterable[str], Fields], Any]
"""What marks the cells of some columns that are not understood."""

_FAILED = "iph_first_failed"
_UNKNOWN = "iph_first_unknown"
_STATE = "iph_state"
ANSWER = "iph_answer_"
_MANY = 2**15  # more than a whole number of 16 bits holds


def opened(frame: Any, criteria: Criteria, known: Known = PATIENTS) -> Any:
    """Return the frame, eager or lazy as it was, with missing values in one form."""
    found, kinds = _taken(frame, criteria, known)
    return _cleaned(found, kinds)


def _taken(frame: Any, criteria: Criteria, known: Known) -> tuple[Any, dict[str, Kind]]:
    """Return the frame as it is, and the kinds of its columns that are asked for."""
    sound(criteria, known.fields)
    needed = known.columns(criteria.fields)
    import narwhals.stable.v2 as nw

    try:
        found = nw.from_native(frame)
    except TypeError:
        raise InputError(
            "records", "patients or a dataframe that narwhals takes", type(frame)
        ) from None
    columns = found.collect_schema().names()
    absent = [name for name in needed if name not in columns]
    if absent:
        raise InputError(
            "records",
            f"a table with the columns {', '.join(needed)}",
            f"no {', '.join(absent)}",
            "add the missing columns, empty where nothing is recorded",
        )
    return found, _kinds(needed, known.fields)


def _cleaned(frame: Any, kinds: dict[str, Kind]) -> Any:
    """Return a frame with missing values in one form, and the types of its fields."""
    import narwhals.stable.v2 as nw

    native = _missing_known(frame.to_native(), kinds)
    return _typed(nw.from_native(native), kinds)


def _missing_known(frame: Any, kinds: dict[str, Kind]) -> Any:
    """Give the columns of a library like pandas types that know what is missing."""
    library = type(frame).__module__.partition(".")[0]
    if library == "pandas":
        return _nullable(frame, kinds, every=False)
    if library == "dask":
        empty = _nullable(frame._meta, kinds, every=True)  # noqa: SLF001 - as its guide does
        return frame.map_partitions(_nullable, kinds, every=True, meta=empty)
    return frame


def _kinds(names: Iterable[str], fields: Fields) -> dict[str, Kind]:
    """Return the kind of each of some fields."""
    return {name: fields[name].kind for name in names}


_PANDAS_TYPES = {
    Kind.QUANTITY: "Float64",
    Kind.DAYS: "Float64",
    Kind.GRADE: "Float64",
    Kind.YES_NO: "boolean",
    # Texts of Arrow, which is the default in pandas 3, give a yes/no of Arrow.
    Kind.CHOICE: "string[python]",
    Kind.CHOICES: "string[python]",
}
_NUMBERS = {Kind.QUANTITY, Kind.DAYS, Kind.GRADE}
_ANSWERS = {word: answer for answer, words in YES_NO_WORDS.items() for word in words}


def _nullable(frame: Any, kinds: dict[str, Kind], *, every: bool) -> Any:
    """Give pandas columns types that know what is missing, all of one family.

    NumPy has no missing whole number and no missing yes/no, and a column of nothing but
    None becomes "no" if it is cast. The "or" of a yes/no of pandas and one of Arrow
    fails. The parts of a distributed frame must agree on their types, so there every
    column asked for is converted.
    """
    made = {}
    for name, kind in kinds.items():
        column, dtype = frame[name], _PANDAS_TYPES[kind]
        empty = bool(column.isna().all())
        if not (every or empty or _is_foreign(column.dtype, dtype)):
            continue
        if empty:
            made[name] = column.astype(object).where(column.notna(), None)
        elif dtype == "boolean" and column.dtype.kind != "b":
            made[name] = column.astype("string").str.lower().map(_ANSWERS)
        elif dtype == "Float64" and column.dtype.kind not in "iufb":
            made[name] = column.where(column.astype("string").str.match(NUMERAL), None)
        made[name] = made.get(name, column).astype(dtype)
    return frame.assign(**made)


def _is_foreign(found: Any, wanted: str) -> bool:
    """Tell types of NumPy and Arrow, or of another kind, from the one wanted."""
    name: str = found.name
    if wanted == "Float64":
        return not name.startswith(("Int", "UInt", "Float"))
    return wanted not in {name, f"{name}[{getattr(found, 'storage', '')}]"}


def _typed(frame: Any, kinds: dict[str, Kind]) -> Any:
    """Give columns of another type the one that their field declares.

    A column that is empty throughout, or read from a text file, is text to most
    engines; a text that is no number is missing where a number is asked for.
    """
    import narwhals.stable.v2 as nw

    schema = frame.collect_schema()
    casts = []
    for name, kind in kinds.items():
        found, column = schema[name], nw.col(name)
        if kind is Kind.YES_NO and found != nw.Boolean():
            casts.append(_yes_no(column, found).alias(name))
        elif kind in {Kind.CHOICE, Kind.CHOICES} and found != nw.String():
            casts.append(column.cast(nw.String()))
        elif kind in _NUMBERS and not found.is_numeric():
            if found == nw.String():
                numeral = nw.when(column.str.contains(NUMERAL)).then(column)
                column = numeral.otherwise(nw.lit(None, nw.String())).alias(name)
            casts.append(column.cast(nw.Float64()))
    return frame.with_columns(*casts) if casts else frame


def _yes_no(column: Any, found: Any) -> Any:
    """Read yes/no from words or from 1 and 0; anything else is missing.

    It is not cast: some engines make yes of every number but 0, or no of nothing.
    """
    import narwhals.stable.v2 as nw

    if found.is_numeric():
        yes, no = column == 1, column == 0
    else:
        word = column.cast(nw.String()).str.to_lowercase()
        yes, no = word.is_in(YES_NO_WORDS[True]), word.is_in(YES_NO_WORDS[False])
    none = nw.lit(None, nw.Boolean())
    answered_no = nw.when(no).then(nw.lit(False)).otherwise(none)
    return nw.when(yes).then(nw.lit(True)).otherwise(answered_no)


def _answered(frame: Any, criteria: Criteria, known: Known, doubts: Doubts) -> Any:
    """Open a frame, and add the answer of each criterion as a column of its own.

    Were the answers written out wherever they are used, some engines would work out
    each of them every time.
    """
    import narwhals.stable.v2 as nw

    raw, kinds = _taken(frame, criteria, known)
    fields = with_signs(known.fields, kinds, raw.collect_schema().names())
    signs = {sign_column(n): Kind.CHOICE for n in kinds if has_sign(n, fields)}
    marked = doubts(raw, doubtful(raw, kinds, fields), fields)
    found = _cleaned(marked, kinds | signs)
    for one in known.needed(criteria.fields):
        native = found.with_columns(one.expr(fields).alias(one.name)).to_native()
        kinds = _kinds([one.name], fields)
        found = nw.from_native(_missing_known(native, kinds))
    answers = {f"{ANSWER}{p}": c.rule.expr(fields) for p, c in enumerate(criteria.all)}
    return found.with_columns(**answers)


def _marks(frame: Any) -> list[str]:
    """Return the columns that say which cells are not understood."""
    return [n for n in frame.collect_schema().names() if n.startswith(ODD)]


def states(criteria: Criteria) -> tuple[Any, Any]:
    """Return the places of the first failed and the first unknown criterion.

    One past the end stands for none. They are read from the columns of answers. A
    condition that is null counts as false everywhere.
    """
    import narwhals.stable.v2 as nw

    never = len(criteria.all)
    dtype = nw.Int16 if (never + 1) ** 2 < _MANY else nw.Int64
    first_failed = first_unknown = nw.lit(never, dtype)
    for place in reversed(range(never)):
        here, answer = nw.lit(place, dtype), nw.col(f"{ANSWER}{place}")
        failed = ~answer if place < len(criteria.include) else answer
        first_failed = nw.when(failed).then(here).otherwise(first_failed)
        first_unknown = nw.when(answer.is_null()).then(here).otherwise(first_unknown)
    return first_failed, first_unknown


def count_states(
    frame: Any, criteria: Criteria, known: Known = PATIENTS
) -> Counter[tuple[int, int]]:
    """Count records by first failed and first unknown criterion, in one pass.

    Where cells are no codes, a second pass reads them as words.
    """
    answered = _answered(frame, criteria, known, with_doubts)
    counted, odd = _counted(answered, criteria)
    if any(odd.values()):
        answered = _answered(frame, criteria, known, with_words_read)
        counted, odd = _counted(answered, criteria)
    if any(odd.values()):
        raise not_understood(answered, odd, known.fields)
    return counted


def _counted(
    answered: Any, criteria: Criteria
) -> tuple[Counter[tuple[int, int]], dict[str, int]]:
    """Count records by state, and the cells of each column that are not understood."""
    import narwhals.stable.v2 as nw

    failed, unknown = states(criteria)
    places = len(criteria.all) + 1
    marks = _marks(answered)
    # One small whole number a record: to count by it is quicker than by two.
    found = collected(
        answered.lazy()
        .select((failed * places + unknown).alias(_STATE), *marks)
        .group_by(_STATE)
        .agg(nw.len().alias("n"), *(nw.col(mark).count() for mark in marks))
    )
    counted: Counter[tuple[int, int]] = Counter()
    odd = dict.fromkeys((mark.removeprefix(ODD) for mark in marks), 0)
    for state, n, *wrong in found.select(_STATE, "n", *marks).iter_rows():
        counted[divmod(int(state), places)] += int(n)
        for name, count in zip(odd, wrong, strict=True):
            odd[name] += int(count)
    return counted, odd


def decide(
    frame: Any,
    criteria: Criteria | None = None,
    *,
    protocol: StudyProtocol | None = None,
) -> Any:
    """Add the decision on every record to a dataframe, lazily where it is lazy.

    Which rows does the study keep? For the counts alone, `screen` is enough.

    Parameters
    ----------
    frame : dataframe
        Anything that narwhals takes, with the columns of `Cohort.patients_frame`.
    criteria : Criteria, optional
        The set to apply; that of the protocol if not given.
    protocol : Protocol, optional
        The study, which says what the columns hold; by default they are those of
        `Cohort.patients_frame`.

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
        If a column is missing, or a criterion asks for a field that the study does not
        have; for a table in memory, if a cell is neither a code nor a label.

    Notes
    -----
    Words are read as `screen` does. A lazy table is not looked at: there, a cell that
    is neither a code nor a label counts as not recorded, and `screen` refuses it.

    Examples
    --------
    >>> from iph import Cohort, Patient
    >>> from iph.criteria import LI_2023, decide
    >>> cohort = Cohort([Patient(patient_id="P01", age_years=12)])
    >>> decide(cohort.patients_frame(), LI_2023)["reason"].tolist()
    ['I1']
    """
    import narwhals.stable.v2 as nw

    criteria, known = chosen(criteria, protocol), known_to(protocol)
    failed, unknown = states(criteria)
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
    derived = [one.name for one in known.needed(criteria.fields)]
    answered = _answered(frame, criteria, known, with_words_read)
    marks = _marks(answered)
    if isinstance(answered, nw.DataFrame):
        odd = {mark.removeprefix(ODD): answered[mark].count() for mark in marks}
        if any(odd.values()):
            raise not_understood(answered, odd, known.fields)
    return (
        answered.with_columns(failed.alias(_FAILED), unknown.alias(_UNKNOWN))
        .with_columns(eligibility.alias("eligibility"), reason.alias("reason"))
        .drop(
            _FAILED,
            _UNKNOWN,
            *derived,
            *marks,
            *(f"{ANSWER}{place}" for place in range(never)),
        )
        .to_native()
    )
