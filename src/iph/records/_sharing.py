"""A cohort for others: tables of counts in which nobody can be found."""

import os
from collections.abc import Iterable, Mapping
from typing import Any, Final

from iph._checks import whole
from iph._cohort import Cohort
from iph._options import pathname
from iph.errors import DataError, InputError
from iph.protocol._protocol import Protocol
from iph.records._coarsening import checked_bands
from iph.records._earlier_sharing import earlier_sharings
from iph.records._sharing_files import ACCOUNT_FILE, TABLES_FILE, write_sharing
from iph.records._sharing_result import Sharing
from iph.records._sharing_steps import (
    Rules,
    chosen_fields,
    declared_events,
    group_field,
    grouped,
    removed,
    shareable,
    shared_events,
    shared_tables,
)
from iph.records._suppression import LOWEST, Rule

METHOD: Final = (
    "counts of 1 to {most} are hidden, together with neighboring levels of which no "
    "count is shown either, only how many patients they hold in all"
)


def share(
    cohort: Cohort[Any],
    path: str | os.PathLike[str],
    *,
    by: str | None = None,
    fields: Iterable[str] | None = None,
    least: int = 5,
    bands: Mapping[str, Iterable[float]] | None = None,
    earlier: Iterable[str | os.PathLike[str]] = (),
    protocol: Protocol[Any] | None = None,
    overwrite: bool = False,
) -> Sharing:
    """Write tables of a cohort that may leave the hospital.

    What can I give to others without giving a patient away?

    Parameters
    ----------
    cohort : Cohort
        The patients, of any study.
    path : path
        A folder; it is made if its own folder exists.
    by : str, optional
        The field by which patients are grouped, such as ``"sex"``; no set of choices.
    fields : iterable of str, optional
        The fields to count; all of them by default. What is not needed should not be
        shared.
    least : int, default 5
        The smallest count that may be shown, at least 3; 0 is shown as well. Ask your
        registry: rules run from 5 to 11.
    bands : mapping, optional
        Cut points of fields that hold a number, such as ``{"volume_ml": (100, 300)}``,
        in place of the built-in ones.
    earlier : iterable of path, optional
        The folders of all sharings of these patients, or some of them, that others have
        already. What they could compute with both at hand is hidden, too.
    protocol : Protocol, optional
        The study. If it declares events and the cohort has a table of them, it is
        counted how many patients had each event; days and grades of events are not
        shared. Without it the events are left out.
    overwrite : bool, default False
        Whether to replace files of these names in the folder.

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
        If something else than a cohort is given, a field is not known, cut points do
        not rise, or an event is none of the protocol.
    DataError
        If there are fewer patients than `least`.
    FileError
        If the files exist already or cannot be written, or an earlier sharing cannot be
        read.

    See Also
    --------
    write : All that is recorded, for yourself.

    Notes
    -----
    No row of a patient is shared. With few patients and many fields nearly every row
    is the only one of its kind, so that rows can be made anonymous only by deleting
    most of what they hold.

    *Coarsened.* Ages go into bands of ten years up to 90, days into bands from 2 days
    to a year, laboratory values below, within and above their usual range, pain and hip
    flexion into the grades of their scales. A number that a study declares itself is
    cut into four equal parts of its declared bounds; `bands` says better. All levels
    are listed that there can be, so that the list itself tells nothing.

    *Hidden.* The levels of a field, in their order and with "not recorded" at the end,
    are halved, and their halves again. From the top, halves are shown apart only if
    each of them has, in every group, 0 patients or at least `least`. Else all levels of
    both are hidden in all groups, and the file says how many patients they hold. So
    what is hidden depends on no hidden count, but for one admission: that some half is
    small. The reader may know this rule: every hidden count can still be any that its
    sum allows, three different ones at the least. This was checked by trying all tables
    of up to 12 patients, see :doc:`/how-to/share`. Choosing what to hide by its size,
    as few and as small cells as possible [1]_, promises less: whoever reruns
    such a rule on every possible table may find only one that fits.

    Where several levels may apply to one patient, first those with any level are told
    from those without; then for each level the patients with and without it are halves.

    *Earlier sharings.* With them at hand, nothing is shown apart that one of them hid,
    nor what differs from it by a small number. A table that they show with other levels
    or groups is removed. Without them, nothing is promised of what two sharings tell
    together.

    *Not protected.* If all patients of a group have one level, the table says so of
    each of them. Tables of fields that depend on each other by clinical knowledge may
    tell more together than each alone, and who knows some of the patients can subtract
    them. Someone should look at the tables before they leave.

    References
    ----------
    .. [1] Hundepool A, et al. Statistical Disclosure Control. Wiley; 2012.
       doi:10.1002/9781118348239

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
    below 10 0
    10 to 19 14
    20 to 29 None
    30 to 39 None
    40 to 49 None
    50 to 59 8
    60 to 69 13
    70 to 79 9
    80 to 89 None
    90 or more None
    not recorded None
    >>> for hidden in ages.together:
    ...     print(" + ".join(hidden.levels), hidden.counts[-1])
    20 to 29 + 30 to 39 + 40 to 49 8
    80 to 89 + 90 or more + not recorded 10
    """
    if not isinstance(cohort, Cohort):
        raise InputError("cohort", "a Cohort", cohort)
    known = shareable(cohort.patient_class)
    asked = declared_events(cohort, protocol)
    rules = Rules(
        shareable=known,
        fields=chosen_fields(fields, known),
        by=group_field(by, known),
        rule=Rule(least=whole(least, "least", low=LOWEST)),
        bands=checked_bands(bands, known.fields.values()),
        earlier=earlier_sharings(earlier),
    )
    limit = rules.rule.least
    if len(cohort) < limit:
        raise DataError(
            f"{len(cohort)} patients are too few to share anything of them: with "
            f"least={limit} there must be at least {limit}"
        )
    changes = list(removed(cohort, rules, asked))
    groups, n_missing, of_groups = grouped(cohort.patients, rules, changes)
    of_fields = shared_tables(cohort.patients, rules, groups, changes)
    of_events = shared_events(cohort, asked, rules, groups, changes)
    tables = (*of_fields, *of_events)
    folder = pathname(path)
    shared = Sharing(
        folder=folder,
        files=(folder / TABLES_FILE, folder / ACCOUNT_FILE),
        n=len(cohort),
        n_missing=n_missing,
        least=limit,
        by=by or "",
        tables=tables if of_groups is None else (of_groups, *tables),
        changes=tuple(changes),
        n_hidden=sum(table.n_hidden for table in tables),
        method=METHOD.format(most=limit - 1),
    )
    write_sharing(shared, synthetic=cohort.synthetic, overwrite=overwrite)
    return shared
