"""The diagnosis terms that Li et al. 2023 searched their records with."""

from typing import Final

import attrs

from iph._display import Displayed


@attrs.frozen
class DiagnosisTerm(Displayed):
    """A diagnosis to search a hospital log for.

    Attributes
    ----------
    term : str
        The diagnosis in words, as the study lists it.
    icd_10_cm : tuple of str
        Codes or stems of codes (``S74.1`` stands for all that begin with it); empty
        where no code is sure.
    note : str
        What to know about the codes; empty if nothing.
    """

    term: str
    icd_10_cm: tuple[str, ...] = ()
    note: str = ""


LI_2023_SEARCH: Final = (
    DiagnosisTerm("hematoma"),
    DiagnosisTerm("femoral nerve injury", ("G57.2", "S74.1")),
    DiagnosisTerm("iliopsoas hematoma", ("M79.81",)),
    DiagnosisTerm("iliac fossa hematoma"),
    DiagnosisTerm("muscle hematoma", ("M79.81",)),
    DiagnosisTerm(
        "retroperitoneal hematoma",
        ("K66.1", "K68.3"),
        "K68.3 exists since October 2023; records of the years before, those of the "
        "study among them, and hospitals that use the ICD-10 of the WHO have K66.1, "
        "which also holds every hemoperitoneum",
    ),
    DiagnosisTerm("muscular hematoma organization"),
    DiagnosisTerm("traumatic iliac hematoma"),
    DiagnosisTerm(
        "traumatic retroperitoneal hematoma",
        ("S36.892",),
        "the contusion of other intra-abdominal organs, the retroperitoneum among them",
    ),
    DiagnosisTerm("traumatic iliopsoas hematoma"),
    DiagnosisTerm(
        "coagulation dysfunction",
        ("D68.311", "D68.32", "D68.4", "D68.9"),
        "D68.4 holds deficiencies due to liver disease and lack of vitamin K",
    ),
    DiagnosisTerm("hemophilia", ("D66", "D67", "D68.1", "D68.311")),
)
"""The 12 diagnoses searched, with the ICD-10-CM codes that are sure.

No code names the iliopsoas, and a record is not a patient: the study found 4,251
records with these terms, 31 patients among them, and kept 28.
"""
