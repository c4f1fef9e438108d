"""Patients with a hematoma, made of solved columns; any others, by their protocol."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from iph._admission import Hematoma, Imaging, NerveInvolvement
from iph._categories import (
    Agent,
    Etiology,
    ImagingFinding,
    Muscle,
    Treatment,
)
from iph._laboratory import Laboratory
from iph._model import Patient
from iph.evidence._twin_courses import Courses
from iph.evidence._twin_subjects import (
    Columns,
    assessments_of,
    known_once,
    pseudonyms,
    sorted_by_part,
    subjects_of,
)
from iph.protocol._protocol import Protocol
from iph.scales._coagulation_findings import CLOTTING_TESTS
from iph.scales._reference_ranges import ReferenceRange

_CLOTTING_DISORDERS = (
    Etiology.HEMOPHILIA.value,
    Etiology.ANTICOAGULANT.value,
    Etiology.RODENTICIDE.value,
    Etiology.OTHER_COAGULOPATHY.value,
)
# Which etiologies have the highest (or lowest) values of a test, as a guess.
_LONG_CLOTTING = {
    "pt_s": _CLOTTING_DISORDERS[1:],
    "inr": _CLOTTING_DISORDERS[1:],
    "aptt_s": _CLOTTING_DISORDERS,
}
_LOW_FACTOR = {
    "factor_viii_percent": _CLOTTING_DISORDERS[:1],
    "factor_ix_percent": _CLOTTING_DISORDERS[:1],
    "factor_xi_percent": _CLOTTING_DISORDERS[:1],
}
_MADE_UP = "made up with the twin"
_REST = {"treatments": frozenset({Treatment.ANALGESIC})}


def patients_of(
    solved: Columns,
    courses: Courses,
    n: int,
    protocol: Protocol[Any],
    rng: np.random.Generator,
) -> list[Any]:
    """Deal the values of each variable out to patients, and build the patients."""
    if not issubclass(protocol.patient, Patient):
        return subjects_of(solved, courses, n, protocol, rng)
    columns = _dealt(solved, n, rng)
    ranges = _ranges(columns)
    patients = []
    for index, name in enumerate(pseudonyms(n)):
        own, parts = sorted_by_part(protocol, columns, index, _REST)
        seen = assessments_of(index, courses, protocol)
        patients.append(
            _patient(protocol, {"patient_id": name} | own, parts, seen, ranges)
        )
    return patients


def _dealt(solved: Columns, n: int, rng: np.random.Generator) -> dict[str, list[Any]]:
    """Deal values out: etiology first, what hangs together with it in its order."""
    once = known_once(solved)
    etiologies = [str(v) for v in once.get("etiology", [None] * n)]
    etiologies += ["None"] * (n - len(etiologies))
    columns: dict[str, list[Any]] = {}
    # With an etiology, patients stand in its order until they are mixed at the end.
    for name, values in once.items():
        column: list[Any] = [None] * n
        if name in {"etiology", "comorbidities"}:
            chosen: Sequence[int] = range(len(values))
        elif name == "treatments":
            chosen = _with_last(etiologies, _CLOTTING_DISORDERS, rng)
        elif name in _LONG_CLOTTING:
            values = sorted(values)  # noqa: PLW2901 - dealt from the least
            chosen = _with_last(etiologies, _LONG_CLOTTING[name], rng)[-len(values) :]
        elif name in _LOW_FACTOR:
            values = sorted(values)  # noqa: PLW2901 - the same
            chosen = _with_last(etiologies, _LOW_FACTOR[name], rng)[::-1]
        else:
            chosen = [int(i) for i in rng.permutation(n)]
        for patient, value in zip(chosen, values, strict=False):
            column[patient] = value
        columns[name] = column
    mixed = [int(i) for i in rng.permutation(n)]
    return {name: [column[i] for i in mixed] for name, column in columns.items()}


def _with_last(
    etiologies: Sequence[str], last: Sequence[str], rng: np.random.Generator
) -> list[int]:
    """Return the patients in random order, those with the etiologies last.

    A rodenticide has no history that tells, so its tests must: it comes last of all.
    """
    order = [int(i) for i in rng.permutation(len(etiologies))]
    rodenticide = Etiology.RODENTICIDE.value
    return sorted(
        order, key=lambda i: (etiologies[i] in last, etiologies[i] == rodenticide)
    )


def _ranges(columns: Mapping[str, list[Any]]) -> tuple[ReferenceRange, ...]:
    """Make up ranges in which all patients without a clotting disorder are normal."""
    etiologies = columns.get("etiology")
    if etiologies is None:
        return ()
    normal = [i for i, e in enumerate(etiologies) if e not in _CLOTTING_DISORDERS]
    found = []
    for test in CLOTTING_TESTS:
        column = columns.get(test, [])
        telling = test in _LONG_CLOTTING or test in _LOW_FACTOR
        members = normal if telling else range(len(column))
        known = [float(column[i]) for i in members if column and column[i] is not None]
        if known:
            low, high = min(known), max(known)
            found.append(
                ReferenceRange(test=test, low=low, high=high, reference=_MADE_UP)
            )
    return tuple(found)


def _patient(
    protocol: Protocol[Any],
    own: dict[str, Any],
    parts: dict[str, dict[str, Any]],
    assessments: list[Any],
    ranges: tuple[ReferenceRange, ...],
) -> Any:
    """Build a patient who meets by definition what every published patient meets."""
    own = {"records_complete": True} | own
    if "etiology" in own:
        taken = own["etiology"] == Etiology.ANTICOAGULANT.value
        own.setdefault("anticoagulant", {Agent.WARFARIN} if taken else frozenset())
    imaging: dict[str, Any] = {
        "ct": ImagingFinding.YES,
        "mri": ImagingFinding.NOT_DONE,
        "imaging_available": True,
    }
    hematoma: dict[str, Any] = {
        "hematoma_present": True,
        "muscle": Muscle.ILIOPSOAS,
        "other_areas": False,
        "associated_lesions": frozenset(),
    }
    laboratory, nerves = parts.get("laboratory"), parts.get("nerves")
    return protocol.patient(
        **own,
        imaging=Imaging(**imaging | parts.get("imaging", {})),
        hematoma=Hematoma(**hematoma | parts.get("hematoma", {})),
        laboratory=(
            None
            if laboratory is None
            else Laboratory(**laboratory, reference_ranges=ranges)
        ),
        nerves=None if nerves is None else NerveInvolvement(**nerves),
        follow_up=protocol.course(
            assessments=assessments,
            **{"lost_to_follow_up": False} | parts.get("follow_up", {}),
        ),
    )
