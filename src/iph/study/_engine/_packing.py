"""Several columns as few numbers, which an engine keeps and takes apart again.

What was seen at a visit is one number, so that the largest of 7 numbers is looked for
and not of 7 times as many as there are fields: a database holds all of them at once,
for every patient.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

import attrs

from iph.study._engine._coding import EngineColumn, packed

_EXACT: Final = 1 << 52
"""Below it an engine that divides whole numbers as floats still divides exactly."""


@attrs.frozen(eq=False)
class Pack:
    """Columns that are kept together as one number.

    Attributes
    ----------
    columns : mapping
        The columns by name, each a whole number that is never null.
    """

    columns: Mapping[str, EngineColumn]

    def expr(self) -> Any:
        """Return the columns as one number a row."""
        return packed(" and ".join(self.columns), list(self.columns.values()))

    def parts(self, number: Any) -> dict[str, Any]:
        """Return the columns that a number holds; null where it is null."""
        import narwhals.stable.v2 as nw

        found = {}
        below = 1
        for name, column in reversed(list(self.columns.items())):
            part = number // below if below > 1 else number
            found[name] = (part % column.size).cast(nw.Int64())
            below *= column.size
        return found


def packs(columns: Mapping[str, EngineColumn]) -> list[Pack]:
    """Return columns in as few packs as their sizes allow."""
    found: list[dict[str, EngineColumn]] = []
    for name, column in columns.items():
        for pack in found:
            size = math.prod(one.size for one in pack.values())
            if size * column.size <= _EXACT:
                pack[name] = column
                break
        else:
            found.append({name: column})
    return [Pack(pack) for pack in found]
