"""How each word of the table of published cases is read."""

import re
from fractions import Fraction
from typing import Any, Final

from iph._categories import Agent, Etiology, Involvement, Outcome, Side, Treatment

SIDES: Final[dict[str, tuple[Side | None, Side | None]]] = {
    "": (None, None),
    "L": (Side.LEFT, None),
    "R": (Side.RIGHT, None),
    "B": (Side.BILATERAL, None),
    "L hematoma, B palsy": (Side.LEFT, Side.BILATERAL),
    "B hematoma, R palsy": (Side.BILATERAL, Side.RIGHT),
}
"""Side of the hematoma and, where the report tells them apart, of the deficit."""

ETIOLOGIES: Final[dict[str, Etiology | None]] = {
    "trauma": Etiology.TRAUMA,
    "anticoagulant": Etiology.ANTICOAGULANT,
    "antiplatelet": Etiology.ANTIPLATELET,
    "spontaneous": Etiology.SPONTANEOUS,
    "haemophilia": Etiology.HEMOPHILIA,
    "acquired_haemophilia": Etiology.OTHER_COAGULOPATHY,
    "liver_cirrhosis": Etiology.OTHER_COAGULOPATHY,
    "post_arthroplasty": Etiology.IATROGENIC,
    "not_stated": None,
}

_LMWH = Agent.LOW_MOLECULAR_WEIGHT_HEPARIN


def _taken(*agents: Agent) -> tuple[frozenset[Agent], None]:
    return frozenset(agents), None


AGENTS: Final[dict[str, tuple[frozenset[Agent] | None, float | None]]] = {
    "": (None, None),
    "warfarin": _taken(Agent.WARFARIN),
    "warfarin, hip arthroplasty 3.5 weeks before": _taken(Agent.WARFARIN),
    "acenocoumarol": _taken(Agent.ACENOCOUMAROL),
    "acenocoumarol, fall": _taken(Agent.ACENOCOUMAROL),
    "acenocoumarol + LMWH": _taken(Agent.ACENOCOUMAROL, _LMWH),
    "enoxaparin": _taken(_LMWH),
    "LMWH after thrombolysis": _taken(_LMWH, Agent.THROMBOLYTIC),
    "heparin": _taken(Agent.HEPARIN),
    "heparin, left femoral vein access": _taken(Agent.HEPARIN),
    "rivaroxaban": _taken(Agent.RIVAROXABAN),
    "prophylactic, COVID-19": _taken(Agent.UNKNOWN),
    "COVID-19 ICU": _taken(Agent.UNKNOWN),
    "aspirin": _taken(Agent.ASPIRIN),
    "aspirin, bilateral THA": _taken(Agent.ASPIRIN),
    "single antiplatelet, THA": _taken(Agent.UNKNOWN),
    "iliolumbar artery pseudoaneurysm": (None, None),
    "stab wound": (None, None),
    "THA 10 years before, bursitis": (None, None),
    "haemophilia A": (None, None),
    "mild haemophilia": (None, None),
    "FVIII 2.7 %": (None, 2.7),
    "FVIII 3 %, inhibitor 17.5 BU": (None, 3.0),
}
"""Agents taken, and the factor VIII activity (%) where the column holds that."""

PALSIES: Final = {
    "yes": Involvement.INVOLVED,
    "no": Involvement.SPARED,
    "sensory_only": Involvement.INVOLVED,
    "unclear": Involvement.UNKNOWN,
}

TREATMENTS: Final = {
    "conservative": frozenset({Treatment.MEDICAL_UNSPECIFIED}),
    "surgery": frozenset({Treatment.SURGICAL_EVACUATION}),
    "percutaneous": frozenset({Treatment.PERCUTANEOUS_DRAINAGE}),
    "embolization": frozenset({Treatment.EMBOLIZATION}),
    "embolization+surgery": frozenset(
        {Treatment.EMBOLIZATION, Treatment.SURGICAL_EVACUATION}
    ),
}

OUTCOMES: Final[dict[str, Outcome | None]] = {
    "complete": Outcome.COMPLETE,
    "near_complete": Outcome.NEAR_COMPLETE,
    "partial": Outcome.PARTIAL,
    "none": Outcome.NONE,
    "improved_unspecified": Outcome.IMPROVED,
    "died": None,
    "not_in_excerpt": None,
}

FROM_NOTES: Final[dict[str, dict[str, Any]]] = {
    "C38": {"obturator": Involvement.INVOLVED},  # adductors weak
    "C39": {"obturator": Involvement.INVOLVED},
    "C40": {"platelets_10e9_l": 325.0},
    "C58": {"aptt_s": 78.0},
}
"""Facts that only the remarks of the table hold."""

GRADES_WITHOUT_DAY: Final = frozenset({"C36"})
"""Cases whose strength was graded at a follow-up on a day that the report omits."""

_UNIT_NOT_RESOLVED = {"C58"}
_THREE = re.compile(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(?:x(\d+(?:\.\d+)?))?")
_GRADE = re.compile(r"([0-5])[+-]?")


def tenfold(cell: str, case_id: str) -> float | None:
    """Read g/dL as g/L, exactly; None where the unit of the source is in doubt."""
    if not cell or case_id in _UNIT_NOT_RESOLVED:
        return None
    return float(Fraction(cell) * 10)


def diameters(cell: str) -> tuple[float | None, float | None, float | None]:
    """Read ``AxB`` or ``AxBxC``, largest first; nothing else is read."""
    match = _THREE.fullmatch(cell)
    if match is None:
        return None, None, None
    known = sorted((float(size) for size in match.groups() if size), reverse=True)
    return known[0], known[1], (known[2] if len(known) > 2 else None)


def strength(cell: str) -> int | None:
    """Read one grade 0 to 5, with or without a modifier; None for anything else."""
    match = _GRADE.fullmatch(cell)
    return None if match is None else int(match.group(1))
