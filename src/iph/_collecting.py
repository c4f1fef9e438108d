"""Fetching what an engine has counted, with the refusals of its database in words."""

from typing import Any

from iph.errors import DataError


def collected(frame: Any) -> Any:
    """Return the rows of a lazy narwhals frame.

    Ibis reaches databases that nobody has tried, each with errors of its own, and what
    it raises while it asks one is the answer of that database. Of the engines that are
    tested no error is expected, so theirs are shown as they are.
    """
    try:
        return frame.collect()
    except Exception as error:
        if not frame.implementation.is_ibis():
            raise
        said = (str(error) or type(error).__name__).partition("\n")[0]
        raise DataError(
            f"the database cannot count these tables ({said.rstrip('.')}); export them "
            "as Parquet files, and give those"
        ) from error
