"""CSV and TSV: encoding and separator found out safely, rows passed one by one."""

import codecs
import csv
import io
import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs

from iph._opening import opened
from iph.errors import FileError, InputError
from iph.records._encoding import CANDIDATES, encoding_of
from iph.records._header import SEARCHED, Asked, Header, above, header_of
from iph.records._table import Table

LONGEST_LINE: Final = 1 << 20
MOST_COLUMNS: Final = 2_000
_CHUNK: Final = 1 << 20
_MARKS: Final = {
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
}
"""Byte order marks, the longer first: one begins with the other."""
_SEPARATORS: Final = (",", ";", "\t", "|")
_STATED: Final = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_SIGNATURES: Final = {
    b"PK\x03\x04": "an Excel workbook or a zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"$FL2": "an SPSS file",
    b"$FL3": "an SPSS file",
    b"%PDF": "a PDF document",
}


def delimited_table(path: Path, asked: Asked | None = None) -> Table:
    """Open a CSV or TSV file; nothing is asked of a mapping file.

    Raises
    ------
    FileError
        If it is not a text table.
    """
    opened(path)
    encoding, remarks, doubts, lines = _encoding(
        path, None if asked is None else asked.encoding
    )
    with path.open(encoding=encoding, newline="") as file:
        start = file.readline(LONGEST_LINE)
    stated = _STATED.fullmatch(start)
    separator = stated.group(1) if stated else _separator(path, encoding, asked)
    rows = _rows(path, encoding, separator, skip=1 if stated else 0)
    header, before = _header(rows, asked)
    if header is None:
        raise FileError(str(path), "the file holds no header", "name the columns")
    if len(header.names) > MOST_COLUMNS:
        columns = len(header.names)
        problem = f"the table has {columns} columns, more than {MOST_COLUMNS}"
        raise FileError(str(path), problem)
    if header.said:
        remarks = (*remarks, header.said)
    return Table(
        name=path.name,
        header=header.names,
        rows=itertools.chain(before[header.last + 1 :], rows),
        header_row=header.last + 1,
        remarks=remarks,
        doubts=doubts,
        separator=separator,
        not_read=tuple(above(path.name, [row for _, row in before], header.top)),
        n_rows=lines,
    )


Rows = list[tuple[int, list[str]]]


def _header(
    rows: Iterator[tuple[int, list[str]]], asked: Asked | None
) -> tuple[Header | None, Rows]:
    """Return the header, if there is one, and the rows looked at."""
    first: Rows = []
    most = SEARCHED if asked is None else max(SEARCHED, asked.header_row or 0)
    is_filled = False
    for number, row in rows:
        first.append((number, row))
        is_filled |= any(name.strip() for name in row)
        at_sight = asked is None or asked.is_header(row)
        if is_filled and (at_sight or len(first) >= most):
            break
    if not is_filled:
        return None, first
    if asked is None:
        place = len(first) - 1
        return Header(names=tuple(first[-1][1]), top=place, last=place), first
    first += itertools.islice(rows, 1)  # the names may go on there
    blank = [[cell if cell.strip() else "" for cell in row] for _, row in first]
    found = header_of(asked, blank)
    if found is not None and found.top == found.last:  # as it stands, blanks and all
        found = attrs.evolve(found, names=tuple(first[found.last][1]))
    return found, first


def _encoding(
    path: Path, told: str | None
) -> tuple[str, tuple[str, ...], tuple[str, ...], int]:
    """Find out the encoding, and that the file is text with lines of a sane length.

    What is to be said of it, what was guessed, and the number of lines come with it.
    """
    if told is not None:
        try:
            codecs.lookup(told)
        except (LookupError, ValueError):  # or with a zero byte
            rule = "an encoding that Python knows, such as 'gb18030' or 'cp1252'"
            raise InputError("encoding", rule, told) from None
        return told, (f"read as {told}, as told",), (), _check_text(path, told)
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    for signature, what in _SIGNATURES.items():
        if head.startswith(signature):
            hint = "give it the ending of its kind, or save it as CSV"
            raise FileError(str(path), f"is {what}, not a text table", hint)
    for encoding, marks in _MARKS.items():
        if head.startswith(marks):
            return (
                encoding,
                (f"read as {encoding.upper()}",),
                (),
                _check_text(path, encoding),
            )
    other, lines = _beyond_utf8(path)
    if not other:
        return "utf-8-sig", (), (), lines
    found, others = encoding_of(other)
    if not found:
        problem = "its text encoding is not known"
        hint = "save it as CSV UTF-8, or say encoding= (--encoding)"
        if others:
            hint += f", one of {', '.join(others)}"
        raise FileError(str(path), problem, hint)
    _check_text(path, found)
    doubt = f"the file is not UTF-8 and was read as {CANDIDATES[found]}"
    return found, (), (doubt,), lines


def _beyond_utf8(path: Path) -> tuple[bytes, int]:
    """Return the first part of a file that is not UTF-8, and the number of lines.

    Nothing is returned if all of it is.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    other, lines = b"", 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if b"\0" in chunk:
                raise FileError(str(path), "holds null bytes: it is not a text table")
            if len(chunk) == _CHUNK and b"\n" not in chunk and b"\r" not in chunk:
                raise FileError(str(path), "a line is longer than 1 MiB")
            if not other:
                try:
                    decoder.decode(chunk, final=len(chunk) < _CHUNK)
                except UnicodeDecodeError:
                    # a part that begins within a character would be read as another
                    other = chunk if not lines else chunk.partition(b"\n")[2] or chunk
            lines += chunk.count(b"\n")
        if not other and decoder.getstate()[0]:  # the file ends within a character
            file.seek(-_CHUNK, os.SEEK_END)
            other = file.read()
    return other, lines


def _check_text(path: Path, encoding: str) -> int:
    """Return the number of lines; refuse a file in another encoding."""
    lines = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            while chunk := file.read(_CHUNK):
                lines += chunk.count("\n")
    except UnicodeError:
        hint = "save it as CSV UTF-8, or say encoding="
        raise FileError(str(path), "its text encoding is not known", hint) from None
    return lines


def _separator(path: Path, encoding: str, asked: Asked | None) -> str:
    """Choose the separator by which a row holds the most known column names."""
    with path.open(encoding=encoding, newline="") as file:
        lines: list[str] = []
        while len(lines) < (1 if asked is None else SEARCHED):
            line = file.readline(LONGEST_LINE)
            if not line:
                break
            if line.strip():
                lines.append(line)
            if asked is not None and len(lines) == 1 and _is_known(asked, line):
                break
    known = Asked().known if asked is None else asked.known
    best, most = ",", (-1, -1)
    for separator in _SEPARATORS:
        for line in lines:
            try:
                names = next(csv.reader(io.StringIO(line), delimiter=separator), [])
            except csv.Error:
                continue
            score = known(names), len(names) if line == lines[0] else 0
            if score > most:
                best, most = separator, score
    return best


def _is_known(asked: Asked, line: str) -> bool:
    """Whether a line is a header at first sight, whatever separates its names."""
    return asked.is_header(re.split(r"[,;\t|]", line.replace('"', "")))


def _rows(
    path: Path, encoding: str, separator: str, *, skip: int
) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=encoding, newline="") as file:
        for _ in range(skip):
            file.readline(LONGEST_LINE)
        reader = csv.reader(file, delimiter=separator, strict=True)
        number = 0
        while True:
            number += 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as problem:
                what = f"row {number} cannot be read as a table row ({problem})"
                hint = "look for a quotation mark that is not closed"
                raise FileError(str(path), what, hint) from None
            yield number, row
