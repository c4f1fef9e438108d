"""Published cases: 62 patients from case reports, with every doubt kept visible."""

import csv
import functools
import io
from importlib import resources
from typing import Any, Final

import attrs

from iph._admission import Hematoma, NerveInvolvement
from iph._categories import Agent, Outcome, Sex, Visit
from iph._cohort import Cohort
from iph._display import Displayed
from iph._follow_up import Assessment, FollowUp
from iph._laboratory import Laboratory
from iph._model import Patient
from iph.evidence._case_cells import (
    AGENTS,
    ETIOLOGIES,
    FROM_NOTES,
    GRADES_WITHOUT_DAY,
    OUTCOMES,
    PALSIES,
    SIDES,
    TREATMENTS,
    diameters,
    strength,
    tenfold,
)

NOTES: Final = (
    (
        "62 patients coded from published case reports: a convenience sample, selected "
        "for being remarkable; no rate of recovery can be estimated from it"
    ),
    (
        "onset to admission is the interval from injury or onset to diagnosis or "
        "presentation, whichever the report gives"
    ),
    (
        "imaging, completeness of records and loss to follow-up were not coded, so "
        "most criteria of eligibility cannot be answered"
    ),
    (
        "the lateral femoral cutaneous and obturator nerves were coded only where they "
        "are affected: no share can be read from them"
    ),
)

SEXES: Final = {"F": Sex.FEMALE, "M": Sex.MALE}


@attrs.frozen(kw_only=True)
class CaseSource(Displayed):
    """Where a published case comes from.

    Attributes
    ----------
    patient_id : str
        The case, ``"C01"`` to ``"C62"``.
    author, year, address, doi, license : str
        As far as known; an author in parentheses or with a question mark is not sure.
    remark : str
        What the coder noted.
    compared : str
        The day on which the row was last compared with what can be read of its source;
        empty if it was not since it was coded.
    """

    patient_id: str
    author: str
    year: str
    address: str
    doi: str
    license: str
    remark: str
    compared: str


@attrs.frozen(kw_only=True)
class CaseDoubt(Displayed):
    """A cell of the raw table that is not in the cohort as it stands.

    Attributes
    ----------
    patient_id, column, value : str
        The cell.
    reason : str
        Why it was left out, or how it was read.
    mapped : bool
        Whether some reading of it is in the cohort.
    """

    patient_id: str
    column: str
    value: str
    reason: str
    mapped: bool


@functools.cache
def _rows() -> tuple[dict[str, str], ...]:
    source = resources.files("iph.evidence").joinpath("published_cases.csv")
    text = source.read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))


def published_cases() -> Cohort:
    """Return 62 published patients as a cohort.

    What does real, untidy input look like, and what can be said of it? Facts coded from
    published reports of single patients with an iliopsoas, iliacus or psoas hematoma.

    Returns
    -------
    Cohort
        62 patients, not synthetic; ``notes`` says that it is a convenience sample.

    See Also
    --------
    published_case_doubts : Every cell that was not mapped as it stands.
    published_case_sources : The report behind each patient.

    Notes
    -----
    Of the 62 rows 36 were compared once more with their sources in November 2026; the
    others could not be found again, or in part only.

    Nothing was guessed: words such as "reduced" are no strength grade and are listed,
    not graded. Two reports (C06 and C07) may be of one patient.

    Examples
    --------
    >>> from iph.evidence import published_cases
    >>> cases = published_cases()
    >>> len(cases)
    62
    >>> sum(patient.sex is None for patient in cases)
    5
    """
    return Cohort(
        [_patient(row) for row in _rows()],
        label="Published cases of iliopsoas hematoma",
        notes=NOTES,
    )


def published_case_sources() -> tuple[CaseSource, ...]:
    """Return the report behind each published patient, in the order of the cohort.

    Returns
    -------
    tuple of CaseSource
        With ``patient_id``, ``author``, ``year``, ``address``, ``doi``, ``license``,
        ``remark`` and ``compared``.

    Examples
    --------
    >>> from iph.evidence import published_case_sources
    >>> published_case_sources()[22].doi
    '10.5371/hp.2014.26.1.50'
    """
    return tuple(
        CaseSource(
            patient_id=row["case_id"],
            author=row["first_author"],
            year=row["year"],
            address=row["source_url"],
            doi=row["doi"],
            license=row["licence"],
            remark=row["notes"],
            compared=row["compared"],
        )
        for row in _rows()
    )


def _value(table: dict[str, Any], cell: str) -> Any:
    """Look a cell up; an empty one is not recorded."""
    return table[cell] if cell else None


def _patient(row: dict[str, str]) -> Patient:
    side, deficit_side = SIDES[row["side"]]
    extra = FROM_NOTES.get(row["case_id"], {})
    agents, factor_viii = AGENTS[row["agent"]]
    largest, second, third = diameters(row["size_cm"])
    blood: dict[str, Any] = {
        "hemoglobin_g_l": tenfold(row["hb_g_dl"], row["case_id"]),
        "inr": float(row["inr"]) if row["inr"] else None,
        "factor_viii_percent": factor_viii,
        "platelets_10e9_l": extra.get("platelets_10e9_l"),
        "aptt_s": extra.get("aptt_s"),
    }
    measured = any(value is not None for value in blood.values())
    hematoma: dict[str, Any] = {
        "hematoma_present": True,
        "muscle": "other" if "subperiosteal" in row["muscle"] else row["muscle"],
        "diameter_a_cm": largest,
        "diameter_b_cm": second,
        "diameter_c_cm": third,
    }
    nerves: dict[str, Any] = {
        "femoral": PALSIES[row["femoral_palsy"]],
        "lateral_femoral_cutaneous": "involved" if row["lfcn_involved"] else None,
        "obturator": extra.get("obturator"),
    }
    return Patient(
        patient_id=row["case_id"],
        age_years=int(row["age_years"]) if row["age_years"] else None,
        sex=_value(SEXES, row["sex"]),
        side=side,
        deficit_side=deficit_side,
        symptom_days=int(row["interval_days"]) if row["interval_days"] else None,
        etiology=ETIOLOGIES[row["etiology"]],
        anticoagulant=agents,
        laboratory=Laboratory(**blood) if measured else None,
        hematoma=Hematoma(**hematoma),
        nerves=NerveInvolvement(**nerves),
        treatments=_value(TREATMENTS, row["treatment"]),
        follow_up=_follow_up(row),
    )


