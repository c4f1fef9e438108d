"""A cohort for others: tables of counts in which nobody can be found."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from iph._checks import whole
from iph._cohort import Cohort
from iph.errors import DataError, InputError
from iph.records._coarsening import checked_bands
from iph.records._sharing_files import ACCOUNT_FILE, TABLES_FILE, write_sharing
from iph.records._sharing_result import Sharing
from iph.records._sharing_steps import (
    Rules,
    chosen_fields,
    group_field,
    groups_and_missing,
    removed,
    shared_tables,
)

METHOD: Final = (
    "counts of 1 to {most} are hidden, and with them the cells from which they could "
    "be computed"
)


def share(
    cohort: Cohort,
    path: str | os.PathLike[str],
    *,
    by: str | None = None,
    fields: Iterable[str] | None = None,
    least: int = 5,
    bands: Mapping[str, Iterable[float]] | None = None,
) -> Sharing:
    """Write tables of a cohort that may leave the hospital.

    What can I give to others without giving a patient away?

    Parameters
    ----------
    cohort : Cohort
        The patients.
    path : path
        A folder; it is made if its own folder exists. A former sharing in it is
        replaced.
    by : str, optional
        The field by which patients are grouped, such as ``"sex"``; no set of choices.
    fields : iterable of str, optional
        The fields to count; all of them by default. What is not needed should not be
        shared.
    least : int, default 5
        The smallest count that may be shown, at least 2; 0 is shown as well. Ask your
        registry: rules run from 5 to 11.
    bands : mapping, optional
        Cut points of fields that hold a number, such as ``{"volume_ml": (100, 300)}``,
        in place of the built-in ones.

    Returns
    -------
    Sharing
        With ``folder``, ``files``, ``n``, ``n_missing``, ``least``, ``by``,
        ``tables``, ``changes``, ``n_hidden`` and ``method``. The file
        ``tables.csv`` holds the counts, one a row; ``what-was-done.md`` says what was
        coarsened, joined, hidden and removed, for the reader of the tables.

    Raises
    ------
    InputError
        If something else than a cohort is given, a field is not known, or cut points
        do not rise.
    DataError
        If there are fewer patients than `least`.
    FileError
        If the files cannot be written.

    See Also
    --------
    write : All that is recorded, for yourself.

    Notes
    -----
    No row of a patient is shared. With few patients and many fields nearly every row
    is the only one of its kind, so that rows can be made anonymous only by deleting
    most of what they hold.

    *Coarsened.* Ages go into bands of ten years up to 90; bands at both ends are
    joined until each holds `least` patients. Days go into bands from 2 days to a year,
    laboratory values below, within and above their usual range, pain and hip flexion
    into the grades of their scales.

    *Hidden.* Counts from 1 to ``least - 1`` are hidden (primary suppression), and with
    them those by which they could be computed from the totals of rows, columns and the
    table (secondary suppression); the file does not say which is which. For each small
    count there are two other tables, in whole numbers, that agree with all that is
    shown: in one it is at most 1, in the other at least ``least - 1``. So the totals
    tell a reader nothing of it but that it is small, and of no hidden count what it is.
    Where several levels may apply to one patient, those without a level count as a
    cell, too. As few cells as possible are hidden to protect each small count [1]_,
    [2]_. A table for which this cannot be shown is removed.

    *Not protected.* If all patients of a group have one level, the table says so of
    each of them. Tables of fields that depend on each other by clinical knowledge, and
    a second sharing of nearly the same patients, may tell more together than each
    alone. Someone should look at the tables before they leave.

    References
    ----------
    .. [1] Hundepool A, et al. Statistical Disclosure Control. Wiley; 2012.
       doi:10.1002/9781118348239
    .. [2] Fischetti M, Salazar JJ. Solving the cell suppression problem on tabular data
       with linear constraints. Manage Sci 2001;47:1008-1027.
       doi:10.1287/mnsc.47.7.1008.9805

    Examples
    --------
    >>> import tempfile
    >>> from iph.evidence import published_cases
    >>> from iph.records import share
    >>> cases = published_cases()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     shared = share(cases, f"{folder}/out", fields=["age_years", "side"])
    >>> ages = shared.tables[0]
    >>> for level, counts in zip(ages.levels, ages.counts, strict=True):
    ...     print(level, counts[-1])
    below 20 14
    20 to 29 None
    30 to 39 None
    40 to 49 None
    50 to 59 8
    60 to 69 13
    70 to 79 9
    80 or more 7
    not recorded None
    """
    if not isinstance(cohort, Cohort):
        raise InputError("cohort", "a Cohort", cohort)
    rules = Rules(
        fields=chosen_fields(fields),
        by=group_field(by),
        least=whole(least, "least", low=2),
        bands=checked_bands(bands),
    )
    if len(cohort) < rules.least:
        raise DataError(
            f"{len(cohort)} patients are too few to share anything of them: with "
            f"least={rules.least} there must be at least {rules.least}"
        )
    changes = list(removed(cohort, rules))
    groups, n_missing = groups_and_missing(cohort.patients, rules, changes)
    tables = tuple(shared_tables(cohort.patients, rules, groups, changes))
    folder = Path(os.fspath(path))
    shared = Sharing(
        folder=folder,
        files=(folder / TABLES_FILE, folder / ACCOUNT_FILE),
        n=len(cohort),
        n_missing=n_missing,
        least=rules.least,
        by=by or "",
        tables=tables,
        changes=tuple(changes),
        n_hidden=sum(table.n_hidden for table in tables),
        method=METHOD.format(most=rules.least - 1),
    )
    write_sharing(shared, synthetic=cohort.synthetic)
    return shared
