"""A first draft of a study file, guessed from the columns of a sheet."""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import attrs

from iph.protocol._toml_writing import toml_key, toml_value
from iph.records._guessed_visits import GuessedVisit, visit_behind, visits_listed
from iph.records._privacy import looks_like
from iph.records._table import Table, is_empty
from iph.records._targets import guesses, normal, target_of
from iph.records._words import NOT_RECORDED, yes_no_words

_ROWS_SEEN: Final = 5_000
_MOST_CODES: Final = 12
_UNIT_BEHIND: Final = re.compile(r"(.*\S)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]")
_DATE: Final = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*")
_MISSING_NUMBERS: Final = frozenset(
    map(Decimal, ("-1", "-9", "-99", "-999", "99", "999", "9999"))
)
_BUILT_IN: Final = ("age_years", "sex")
_TIME_NAMES: Final = frozenset({"visit", "day", "time", "timepoint", "time_point"})


@attrs.frozen(kw_only=True)
class _Column:
    """A column, or all columns of one field at visits."""

    header: str
    values: list[str]
    at_visit: bool = False


@attrs.frozen
class _Guess:
    """A line of the draft: the declaration, or why there is none."""

    name: str
    declared: Mapping[str, Any] | None
    remark: str = ""
    at_visit: bool = False


def suggested_protocol(tables: Iterable[Table], title: str) -> str:
    """Return the text of a study file for tables, to be corrected by hand."""
    columns, visits = _columns(list(tables))
    named: dict[str, _Guess] = {}
    for column in columns:
        guess = _guess(column)
        number = itertools.count(2)
        name = guess.name
        while name in named:
            name = f"{guess.name}_{next(number)}"
        named[name] = attrs.evolve(guess, name=name)
    return "\n".join(_lines(title, visits, list(named.values()))) + "\n"


def _columns(tables: list[Table]) -> tuple[list[_Column], list[GuessedVisit]]:
    """Return the columns of all tables, those of one field together, and the visits."""
    found: list[_Column] = []
    visits: dict[GuessedVisit, None] = {}
    names: set[str] = set()
    for table in tables:
        values = _values(table)
        listed: dict[str, GuessedVisit] = {}
        for place, header in enumerate(table.header):
            if normal(header) in _TIME_NAMES:
                listed |= visits_listed(dict.fromkeys(values[place]))
        visits |= dict.fromkeys(listed.values())
        repeats = bool(listed)
        stems = _stems(table.header)
        together: dict[str, _Column] = {}
        for place, header in enumerate(table.header):
            if not header.strip() or _is_known(header, values[place]):
                continue
            stem, visit = stems.get(header, (header, None))
            if visit is None:
                at_visit = repeats and _varies(values, table.header, place)
                column = _Column(header=header, values=values[place], at_visit=at_visit)
                if normal(header) not in names:
                    found.append(column)
                names.add(normal(header))
                continue
            visits[visit] = None
            if stem not in together:
                together[stem] = _Column(header=stem, values=[], at_visit=True)
                found.append(together[stem])
            together[stem].values.extend(values[place])
    return found, list(visits)


def _values(table: Table) -> list[list[str]]:
    """Return the cells of each column as text; empty where nothing stands."""
    found: list[list[str]] = [[] for _ in table.header]
    for _, cells in itertools.islice(table.rows, _ROWS_SEEN):
        for column, cell in itertools.zip_longest(found, cells[: len(found)]):
            column.append("" if is_empty(cell) else _as_text(cell))
    return found


def _as_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    return "" if text.casefold() in NOT_RECORDED else text


def _stems(header: Iterable[str]) -> dict[str, tuple[str, GuessedVisit]]:
    """Return the field and visit of columns whose visit stands behind two names."""
    split = {name: found for name in header if (found := visit_behind(name))}
    stems = Counter(stem for stem, _ in split.values())
    seen = Counter(visit for _, visit in split.values())
    return {
        name: (stem, visit)
        for name, (stem, visit) in split.items()
        if stems[stem] > 1 or seen[visit] > 1
    }


def _is_known(header: str, values: list[str]) -> bool:
    """Whether a column is one that every study has, or holds nothing."""
    name = normal(header)
    target = target_of(header) or guesses().get(name)
    is_pseudonym = target is not None and target.field.name == "patient_id"
    always = {"lost_to_follow_up", "died", "died_day"}
    return is_pseudonym or name in _TIME_NAMES or name in always or not any(values)


def _varies(values: list[list[str]], header: tuple[str, ...], place: int) -> bool:
    """Whether a column differs within a patient of a table with a row a visit."""
    for key, name in enumerate(header):
        target = target_of(name) or guesses().get(normal(name))
        if target is not None and target.field.name == "patient_id":
            first: dict[str, str] = {}
            pairs = zip(values[key], values[place], strict=True)
            return any(first.setdefault(who, value) != value for who, value in pairs)
    return True


