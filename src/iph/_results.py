"""What every result can do besides hold its numbers: be compared, printed, passed on.

A statistic answers with a frozen object of named figures. `Result` is the common base
of these objects. It has no figure of its own.
"""

import enum
import html
import importlib
import json
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, Literal, TypeVar

import attrs
import numpy as np

from iph._display import Displayed, table_of_values
from iph.errors import InputError

Backend = Literal["pandas", "polars", "pyarrow"]
_BACKENDS: Final = ("pandas", "polars", "pyarrow")
_SHOWN_ROWS: Final = 10

_T = TypeVar("_T")


class Result(Displayed):
    """The figures of one statistic, which compare by value and turn into other forms.

    Two results are equal if they are of one class and every figure is the same; NaN
    equals NaN, since both say that a figure is undefined. The arrays of a result cannot
    be written into, also not those of a copy or of a result that was pickled.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(map(_same, _figures(self).values(), _figures(other).values()))

    def __hash__(self) -> int:
        # Floats and arrays are left out: 0.0 and -0.0 are equal but not the same bits.
        told = (v for v in _figures(self).values() if isinstance(v, (int, str)))
        return hash((type(self), *told))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), _figures(self))

    def to_dict(self) -> dict[str, Any]:
        """Return the figures under their names, as plain Python objects.

        Returns
        -------
        dict
            A list for an array or a tuple, a dictionary for a result within a result,
            the text ``"7/5"`` for a fraction; numbers, text, None and NaN as they are.
        """
        return {name: _plain(value) for name, value in _public(self).items()}

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the figures as JSON.

        Parameters
        ----------
        indent : int or None, default: None
            Blanks by which a level is indented; None puts all in one line.

        Returns
        -------
        str
            An object with a name for each figure. JSON knows neither NaN nor infinity:
            both are ``null``.
        """
        return json.dumps(
            _finite(self.to_dict()), indent=indent, allow_nan=False, ensure_ascii=False
        )

    def to_frame(self, backend: Backend = "pandas") -> Any:
        """Return the figures as a dataframe.

        A curve has a row a time, a model a row a covariate, and a test that lists its
        groups a row a group; a figure of the whole result stands in every row. A result
        that lists nothing is one row.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}, default: "pandas"
            The library of the dataframe. iph does not bring it.

        Returns
        -------
        dataframe
            A column a figure. The figures of a result within the result carry its name
            before theirs, and ``overall_`` stands before a figure of the whole that the
            rows have too. A list that is empty, or not as long as the first one, is
            left out; `to_dict` has it.

        Raises
        ------
        InputError
            If the library is not installed, or is none of these.
        """
        if backend not in _BACKENDS:
            raise InputError("backend", f"one of {', '.join(_BACKENDS)}", backend)
        try:
            importlib.import_module(backend)
        except ImportError:
            hint = f"python -m pip install {backend}"
            raise InputError("backend", "an installed library", backend, hint) from None
        import narwhals.stable.v2 as nw

        columns = {name: _one_kind(cells) for name, cells in _columns(self).items()}
        return nw.from_dict(columns, backend=backend).to_native()

    def _repr_html_(self) -> str:
        """Return what a notebook shows: a table of the figures, rounded for the eye."""
        lists, single = _split(self)
        cells = {name: _cell(value) for name, value in single.items()}
        text = table_of_values(type(self).__name__, cells)
        if lists:
            text += _listing(lists)
        return text


def _figures(result: Any) -> dict[str, Any]:
    return {f.name: getattr(result, f.name) for f in attrs.fields(type(result))}


def _public(result: Any) -> dict[str, Any]:
    return {k: v for k, v in _figures(result).items() if not k.startswith("_")}


def _restored(cls: type[_T], figures: Mapping[str, Any]) -> _T:
    """Make a result again from its figures, with arrays that cannot be written into."""
    made = cls.__new__(cls)
    for name, value in figures.items():
        _freeze(value)
        object.__setattr__(made, name, value)
    return made


def _freeze(value: Any) -> None:
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif isinstance(value, tuple):
        for item in value:
            _freeze(item)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        if type(one) is not type(other) or one.shape != other.shape:
            return False
        return all(map(_same, one.ravel().tolist(), other.ravel().tolist()))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return bool(one == other)


def _plain(value: Any) -> Any:
    if isinstance(value, Result):
        return value.to_dict()
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, enum.Enum):
        return value.name.lower() if isinstance(value, enum.IntEnum) else value.value
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)  # a fraction, or a label of another kind


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _split(result: Result) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Return the lists as long as the first one, as columns, and the single figures."""
    lists: dict[str, list[Any]] = {}
    single: dict[str, Any] = {}
    length = 0
    for name, value in _public(result).items():
        if isinstance(value, Result):
            inner, figures = _split(value)
            single |= {f"{name}_{own}": figure for own, figure in figures.items()}
            found = {f"{name}_{own}": column for own, column in inner.items()}
        elif isinstance(value, (np.ndarray, tuple)) and np.ndim(value) < 2:
            found = _listed(name, [_item(item) for item in value])
        else:
            single |= {} if isinstance(value, np.ndarray) else {name: value}
            continue
        for own, column in found.items():
            length = length or len(column)
            if 0 < len(column) == length:
                lists[own] = column
    return lists, {f"overall_{k}" if k in lists else k: v for k, v in single.items()}


def _item(value: Any) -> Any:
    return value if isinstance(value, Result) else _plain(value)


def _listed(name: str, items: list[Any]) -> dict[str, list[Any]]:
    """Return a list as a column; a list of results as the columns of their figures."""
    if not items or not all(isinstance(item, Result) for item in items):
        return {name: items}
    rows = [_split(item)[1] for item in items]
    return {own: [row.get(own) for row in rows] for own in rows[0]}


def _columns(result: Result) -> dict[str, list[Any]]:
    lists, single = _split(result)
    rows = len(next(iter(lists.values()))) if lists else 1
    return lists | {name: [_plain(value)] * rows for name, value in single.items()}


def _one_kind(cells: list[Any]) -> list[Any]:
    """Return cells of one type, as dataframes want them: text where they differ."""
    kinds = {bool if isinstance(c, bool) else type(c) for c in cells if c is not None}
    if kinds <= {int, float} or len(kinds) < 2:
        return [
            float(c) if kinds == {int, float} and c is not None else c for c in cells
        ]
    return [None if cell is None else str(cell) for cell in cells]


def _cell(value: Any) -> str:
    if isinstance(value, Fraction):
        value = float(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return html.escape(str(_plain(value)))


def _listing(lists: Mapping[str, list[Any]]) -> str:
    length = len(next(iter(lists.values())))
    head = "".join(f"<th>{html.escape(name)}</th>" for name in lists)
    shown = zip(*(column[:_SHOWN_ROWS] for column in lists.values()), strict=True)
    rows = ("".join(f"<td>{_cell(cell)}</td>" for cell in row) for row in shown)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    more = length - _SHOWN_ROWS
    rest = f"<p>and {more} more; all of them: <code>.to_frame()</code></p>"
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return table + (rest if more > 0 else "")
