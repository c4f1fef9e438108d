"""Findings that are yes or no: of one patient, and in a column of any engine."""

from typing import TYPE_CHECKING

import numpy as np

from iph._scalars import is_missing
from iph.errors import InputError

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw


def yes_no(value: object, name: str) -> bool | None:
    """Return a yes or a no; numbers and words are neither."""
    if is_missing(value):
        return None
    if not isinstance(value, (bool, np.bool_)):
        raise InputError(name, "True, False or None", value)
    return bool(value)


def yes_no_expr(column: "nw.Expr") -> "tuple[nw.Expr, nw.Expr]":
    """Say where a column answers yes, and where no; 1 is a yes and 0 a no.

    The answers are compared as words: Dask turns a column of True, False and None into
    text, in which no value equals True.
    """
    import narwhals.stable.v2 as nw

    word = column.cast(nw.String()).str.to_lowercase()
    return word.is_in(["true", "1", "1.0"]), word.is_in(["false", "0", "0.0"])
