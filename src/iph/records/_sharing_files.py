"""The files of a sharing: the tables, and the account of what was done."""

import csv
from collections.abc import Iterator, Mapping
from typing import Any, Final

from iph._saving import replacing
from iph.errors import FileError
from iph.records._sharing_result import Sharing

TABLES_FILE: Final = "tables.csv"
ACCOUNT_FILE: Final = "what-was-done.md"
PATIENTS: Final = "patients"
HEADER: Final = ("field", "visit", "level", "group", "count", "status")
_TITLES: Final[Mapping[str, str]] = {
    "coarsened": "Coarsened",
    "joined": "Joined",
    "hidden": "Hidden",
    "removed": "Removed",
}
_ALIKE: Final = (
    "If all patients of a group have one level, the table says so of each of them."
)
_SEVERAL: Final = (
    "Tables of fields that depend on each other may tell more together than each of "
    "them alone, and so may another sharing that was made without this one at hand."
)
PLUS: Final = " + "
TOGETHER: Final = "together"


def write_sharing(shared: Sharing, *, synthetic: bool, overwrite: bool) -> None:
    """Write both files, or none."""
    try:
        shared.folder.mkdir(exist_ok=True)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise FileError(str(shared.folder), f"cannot be made ({reason})") from None
    tables, account = shared.files
    with (
        replacing(tables, overwrite=overwrite) as first,
        replacing(account, overwrite=overwrite) as second,
    ):
        with first.open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerows(_rows(shared, synthetic=synthetic))
        second.write_text(_account_text(shared, synthetic=synthetic), encoding="utf-8")


def _rows(shared: Sharing, *, synthetic: bool) -> Iterator[list[Any]]:
    mark = ["yes"] if synthetic else []
    yield [*HEADER, *(["synthetic"] if synthetic else [])]
    for table in shared.tables:
        about = [table.field, table.visit]
        for group, size in zip(table.groups, table.group_sizes, strict=True):
            yield [*about, PATIENTS, group, size, "shown", *mark]
        for level, counts in zip(table.levels, table.counts, strict=True):
            for group, count in zip(table.groups, counts, strict=True):
                given = ["", "hidden"] if count is None else [count, "shown"]
                yield [*about, level, group, *given, *mark]
        for one in table.together:
            level = PLUS.join(one.levels)
            for group, count in zip(table.groups, one.counts, strict=True):
                yield [*about, level, group, count, TOGETHER, *mark]


def _account_text(shared: Sharing, *, synthetic: bool) -> str:
    """Return what was done, as a page that goes with the tables."""
    lines = ["# What was done before these tables were shared", ""]
    if synthetic:
        lines += ["The patients are made up.", ""]
    grouped = f", grouped by `{shared.by}`" if shared.by else ""
    n_tables = len(shared.tables)
    lines += [
        f"{shared.n} patients{grouped}; {n_tables} tables in `{TABLES_FILE}`.",
        "No row of a patient is among them.",
        f"In the tables {shared.method}: {shared.n_hidden} numbers in all.",
        "The tables do not say which of them is small; a hidden number may be 0.",
        f"Levels joined by `{PLUS.strip()}` are those patients who have one of them.",
    ]
    for what, title in _TITLES.items():
        found = [str(change) for change in shared.changes if change.what == what]
        if found:
            lines += ["", f"## {title}", "", *(f"- {one}" for one in found)]
    lines += ["", "## Not protected", ""]
    lines += [f"- {_ALIKE}", f"- {_SEVERAL}", ""]
    return "\n".join(lines)
