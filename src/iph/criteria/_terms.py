"""The diagnosis terms that Li et al. 2023 searched their records with."""

from typing import Final

import attrs


@attrs.frozen
class DiagnosisTerm:
    """A diagnosis to search a hospital log for.

    Attributes
    ----------
    term : str
        The diagnosis in words, as the study lists it.
    icd_10_cm : tuple of str
        Codes or stems of codes (``S74.1`` stands for all that begin with it); empty
        where no code is sure.
    """

    term: str
    icd_10_cm: tuple[str, ...] = ()


LI_2023_SEARCH: Final = (
    DiagnosisTerm("hematoma"),
    DiagnosisTerm("femoral nerve injury", ("G57.2", "S74.1")),
    DiagnosisTerm("iliopsoas hematoma", ("M79.81",)),
    DiagnosisTerm("iliac fossa hematoma"),
    DiagnosisTerm("muscle hematoma", ("M79.81",)),
    DiagnosisTerm("retroperitoneal hematoma", ("K68.3",)),
    DiagnosisTerm("muscular hematoma organization"),
    DiagnosisTerm("traumatic iliac hematoma"),
    DiagnosisTerm("traumatic retroperitoneal hematoma"),
    DiagnosisTerm("traumatic iliopsoas hematoma"),
    DiagnosisTerm("coagulation dysfunction", ("D68.32", "D68.311")),
    DiagnosisTerm("hemophilia", ("D66", "D67", "D68.1", "D68.311")),
)
"""The diagnoses searched, with the ICD-10-CM codes that are sure.

No code names the iliopsoas, and a record is not a patient: the study found 4,251
records with these terms, 31 patients among them, and kept 28.
"""
