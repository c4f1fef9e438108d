"""Every key of a study file and what it holds."""

from typing import Final

from iph.protocol._file_fields import FIELDS
from iph.protocol._file_figures import FIGURES
from iph.protocol._shape import (
    FALSE,
    NUMBER,
    TEXT,
    TIME,
    TRUE,
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
from iph.scales._change_rules import CHANGE_RULES

FORMAT: Final = 1
NO_DAY: Final = "none"

BETTER: Final = among("low", "high")
_VISIT: Final = Either(
    TIME, Table({"day": TIME, "label": TEXT, "window": several(TIME, least=2, most=2)})
)
_DERIVED: Final = {
    **dict.fromkeys(("label", "note", "when", "unclear", "cut"), TEXT),
    "at": several(NUMBER),
    "labels": several(TEXT, least=2),
    "from": WHOLE,
    "better": BETTER,
}
_ENDPOINT: Final[dict[str, Shape]] = {
    **dict.fromkeys(("label", "when", "unclear", "reached", "at", "seen_by"), TEXT),
    "competing": Each(TEXT),
}
_EVENT: Final = {
    "label": TEXT,
    "grades": several(TEXT, least=2),
    "from": WHOLE,
    "related": YES_NO,
}
_DESCRIPTIONS: Final = ("median", "mean", "shapiro-wilk")
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
        "reference": some(TEXT, FALSE),
        "group": Either(TEXT, Table({"by": TEXT, "reference": TEXT}, needed=("by",))),
        "primary": Either(
            FALSE,
            Table({"outcome": TEXT, "visit": TEXT}, needed=("outcome", "visit")),
        ),
        "compare_with": some(TEXT, FALSE),
        "parts": several(TEXT, least=0),
        "attrition": several(TEXT, least=0),
        "visits": Each(_VISIT, removable=True),
        "patient": FIELDS,
        "at_visit": FIELDS,
        "derived": Each(Either(TEXT, Table(_DERIVED)), removable=True),
        "outcomes": Each(
            Either(
                TRUE,
                Table(
                    {
                        "better": BETTER,
                        "response": some(NUMBER, TEXT),
                        "strict": YES_NO,
                        "changes": several(among(*CHANGE_RULES)),
                        "standard_deviation": NUMBER,
                        "reliability": NUMBER,
                        "label": TEXT,
                        "response_label": TEXT,
                    }
                ),
            ),
            removable=True,
        ),
        "endpoints": Each(Either(TEXT, Table(_ENDPOINT)), removable=True),
        "events": Each(Either(TEXT, Table(_EVENT)), removable=True),
        "criteria": Table({"name": TEXT, "reference": some(TEXT, FALSE)}),
        "include": Each(_CRITERION, removable=True),
        "exclude": Each(_CRITERION, removable=True),
        "table": Table({"rows": several(TEXT, least=0), "add": several(TEXT)}),
        "rules": Table(
            {"quartiles": TEXT, "description": among(*_DESCRIPTIONS)}, alone=True
        ),
        "figures": Table(FIGURES, alone=True),
    }
)