def _guess(column: _Column) -> _Guess:
    header = column.header.strip()
    unit_behind = _UNIT_BEHIND.fullmatch(header)
    label, unit = (unit_behind[1], unit_behind[2]) if unit_behind else (header, "")
    name = _slug(label)
    person = looks_like(normal(header))
    if person:
        return _Guess(name, None, f"{header!r} looks like {person}: not declared")
    target = target_of(header) or guesses().get(normal(header))
    built_in = target.field.name if target is not None else ""
    if built_in in _BUILT_IN and not column.at_visit:
        remark = "" if normal(header) == built_in else f"the column {header!r}"
        return _Guess(built_in, {}, remark)
    known = [value for value in column.values if value]
    declared: dict[str, Any] = {} if label == name else {"label": label}
    remark = ""
    words = Counter(known)
    if all(word.casefold() in yes_no_words() for word in words):
        declared["yes_no"] = True
    elif numbers := _numbers(known):
        remark = _number(declared, unit, numbers)
    elif all(_DATE.fullmatch(word) for word in words):
        return _Guess(name, None, f"{header!r} holds dates: give days instead")
    elif any(";" in word for word in words) and len(_parts(words)) <= _MOST_CODES:
        declared["choices"] = [part for part in _parts(words) if part != "none"]
    elif len(words) <= _MOST_CODES and len(words) <= max(2, len(known) / 2):
        declared["codes"] = _codes(words)
        remark = "if the order matters: grades = [...] from best to worst"
    else:
        return _Guess(name, None, f"{header!r} holds free text: not declared")
    return _Guess(name, declared, remark, column.at_visit)


def _slug(label: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", normal(label)).strip("_")
    return plain if plain[:1].isalpha() else f"field_{plain}".strip("_")


def _parts(words: Iterable[str]) -> list[str]:
    return list(
        dict.fromkeys(p.strip() for word in words for p in word.split(";") if p)
    )


def _codes(words: Mapping[str, int]) -> list[str]:
    """Return the words that a reader tells apart, in the order of the sheet."""
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(" ".join(word.replace("_", " ").split()).casefold(), word)
    return list(found.values())


def _numbers(values: list[str]) -> list[Decimal]:
    """Return the values as numbers; none if any of them is no number."""
    found = []
    for value in values:
        try:
            number = Decimal(value.replace(",", "."))
        except InvalidOperation:
            return []
        if not number.is_finite() or abs(number) > Decimal(10) ** 9:
            return []
        found.append(number)
    return found


def _number(declared: dict[str, Any], unit: str, numbers: list[Decimal]) -> str:
    """Add what numbers seem to be; return what is to be checked."""
    odd = sorted(_MISSING_NUMBERS & set(numbers))
    others = [number for number in numbers if number not in odd]
    top = max(map(abs, others), default=Decimal(0))
    odd = [code for code in odd if others and (code < min(others) or code > 3 * top)]
    others = [number for number in numbers if number not in odd]
    low, high = min(others), max(others)
    if unit:
        declared["unit"] = unit
    declared["low"] = 0 if low >= 0 else -_round_up(-low)
    declared["high"] = _round_up(max(high, Decimal(1)))
    digits = max(max(0, -int(number.as_tuple().exponent)) for number in others)
    if digits:
        declared["step"] = str(Decimal(1).scaleb(-digits))
    if odd:
        declared["missing"] = [int(code) for code in odd]
    return f"seen from {low} to {high}: what is plausible?"


def _round_up(number: Decimal) -> int:
    """Return a round number that leaves room above."""
    size = Decimal(10) ** (number.adjusted())
    return int(-(-(number * 3 / 2) // size) * size) if number >= 10 else 10


def _lines(
    title: str, visits: list[GuessedVisit], guessed: list[_Guess]
) -> Iterator[str]:
    yield "# A draft, guessed from a sheet. Every line is yours to correct."
    yield "# Columns need these names, or these labels; patient_id names the patient."
    yield "format = 1"
    yield f"title = {toml_value(title)}"
    yield 'condition = "the condition"          # follows "patients with"'
    yield 'day_zero = "start of treatment"      # what happened on day 0'
    short = any(visit.is_short for visit in visits)
    if short:
        yield 'time_unit = "minutes"'
    yield '# group = "arm"                      # the field that parts the groups'
    yield "[visits]"
    yield from _visit_lines(visits)
    for role, at_visit in (("patient", False), ("at_visit", True)):
        yield f"[{role}]"
        for guess in guessed:
            if guess.at_visit is at_visit:
                yield _line(guess)
    followed = [g for g in guessed if g.at_visit and g.declared and "low" in g.declared]
    if followed:
        yield "[outcomes]                           # remove the # of what you follow"
    for guess in followed:
        yield f'# {guess.name} = {{ better = "low" }}     # or "high"?'


def _visit_lines(visits: list[GuessedVisit]) -> Iterator[str]:
    has_start = False
    codes: set[str] = set()
    for visit in visits:
        if visit.code in codes or (visit.time == "0" and has_start):
            yield f"# {visit.code} = ...  # {visit.words}: a second time for one visit?"
            continue
        codes.add(visit.code)
        has_start |= visit.time == "0"
        day: Any = visit.time or "none"
        day = 0 if day == "0" else day
        plain = normal(visit.words) == visit.code
        table = {"day": day} if plain else {"day": day, "label": visit.words}
        yield f"{visit.code} = {toml_value(table if len(table) > 1 else day)}"
    if not has_start and "baseline" not in codes:
        yield "baseline = 0"


def _line(guess: _Guess) -> str:
    remark = f"  # {guess.remark}" if guess.remark else ""
    if guess.declared is None:
        return f"# {guess.name}: {guess.remark}"
    return f"{toml_key(guess.name)} = {toml_value(guess.declared)}{remark}"
