"""What a sharing was: its tables, and what was done to the data before."""

from pathlib import Path

import attrs

from iph._display import Displayed
from iph.records._shared_tables import SharedTable


@attrs.frozen(kw_only=True)
class SharedChange(Displayed):
    """One thing that was done to the data before they were shared.

    Attributes
    ----------
    what : str
        ``"coarsened"``, ``"joined"``, ``"hidden"`` or ``"removed"``.
    field : str
        The field, or what else it concerns.
    how : str
        What was done, and why.
    """

    what: str
    field: str
    how: str

    def __str__(self) -> str:
        return f"{self.field}: {self.how}"


@attrs.frozen(kw_only=True)
class Sharing(Displayed):
    """What was shared, and what was done before.

    Attributes
    ----------
    folder : Path
        The folder with the files.
    files : tuple of Path
        The tables, and the account of what was done.
    n : int
        How many patients were counted.
    n_missing : int
        Of how many of them the group is not recorded.
    least : int
        The smallest count that is shown, besides 0.
    by : str
        The field that makes the groups; empty if there are none.
    tables : tuple of SharedTable
        The tables; if there are groups, that of their field comes first.
    changes : tuple of SharedChange
        What was coarsened, joined, hidden and removed.
    n_hidden : int
        How many numbers are hidden in all tables.
    method : str
        The rule by which numbers are hidden.
    """

    folder: Path
    files: tuple[Path, ...]
    n: int
    n_missing: int
    least: int
    by: str
    tables: tuple[SharedTable, ...]
    changes: tuple[SharedChange, ...]
    n_hidden: int
    method: str
