"""Reading claims from files, and the claims that iph brings along."""

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from os import PathLike
from typing import Any

import attrs

from iph._categories import ScheduledVisit
from iph._opening import opened
from iph._options import pathname
from iph.errors import FileError, InputError
from iph.evidence._claims import Claim
from iph.evidence._ledger import Ledger
from iph.evidence._variables import LI_2023_VARIABLES, Variables, variables_of
from iph.protocol._li2023 import LI_2023_PROTOCOL
from iph.protocol._protocol import Protocol

__all__ = ["li2023_claims", "read_claims"]

_LARGEST = 10_000_000
"""Bytes of a file of claims; those of a thousand papers are fewer."""

_FIELDS = tuple(field.name for field in attrs.fields(Claim))


def read_claims(
    path: str | PathLike[str], *, protocol: Protocol[Any] = LI_2023_PROTOCOL
) -> tuple[Claim, ...]:
    r"""Read the claims of a paper or manuscript from a CSV or TOML file.

    Parameters
    ----------
    path : str or path
        A CSV file with one claim a row and the parameters of `Claim` as column names
        (all but ``code``, ``where``, ``printed`` and ``kind`` may be left out), or a
        TOML file with one ``[[claim]]`` table a claim. UTF-8.
    protocol : Protocol, default LI_2023_PROTOCOL
        The study, whose fields and visits the claims name.

    Returns
    -------
    tuple of Claim
        In the order of the file.

    Raises
    ------
    iph.errors.FileError
        If the file cannot be read, has no claims, or a claim is not what it must be;
        the message names the claim.

    See Also
    --------
    audit : Check them.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from iph.evidence import audit, read_claims
    >>> text = (
    ...     "code,where,printed,kind,count,of\n"
    ...     "n,Abstract,28 patients,size,,\n"
    ...     "men,Table 1,24,count,,n\n"
    ...     "men-share,Table 1,85.7%,percentage,men,n\n"
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "claims.csv"
    ...     _ = file.write_text(text, encoding="utf-8")
    ...     claims = read_claims(file)
    >>> audit(claims)[2].reason
    '24 of 28 is 85.7 %.'
    """
    file = pathname(path)
    if file.suffix.lower() not in {".toml", ".csv"}:
        raise FileError(
            str(file), "is neither .csv nor .toml", "save it as one of them"
        )
    opened(file, largest=_LARGEST)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileError(str(file), error.strerror or "cannot be read") from error
    except UnicodeDecodeError as error:
        raise FileError(str(file), "is not UTF-8 text") from error
    if file.suffix.lower() == ".toml":
        return _from_toml(text, str(file), variables_of(protocol))
    return _from_csv(text, str(file), variables_of(protocol))


def li2023_claims() -> tuple[Claim, ...]:
    """Return every figure that Li et al. 2023 print, as claims.

    Returns
    -------
    tuple of Claim
        In the order of the paper [1]_, which is licensed CC BY 4.0.

    See Also
    --------
    audit : Check them.

    References
    ----------
    .. [1] Li F, Peng M, Gong G, Ren C, Ou C, Zhang Y. Clinical case analysis of
       iliopsoas hematoma causing with femoral nerve compression. Research Square 2023.
       :doi:`10.21203/rs.3.rs-3346582/v1`

    Examples
    --------
    >>> from iph.evidence import li2023_claims
    >>> claims = li2023_claims()
    >>> next(c.printed for c in claims if c.variable == "age_years")
    '48 (20.25, 63)'
    """
    file = resources.files("iph.evidence") / "li2023.toml"
    return _from_toml(
        file.read_text(encoding="utf-8"), "li2023.toml", LI_2023_VARIABLES
    )


def _from_toml(text: str, path: str, variables: Variables) -> tuple[Claim, ...]:
    try:
        content = tomllib.loads(text)
    except RecursionError:
        raise FileError(path, "is nested too deeply to hold claims") from None
    except ValueError as error:  # also of a number with thousands of digits
        raise FileError(path, f"is not TOML: {error}") from error
    tables = content.get("claim")
    if not isinstance(tables, list) or not tables:
        raise FileError(path, "holds no claims", "write one [[claim]] table a claim")
    return _checked(
        [(f"claim {i}", table) for i, table in enumerate(tables, 1)], path, variables
    )


def _from_csv(text: str, path: str, variables: Variables) -> tuple[Claim, ...]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows = []
    for row in _read(reader, path):
        if None in row:
            raise FileError(
                path, f"row {reader.line_num} has more cells than the header"
            )
        rows.append(
            (
                f"row {reader.line_num}",
                {name.strip(): cell for name, cell in row.items() if cell},
            )
        )
    if not rows:
        raise FileError(path, "holds no claims", "write one claim a row")
    return _checked(rows, path, variables)


def _read(reader: "csv.DictReader[str]", path: str) -> Iterator[dict[str, Any]]:
    """Yield the rows; what is wrong with one is said with its number."""
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            place = f"row {reader.line_num + 1}"
            raise FileError(path, f"{place} cannot be read: {error}") from None
        if row is None:
            return
        yield row


def _checked(
    rows: list[tuple[str, Any]], path: str, variables: Variables
) -> tuple[Claim, ...]:
    claims = []
    visits = {visit.value: visit for visit in variables.visits}
    for place, row in rows:
        if not isinstance(row, Mapping):
            raise FileError(path, f"{place} is not a table")
        unknown = sorted(set(row) - set(_FIELDS))
        if unknown:
            raise FileError(
                path,
                f"{place} has no field {unknown[0]!r}",
                f"the fields are {', '.join(_FIELDS)}",
            )
        lacking = [name for name in _FIELDS[:4] if name not in row]
        if lacking:
            raise FileError(path, f"{place} lacks {lacking[0]}")
        try:
            visit = _visit(row.get("visit"), visits)
            claims.append(Claim(**{**row, "visit": visit}))
        except InputError as error:
            raise FileError(path, f"{place}: {error}") from error
    try:
        return Ledger(claims, variables).every
    except InputError as error:
        raise FileError(path, str(error)) from error


def _visit(value: Any, visits: Mapping[str, ScheduledVisit]) -> ScheduledVisit | None:
    """Return the visit of a code."""
    if value is None or value == "":
        return None
    code = value.strip() if isinstance(value, str) else value
    if not isinstance(code, str) or code not in visits:
        raise InputError("visit", f"one of {', '.join(visits)}", value)
    return visits[code]
