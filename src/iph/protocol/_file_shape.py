"""Every key of a study file and what it holds."""

from typing import Final

from iph.protocol._file_fields import FIELDS
from iph.protocol._shape import (
    NUMBER,
    TEXT,
    TIME,
    WHOLE,
    YES_NO,
    Each,
    Either,
    Shape,
    Table,
    among,
    several,
    some,
)
from iph.protocol._times import TIME_UNITS

FORMAT: Final = 1
NO_DAY: Final = "none"

_VISIT: Final = Either(
    TIME, Table({"day": TIME, "label": TEXT, "window": several(TIME, least=2, most=2)})
)
_RULE: Final = {"label": TEXT, "note": TEXT, "when": TEXT, "unclear": TEXT}
_CUT: Final = {"cut": TEXT, "at": several(NUMBER), "labels": several(TEXT, least=2)}
_REACHED: Final = {"reached": TEXT, "at": TEXT, "seen_by": TEXT, "competing": TEXT}
_CRITERION: Final = Either(
    TEXT, Table({"rule": TEXT, "statement": TEXT, "reading": TEXT}, needed=("rule",))
)

SHAPE: Final[Shape] = Table(
    {
        "format": WHOLE,
        "based_on": TEXT,
        "title": TEXT,
        "condition": TEXT,
        "day_zero": TEXT,
        "time_unit": among(*TIME_UNITS),
        "reference": TEXT,
        "group": Either(TEXT, Table({"by": TEXT, "reference": TEXT}, needed=("by",))),
        "primary": Either(
            TEXT, Table({"outcome": TEXT, "visit": TEXT}, needed=("outcome",))
        ),
        "compare_with": TEXT,
        "parts": several(TEXT, least=0),
        "visits": Each(_VISIT, removable=True),
        "patient": FIELDS,
        "at_visit": FIELDS,
        "derived": Each(Either(TEXT, Table({**_RULE, **_CUT})), removable=True),
        "outcomes": Each(
            Table(
                {
                    "better": among("low", "high"),
                    "response": some(NUMBER, TEXT),
                    "strict": YES_NO,
                    "label": TEXT,
                }
            ),
            removable=True,
        ),
        "endpoints": Each(Either(TEXT, Table({**_RULE, **_REACHED})), removable=True),
        "include": Each(_CRITERION, removable=True),
        "exclude": Each(_CRITERION, removable=True),
        "table": Table({"rows": several(TEXT), "add": several(TEXT)}),
        "rules": Table(
            {
                "quartiles": TEXT,
                "description": TEXT,
                "adjust": TEXT,
                "level": NUMBER,
                "interval": TEXT,
            }
        ),
    }
)
