"""No module but those of the first protocol names a field or a visit of it.

A study is a protocol, and that of Li et al. 2023 is the first of many. A module that
names one of its fields treats every other study as if it had that field. The few that
do have a reason, which stands here.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import iph
from iph import Subject, Visit
from iph._follow_up import ASSESSMENT_FIELDS
from iph._model import PATIENT_FIELDS
from iph._subject import patient_fields, seen_fields

SOURCE: Final = Path(iph.__file__).parent

OF_ANY_STUDY: Final = {
    *(field.name for field in (*patient_fields(Subject), *seen_fields(Subject))),
    *("age_years", "sex", "side", "outcome", "limb", "baseline", "discharge"),
}
"""Names that mean the same in any study, or that are plain words of statistics."""

NAMES: Final = (
    {field.name for field in (*PATIENT_FIELDS, *ASSESSMENT_FIELDS)}
    | {str(visit.value) for visit in Visit}
) - OF_ANY_STUDY
IMPORTS: Final = {
    *("Visit", "PATIENT_FIELDS", "ASSESSMENT_FIELDS", "ENDPOINTS"),
    *("Assessment", "FollowUp"),
}
"""Classes and lists that are those of one study."""

HOMES: Final = {
    "the model of that study": (
        *("_admission.py", "_categories.py", "_follow_up.py", "_laboratory.py"),
        *("_model.py", "__init__.py"),
    ),
    "its criteria and its protocol": (
        *("criteria/_li2023.py", "criteria/_rule.py", "protocol/_li2023.py"),
    ),
    "published scales and statistics, which know no patient": ("scales/", "stats/"),
    "its claims, its twins and published cases": ("evidence/",),
}
"""Where the names belong."""

REASONS: Final = {
    "a file may be based on it, or take a built-in field": (
        *("protocol/_file_classes.py", "protocol/_file_fields.py"),
        *("protocol/_made_classes.py", "protocol/_python_text.py"),
    ),
    "parts that a protocol asks for by name, with the fields that each needs": (
        *("protocol/_checking.py", "study/_anatomy.py", "study/_coagulation.py"),
        "study/_engine/_parts.py",
        *("study/_visit_counts.py", "study/_pain.py", "study/_grouping.py"),
        *(
            "study/_characteristics.py",
            "study/_study.py",
            "study/_count.py",
            "study/_analyze.py",
            "study/_claimed.py",
        ),
        *("report/_parts/anatomy.py", "report/_parts/baseline.py"),
        "report/_parts/groups.py",
        *("report/_parts/pain.py", "report/_figures/anatomy.py"),
        *("report/_figures/zones.py", "report/_contents.py"),
        "report/_parts/size.py",
    ),
    "figures of that study to compare with": (*("study/__init__.py",),),
    "a strength grade is written with its plus or minus": (
        *("records/_cells.py", "records/_columns.py", "records/_table_rows.py"),
        "records/_sharing_steps.py",
    ),
    "words for its visits and fields, read where a study has them": (
        *("records/_times.py", "records/_targets.py", "records/_words.py"),
        *("records/_date_guesses.py", "records/_questions.py"),
    ),
    "its branching, its coarsening and its example, used where a study has the field": (
        *("records/_redcap_dictionary.py", "records/_coarsening.py"),
        *("records/_example.py", "records/_fhir.py", "records/_diagnoses.py"),
    ),
    "strategies for its patients, and for its tables": (
        *("testing/_patients.py", "testing/_tables.py", "testing/_scales.py"),
    ),
}
"""Modules that name them elsewhere, by reason."""

ALLOWED: Final = {
    path for paths in (*HOMES.values(), *REASONS.values()) for path in paths
}


def names_in(path: Path) -> Iterator[str]:
    """Yield the names of that study in a module, docstrings left aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in prose:
            if node.value in NAMES:
                yield str(node.value)
        elif isinstance(node, ast.Attribute) and node.attr in NAMES:
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg in NAMES:
            yield str(node.arg)
        elif isinstance(node, ast.ImportFrom):
            yield from (one.name for one in node.names if one.name in IMPORTS)


def is_allowed(module: str) -> bool:
    """Whether a module, or its room, has a reason."""
    return module in ALLOWED or f"{module.partition('/')[0]}/" in ALLOWED


MODULES: Final = {
    path.relative_to(SOURCE).as_posix(): path for path in sorted(SOURCE.rglob("*.py"))
}


def test_no_other_module_names_a_field_or_visit_of_li() -> None:
    """Ask the protocol which fields and visits there are, or state the reason here."""
    found = {
        module: sorted(names)
        for module, path in MODULES.items()
        if not is_allowed(module) and (names := set(names_in(path)))
    }
    assert found == {}


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_needed(reason: str) -> None:
    """A module that has become general leaves the list."""
    for module in REASONS[reason]:
        assert set(names_in(MODULES[module])), f"{module} names nothing any more"
