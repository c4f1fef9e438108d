"""Labels of groups, strata and categories, coded in their order."""

import enum
from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from iph._checks import Ints, array_or_list, unmasked
from iph._scalars import is_missing
from iph._wide import bincount
from iph.errors import InputError

_INT64 = 1 << 63
_CLOSE = 1 << 16  # labels within such a span are counted, not sorted
_MANY, _FEW = 10_000, 16  # texts that are coded by comparing them, not one by one


def coded(
    values: npt.ArrayLike | Iterable[Hashable], name: str
) -> tuple[Ints, tuple[Any, ...]]:
    """Return codes (-1 where missing) and the distinct labels in order.

    That is the order of an ordered categorical or an enumeration, else the sorted one.
    """
    declared = declared_order(values)
    values = unmasked(values)
    raw = values if isinstance(values, np.ndarray) else array_or_list(values, name)
    if isinstance(raw, np.ndarray):
        if raw.ndim != 1:
            raise InputError(name, "one-dimensional", raw.shape)
        if raw.dtype.kind in "iub":
            return _whole_labels(raw)
        if raw.dtype.kind == "U" and raw.size > _MANY:
            few = _few_texts(raw)
            if few is not None:
                return few
        raw = raw.tolist()
    listed: list[Any] = list(raw)
    try:
        every = set(listed)
    except TypeError:  # some missing values have no hash
        listed = [None if is_missing(value) else value for value in listed]
        _refuse_unhashable(listed, name)
        every = set(listed)
    # The text of an empty cell says nothing either.
    unknown = {v for v in every if is_missing(v) or _is_empty_text(v)}
    distinct = every - unknown
    if declared is None:
        declared = declared_order(listed)
    undeclared = distinct.difference(declared or ())
    try:
        ordered = sorted(undeclared)
    except TypeError:  # labels of several types: order by what is printed
        ordered = sorted(undeclared, key=lambda v: (type(v).__name__, str(v)))
    if declared is not None:
        ordered = [value for value in declared if value in distinct] + ordered
    code = dict.fromkeys(unknown, -1)
    code.update({value: index for index, value in enumerate(ordered)})
    codes = np.fromiter(map(code.__getitem__, listed), np.int64, len(listed))
    return codes, tuple(ordered)


def declared_order(values: Any) -> tuple[Any, ...] | None:
    """Return the levels of an ordered categorical or enumeration; None of others.

    Levels that do not occur are among them. pandas says that a categorical is ordered;
    the Enum of Polars always is.
    """
    categorical = getattr(values, "cat", values)
    if getattr(categorical, "ordered", False) is True:
        return tuple(categorical.categories)
    dtype = getattr(values, "dtype", None)
    if type(dtype).__name__ == "Enum":
        return tuple(dtype.categories)  # type: ignore[union-attr] # that of Polars
    if not isinstance(values, (list, tuple)):
        return None
    first = next((value for value in values if not is_missing(value)), None)
    if not isinstance(first, enum.Enum) or isinstance(first, (int, str)):
        return None
    kind = type(first)
    alike = all(type(value) is kind or is_missing(value) for value in values)
    return tuple(kind) if alike else None


def _whole_labels(raw: npt.NDArray[Any]) -> tuple[Ints, tuple[Any, ...]]:
    """Code whole numbers: by counting where they lie close, else by sorting."""
    low, high = (int(raw.min()), int(raw.max())) if raw.size else (0, 0)
    if high - low >= _CLOSE or high >= _INT64:
        found, codes = np.unique(raw, return_inverse=True)
        return codes.astype(np.int64), tuple(found.tolist())
    offset = raw.astype(np.int64)
    offset -= low
    used = bincount(offset) > 0
    found = (np.flatnonzero(used) + low).astype(raw.dtype)
    if used.all():  # as grades mostly are: each is its own code
        return offset, tuple(found.tolist())
    code = np.cumsum(used, dtype=np.int64) - 1
    return code[offset], tuple(found.tolist())


def _few_texts(raw: npt.NDArray[Any]) -> tuple[Ints, tuple[str, ...]] | None:
    """Code texts by one comparison a distinct text; None if those are not few."""
    which = np.full(raw.size, -1, dtype=np.int64)
    found: list[str] = []
    start = 0
    while start < raw.size:
        if len(found) == _FEW:
            return None
        found.append(str(raw[start]))
        which[raw == raw[start]] = len(found) - 1
        later = which[start:] < 0
        start += int(np.argmax(later)) if later.any() else later.size
    ordered = sorted(text for text in found if text.strip())
    code = [ordered.index(text) if text.strip() else -1 for text in found]
    return np.array(code, dtype=np.int64)[which], tuple(ordered)


def _is_empty_text(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _refuse_unhashable(listed: list[Any], name: str) -> None:
    """Say which label is no label."""
    for index, value in enumerate(listed):
        try:
            hash(value)
        except TypeError:
            rule = "a text, a number or another single value"
            raise InputError(f"{name}[{index}]", rule, value) from None
