"""SPSS system files (.sav, .zsav), read without a compiled library.

For where none can be installed, such as in a browser. The layout is that of the system
file format in the developers guide of GNU PSPP: each number has eight bytes, and a text
takes as many eights as it needs. What this reader does not know for sure, it refuses:
no value is guessed.
"""

import codecs
import datetime as dt
import itertools
import math
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs

from iph.records._sav_bytes import (
    Bytes,
    Decoder,
    SavError,
    inflated,
    number_of,
    unpacked,
)

_HEADER: Final = 176
_COMPRESSED: Final = 64  # bytes from the start to the fields that follow the names
_EPOCH: Final = dt.datetime(1582, 10, 14)  # noqa: DTZ001 - a file names no time zone
_DATES: Final = frozenset({20, 23, 24, 38, 39})
_MOMENTS: Final = frozenset({22, 41})
_TIMES: Final = frozenset({21, 25})
_SEGMENT: Final = 252  # characters by which very long texts are cut, of 255 in a piece
_PIECE: Final = 255
_PAGES: Final = {2: "ascii", 3: "windows-1252", 20127: "ascii", 28591: "iso-8859-1"}
_UNTOLD: Final = "windows-1252"


@attrs.frozen
class SavAbout:
    """What a file says of its variables, by their names.

    Attributes
    ----------
    column_names_to_labels : dict of str or None
        The label of each variable.
    variable_value_labels : dict of dict
        The labels of codes.
    missing_ranges : dict of list of dict
        From ``lo`` to ``hi`` values count as missing.
    number_rows : int
        Cases.
    """

    column_names_to_labels: dict[str, str | None]
    variable_value_labels: dict[str, dict[Any, str]]
    missing_ranges: dict[str, list[dict[str, Any]]]
    number_rows: int


@attrs.define
class _Variable:
    """A variable as the dictionary of the file tells it; text is still bytes."""

    short: bytes
    width: int  # 0 for a number
    form: int
    label: bytes | None
    missing: list[tuple[Any, Any]]
    place: int  # of the eights of a case, from 0
    labels: dict[Any, bytes] = attrs.Factory(dict)
    name: bytes = b""
    pieces: tuple[int, ...] = ()


def read_sav(path: Path) -> tuple[dict[str, list[Any]], SavAbout]:
    """Return the values of each variable, and what the file says of them.

    Raises
    ------
    SavError
        If it is no such file, or damaged.
    """
    return _System(path.read_bytes()).tables()