def _follow_up(row: dict[str, str]) -> FollowUp:
    seen = []
    day = int(row["followup_days"]) if row["followup_days"] else None
    moments: dict[str, dict[str, Any]] = {"baseline": {"visit": Visit.BASELINE}}
    if _day_is_known(row):
        moments["followup"] = {"day": day}
    for moment, when in moments.items():
        knee = strength(row[f"quad_mrc_{moment}"])
        hip = strength(row[f"hipflex_mrc_{moment}"])
        if knee is not None or hip is not None:
            graded: dict[str, Any] = {"strength": knee, "hip_flexor_strength": hip}
            seen.append(Assessment(**when, **graded))
    outcome: Outcome | None = OUTCOMES[row["recovery"]]
    return FollowUp(
        assessments=seen,
        died=True if row["recovery"] == "died" else None,
        outcome=outcome,
        outcome_day=day if outcome is not None else None,
    )


def published_case_doubts() -> tuple[CaseDoubt, ...]:
    """Return every cell of the raw table that is not in the cohort as it stands.

    What did the mapping leave out, and what did it read into a word?

    Returns
    -------
    tuple of CaseDoubt
        With ``patient_id``, ``column``, ``value``, ``reason`` and ``mapped``.

    Examples
    --------
    >>> from iph.evidence import published_case_doubts
    >>> for doubt in published_case_doubts()[:2]:
    ...     print(doubt.patient_id, doubt.column, repr(doubt.value), doubt.reason)
    C01 quad_mrc_baseline 'complete' a word, not a grade
    C03 muscle 'subperiosteal iliac fossa' read as "other"
    """
    return tuple(doubt for row in _rows() for doubt in _doubts(row))


def _doubts(row: dict[str, str]) -> list[CaseDoubt]:
    found: list[CaseDoubt] = []

    def add(column: str, reason: str, *, mapped: bool = False) -> None:
        found.append(
            CaseDoubt(
                patient_id=row["case_id"],
                column=column,
                value=row[column],
                reason=reason,
                mapped=mapped,
            )
        )

    if row["side"] == "B":
        add("side", "the hematoma; the side of the deficit is not coded", mapped=True)
    if row["etiology"] in {"post_arthroplasty", "acquired_haemophilia"}:
        code = ETIOLOGIES[row["etiology"]]
        add("etiology", f'read as "{code.label if code else ""}"', mapped=True)
    agents, factor_viii = AGENTS[row["agent"]]
    if row["agent"] and agents is None:
        where = "factor VIII to the laboratory; " if factor_viii is not None else ""
        rest = "the rest is" if "inhibitor" in row["agent"] else "it is"
        mapped = factor_viii is not None
        add("agent", f"{where}{rest} no antithrombotic agent", mapped=mapped)
    elif agents and not _is_plain(row["agent"], agents):
        read = ", ".join(sorted(agent.label for agent in agents))
        add("agent", f'read as "{read}"', mapped=True)
    if "subperiosteal" in row["muscle"]:
        add("muscle", 'read as "other"', mapped=True)
    if row["hb_g_dl"] and tenfold(row["hb_g_dl"], row["case_id"]) is None:
        add("hb_g_dl", "85 g/L in the unit printed, 53 g/L in g/dL: it cannot be told")
    if row["size_cm"] and diameters(row["size_cm"])[0] is None:
        add("size_cm", "not two or three diameters of one hematoma")
    if row["femoral_palsy"] == "sensory_only":
        add("femoral_palsy", "read as involved; strength is not said", mapped=True)
    found += _strength_doubts(row)
    if row["case_id"] in {"C06", "C07"}:
        add("notes", "C06 and C07 may be one patient", mapped=True)
    return found


def _strength_doubts(row: dict[str, str]) -> list[CaseDoubt]:
    found = []
    for column in (
        "quad_mrc_baseline",
        "hipflex_mrc_baseline",
        "quad_mrc_followup",
        "hipflex_mrc_followup",
    ):
        value = row[column]
        reason = ""
        if value and strength(value) is None:
            words = not any(character.isdigit() for character in value)
            reason = "a word, not a grade" if words else "more than one grade"
        elif value.endswith(("+", "-")):
            reason = "the grade alone; no modifier is kept for the hip flexors"
        elif value and column.endswith("followup") and not _day_is_known(row):
            reason = "the day of this visit is not known"
        if reason:
            found.append(
                CaseDoubt(
                    patient_id=row["case_id"],
                    column=column,
                    value=value,
                    reason=reason,
                    mapped="alone" in reason,
                )
            )
    return found


def _day_is_known(row: dict[str, str]) -> bool:
    """Say whether the grades at follow-up have a day."""
    return bool(row["followup_days"]) and row["case_id"] not in GRADES_WITHOUT_DAY


def _is_plain(text: str, agents: frozenset[Agent]) -> bool:
    return len(agents) == 1 and text == next(iter(agents)).label
