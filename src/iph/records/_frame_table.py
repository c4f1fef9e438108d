"""A dataframe of any library, or a file of columns, as a table."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from iph._checks import plain
from iph._opening import LARGEST_FILE, opened
from iph.errors import FileError, InputError
from iph.records._delimited import MOST_COLUMNS
from iph.records._header import Asked
from iph.records._odd_cells import Unreadable
from iph.records._report import shown
from iph.records._table import Table

_HINT: Final = "pip install 'iph[parquet]'"


def frame_table(frame: Any, name: str) -> Table:
    """Return a dataframe as a table; its first row is row 1.

    Raises
    ------
    InputError
        If it is no dataframe, or two of its columns have one name.
    """
    import narwhals.stable.v2 as nw
    from narwhals.exceptions import NarwhalsError

    try:
        fetched = nw.from_native(_named(frame)).lazy().collect()
    except TypeError:
        raise InputError(
            name,
            "a dataframe that narwhals takes",
            frame,
            "for patients in Python use Cohort(patients)",
        ) from None
    except (NarwhalsError, ValueError) as problem:
        rule = "a dataframe whose columns have different names"
        raise InputError(name, rule, list(frame.columns), str(problem)) from None
    # A library makes 7.099999904632568 of the 7.1 that a short float holds.
    short = {nw.Float32, getattr(nw, "Float16", nw.Float32)}
    makers = [_short if kind in short else _cell for kind in fetched.schema.values()]

    def rows() -> Iterator[tuple[int, list[Any]]]:
        for place, row in enumerate(fetched.iter_rows(), start=1):
            yield place, [make(x) for make, x in zip(makers, row, strict=True)]

    return Table(
        name=name,
        header=tuple(fetched.columns),
        rows=rows(),
        header_row=0,
        literal=True,
        n_rows=len(fetched),
    )


def _named(frame: Any) -> Any:
    """Return a frame whose column names are texts; those of pandas may be anything."""
    # Asking a lazy frame for its columns costs a query, so it is not asked.
    if not hasattr(frame, "set_axis"):
        return frame
    names = frame.columns
    if all(isinstance(name, str) for name in names):
        return frame
    texts = [
        " ".join(str(part) for part in name if part not in (None, ""))
        if isinstance(name, tuple)
        else str(name)
        for name in names
    ]
    return frame.set_axis(texts, axis=1)


def _short(value: Any) -> Any:
    """Return a float of few digits with the digits that it stands for."""
    import numpy as np

    return plain(None if value is None else float(str(np.float32(value))))


def _cell(value: Any) -> Any:
    """Return a cell; a list is a set of choices."""
    value = plain(value)
    if isinstance(value, (list, tuple, set, frozenset)) or hasattr(value, "tolist"):
        listed = value.tolist() if hasattr(value, "tolist") else list(value)
        if all(isinstance(one, str) for one in listed):
            return tuple(sorted(listed))
        return Unreadable(shown(listed))
    return Unreadable(shown(value)) if isinstance(value, dict) else value


def columnar_tables(path: Path, asked: Asked) -> list[Table]:
    """Open a Parquet or Feather file; its first row is row 1.

    Raises
    ------
    FileError
        If it is no such file.
    """
    del asked  # the file names its columns
    opened(path)
    try:
        import pyarrow as pa
        from pyarrow import feather, parquet
    except ImportError:
        problem = f"reading {path.suffix} files needs pyarrow"
        raise FileError(str(path), problem, _HINT) from None
    read: Callable[..., Any] = parquet.read_table
    if path.suffix.casefold() != ".parquet":
        read = feather.read_table
    try:
        if read is parquet.read_table:
            _check_size(path, parquet.read_metadata(path))
        found = read(path)
    except (pa.ArrowException, OSError, ValueError) as problem:
        if isinstance(problem, FileError):
            raise
        raise FileError(str(path), f"cannot be read ({problem})") from problem
    if found.num_columns > MOST_COLUMNS:
        wide = f"the table has {found.num_columns} columns, more than {MOST_COLUMNS}"
        raise FileError(str(path), wide)
    return [frame_table(found, path.name)]


def _check_size(path: Path, about: Any) -> None:
    """Refuse a file that unpacks to more than any study has."""
    groups = (about.row_group(place) for place in range(about.num_row_groups))
    if sum(group.total_byte_size for group in groups) > LARGEST_FILE:
        raise FileError(str(path), f"unpacks to more than {LARGEST_FILE >> 20} MiB")
