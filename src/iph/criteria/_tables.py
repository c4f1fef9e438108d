"""Tables on disk, screened and counted without being loaded."""

import glob
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from iph._options import each, pathname
from iph._scalars import shown as printed
from iph.errors import DataError, FileError, InputError

_TEXT: Final = {"auto_type_candidates": ["BIGINT", "DOUBLE", "VARCHAR"]}
SCANNED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    ".parquet": ("read_parquet", {}),
    # The codes "yes" and "no" must stay words, and no code is a date.
    ".csv": ("read_csv", _TEXT),
    ".tsv": ("read_csv", _TEXT),
}
"""What DuckDB calls to scan a file, by its ending, and with which options."""


def open_table(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> Any:
    r"""Open Parquet or delimited text as one table that stays on disk.

    Which of ten million records meet the criteria, on a machine that cannot hold them?
    What `screen`, `iph.study.tally` and the like ask of the table is answered by
    DuckDB, which reads the columns concerned piece by piece.

    Parameters
    ----------
    paths : path or iterable of paths
        Files of one kind, patterns such as ``"data/*.parquet"``, or folders, whose
        Parquet files are read. Columns are matched by name; a file that lacks one
        has it missing.

    Returns
    -------
    duckdb.DuckDBPyRelation
        The rows of all files.

    Raises
    ------
    FileError
        If there is no such file, or it cannot be read as what its ending says.
    InputError
        If no path is given, or files of two kinds.
    DataError
        If DuckDB is not installed.

    See Also
    --------
    screen : Apply criteria to the table.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from iph.criteria import LI_2023, open_table, screen
    >>> folder = tempfile.TemporaryDirectory()
    >>> header = ",".join(LI_2023.fields)
    >>> size = Path(folder.name, "a.csv").write_text(f"{header}\n12,yes" + "," * 10)
    >>> result = screen(open_table(f"{folder.name}/*.csv"), LI_2023)
    >>> result.n_assessed, result.n_excluded
    (1, 1)
    >>> folder.cleanup()
    """
    try:
        import duckdb
    except ModuleNotFoundError:
        raise DataError(
            "tables on disk are read by DuckDB, which is not installed; "
            "install it with: python -m pip install 'iph[duckdb]'"
        ) from None
    one = isinstance(paths, (str, os.PathLike))
    given = [paths] if one else each(paths, "paths", "paths of files")
    files = [file for path in given for file in _files(str(pathname(path, "paths")))]
    endings = sorted(
        {".parquet" if is_parquet(f) else Path(f).suffix.casefold() for f in files}
    )
    if len(endings) != 1 or endings[0] not in SCANNED:
        kinds = ", ".join(SCANNED)
        raise InputError("paths", f"files of one kind out of: {kinds}", endings)
    function, options = SCANNED[endings[0]]
    names = [glob.escape(file) for file in files]  # DuckDB takes patterns as well
    try:
        return getattr(duckdb, function)(names, union_by_name=True, **options)
    except duckdb.Error as error:
        problem = str(error).partition("\n")[0]
        raise FileError(", ".join(files), problem) from None


def _files(path: str) -> list[str]:
    """Return the files that a path, pattern or folder names, in the order of names."""
    try:
        is_folder, is_file = Path(path).is_dir(), Path(path).is_file()
    except OSError as problem:  # such as a name that is too long
        raise FileError(printed(path), f"cannot be read ({problem.strerror})") from None
    if is_folder:
        names = sorted(p.name for p in Path(path).iterdir() if is_parquet(p))
        # What begins so is no data to Spark and the like, which write such folders.
        shown = [name for name in names if not name.startswith((".", "_"))]
        if not shown:
            raise FileError(path, "is a folder without Parquet files")
        return [str(Path(path) / name) for name in shown]
    found = [path] if is_file else sorted(glob.glob(path))  # noqa: PTH207 - of any root
    if not found:
        raise FileError(path, "there is no such file", "give files, or a pattern")
    return found


def is_parquet(path: str | os.PathLike[str]) -> bool:
    """Tell a Parquet file, or a pattern of such files, by its ending."""
    return Path(path).suffix.casefold() in {".parquet", ".pq"}
