"""Words in a table whose criteria know codes: read as declared, or counted.

A column of a foreign table may say "Female" or "F" where the study declares the code
"female". The first is read, since it differs in case alone; so is the label of a code.
The second means nothing that the study has declared. Were it taken for missing, a
table full of answers would leave every record unknown, and nobody would hear why. So
every such cell is counted beside the records, in the same pass.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from iph._collecting import collected
from iph._fields import (
    CHOICE_SEPARATOR,
    NO_CHOICE,
    NOT_RECORDED,
    Declaration,
    Kind,
    option_of_word,
)
from iph.criteria._rule import Fields
from iph.errors import InputError

ODD: Final = "iph_odd_"
"""Before the name of a column: its cell where it is not understood, else null."""

YES_NO_WORDS: Final[Mapping[bool, list[str]]] = {
    True: ["true", "yes", "1", "1.0"],
    False: ["false", "no", "0", "0.0"],
}
NUMERAL: Final = r"^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$"
_WORDED: Final = {Kind.CHOICE, Kind.CHOICES, Kind.YES_NO, Kind.GRADE}
_WRITTEN: Final = ("", "None", "nan", "NaN", "NaT", "<NA>")
"""How libraries write a missing cell among texts."""
_EXAMPLES: Final = 3


def doubtful(frame: Any, names: Iterable[str], fields: Fields) -> tuple[str, ...]:
    """Return the columns that may hold words, by their types."""
    import narwhals.stable.v2 as nw

    schema = frame.collect_schema()
    found = []
    for name in names:
        kind, dtype = fields[name].kind, schema[name]
        typed = (kind is Kind.YES_NO and dtype == nw.Boolean()) or (
            kind is Kind.GRADE and dtype.is_numeric()
        )
        if kind in _WORDED and not typed and not dtype.is_nested():
            found.append(name)
    return tuple(found)


def with_doubts(frame: Any, names: Iterable[str], fields: Fields) -> Any:
    """Mark the cells that are no code as declared."""
    import narwhals.stable.v2 as nw

    marks = {}
    for name in names:
        text = nw.col(name).cast(nw.String())
        marks[f"{ODD}{name}"] = _mark(text, _is_code(text, fields[name]))
    return frame.with_columns(**marks) if marks else frame


def with_words_read(frame: Any, names: Iterable[str], fields: Fields) -> Any:
    """Read words as codes, and mark the cells that are neither."""
    import narwhals.stable.v2 as nw

    marks, read = {}, {}
    for name in names:
        declared = fields[name]
        text = nw.col(name).cast(nw.String()).str.strip_chars()
        word = text.str.to_lowercase()
        known = _is_code(text, declared) | word.is_in(sorted(NOT_RECORDED))
        read[name] = text
        if declared.kind in {Kind.CHOICE, Kind.GRADE}:
            words = _spellings(declared)
            known = known | word.is_in(sorted(words))
            for spelling, code in words.items():
                same = nw.when(word == spelling).then(nw.lit(code))
                read[name] = same.otherwise(read[name])
        marks[f"{ODD}{name}"] = _mark(text, known)
    return frame.with_columns(**marks).with_columns(**read) if marks else frame


def _spellings(declared: Declaration) -> dict[str, str]:
    """Return the code, as text, of each spelling of a word, in small letters."""
    found: dict[str, str] = {}
    for word, option in option_of_word(declared).items():
        for spelling in (word, word.replace(" ", "_"), word.replace(" ", "-")):
            found.setdefault(spelling, str(option.value))
    return found


def _mark(text: Any, known: Any) -> Any:
    import narwhals.stable.v2 as nw

    return nw.when(~(text.is_null() | known)).then(text)


def _is_code(text: Any, declared: Declaration) -> Any:
    """Return whether a text is a code, or says that nothing is recorded."""
    written = [*_WRITTEN, *declared.missing]
    if declared.kind is Kind.YES_NO:
        answers = [word for words in YES_NO_WORDS.values() for word in words]
        return text.str.to_lowercase().is_in(answers) | text.is_in(written)
    if declared.kind is Kind.GRADE:
        return text.str.contains(NUMERAL) | text.is_in(written)
    codes = [str(option.value) for option in declared.options or ()]
    if declared.kind is Kind.CHOICE:
        return text.is_in([*codes, *written])
    one = f"(?:{'|'.join(re.escape(code) for code in codes)})"
    several = text.str.contains(f"^{one}(?:{CHOICE_SEPARATOR}{one})*$")
    return several | text.is_in([NO_CHOICE, *written])


def not_understood(frame: Any, odd: Mapping[str, int], fields: Fields) -> InputError:
    """Return the error that says how many cells of which columns mean nothing here.

    Parameters
    ----------
    frame : narwhals frame
        The table, with its marks.
    odd : mapping
        How many cells of each column are not understood.
    fields : mapping
        What the columns hold.
    """
    wrong = {name: count for name, count in odd.items() if count}
    total = sum(wrong.values())
    told = [
        f"{name}: {count} ({_examples(frame, name)}), where the codes are "
        f"{', '.join(_codes(fields[name]))}"
        for name, count in wrong.items()
    ]
    return InputError(
        "records",
        "a table that holds codes or labels of the study",
        f"{total} {'cells' if total > 1 else 'cell'} of other words",
        f"{'; '.join(told)}; write the codes, or read the table with "
        "iph.records.from_frames, which knows more words",
    )


def _codes(declared: Declaration) -> list[str]:
    if declared.kind is Kind.YES_NO:
        return ["yes", "no"]
    return [str(option.value) for option in declared.options or ()]


def _examples(frame: Any, name: str) -> str:
    """Return some of the cells that are not understood."""
    import narwhals.stable.v2 as nw

    mark = nw.col(f"{ODD}{name}")
    found = collected(
        frame.lazy()
        .filter(~mark.is_null())
        .select(iph_cell=mark)
        .group_by("iph_cell")
        .agg(iph_n=nw.len())
    )
    cells = sorted(str(cell) for cell in found["iph_cell"].to_list())
    shown = [cell[:30] for cell in cells[:_EXAMPLES]]
    return ", ".join([*shown, "..."] if len(cells) > _EXAMPLES else shown)
