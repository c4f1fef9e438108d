"""The results as JSON: every number at full precision, and the tables as printed.

No patient is in it: neither records nor decisions nor courses of single patients.
"""

import enum
import json
import math
from importlib.metadata import version
from typing import Any

import attrs
import numpy as np

from iph.criteria._criterion import Criterion
from iph.design import Plan
from iph.evidence._claims import Claim
from iph.report._contents import (
    methods_sentences,
    results_sentences,
    warnings_of,
)
from iph.report._deviations import deviations_of
from iph.report._document import Document
from iph.report._rules import rules_used
from iph.report._sheet import Sheet
from iph.study._compared import Comparison
from iph.study._parts import NotAsked
from iph.study._study import Study

FORMAT = 3

# Fields that hold single patients, or code.
_LEFT_OUT = {
    ("Study", "cohort"),
    ("Study", "patients"),
    ("Study", "protocol"),
    ("Study", "visits"),
    ("GradeCourse", "lower_is_better"),
    ("ScoreCourse", "rows"),
    ("Screening", "decisions"),
    ("GradeCourse", "sequences"),
    ("GradeCourse", "died"),
    ("GradeCourse", "flows"),
    ("Study", "n_late_losses"),
    ("Study", "coagulation_gaps"),
    ("Study", "bounds"),
    ("PainCourse", "rows"),
    ("SurvivalCurve", "_entries"),
    ("Finding", "related"),
    ("Finding", "witness"),
}

# What is told only where there is any of it.
_WHERE_KNOWN = {
    ("NumberCell", "bounded"),
    ("VisitScore", "bounded"),
    ("GroupValues", "bounded"),
    ("ScoreChange", "bounded"),
}


def results_json(
    study: Study,
    document: Document,
    comparison: Comparison | None = None,
    *,
    plan: Plan | None = None,
    source_sha256: str | None = None,
) -> str:
    """Return the results as JSON; NaN is null, and so is an interval without end.

    `source_sha256` is the hash of the file that the records were read from.
    """
    content = {
        "format": FORMAT,
        "iph": version("iph"),
        "cohort": {
            "label": study.cohort.label,
            "synthetic": study.cohort.synthetic,
            "notes": list(study.cohort.notes),
            "not_read": list(study.cohort.not_read),
            "source_sha256": source_sha256,
            "n_records": len(study.cohort),
            "n_analyzed": len(study.patients),
        },
        "protocol": {
            "title": study.protocol.title,
            "digest": study.protocol.digest,
        },
        "plan": None if plan is None else _planned(plan, study),
        "study": plain(study),
        "comparison": plain(comparison),
        "sentences": {
            "results": list(results_sentences(study)),
            "methods": list(methods_sentences(study, plan=plan)),
            "rules": list(rules_used(study)),
            "warnings": list(warnings_of(study, plan)),
            "unavailable": [gap.sentence for gap in study.unavailable],
        },
        "tables": {sheet.name: _sheet(sheet) for sheet in document.sheets},
    }
    text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False)
    return text + "\n"


def _planned(plan: Plan, study: Study) -> dict[str, Any]:
    return {
        "version": plan.version,
        "protocol_digest": plan.protocol_digest,
        "n_planned": plan.n_planned,
        "deviations": [
            {"kind": one.kind, **attrs.asdict(one)}
            for one in deviations_of(plan, study)
        ],
    }


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {
        "title": sheet.title,
        "header": list(sheet.header),
        "rows": [list(row.cells) for row in sheet.rows],
        "notes": list(sheet.notes),
    }


def plain(value: Any) -> Any:
    """Return a result as what JSON knows: objects, lists, text, numbers, null."""
    if isinstance(value, Criterion):
        return {
            "code": value.code,
            "statement": value.statement,
            "reading": value.reading,
        }
    if isinstance(value, Claim):
        return {
            "code": value.code,
            "where": value.where,
            "printed": value.printed,
        }
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, NotAsked):
        return None
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if not isinstance(value, type) and attrs.has(type(value)):
        kind = type(value).__name__
        return {
            field.name: plain(getattr(value, field.name))
            for field in attrs.fields(type(value))
            if not _is_left_out(kind, field.name, getattr(value, field.name))
        }
    return _scalar(value)


def _is_left_out(kind: str, name: str, value: Any) -> bool:
    return (kind, name) in _LEFT_OUT or (value is None and (kind, name) in _WHERE_KNOWN)


def _scalar(value: Any) -> str | int | float | bool | None:
    if isinstance(value, enum.Enum):
        name = value.name.lower() if isinstance(value, enum.IntEnum) else value.value
        return str(name)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, type):
        return value.__name__
    if value is None or isinstance(value, (str, int)):
        return value
    return str(value)  # a fraction, or a rule
