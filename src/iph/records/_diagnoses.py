"""The diagnoses that follow from a patient's fields, with ICD-10-CM codes if sure.

A code is given only where the fields say all that its title says: a hematoma is called
nontraumatic only if its cause is recorded and is none from outside, and a side only if
the side of the deficit is.
"""

from collections.abc import Iterator
from typing import Final

import attrs

from iph._categories import Etiology, Involvement, Muscle, Side
from iph._model import Patient

_FROM_OUTSIDE: Final = frozenset({Etiology.TRAUMA, Etiology.IATROGENIC})
_NOT_SAID: Final = frozenset({None, Etiology.OTHER, Etiology.UNKNOWN})
_FEMORAL: Final = {
    Side.RIGHT: ("G57.21", "Lesion of femoral nerve, right lower limb"),
    Side.LEFT: ("G57.22", "Lesion of femoral nerve, left lower limb"),
    Side.BILATERAL: ("G57.23", "Lesion of femoral nerve, bilateral lower limbs"),
}
_FEMORAL_SOMEWHERE: Final = (
    "G57.20",
    "Lesion of femoral nerve, unspecified lower limb",
)


@attrs.frozen
class Diagnosis:
    """A diagnosis in words, and its code.

    Attributes
    ----------
    text : str
        The diagnosis in the words of this library.
    code : str
        The ICD-10-CM code; empty if none is sure.
    title : str
        The title of the code.
    """

    text: str
    code: str = ""
    title: str = ""


def diagnoses(patient: Patient) -> Iterator[Diagnosis]:
    """Yield the diagnoses of a patient."""
    hematoma = patient.hematoma
    if hematoma is None or hematoma.hematoma_present is not False:
        yield _hematoma(patient)
    if patient.nerves is not None and patient.nerves.femoral is Involvement.INVOLVED:
        text = "Compression of the femoral nerve"
        # a fresh injury has codes of its own, which ask for more than is recorded
        if patient.etiology in _FROM_OUTSIDE | _NOT_SAID:
            yield Diagnosis(text)
        else:
            side = patient.deficit_side
            known = None if side is None else _FEMORAL.get(side)
            yield Diagnosis(text, *(known or _FEMORAL_SOMEWHERE))
    if patient.etiology is Etiology.ANTICOAGULANT:
        yield Diagnosis(
            "Bleeding under anticoagulants",
            "D68.32",
            "Hemorrhagic disorder due to extrinsic circulating anticoagulants",
        )
        # The code before asks for this one beside it, to name the drug.
        yield Diagnosis(
            "Adverse effect of anticoagulants",
            "T45.515A",
            "Adverse effect of anticoagulants, initial encounter",
        )


def _hematoma(patient: Patient) -> Diagnosis:
    muscle = None if patient.hematoma is None else patient.hematoma.muscle
    text = "Hematoma of the iliopsoas muscle"
    if muscle is Muscle.RETROPERITONEAL:
        text = "Retroperitoneal hematoma"
    if patient.etiology in _FROM_OUTSIDE | _NOT_SAID:
        return Diagnosis(text)
    if muscle is Muscle.RETROPERITONEAL:
        return Diagnosis(text, "K68.3", "Retroperitoneal hematoma")
    if muscle in {Muscle.PSOAS, Muscle.ILIACUS, Muscle.ILIOPSOAS}:
        return Diagnosis(text, "M79.81", "Nontraumatic hematoma of soft tissue")
    return Diagnosis(text)