class _System:
    """One system file."""

    def __init__(self, data: bytes) -> None:
        self.file = Bytes(data)
        self.variables: list[_Variable] = []
        self.extensions: dict[int, bytes] = {}
        self.n_eights = 0
        if data[:4] not in {b"$FL2", b"$FL3"}:
            raise SavError("it does not begin as one")
        self.file.at = _COMPRESSED
        if self.file.whole() not in {2, 3}:  # so is one of the other order of bytes
            raise SavError("its layout is not known")
        self.file.take(4)
        self.compression = self.file.whole()
        self.file.take(4)
        self.n_cases = self.file.whole()
        self.bias = number_of(self.file.take(8))
        self.file.at = _HEADER

    def tables(self) -> tuple[dict[str, list[Any]], SavAbout]:
        self._dictionary()
        self._join_long_texts()
        self._name()
        decode = self._decoder()
        names = [decode(one.name) for one in self.variables]
        if not names or len(set(names)) < len(names):
            raise SavError("a variable has no name of its own")
        self._label_long_texts(decode, dict(zip(names, self.variables, strict=True)))
        rows = list(self._cases())
        if self.n_cases >= 0 and len(rows) != self.n_cases:
            raise SavError(f"it has {len(rows)} of {self.n_cases} cases")
        cells = list(zip(*rows, strict=True)) or [()] * sum(
            len(one.pieces) for one in self.variables
        )
        columns, first = {}, 0
        for name, one in zip(names, self.variables, strict=True):
            pieces = cells[first : first + len(one.pieces)]
            first += len(pieces)
            columns[name] = _values(one, pieces, self._nothing(), decode)
        return columns, SavAbout(
            column_names_to_labels={
                name: None if one.label is None else decode(one.label)
                for name, one in zip(names, self.variables, strict=True)
            },
            variable_value_labels={
                name: {
                    _code(code, one, decode): decode(text)
                    for code, text in one.labels.items()
                }
                for name, one in zip(names, self.variables, strict=True)
                if one.labels
            },
            missing_ranges={
                name: [
                    {"lo": _code(low, one, decode), "hi": _code(high, one, decode)}
                    for low, high in one.missing
                ]
                for name, one in zip(names, self.variables, strict=True)
                if one.missing
            },
            number_rows=len(rows),
        )

    def _dictionary(self) -> None:
        """Read records until the one that ends the dictionary."""
        while (kind := self.file.whole()) != 999:
            if kind == 2:
                self._variable()
            elif kind == 3:
                self._labels()
            elif kind == 6:
                self.file.take(80 * self.file.whole())
            elif kind == 7:
                number, size, count = (self.file.whole() for _ in range(3))
                self.extensions[number] = self.file.take(size * count)
            else:
                raise SavError(f"it has a record of the unknown kind {kind}")
        self.file.take(4)

    def _variable(self) -> None:
        file = self.file
        width, labeled, n_missing, shown = (file.whole() for _ in range(4))
        file.take(4)
        short = file.take(8)
        label = None
        if labeled:
            size = file.whole()
            label = file.take(size)
            file.take(-size % 4)
        raw = [file.take(8) for _ in range(abs(n_missing))]
        self.n_eights += 1
        if width < 0:  # the rest of a text that takes more than one eight
            return
        if width > _PIECE or n_missing not in {0, 1, 2, 3, -2, -3}:
            raise SavError("a variable is not understood")
        values = [self._value(one, width) for one in raw]
        ranges = [(one, one) for one in values]
        if n_missing < 0:
            ranges = [(_end(values[0]), _end(values[1])), *ranges[2:]]
        self.variables.append(
            _Variable(
                short=short.rstrip(b" "),
                width=width,
                form=shown >> 16 & 255,
                label=label,
                missing=ranges,
                place=self.n_eights - 1,
            )
        )

    def _value(self, raw: bytes, width: int) -> Any:
        """Return a code as a number, or as a text that is still bytes."""
        return raw.rstrip(b" ") if width else number_of(raw)

    def _labels(self) -> None:
        """Read labels of codes, and give them to the variables that follow."""
        given = []
        for _ in range(self.file.whole()):
            raw, size = self.file.take(8), self.file.take(1)[0]
            given.append((raw, self.file.take(size)))
            self.file.take(-(size + 1) % 8)
        if self.file.whole() != 4:
            raise SavError("its labels belong to no variable")
        at = {one.place + 1: one for one in self.variables}
        for _ in range(self.file.whole()):
            one = at.get(self.file.whole())
            if one is None:
                raise SavError("its labels belong to no variable")
            one.labels |= {self._value(raw, one.width): text for raw, text in given}

    def _join_long_texts(self) -> None:
        """Make one variable of the pieces of a text of more than 255 characters."""
        lengths = {
            name: int(told.strip(b"\0 "))
            for name, told in _pairs(self.extensions.get(14, b""), b"\t")
            if told.strip(b"\0 ").isdigit()
        }
        joined, rest = [], iter(self.variables)
        for one in rest:
            length = lengths.get(one.short, 0)
            n = max(1, -(-length // _SEGMENT)) if length > _PIECE else 1
            more = list(itertools.islice(rest, n - 1))
            if len(more) < n - 1 or (n > 1 and not all(p.width for p in (one, *more))):
                raise SavError("a long text is not whole")
            one.pieces = tuple(piece.width for piece in (one, *more))
            one.width = length if n > 1 else one.width
            joined.append(one)
        self.variables = joined

    def _name(self) -> None:
        """Give each variable the long name that stands beside its short one."""
        long = dict(_pairs(self.extensions.get(13, b""), b"\t"))
        for one in self.variables:
            one.name = long.get(one.short, one.short)

    def _decoder(self) -> Decoder:
        """Return what makes words of bytes: by the encoding that the file names."""
        page = _UNTOLD
        if len(told := self.extensions.get(3, b"")) == 32:
            number = int.from_bytes(told[28:], "little", signed=True)
            page = _PAGES.get(number, f"cp{number}")
        named = self.extensions.get(20, b"").decode("ascii", "replace").strip("\0 ")
        try:
            return Decoder(codecs.lookup(named or page).name)
        except LookupError:
            raise SavError(f"its encoding {named or page} is not known") from None

    def _nothing(self) -> float:
        """Return the number that stands for no value."""
        told = self.extensions.get(4, b"")
        return number_of(told[:8]) if len(told) == 24 else -sys.float_info.max

    def _label_long_texts(
        self, decode: Decoder, variables: dict[str, _Variable]
    ) -> None:
        """Read labels and missing codes of texts that eight bytes do not hold."""
        file = Bytes(self.extensions.get(21, b""))
        while file.rest():
            one = variables.get(decode(file.take(file.whole())))
            file.take(4)
            for _ in range(file.whole()):
                code = file.take(file.whole()).rstrip(b" ")
                text = file.take(file.whole())
                if one is not None:
                    one.labels[code] = text
        file = Bytes(self.extensions.get(22, b""))
        while file.rest():
            one = variables.get(decode(file.take(file.whole())))
            n, size = file.take(1)[0], file.whole()
            codes = [file.take(size).rstrip(b" ") for _ in range(n)]
            if one is not None:
                one.missing = [(code, code) for code in codes]

    def _cases(self) -> Iterator[tuple[Any, ...]]:
        """Return the cases, each a tuple of numbers and of texts that are bytes."""
        one = "".join(
            "d" if width == 0 else f"{8 * -(-width // 8)}s"
            for variable in self.variables
            for width in variable.pieces
        )
        form = struct.Struct(f"<{one}")
        if form.size != 8 * self.n_eights:
            raise SavError("its variables do not add up")
        data = self._data()
        if len(data) % form.size:
            raise SavError("its last case is not whole")
        return form.iter_unpack(data)

    def _data(self) -> bytes:
        """Return the eights of all cases."""
        rest = self.file.data[self.file.at :]
        if self.compression == 0:
            return rest
        if self.compression == 1:
            return unpacked(rest, self.bias, self._nothing())
        if self.compression == 2:
            return unpacked(inflated(self.file), self.bias, self._nothing())
        raise SavError("its compression is not known")


def _end(value: Any) -> Any:
    """Return the end of a range; the outermost numbers stand for none."""
    most = sys.float_info.max
    is_outermost = not isinstance(value, bytes) and abs(value) >= math.nextafter(
        most, 0
    )
    return math.copysign(math.inf, value) if is_outermost else value


def _pairs(data: bytes, between: bytes) -> Iterator[tuple[bytes, bytes]]:
    for told in data.split(between):
        name, known, value = told.partition(b"=")
        if known:
            yield name.strip(b"\0 "), value


def _code(code: Any, one: _Variable, decode: Decoder) -> Any:
    """Return a code as the values of its variable are."""
    if isinstance(code, bytes):
        return decode(code)
    try:
        return _number(code, one.form)
    except SavError:  # the end of a range that has none
        return code


def _values(
    one: _Variable, pieces: list[tuple[Any, ...]], nothing: float, decode: Decoder
) -> list[Any]:
    """Return the values of one variable."""
    if one.width == 0:
        return [
            None if value == nothing or math.isnan(value) else _number(value, one.form)
            for value in pieces[0]
        ]
    if len(pieces) == 1:
        return [decode(value[: one.width]) for value in pieces[0]]
    return [
        decode(b"".join(part[:_PIECE] for part in parts)[: one.width])
        for parts in zip(*pieces, strict=True)
    ]


def _number(value: float, form: int) -> Any:
    """Return a number, or the day or time that its format makes of it."""
    if form not in _DATES | _MOMENTS | _TIMES:
        return value
    try:
        moment = _EPOCH + dt.timedelta(seconds=value)
    except (OverflowError, ValueError):
        raise SavError(f"{value:g} is no date") from None
    if form in _DATES:
        return moment.date()
    return moment if form in _MOMENTS else moment.time()
